"""The words of a check: the change, what was checked, what the patient reads, and what a summary says."""

from datetime import date, time
from decimal import Decimal

import pytest

from titration.dosing.doses import Mg
from titration.dosing.products import make
from titration.dosing.protocol import load_protocol
from titration.presenters import preview
from titration.presenters.review import change_words, direction, quiet_words, spoken
from titration.presenters.steps import pattern_words

MORNING, NOON, NIGHT = time(8), time(12), time(22)


def mg(value):
    return Mg(Decimal(value))


def product(code):
    return next(one for one in load_protocol("US").products if one.code == code)


def seen(code, *slots, previous="45"):
    """The preview of doses of one product."""
    pairs = [(at, mg(amount)) for at, amount in slots]
    return preview.patient_preview(
        starts_on=date(2026, 11, 23),
        slots=pairs,
        quantities=[make(amount, product(code), Decimal("0.1")) for _, amount in pairs],
        previous=None if previous is None else mg(previous),
    )


@pytest.mark.ui("UI-37")
@pytest.mark.parametrize(
    ("previous", "new", "words", "way"),
    [
        ("45", "60", "UP 15\u00a0mg a day (33% more). New total 60\u00a0mg a day.", "up"),
        ("60", "45", "DOWN 15\u00a0mg a day (25% less). New total 45\u00a0mg a day.", "down"),
        ("45", "0", "DOWN 45\u00a0mg a day (100% less). New total 0\u00a0mg a day.", "down"),
        ("45", "45", "NO CHANGE of the total. It stays 45\u00a0mg a day.", "same"),
        (None, "15", "UP from no dose. New total 15\u00a0mg a day.", "up"),
        ("0", "15", "UP from no dose. New total 15\u00a0mg a day.", "up"),
    ],
)
def test_the_change_is_said_in_both_directions_with_the_new_total(previous, new, words, way):
    before = None if previous is None else mg(previous)
    assert change_words(before, mg(new)) == words
    assert direction(before, mg(new)) == way


@pytest.mark.ui("UI-37")
def test_what_was_checked_is_named_with_its_rules():
    assert quiet_words(["STEP-1", "STEP-3", "KID-8", "KID-9", "KID-10", "MAX-1", "MAX-2"]) == (
        "start, pace and size of the step (STEP-1, STEP-3)",
        "kidney function and kidney checks (KID-8 to KID-10)",
        "highest day and highest dose (MAX-1, MAX-2)",
    )


def test_nothing_found_is_said():
    assert spoken(()) == "Safety check: nothing found."


def test_the_patient_reads_tablets_times_and_totals():
    read = seen("tablet_10", (MORNING, "20"), (time(14), "20"), (NIGHT, "20"))
    assert read.starts == "From Monday 23 November 2026"
    assert read.lines == (
        "Take two 10\u00a0mg tablets by mouth 3\u00a0times a day: morning (8am), afternoon (2pm) and bedtime (10pm).",
        "That is 60\u00a0mg a day (20\u00a0mg each time). It was 45\u00a0mg a day.",
    )


@pytest.mark.ui("UI-7")
def test_the_patient_reads_mg_ml_and_strength_of_a_liquid():
    read = seen("liquid_1", (MORNING, "15"), previous=None)
    assert read.lines == (
        "Take 15\u00a0mg by mouth once a day: morning (8am).",
        "Each time, that is 15\u00a0mL of the 5\u00a0mg in 5\u00a0mL liquid.",
        "That is 15\u00a0mg a day.",
    )


def test_different_doses_are_read_one_by_one():
    read = seen("tablet_10", (MORNING, "5"), (NOON, "10"), (NIGHT, "15"))
    assert read.doses == (
        "Morning (8am): half a 10\u00a0mg tablet (5\u00a0mg)",
        "Midday: one 10\u00a0mg tablet (10\u00a0mg)",
        "Bedtime (10pm): one and a half 10\u00a0mg tablets (15\u00a0mg)",
    )
    assert read.lines[1] == "That is 30\u00a0mg a day. It was 45\u00a0mg a day."


def test_a_stop_is_read_as_a_stop():
    assert seen("tablet_10").lines == ("You do not take baclofen any more. It was 45\u00a0mg a day.",)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0), "bedtime (midnight)"),
        (time(3, 59), "bedtime (3:59am)"),
        (time(4), "morning (4am)"),
        (time(11, 59), "morning (11:59am)"),
        (time(12, 1), "afternoon (12:01pm)"),
        (time(17), "evening (5pm)"),
        (time(21), "bedtime (9pm)"),
    ],
)
def test_the_day_has_parts(at, words):
    assert preview.day_part(at) == words


@pytest.mark.ui("UI-8")
def test_a_pattern_says_route_and_frequency():
    equal = [(MORNING, mg("5")), (NIGHT, mg("5"))]
    assert pattern_words(equal) == "5\u00a0mg by mouth twice a day: 08:00, 22:00"
    assert pattern_words([(MORNING, mg("5")), (NIGHT, mg("10"))]) == (
        "5\u00a0mg at 08:00, 10\u00a0mg at 22:00, by mouth twice a day"
    )
