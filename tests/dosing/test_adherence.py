"""MISS-11 and MISS-12: how often doses were missed, in 7 days and in 14."""

import pytest

from tests.dosing.intakes import START, THREE, every_dose, step, taking
from tests.dosing.tables import QUIET, judged, said


@pytest.mark.parametrize(
    ("but", "now", "expected"),
    [
        (["09 06:00", "10 06:00"], "10 23:00", QUIET),
        (["04 22:00", "09 06:00", "10 06:00"], "10 23:00", "INFO"),
        (["04 06:00", "07 06:00", "10 06:00"], "10 23:59", "INFO"),
        (["03 22:00", "09 06:00", "10 06:00"], "10 23:59", QUIET),
    ],
)
def test_three_doses_missed_in_seven_days(but, now, expected):
    for where in ("US", "UK"):
        assert said(judged(taking(*every_dose("01", "10", but=but), now=now), where), "MISS-11") == expected


def two_weeks(missed, **more):
    """Once a day for 20 days, twice in the last one, with so many of the last days missed."""
    doses = every_dose("01", "20", "08:00 20:00", but=missed)
    return said(judged(taking(*doses, now="20 23:00", times="08:00 20:00", **more)), "MISS-12")


def test_less_than_four_fifths_in_two_weeks():
    five = ["07 08:00", "09 08:00", "11 08:00", "13 08:00", "15 08:00"]
    assert two_weeks(five) == QUIET  # 23 of 28 doses are 82 %
    assert two_weeks([*five, "17 08:00"]) == "INFO"  # 22 of 28 are 79 %
    assert two_weeks([*five, "06 08:00"]) == QUIET  # the sixth lies before the 14 days


def test_exactly_four_fifths_is_enough():
    once = every_dose("01", "20", "22:00")
    held = ["07 22:00", "08 22:00", "09 22:00", "10 22:00"]
    missed = ["12 22:00", "14 22:00"]
    doses = [f"{one} held" for one in held] + every_dose("01", "20", "22:00", but=[*held, *missed])
    assert said(judged(taking(*doses, now="21 00:00", times="22:00")), "MISS-12") == QUIET  # 8 of 10
    doses = [f"{one} held" for one in held] + every_dose("01", "20", "22:00", but=[*held, *missed, "16 22:00"])
    assert said(judged(taking(*doses, now="21 00:00", times="22:00")), "MISS-12") == "INFO"  # 7 of 10
    assert said(judged(taking(*once, now="21 00:00", times="22:00")), "MISS-12") == QUIET


def test_two_weeks_that_are_not_over_say_nothing():
    doses = every_dose("08", "20", but=[f"{day:02} 06:00" for day in range(8, 21)])
    assert said(judged(taking(*doses, now="20 23:00")), "MISS-12") == QUIET
    assert said(judged(taking(*doses, now="21 23:00")), "MISS-12") == "INFO"
    young = (step(THREE, on=START.replace(month=5, day=8)),)
    assert said(judged(taking(*doses, now="20 23:00", steps=young, since="01 00:00")), "MISS-12") == QUIET


def test_what_is_not_known_may_have_been_taken():
    skipped = [f"{day:02} 06:00 skipped" for day in range(8, 20)]
    assert said(judged(taking(*skipped, now="20 23:00", ticked=False)), "MISS-12") == "INFO"
    assert said(judged(taking(*skipped[:8], now="20 23:00", ticked=False)), "MISS-12") == "not judged"
