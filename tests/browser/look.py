"""Takes a picture of every page in every state, wide and on a phone, for people to look at: ``script/look DIRECTORY``.

An ``index.html`` beside the pictures shows them all; the last ones are in forced colours and as printed.
"""

import html
import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import django
from playwright.sync_api import Error

# The pictures are taken by as many browsers as there are cores, at most this many.
AT_MOST = 4
FORCED = ("patients:chart", "worklist", "steps:add", "steps:check", "kidney:list")
PRINTED = ("patients:summary", "patients:chart")


def shots() -> Iterable[tuple[str, str, str, Any, Any, dict[str, Any]]]:
    """Every picture as (page, state, look, how to get there, page, options of the browser)."""
    from tests.browser.pages import cases
    from tests.browser.visitors import PHONE, WIDE

    for name, state, how, page in cases():
        yield name, state, "wide", how, page, {"viewport": WIDE}
        yield name, state, "phone", how, page, {"viewport": PHONE}
        if state == "full" and name in FORCED:
            yield name, state, "forced-colours", how, page, {"viewport": WIDE, "forced_colors": "active"}
        if state == "full" and name in PRINTED:
            yield name, state, "print", how, page, {"viewport": {"width": 794, "height": 1123}}


def take(site: Any, wanted: "Queue[Any]", folder: Path, failed: list[str]) -> None:
    """One browser that takes pictures until none is left."""
    from tests.browser.visitors import Visitors, browser

    with browser() as chromium:
        visitors = Visitors(site, chromium)
        while True:
            try:
                name, state, look, how, page, options = wanted.get_nowait()
            except Empty:
                return
            person = page.person if how.person is None else how.person
            file = folder / f"{name}--{state}--{look}.png".replace(":", "_").replace(" ", "-").replace("'", "")
            with visitors.page(person, fault=how.fault, **options) as tab:
                try:
                    how.build(tab, site)
                    tab.wait_for_load_state()
                    if look == "print":
                        tab.emulate_media(media="print")
                    tab.evaluate("window.scrollTo(0, 0)")  # the banner sticks to the top of the window
                    tab.screenshot(path=file, full_page=True, animations="disabled")
                except Error as error:
                    failed.append(f"{file.stem}: {str(error).splitlines()[0]}")


def index(folder: Path) -> None:
    """One page with every picture under its name."""
    figures = "".join(
        f'<figure><figcaption>{html.escape(one.stem)}</figcaption><a href="{one.name}"><img src="{one.name}" alt="" '
        f'loading="lazy" width="{160 if "--phone" in one.stem else 420}"></a></figure>'
        for one in sorted(folder.glob("*.png"))
    )
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title>'
        "<style>body{display:flex;flex-wrap:wrap;align-items:start;font:14px sans-serif}img{border:1px solid}</style>"
        f"{figures}</html>"
    )


def main() -> int:
    """Take the pictures; exit code 1 when a page could not be brought into its state."""
    if len(sys.argv) != 2:
        print("script/look needs the directory that the pictures go to.", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baclofen_portal.settings")
    django.setup()
    from tests.browser.server import portal

    wanted: Queue[Any] = Queue()
    for shot in shots():
        wanted.put(shot)
    print(f"Taking {wanted.qsize()} pictures …", flush=True)
    failed: list[str] = []
    with portal() as site:
        count = min(AT_MOST, os.cpu_count() or 1)
        takers = [threading.Thread(target=take, args=(site, wanted, folder, failed)) for _ in range(count)]
        for taker in takers:
            taker.start()
        for taker in takers:
            taker.join()
    index(folder)
    print(f"{len(list(folder.glob('*.png')))} pictures; open {folder / 'index.html'}")
    for line in failed:
        print(f"Not taken: {line}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
