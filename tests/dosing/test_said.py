"""What was said of stopping and of the supply: it stands from the instant on at which it was said, until the contrary is known."""

from dataclasses import replace
from datetime import date

import pytest

from tests.dosing.courses import course_of
from tests.dosing.intakes import THREE, every_dose, step, taking
from tests.dosing.tables import protocol_of
from titration.dosing.assessment import assess
from titration.dosing.calm import bounds_of, calm
from titration.dosing.falling import said_stopped
from titration.dosing.rules import Severity

pytestmark = [pytest.mark.hazard("H05")]
TAKEN = every_dose("01", "06")


def found(facts):
    return {one.rule: one for one in assess(facts, protocol_of("US")).findings if one.rule.startswith("MISS-")}


@pytest.mark.parametrize(
    ("after", "stands"),
    [
        ([], True),
        (["07 06:00 taken at 08:59"], True),
        (["07 06:00 taken at 09:01"], False),
        (["07 14:00 taken"], False),
        (["07 14:00 partly"], False),
        (["07 14:00 taken vomiting"], True),
        (["07 14:00 skipped forgot"], True),
        (["07 14:00 held"], True),
        (["07 06:00 taken sometime"], True),
    ],
)
@pytest.mark.parametrize("ticked", [True, False])
def test_that_nothing_is_taken_any_more_stands_until_a_dose_is_taken_after_it(after, stands, ticked):
    facts = taking(*TAKEN, *after, now="07 23:00", stopped="07 09:00", ticked=ticked)
    said = said_stopped(facts)
    assert (said is not None) is stands
    if said is not None:
        assert said.said_at == facts.intake.said_stopped_at


def test_a_dose_that_was_left_out_to_stop_says_so_without_a_statement():
    said = said_stopped(taking(*TAKEN, "07 06:00 skipped own_decision", now="07 09:00"))
    assert said is not None
    assert (said.said_at, said.due_at) == (None, taking(now="07 06:00").as_of)


@pytest.mark.parametrize("issues", [[], ["01 6000"]])
@pytest.mark.parametrize("repeat", [None, "08"])
def test_that_none_is_left_is_urgent_whatever_is_reckoned(issues, repeat):
    facts = taking(*TAKEN, now="07 05:00", out="07 04:00", issues=issues, repeat=repeat)
    low = found(facts)["MISS-6"]
    assert low.severity is Severity.URGENT
    assert "no baclofen is left" in low.because
    assert "MISS-6" not in found(replace(facts, intake=replace(facts.intake, said_out_at=None)))


def test_that_none_is_left_is_not_lowered_in_the_first_weeks_on_a_low_dose():
    given = {"now": "07 05:00", "daily": "15", "steps": (step(THREE, "15", on=date(2026, 5, 1)),)}
    facts = taking(*TAKEN, out="07 04:00", **given)
    assert found(facts)["MISS-6"].severity is Severity.URGENT


def test_who_takes_nothing_needs_no_supply():
    stopped = taking(*TAKEN, now="09 05:00", out="07 04:00")
    steps = (replace(stopped.therapy.steps[0], ends_on=stopped.today),)
    assert "MISS-6" not in found(replace(stopped, therapy=replace(stopped.therapy, steps=steps)))


@pytest.mark.parametrize("said", [{"stopped": "07 04:00"}, {"out": "07 04:00"}])
def test_a_statement_is_nothing_to_be_calm_about(said):
    def told(**more):
        facts = taking(*TAKEN, now="07 05:00", **more)
        return calm(course_of(facts), bounds_of(protocol_of("US")), before=taking(now="08 05:00").as_of)

    assert told() is not None
    assert told(**said) is None
    assert said_stopped(taking(*TAKEN, now="07 05:00", out="07 04:00")) is None
