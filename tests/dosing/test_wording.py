"""Dates, times and counts as they are written."""

import re
from datetime import UTC, date, datetime, time

import pytest

from titration.dosing.errors import DosingError
from titration.dosing.wording import (
    count_words,
    days_ago,
    format_date,
    format_day,
    format_time,
    format_when,
    frequency_words,
    patient_date,
    patient_time,
)

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@pytest.mark.ui("UI-10")
def test_dates_are_spelled() -> None:
    assert format_date(date(2026, 11, 22)) == "22-Nov-2026"
    assert format_date(date(2027, 3, 4)) == "04-Mar-2027"
    assert format_day(date(2026, 11, 23)) == "Mon 23-Nov-2026"
    assert format_day(date(2026, 11, 29)) == "Sun 29-Nov-2026"
    assert patient_date(date(2026, 11, 22)) == "22 November 2026"
    assert patient_date(date(2027, 3, 4)) == "4 March 2027"


def test_every_month_has_its_name() -> None:
    assert [patient_date(date(2026, month, 1)) for month in range(1, 13)] == [f"1 {name} 2026" for name in MONTHS]
    assert [format_date(date(2026, month, 1))[3:6] for month in range(1, 13)] == [name[:3] for name in MONTHS]


@pytest.mark.ui("UI-11")
def test_every_minute_of_the_day_is_written_in_both_forms() -> None:
    seen = set()
    for minutes in range(24 * 60):
        at = time(minutes // 60, minutes % 60)
        assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", format_time(at))
        assert re.fullmatch(r"\d{1,2}(:\d{2})?(am|pm)|midday|midnight", patient_time(at))
        seen.add(patient_time(at))
    assert len(seen) == 24 * 60


@pytest.mark.ui("UI-11")
@pytest.mark.parametrize(
    ("at", "staff", "patient"),
    [
        (time(0, 0), "00:00", "midnight"),
        (time(0, 30), "00:30", "12:30am"),
        (time(8, 0), "08:00", "8am"),
        (time(11, 59), "11:59", "11:59am"),
        (time(12, 0), "12:00", "midday"),
        (time(12, 1), "12:01", "12:01pm"),
        (time(14, 5), "14:05", "2:05pm"),
        (time(23, 0), "23:00", "11pm"),
    ],
)
def test_times(at: time, staff: str, patient: str) -> None:
    assert (format_time(at), patient_time(at)) == (staff, patient)


def test_an_instant_is_written_on_the_clock_of_the_zone() -> None:
    instant = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
    assert format_when(instant, "UTC") == "23-Nov-2026 02:05"
    assert format_when(instant, "America/New_York") == "22-Nov-2026 21:05"
    with pytest.raises(DosingError):
        format_when(instant.replace(tzinfo=None), "UTC")


def test_counts_are_words_without_digits() -> None:
    assert [count_words(n) for n in (0, 1, 2, 11, 20, 21, 99)] == [
        "zero", "one", "two", "eleven", "twenty", "twenty-one", "ninety-nine",
    ]  # fmt: skip
    assert count_words(100) == "one hundred"
    assert count_words(342) == "three hundred and forty-two"
    words = [count_words(n) for n in range(1000)]
    assert len(set(words)) == 1000
    assert not any(re.search(r"\d", word) for word in words)
    for outside in (-1, 1000):
        with pytest.raises(DosingError):
            count_words(outside)


def test_frequencies() -> None:
    assert [frequency_words(n) for n in range(1, 7)] == [
        "once a day",
        "twice a day",
        "three times a day",
        "four times a day",
        "five times a day",
        "six times a day",
    ]
    with pytest.raises(DosingError):
        frequency_words(0)


@pytest.mark.ui("UI-12")
def test_zero_days_are_never_printed() -> None:
    assert [days_ago(n) for n in (0, 1, 2, 19)] == ["today", "1 day ago", "2 days ago", "19 days ago"]
    with pytest.raises(DosingError):
        days_ago(-1)
