"""What each field reads, what it refuses, and the exact words it refuses with."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from titration.dosing.doses import Mg, format_dose, format_number
from titration.forms.base import PortalForm
from titration.forms.fields import DateParts, DoseField, LabValueField, MeasuredField, TotalField

LOWEST, HIGHEST = Mg(Decimal("0.5")), Mg(Decimal(100))
NOT_A_NUMBER = "Dose must be a number, like 15 or 7.5"
IN_FULL = "Write the number in full, like 15 or 0.5"
COMMA = "Use a full stop, not a comma"
IN_MG = "Enter the dose in mg"
RANGE = "Dose must be between 0.5\u00a0mg and 100\u00a0mg"
ZERO = "Dose must be more than 0. To stop baclofen, build a taper"
EMPTY = "Enter the dose each time, in mg"


def dose_field() -> DoseField:
    return DoseField(label="Dose each time, in mg", lowest=LOWEST, highest=HIGHEST)


def message(field: forms.Field, typed: object) -> str:
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(typed)
    [text] = refused.value.messages
    return text


@pytest.mark.ui("UI-15")
@pytest.mark.parametrize(
    ("typed", "milligrams"),
    [
        ("15", "15"),
        ("7.5", "7.5"),
        ("0.5", "0.5"),
        ("10 mg", "10"),
        ("10mg", "10"),
        ("10 MG", "10"),
        ("15.0", "15"),
        ("\t10\u00a0mg ", "10"),
        ("100", "100"),
    ],
)
def test_a_dose_is_read(typed: str, milligrams: str) -> None:
    assert dose_field().clean(typed) == Mg(Decimal(milligrams))


def test_a_dose_with_a_zero_at_the_end_is_shown_without_it() -> None:
    assert format_dose(dose_field().clean("15.0")) == "15\u00a0mg"
    assert dose_field().prepare_value(Mg(Decimal("15.0"))) == "15"


@pytest.mark.ui("UI-15")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1O", NOT_A_NUMBER),
        ("1e2", NOT_A_NUMBER),
        ("1_0", NOT_A_NUMBER),
        ("½", NOT_A_NUMBER),
        ("+5", NOT_A_NUMBER),
        ("-5", NOT_A_NUMBER),
        ("１５", NOT_A_NUMBER),
        ("١٥", NOT_A_NUMBER),
        ("15\n", NOT_A_NUMBER),
        ("15\x00", NOT_A_NUMBER),
        ("1,5", COMMA),
        ("1,155", COMMA),
        ("015", IN_FULL),
        (".5", IN_FULL),
        ("5.", IN_FULL),
        ("10 mcg", IN_MG),
        ("10 mL", IN_MG),
        ("0", ZERO),
        ("0.0", ZERO),
        ("1000", RANGE),
        ("100.01", RANGE),
        ("0.25", RANGE),
        ("7.555", "At most 2 decimals"),
        ("", EMPTY),
        ("  ", EMPTY),
    ],
)
def test_a_dose_is_refused_in_these_words(typed: str, words: str) -> None:
    assert message(dose_field(), typed) == words


def test_an_optional_dose_may_be_left_out() -> None:
    assert DoseField(lowest=LOWEST, highest=HIGHEST, required=False).clean("") is None


def test_a_dose_field_without_limits_reads_nothing() -> None:
    with pytest.raises(TypeError, match="entry limits"):
        DoseField().clean("15")


@given(st.decimals("0.5", "100", places=2))
def test_every_dose_between_the_limits_comes_back_as_typed(value: Decimal) -> None:
    assert dose_field().clean(format_number(value)) == Mg(value)


def test_the_total_of_a_stop_is_zero_and_a_dose_never_is() -> None:
    total = TotalField(lowest=LOWEST, highest=HIGHEST)
    assert total.clean("0") == Mg(Decimal(0))
    assert total.clean("0 mg") == Mg(Decimal(0))
    assert total.clean("45") == Mg(Decimal(45))
    assert message(total, "") == "Type the new total a day, in mg"
    assert message(total, "4O") == NOT_A_NUMBER


@pytest.mark.parametrize("typed", ["1.2", "105", "0.95", "1.10", "88.4"])
def test_a_laboratory_number_keeps_its_digits(typed: str) -> None:
    value = LabValueField(thing="Creatinine").clean(typed)
    assert str(value) == typed


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("1,2", "Use a full stop, not a comma"),
        (".9", "Write the number in full"),
        ("01.2", "Write the number in full"),
        ("1.2345", "at most 3 decimals"),
        ("0", "must be more than 0"),
        ("<0.5", "must be the number alone"),
        ("1.2 mg/dL", "must be the number alone"),
        ("1e1", "must be the number alone"),
        ("NaN", "must be the number alone"),
        ("-1", "must be the number alone"),
        ("12345678", "at most 6 digits"),
    ],
)
def test_a_laboratory_number_is_refused_with_what_was_read(typed: str, part: str) -> None:
    words = message(LabValueField(thing="Creatinine"), typed)
    assert part in words
    assert f"\u201c{typed}\u201d" in words


def test_a_measured_value_takes_its_unit_and_keeps_to_its_limits() -> None:
    field = MeasuredField(thing="Weight", unit="kg", lowest=Decimal(2), highest=Decimal(350))
    assert field.clean("72.5 kg") == Decimal("72.5")
    words = "Weight must be between 2\u00a0kg and 350\u00a0kg, and \u201c7250\u201d was read."
    assert message(field, "7250") == words
    assert message(field, "") == "Weight is missing. Enter a number."


def start_date() -> DateParts:
    return DateParts(thing="Start date", earliest=date(2026, 1, 1), latest=date(2027, 12, 31))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (["23", "11", "2026"], date(2026, 11, 23)),
        (["1", "2", "2026"], date(2026, 2, 1)),
        (["01", "02", "2026"], date(2026, 2, 1)),
        ([" 31 ", "12", "2027"], date(2027, 12, 31)),
    ],
)
def test_a_date_is_read(typed: list[str], day: date) -> None:
    assert start_date().clean(typed) == day


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["", "", ""], "Start date is missing. Enter the day, month and year."),
        (["23", "", "2026"], "Start date must include a month."),
        (["", "", "2026"], "Start date must include a day and a month."),
        (["32", "1", "2026"], "Start date: day must be a number between 1 and 31, and \u201c32\u201d was read."),
        (["1", "13", "2026"], "Start date: month must be a number between 1 and 12, and \u201c13\u201d was read."),
        (["1", "Nov", "2026"], "Start date: month must be a number between 1 and 12, and \u201cNov\u201d was read."),
        (["1", "1", "26"], "Start date: year must be 4 digits, like 2026, and \u201c26\u201d was read."),
        (["1", "1", "0026"], "Start date: year must be 4 digits, like 2026, and \u201c0026\u201d was read."),
        (["１", "1", "2026"], "Start date: day must be a number between 1 and 31, and \u201c１\u201d was read."),
        (["31", "2", "2027"], "Start date must be a real date: February 2027 has 28 days."),
        (
            ["31", "12", "2025"],
            "Start date must be between 01-Jan-2026 and 31-Dec-2027, and 31-Dec-2025 was read.",
        ),
    ],
)
def test_a_date_is_refused_in_these_words(typed: list[str], words: str) -> None:
    assert message(start_date(), typed) == words


def test_a_date_open_on_one_side_names_the_other() -> None:
    assert "01-Jan-2026 or later" in message(DateParts(thing="Day", earliest=date(2026, 1, 1)), ["1", "1", "2025"])
    assert "01-Jan-2026 or earlier" in message(DateParts(thing="Day", latest=date(2026, 1, 1)), ["1", "1", "2027"])


def test_a_date_is_posted_in_three_boxes_and_shown_again_as_typed() -> None:
    class Form(PortalForm):
        start = DateParts(thing="Start date", label="Start date")

    form = Form({"start_day": "3x", "start_month": "11", "start_year": "2026"})
    assert not form.is_valid()
    assert 'value="3x"' in form.as_div()
    assert 'value="23"' in Form(initial={"start": date(2026, 11, 23)}).as_div()
