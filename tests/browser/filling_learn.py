"""Pages to read in the browser: those of the other tests, one that was approved, and one whose review is overdue.

``lynx`` has read three of them, one of which has changed since; ``lana``, who cares for lynx, another one.
"""

import uuid
from datetime import date, timedelta
from typing import Any

from .moment import NOW


def learn(world: Any) -> None:
    from tests.database import as_owner
    from tests.education.learn_pages import FULL, approved, learn_page, some_pages
    from tests.education.pictures import a_picture, image_block

    pages = some_pages()
    with as_owner():
        approved(pages["stopping"], world.edith)
        learn_page("kidneys", "Your kidneys", next_review=date(2026, 1, 1))
        shown = image_block(
            a_picture(colour="#9cc3cf", size=(1600, 900)),
            caption="Drawn for these pages.",
            credit="A. Painter",
        )
        learn_page("side-effects", "Side effects", [*FULL[:3], shown, *FULL[3:]], kind="effects", safety_critical=False)
        learn_page("taking-it", "Taking your doses", kind="use")
    for days, name in ((30, "alcohol"), (3, "stopping"), (0, "what")):
        _read(world, world.people["lynx"], pages[name], "patient", days=days)
    _read(world, world.lana, pages["help"], "carer", days=1)
    with as_owner():
        pages["alcohol"].summary = "What does not mix with it, and driving."
        pages["alcohol"].save_revision().publish()


def _read(world: Any, by: Any, page: Any, said_by: str, *, days: int) -> None:
    from tests.database import as_actor
    from titration.services.own_reads import PageVersion, confirm_read

    lynx = world.patients["lynx"]
    version = PageVersion(slug=page.slug, locale="en", country="US", revision_id=page.live_revision_id)
    with as_actor(by, lynx):
        confirm_read(
            key=uuid.uuid4(), patient=lynx, page=version, said_by=said_by, by=by, as_of=NOW - timedelta(days=days)
        )
