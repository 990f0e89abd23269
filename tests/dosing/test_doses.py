"""Amounts, the strict reader of typed doses and the writer."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from titration.dosing.doses import (
    DoseRefused,
    Mg,
    Micrograms,
    format_dose,
    format_ml,
    format_number,
    format_total,
    parse_dose,
)
from titration.dosing.errors import DoseTextError, DosingError

NUMBER = "Dose must be a number, like 15 or 7.5"
COMMA = "Use a full stop, not a comma"
FULL = "Write the number in full, like 15 or 0.5"
UNIT = "Enter the dose in mg"


def mg(text: str) -> Mg:
    return Mg(Decimal(text))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("15", "15"), ("7.5", "7.5"), ("0.5", "0.5"), ("10 mg", "10"), ("10mg", "10"), ("15.0", "15"), ("0", "0"),
        ("0.00", "0"), ("999.99", "999.99"), ("5MG", "5"), ("5 Mg", "5"), ("5mG", "5"), (" 15\t", "15"),
        ("\u00a015\u00a0mg\u00a0", "15"), ("2.50", "2.5"),
    ],
)  # fmt: skip
def test_a_dose_written_in_full_is_read_exactly(typed: str, value: str) -> None:
    assert parse_dose(typed) == mg(value)


@pytest.mark.ui("UI-15")
@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        *((text, "not_a_number", NUMBER) for text in ("1O", "1e2", "1_0", "½", "+5", "-5", "\uff11\uff15", "١٠")),
        *((text, "not_a_number", NUMBER) for text in ("NaN", "Infinity", "5\x00", "15\n", "1 2", "mg", "5 mg mg")),
        *(
            (text, "not_a_number", NUMBER)
            for text in ("15\u200b", "\u202f15", "1\u0660", "1.\uff15", "1.2.3", ".", "0x10", "fifteen", "--")
        ),
        *((text, "comma", COMMA) for text in ("1,5", "1,155", ",5", "2,50", "1,155.5", "1.155,5", "1,5 mg")),
        *((text, "written_short", FULL) for text in ("015", ".5", "5.", "00", "05.5", "0005", "5.mg", ".5 mg")),
        *((text, "unit", UNIT) for text in ("10 mcg", "10 mL", "10mL", "250 micrograms", "250 µg", "10 ug", "1 g")),
        *((text, "unit", UNIT) for text in ("2 tablets", "15 mg/day", "15 milligrams", "1,5 mcg", "5 units", "5%")),
        *((text, "too_many_decimals", "At most 2 decimals") for text in ("2.500", "0.125", "1.155", "0.000")),
        *((text, "empty", "Enter the dose each time, in mg") for text in ("", " ", "\t\u00a0")),
    ],
)
def test_anything_else_is_refused_with_its_message(typed: str, code: str, message: str) -> None:
    with pytest.raises(DoseTextError) as refused:
        parse_dose(typed)
    assert isinstance(refused.value, DoseRefused)
    assert (refused.value.code, refused.value.message, str(refused.value)) == (code, message, message)


@pytest.mark.parametrize("typed", ["1000", "1000.5", "12345 mg", "99999999999999999999"])
def test_more_than_three_digits_are_out_of_range(typed: str) -> None:
    with pytest.raises(DoseRefused) as refused:
        parse_dose(typed)
    assert refused.value.code == "range"


@pytest.mark.hazard("H01")
@given(st.decimals(min_value=0, max_value=Decimal("999.99"), places=2))
def test_what_is_written_is_read_back(value: Decimal) -> None:
    amount = Mg(abs(value))
    assert parse_dose(format_dose(amount)) == amount
    assert parse_dose(format_number(amount.value)) == amount


@pytest.mark.hazard("H01")
def test_every_hundredth_of_a_mg_survives_being_written_and_read() -> None:
    for hundredths in range(100_000):
        amount = Mg(Decimal(hundredths).scaleb(-2))
        assert parse_dose(format_dose(amount)) == amount


@pytest.mark.hazard("H01")
@given(st.text(alphabet=st.one_of(st.sampled_from("0123456789.,-+eEmgMG \t\n\u00a0_'"), st.characters()), max_size=8))
def test_no_text_is_repaired(typed: str) -> None:
    try:
        amount = parse_dose(typed)
    except DoseRefused:
        return
    number = re.sub(r"[ \t\u00a0]*(?:[mM][gG])?[ \t\u00a0]*\Z", "", typed.lstrip(" \t\u00a0"))
    assert re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", number)
    assert amount.value == Decimal(number)


VALUES = ("0", "0.25", "0.5", "1", "2.5", "5", "7.5", "10", "12.25", "15", "37.5", "80", "100", "999.99")
LARGE = ("1155", "2500", "12500", "1000000", "1155.5", "2500.75")
# decimal mark and group mark of the locales that people read and write in
MARKS = (
    (".", ","), (",", "."), (",", " "), (",", "\u00a0"), (",", "\u202f"), (".", "'"), (".", "\u2019"), (",", "\u2019"),
    (".", "_"), ("\u066b", "\u066c"), ("/", ","), (".", "\u2009"), ("\u00b7", ","), ("\u3002", "\u3001"),
    ("\uff0e", "\uff0c"), ("-", "."), (":", "."), (".", "\u00b7"), ("\u02d9", ","), (".", "\u066c"), ("'", "."),
)  # fmt: skip
WRAPPERS = (
    "{}", " {}", "{} ", "\t{}", "\u00a0{}", "{} mg", "{}mg", "{}\u00a0MG", "+{}", "-{}", "\u2212{}", "{}+", "{}-", "({})",
    "{}\n", "\n{}", "{}\r\n", "{}\r", "{}\x00", "\x00{}", "{}\x0b", "{}\x0c", "{}\x1f", "{}\x85", "{}\u2028", "{}\u2003",
    "\u3000{}", "{}\u200b", "\u200e{}", "\ufeff{}", "{}\u0301", "{}e0", "{}E0", "{}e+0", "{}e-0", "{}_", "_{}", "0{}",
    "00{}", "{}.", "{}f", "{}d", "{}L", "0x{}", "{}%", "${}", "{}m g", "{} kg", "{};", "'{}'", '"{}"', "={}", "\u202e{}",
    "{}\n mg", "{}mg\n", "{} \u339c", "~{}", "<{}", ">{}", "{}*1", "{}/1", "{} {{}}",
)  # fmt: skip


def _numerals() -> Iterator[tuple[str, Decimal]]:
    """Texts that mean a number somewhere, with the number they mean."""
    for value in VALUES + LARGE:
        meant = Decimal(value)
        whole, _, decimals = value.partition(".")
        for decimal_mark, group in MARKS:
            grouped = f"{int(whole):,}".replace(",", group)
            for text in (whole, grouped):
                for shown in {decimals, decimals.ljust(1, "0"), decimals.ljust(2, "0"), decimals.ljust(3, "0")} - {""}:
                    yield f"{text}{decimal_mark}{shown}", meant
                yield (f"{text}{decimal_mark}{decimals}" if decimals else text), meant
        for wrapper in WRAPPERS:
            sign = -1 if wrapper in ("-{}", "\u2212{}", "{}-", "({})") else 1
            yield wrapper.format(value), meant * sign
        for zero in _zeros():
            digits = {ord("0") + place: ord(zero) + place for place in range(10)}
            yield value.translate(digits), meant
            yield value.translate({ord("0"): ord(zero)}), meant
        yield f"{meant:E}", meant
        yield f"{meant.scaleb(-1)}e1", meant
        yield "_".join(whole) + (f".{decimals}" if decimals else ""), meant
    for sign in ("½", "¼", "¾", "\u2155", "Ⅴ", "五", "1½", "\u2460", "²", "1²", "\U0001d7d3"):
        yield sign, Decimal(-1)


def _zeros() -> list[str]:
    return [chr(code) for code in range(128, sys.maxunicode + 1) if unicodedata.decimal(chr(code), None) == 0]


@pytest.mark.bar("B-18")
@pytest.mark.hazard("H01")
def test_no_numeral_changes_its_value_silently() -> None:
    table = set(_numerals())
    accepted, changed = 0, []
    for text, meant in table:
        try:
            read = parse_dose(text).value
        except DoseRefused:
            continue
        accepted += 1
        if read != meant or not text.replace("\u00a0", " ").isascii():
            changed.append((text, meant, read))
    assert len(table) >= 3000
    assert accepted >= len(VALUES)
    assert changed == []


@pytest.mark.parametrize("unit", [Mg, Micrograms])
def test_an_amount_is_a_finite_decimal_of_zero_or_more(unit: type[Mg]) -> None:
    assert unit(Decimal(0)).value == 0
    for wrong in (1, 1.5, "1", True, None):
        with pytest.raises(TypeError):
            unit(wrong)  # type: ignore[arg-type]
    for wrong in ("-0.25", "-0", "NaN", "Infinity", "sNaN"):
        with pytest.raises(DosingError):
            unit(Decimal(wrong))


def test_amounts_of_one_unit_count_together() -> None:
    assert mg("5") + mg("2.5") == mg("7.5")
    assert mg("5") - mg("5") == mg("0")
    assert mg("7.5") * 3 == 3 * mg("7.5") == mg("22.5")
    assert mg("5") < mg("7.5") <= mg("7.50")
    assert hash(mg("15.0")) == hash(mg("15"))
    assert sorted([mg("10"), mg("5")]) == [mg("5"), mg("10")]
    with pytest.raises(DosingError):
        mg("5") - mg("5.25")
    with pytest.raises(DosingError):
        mg("5") * -1


@pytest.mark.parametrize("other", [Micrograms(Decimal(5)), Decimal(5), 5])
def test_amounts_never_mix_with_anything_else(other: object) -> None:
    assert mg("5") != other
    for combine in (lambda: mg("5") + other, lambda: mg("5") - other, lambda: mg("5") < other, lambda: other + mg("5")):
        with pytest.raises(TypeError):
            combine()


@pytest.mark.parametrize("times", [Decimal(2), 2.0, True, mg("2")])
def test_only_a_whole_number_multiplies(times: object) -> None:
    with pytest.raises(TypeError):
        mg("5") * times  # type: ignore[operator]


def test_an_amount_cannot_be_changed() -> None:
    with pytest.raises((AttributeError, TypeError)):
        mg("5").value = Decimal(50)  # type: ignore[misc]


@pytest.mark.ui("UI-1")
def test_every_quarter_up_to_999_is_written_plainly() -> None:
    pattern = re.compile(r"(0|[1-9]\d{0,2})(\.\d?[1-9])?\u00a0(mg|mL|micrograms)")
    for quarters in range(1, 999 * 4 + 1):
        value = Decimal(quarters) / 4
        for written in (format_dose(Mg(value)), format_dose(Micrograms(value)), format_ml(value)):
            assert pattern.fullmatch(written)
    assert format_total(mg("1155")) == "1,155\u00a0mg"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("15.0", "15"),
        ("0.50", "0.5"),
        ("1E+2", "100"),
        ("0E-7", "0"),
        ("1155", "1,155"),
        ("2.125", "2.125"),
        ("-0", "0"),
    ],
)
def test_a_number_has_no_exponent_and_no_trailing_zero(value: str, written: str) -> None:
    assert format_number(Decimal(value)) == written


def test_the_writer_takes_nothing_that_could_be_misread() -> None:
    for wrong in (15, 15.0, "15", Decimal(15)):
        with pytest.raises(TypeError):
            format_dose(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        format_total(Micrograms(Decimal(5)))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        format_ml(1.5)  # type: ignore[arg-type]
    with pytest.raises(DosingError):
        format_number(Decimal("NaN"))
