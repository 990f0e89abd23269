"""MISS-6: a supply that ends, when it is taken as planned."""

from datetime import timedelta

import pytest

from tests.dosing.intakes import START, THREE, every_dose, later, step, taking
from tests.dosing.tables import QUIET, judged, said


@pytest.mark.parametrize(
    ("issues", "now", "expected"),
    [
        # 60 mg a day in three doses of 20 mg from 1 May on: 600 mg last until the dose of 11 May 06:00.
        (["01 600"], "08 05:59", QUIET),
        (["01 600"], "08 06:00", "URGENT"),
        (["01 620"], "08 13:59", QUIET),
        (["01 620"], "08 14:00", "URGENT"),
        (["01 600", "05 60"], "09 05:59", QUIET),
        (["01 600", "05 60"], "09 06:00", "URGENT"),
        (["01 60", "05 600"], "12 05:59", QUIET),
        (["01 60", "05 600"], "12 06:00", "URGENT"),
        ([], "08 06:00", "not judged"),
    ],
)
def test_a_supply_of_less_than_three_days(issues, now, expected):
    for where in ("US", "UK"):
        for ticked in (True, False):
            day = f"{int(now[:2]) - 1:02}"
            facts = taking(*every_dose("01", day), now=now, issues=issues, ticked=ticked)
            assert said(judged(facts, where), "MISS-6") == expected


@pytest.mark.parametrize(("repeat", "expected"), [("09", QUIET), ("08", QUIET), ("07", "URGENT"), (None, "URGENT")])
def test_a_repeat_that_is_ordered_is_waited_for_until_its_day(repeat, expected):
    facts = taking(*every_dose("01", "07"), now="08 06:00", issues=["01 600"], repeat=repeat)
    assert said(judged(facts), "MISS-6") == expected
    if repeat == "07":
        (finding,) = [one for one in judged(facts).findings if one.rule == "MISS-6"]
        assert finding.because == (
            "The recorded supply does not cover the dose due on 11-May-2026 06:00, and the repeat expected on 07-May-2026 "
            "is not recorded. Contact within 4 hours."
        )


def test_doses_that_were_not_taken_are_still_there_and_a_hold_uses_nothing():
    base = every_dose("01", "07", but=["05 06:00", "06 06:00"])
    left = taking(*base, "05 06:00 skipped", "06 06:00 partly", now="08 13:59", issues=["01 600"])
    assert said(judged(left), "MISS-6") == QUIET
    assert said(judged(later(left, timedelta(minutes=1))), "MISS-6") == "URGENT"
    held = taking(*every_dose("01", "03"), now="09 06:00", issues=["01 600"], silences=["hold 04 00:00 to 05 00:00"],
                  ticked=False)  # fmt: skip
    assert said(judged(held), "MISS-6") == "URGENT"
    assert said(judged(taking(*every_dose("01", "03"), now="09 05:59", issues=["01 600"], ticked=False,
                              silences=["hold 04 00:00 to 05 00:00"])), "MISS-6") == QUIET  # fmt: skip


def test_a_supply_that_nobody_needs_any_more_is_no_finding():
    may = START.replace(month=5)
    ending = (step(THREE, until=may.replace(day=8)), step("", on=may.replace(day=8)))
    assert said(judged(taking(now="07 12:00", steps=ending, issues=["01 600"], ticked=False)), "MISS-6") == QUIET


@pytest.mark.parametrize(
    ("daily", "weeks", "expected"), [("29", "3", "WARN"), ("30", "3", "URGENT"), ("29", "5", "URGENT")]
)
def test_a_short_use_of_a_low_dose_lowers_the_supply_by_one_level(daily, weeks, expected):
    start = START.replace(month=5, day=20) - timedelta(weeks=int(weeks))
    facts = taking(now="20 12:00", steps=(step(THREE, daily, on=start),), issues=["20 30"], ticked=False)
    assert said(judged(facts), "MISS-6") == expected
