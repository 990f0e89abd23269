"""Fills the database of the browser tests in a process of its own, and prints who and what is in it as one line of JSON.

The people are those of tests/world.py, with: ivy, who may do what Ann may; gus, whose team has no patient; hal, whose one patient no
test breaks or changes; vera, whose patients tick until a night of 25 hours; wyn, with ten flags in the morning; alder, with a bit of
everything; aspen, of whom nothing is known; and one patient for each test that writes, so that none sees what another one wrote.
"""

import json
import sys
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django

from .filling_doses import doses
from .filling_learn import learn
from .filling_morning import MORNING, morning
from .filling_own import OWN, own
from .filling_people import people
from .filling_reports import reports
from .filling_tapers import closed, falling
from .filling_ticking import TICKING, ticking
from .filling_told import TOLD, told
from .moment import NOW, TODAY, quick_passwords

# Patients of team Oak whom one test each writes about: how they begin.
FRESH = ("hazel", "holly", "nutmeg")  # a kidney result of today, no plan
TITRATED = (
    "ash", "birch", "cedar", "cherry", "ebony", "hawthorn", "juniper", "larch", "linden", "maple", "myrtle", "oakley", "olive", "poplar",
    "rowan", "spruce", "walnut", "osier", "privet",
)  # fmt: skip
"""15 mg a day since ten days, kidneys checked two days ago."""
REPLAYED = ("plum", "damson", "bullace")  # whose doses are sent again and again, of a month


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0, stdout=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
    quick_passwords()
    with transaction.atomic():  # one write to the disk instead of a thousand
        world = _world()
        made = {
            "people": {name: person.email for name, person in world.people.items()},
            "patients": {name: _records_of(patient) for name, patient in world.patients.items()},
        }
        made["patients"]["alder"] |= people(world)
    print(json.dumps(made))


def _world() -> Any:
    from tests import world as w

    world = w.make_world()
    _more_people(world)
    closed(world.north)
    for name in FRESH:
        w.creatinine(world, world.patients[name], by=world.ann, mg_dl="0.9", hours_ago=2)
    for name in TITRATED:
        _titrated(world, name)
    _alder(world)
    _others(world)
    for name in ("quince", "medlar", "sycamore", "tamarack"):
        _titrated(world, name)
    doses(world, world.quince)
    ticking(world)
    morning(world)
    own(world)
    told(world)
    learn(world)
    for name in REPLAYED:
        w.start(world, world.patients[name], by=world.ann, days_ago=30)
    falling(world, world.tamarack)
    reports(world, world.sloe)
    return world


def _more_people(world: Any) -> None:
    from tests import world as w
    from tests.database import as_owner
    from titration.models import Team, TeamMembership

    with as_owner():
        oak = Team.objects.get(name="Oak")
        ash, sorrel, sedum, sundew = (
            Team.objects.create(organisation=world.north, name=name) for name in ("Ash", "Sorrel", "Sedum", "Sundew")
        )
        for name, team in (("gus", ash), ("hal", sorrel), ("ivy", oak), ("vera", sedum), ("wyn", sundew)):
            world.people[name] = w.make_person(name)
            TeamMembership.objects.create(team=team, person=world.people[name], rights=w.ALL, valid_from=w.LONG_AGO)
        for name in (
            *FRESH,
            *TITRATED,
            *REPLAYED,
            *OWN,
            *TOLD,
            *("dialysis", "liquid", "small", "sedge", "late", "willow", "teasel"),
            *("quince", "medlar", "sycamore", "tamarack", "sloe"),
        ):
            _patient(world, oak, name)
        _patient(world, sorrel, "sorrel")
        for team, names in ((sedum, TICKING), (sundew, MORNING)):
            for name in names:
                _patient(world, team, name)
        _patient(world, oak, "yew", is_deceased=True, deceased_on=TODAY - timedelta(days=20))
        _patient(
            world, oak, "wolfeschlegelsteinhausenbergerdorff", title="Prof Dr", given_name="Maximiliana Bartholomea"
        )
        world.patients["long"] = world.patients.pop("wolfeschlegelsteinhausenbergerdorff")
        _patient(world, oak, "unknown", birth_date=None, sex="")
        for number in range(1, 41):
            w.make_patient(world.north, oak, f"Thicket{number:02}")


def _patient(world: Any, team: Any, name: str, **fields: Any) -> None:
    from tests import world as w

    world.patients[name] = w.make_patient(world.north, team, name.capitalize(), phone="555 0142", **fields)


def _titrated(world: Any, name: str) -> None:
    from tests import world as w

    patient = world.patients[name]
    w.start(world, patient, by=world.ann, days_ago=10, as_of=NOW)
    w.creatinine(world, patient, by=world.ann, mg_dl="0.9", days_ago=2)


def _alder(world: Any) -> None:
    """A titration of six weeks, a kidney function that fell since, and every kind of record there is."""
    from tests import world as w
    from tests.database import as_actor
    from tests.titration.views.kidney_forms import hold_back
    from titration.services import kidneys, patient_facts

    ann, alder = world.ann, world.alder
    w.start(world, alder, by=ann, days_ago=44)
    for mg, days in (("10", 38), ("15", 31), ("20", 24)):
        w.creatinine(world, alder, by=ann, mg_dl="0.9", days_ago=days, hours_ago=3)
        w.change(world, alder, by=ann, mg=mg, days_ago=days)
    _past_change(world, alder, days_ago=20, until=16, mg="15")
    w.change(world, alder, by=ann, mg="15", days_ago=9)
    for kind, fields in (
        ("height_cm", {"number": Decimal(178)}),
        ("weight_kg", {"number": Decimal("84.5"), "note": "Scales of the ward"}),
        ("condition", {"code": "multiple_sclerosis", "answer": "yes"}),
        ("medicine", {"code": "ibuprofen", "answer": "yes", "note": "From the pharmacy, without prescription"}),
        ("setting", {"answer": "outpatient"}),
        ("spasticity_nrs", {"answer": "4"}),
        ("ashworth", {"answer": "1+"}),
    ):
        w.fact(world, alder, by=ann, kind=kind, on=TODAY - timedelta(days=30), **fields)
    wrong = w.fact(world, alder, by=ann, kind="albuminuria", answer="A3", on=TODAY - timedelta(days=12))
    with as_actor(ann, alder):
        patient_facts.correct_fact(
            fact=wrong, answer="A2", on_date=wrong.on_date, note="Read from the wrong line", by=ann, as_of=NOW
        )
    for mg_dl, days in (("1.0", 15), ("1.3", 8), ("1.8", 1)):
        w.creatinine(world, alder, by=ann, mg_dl=mg_dl, days_ago=days)
    slip = w.creatinine(world, alder, by=ann, mg_dl="1.9", days_ago=5)
    with as_actor(ann, alder):
        kidneys.withdraw_result(result=slip, reason="Belongs to another patient", by=ann, as_of=NOW)
    _reported(alder)
    hold_back(world.oakley, source_key="held-2", fingerprint="held-2")
    _planned(world, alder)
    _owned(world, alder)


def _past_change(world: Any, patient: Any, *, days_ago: int, until: int, mg: str) -> None:
    from tests import world as w
    from tests.database import as_actor
    from titration.services import plans

    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        plans.record_past_change(
            patient=seen,
            order=w.past_order(
                TODAY - timedelta(days=days_ago),
                w.three_times(mg),
                reason="Sleepy; told us by phone later",
                until=TODAY - timedelta(days=until),
            ),
            expected_version=seen.plans.get(status="active").version,
            by=world.ann,
            as_of=NOW - timedelta(days=10),
        )


def _reported(patient: Any) -> None:
    from tests.database import as_owner
    from tests.titration.views.kidney_forms import hold_back
    from titration.models import ReportedEstimate

    taken = NOW - timedelta(days=8)
    with as_owner():
        ReportedEstimate.objects.create(
            patient=patient, value=Decimal(62), unit="mL/min/{1.73_m2}", code="98979-8", taken_at=taken,
            taken_on=taken.date(), source_system="urn:lab", source_key="egfr-1", recorded_at=NOW, job="import_labs",
        )  # fmt: skip
    hold_back(patient, source_key="held-1", fingerprint="held-1")


def _planned(world: Any, patient: Any) -> None:
    """A next decision, and one step that is signed for later."""
    from tests import world as w
    from tests.database import as_actor
    from titration.services import plans

    ann, seen = world.ann, world.seen_by(world.ann, patient)
    with as_actor(ann, patient):
        for mg in ("10", "12.5"):  # the first is replaced by the second before its day comes
            plans.change_dose(
                patient=seen,
                order=w.order(TODAY + timedelta(days=6), w.three_times(mg), reason="Kidneys"),
                decision=w.GO_ON,
                expected_version=seen.plans.get(status="active").version,
                by=ann,
                as_of=NOW,
            )
        version = seen.plans.get(status="active").version
        plans.set_next_decision(patient=seen, on=date(2026, 12, 7), expected_version=version, by=ann, as_of=NOW)


def _owned(world: Any, patient: Any) -> None:
    from tests.database import as_actor
    from titration.services import flag_life

    seen = world.seen_by(world.cora, patient)
    with as_actor(world.cora, patient):
        flag = seen.plans.get(status="active").flags.filter(status="open").order_by("urgency", "rule_id").first()
        assert flag is not None
        flag_life.assign(flag=flag, to=world.cora, by=world.cora, as_of=NOW - timedelta(hours=2))
        flag_life.log_call(flag=flag, text="Left a message with the neighbour.", by=world.cora, as_of=NOW)


def _others(world: Any) -> None:
    from tests import world as w

    ann = world.ann
    _titrated(world, "long")
    w.creatinine(world, world.long, by=ann, mg_dl="2.9", days_ago=0, hours_ago=3)
    for patient in (world.willow, world.teasel):  # both were stopped; willow was started again
        w.start(world, patient, by=ann, days_ago=75)
        w.change(world, patient, by=ann, mg="2.5", days_ago=60)
        w.stop(world, patient, by=ann, days_ago=50)
    w.start(world, world.willow, by=ann, days_ago=20)
    w.creatinine(world, world.willow, by=ann, mg_dl="0.9", hours_ago=1)
    w.start(world, world.sorrel, by=world.hal, days_ago=10, as_of=NOW)
    w.creatinine(world, world.sorrel, by=world.hal, mg_dl="0.9", days_ago=2)
    _titrated(world, "dialysis")
    w.fact(world, world.dialysis, by=ann, kind="dialysis", answer="yes")
    w.start(world, world.liquid, by=ann, days_ago=6, product="liquid_1")
    _titrated(world, "small")
    w.creatinine(world, world.small, by=ann, mg_dl="1.4", days_ago=0, hours_ago=1)
    _owned(world, world.small)
    _titrated(world, "sedge")
    w.creatinine(world, world.sedge, by=ann, mg_dl="1.4", days_ago=0, hours_ago=1)
    w.start(world, world.late, by=ann, days_ago=400)
    w.fact(world, world.late, by=ann, kind="setting", answer="outpatient")  # looks again: the yearly check is overdue
    # Nobody has looked at these since: their next look is overdue, so the worklist of their clinicians is out of date.
    w.start(world, world.elder, by=world.dan, days_ago=150)
    w.start(world, world.furze, by=world.finn, days_ago=30)


def _records_of(patient: Any) -> dict[str, str]:
    from tests.database import as_owner
    from titration.models import Flag, KidneyResult, PatientFact, QuarantinedResult, Step

    found = {"id": str(patient.pk), "name": f"{patient.family_name.upper()}"}
    with as_owner():
        firsts = {
            "step": Step.objects.filter(patient=patient).order_by("-recorded_at"),
            "planned": Step.objects.in_force().signed().filter(patient=patient).order_by("-period"),
            "result": KidneyResult.objects.valid().filter(patient=patient).order_by("-taken_at"),
            "old_result": KidneyResult.objects.filter(patient=patient, replaced_by__isnull=False),
            "fact": PatientFact.objects.filter(patient=patient, replaced_by__isnull=True).order_by("kind"),
            "old_fact": PatientFact.objects.filter(patient=patient, replaced_by__isnull=False),
            "flag": Flag.objects.filter(patient=patient, status="open").order_by("urgency", "rule_id"),
            "closed_flag": Flag.objects.filter(patient=patient, status="closed"),
            "held": QuarantinedResult.objects.filter(patient=patient),
        }
        for name, rows in firsts.items():
            if row := rows.first():
                found[name] = str(row.pk)
    return found


if __name__ == "__main__":
    main()
