"""Instants across clock changes, ages and due dates."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from titration.dosing.errors import DosingError
from titration.dosing.schedule import (
    add_months,
    comes_twice,
    completed_years,
    decimal_years,
    instant,
    ladder_dates,
    local_date,
    longer_by,
    on_the_clock,
)

NEW_YORK = "America/New_York"


def test_a_time_in_the_gap_moves_forward_by_the_gap() -> None:
    found = instant(date(2027, 3, 14), time(2, 30), NEW_YORK)
    assert found == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
    assert found.astimezone(ZoneInfo(NEW_YORK)).time() == time(3, 30)


def test_a_time_that_happens_twice_is_the_first() -> None:
    assert instant(date(2027, 11, 7), time(1, 30), NEW_YORK) == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)


def test_a_fold_is_never_used() -> None:
    for day, at in ((date(2027, 3, 14), time(2, 30)), (date(2027, 11, 7), time(1, 30))):
        assert instant(day, at.replace(fold=1), NEW_YORK) == instant(day, at, NEW_YORK)


def test_an_instant_is_in_utc() -> None:
    found = instant(date(2026, 11, 22), time(8, 0), "Asia/Kathmandu")
    assert found.tzinfo is UTC
    assert found == datetime(2026, 11, 22, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe", "a\x00b"])
def test_a_zone_that_is_not_one_is_refused(zone: str) -> None:
    with pytest.raises(DosingError):
        instant(date(2026, 11, 22), time(8, 0), zone)
    with pytest.raises(DosingError):
        local_date(datetime(2026, 11, 22, tzinfo=UTC), zone)


def test_a_slot_has_no_zone_and_an_instant_has_one() -> None:
    with pytest.raises(DosingError):
        instant(date(2026, 11, 22), time(8, 0, tzinfo=UTC), NEW_YORK)
    with pytest.raises(DosingError):
        local_date(datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None), NEW_YORK)
    with pytest.raises(DosingError):
        instant(date.max, time(23, 59), NEW_YORK)


def test_the_local_date_is_that_of_the_zone() -> None:
    at = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    assert local_date(at, NEW_YORK) == date(2026, 11, 21)
    assert local_date(at, "UTC") == local_date(at, "Pacific/Auckland") == date(2026, 11, 22)


def test_the_day_begins_at_the_instant_of_its_midnight() -> None:
    for day in (date(2027, 3, 14), date(2027, 11, 7), date(2026, 11, 22)):
        midnight = instant(day, time(0, 0), NEW_YORK)
        assert local_date(midnight, NEW_YORK) == day
        assert local_date(midnight - timedelta(seconds=1), NEW_YORK) == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        (date(1961, 11, 22), date(2026, 11, 21), 64),
        (date(1961, 11, 22), date(2026, 11, 22), 65),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
    ],
)
def test_completed_years(birth: date, on: date, years: int) -> None:
    assert completed_years(birth, on) == years


def test_decimal_years_are_whole_on_birthdays_and_grow_each_day() -> None:
    assert decimal_years(date(2008, 5, 1), date(2026, 5, 1)) == 18
    assert decimal_years(date(2025, 1, 1), date(2025, 7, 2)) == Decimal(182) / Decimal(365)
    assert decimal_years(date(2008, 2, 29), date(2026, 3, 1)) == 18
    birth = date(2004, 2, 29)
    ages = [decimal_years(birth, birth + timedelta(days=day)) for day in range(365 * 9)]
    assert ages == sorted(set(ages))
    assert all(int(age) == completed_years(birth, birth + timedelta(days=day)) for day, age in enumerate(ages))


def test_nobody_is_born_later() -> None:
    for age in (completed_years, decimal_years):
        with pytest.raises(DosingError):
            age(date(2026, 11, 23), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 22), 3, date(2027, 2, 22)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 11, 22), -12, date(2025, 11, 22)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_months_end_where_the_month_ends(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


def test_months_stay_inside_the_calendar() -> None:
    for months in (-30_000, 120_000):
        with pytest.raises(DosingError):
            add_months(date(2026, 11, 22), months)


def test_a_ladder_is_counted_in_calendar_days() -> None:
    assert ladder_dates(date(2026, 10, 23), 4, 3) == (
        date(2026, 10, 26), date(2026, 10, 29), date(2026, 11, 1), date(2026, 11, 4),
    )  # fmt: skip
    assert ladder_dates(date(2026, 10, 23), 0, 3) == ()
    for steps, days in ((-1, 3), (1, -3)):
        with pytest.raises(DosingError):
            ladder_dates(date(2026, 10, 23), steps, days)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2027, 3, 14), NEW_YORK, -1),
        (date(2026, 11, 1), NEW_YORK, 1),
        (date(2026, 11, 22), NEW_YORK, 0),
        (date(2026, 10, 25), "Europe/London", 1),
        (date(2026, 10, 4), "Australia/Lord_Howe", Decimal("-0.5")),
        (date(2026, 9, 6), "America/Santiago", -1),  # at midnight, so that the day begins at 01:00
    ],
)
def test_how_much_longer_a_day_is_than_others(day: date, zone: str, hours: Decimal) -> None:
    assert longer_by(day, zone) == timedelta(hours=float(hours))


def test_what_the_clock_shows_when_a_time_has_come() -> None:
    assert on_the_clock(date(2027, 3, 14), time(2, 30), NEW_YORK) == time(3, 30)
    assert on_the_clock(date(2027, 3, 14), time(8), NEW_YORK) == time(8)
    assert on_the_clock(date(2026, 11, 1), time(1, 30), NEW_YORK) == time(1, 30)


def test_which_times_come_twice() -> None:
    assert comes_twice(date(2026, 11, 1), time(1, 30), NEW_YORK)
    assert not comes_twice(date(2026, 11, 1), time(2), NEW_YORK)
    assert not comes_twice(date(2027, 3, 14), time(2, 30), NEW_YORK)
