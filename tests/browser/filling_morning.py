"""Ten patients of one clinician, each with one open flag: doses to ask about, kidney checks, and steps to decide on."""

from datetime import timedelta
from typing import Any

from .moment import NOW, TODAY

UNTICKED, UNCHECKED, UNDECIDED = (
    ("rue", "savory", "tansy", "thyme"),
    ("vetch", "woad", "yarrow"),
    ("basil", "chervil", "dill"),
)
MORNING = (*UNTICKED, *UNCHECKED, *UNDECIDED)


def morning(world: Any) -> None:
    from tests import world as w
    from tests.database import as_actor, as_owner
    from tests.ticking import TWICE, signed_plan, watched
    from titration.models import Plan
    from titration.selectors import records
    from titration.services import flags

    for name in MORNING:
        patient, days = world.patients[name], 500 if name in UNCHECKED else 3
        w.creatinine(world, patient, by=world.wyn, mg_dl="0.9", days_ago=days)
        if name in UNTICKED:
            watched(world, TWICE, TODAY - timedelta(days=2), mg=10, patient=patient)
        else:
            with as_owner():
                signed_plan(world, patient, TWICE, ((TODAY - timedelta(days=400), 10),), look_at=NOW)
        with as_owner():
            # Past, and never asked about: a step that waits for a decision.
            waits = TODAY - timedelta(days=30) if name in UNDECIDED else TODAY + timedelta(days=60)
            Plan.objects.filter(patient=patient).update(next_decision_on=waits)
        seen = world.seen_by(world.wyn, patient)
        with as_actor(world.wyn, patient):
            flags.sync(records.load(seen, as_of=NOW, with_names=False), as_of=NOW)
