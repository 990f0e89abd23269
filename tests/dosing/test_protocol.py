"""Protocol files: read strictly, complete, and held against the list of rules that the product promises."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from titration.dosing import protocol as protocol_module
from titration.dosing.assessment import RULES
from titration.dosing.doses import Mg
from titration.dosing.errors import ProtocolError
from titration.dosing.protocol import JURISDICTIONS, load_protocol, parse_protocol
from titration.dosing.rule_limits import LIMITS
from titration.dosing.rules import Override, Severity

BOTH = (
    [f"STEP-{number}" for number in (1, 2, 3, 4, 5, 6, 9)]
    + [f"KID-{number}" for number in range(1, 33) if number not in (2, 3)]
    + [f"MISS-{number}" for number in range(1, 17)]
    + [f"STOP-{number}" for number in range(1, 7)]
    + [f"TAPER-{number}" for number in range(1, 8)]
    + [f"INT-{number}" for number in range(1, 16)]
    + [f"CAU-{number}" for number in (1, 2, 3, 6, 7, 8, 9, 12, 15, 16, 18, 19, 20, 23, 26)]
    + [f"UNIT-{number}" for number in range(1, 10)]
)
ONLY = {
    "US": ["MAX-1", "MAX-3", "KID-3", *(f"CAU-{number}" for number in (5, 10, 13, 14, 17, 22, 25))],
    "UK": [
        *("STEP-7", "STEP-8", "KID-2", "CAU-4", "CAU-11", "CAU-21", "CAU-24"),
        *(f"MAX-{number}" for number in (2, 4, 5, 6, 7, 8, 9)),
    ],
}
FAMILIES = {"STEP": 9, "MAX": 9, "KID": 32, "MISS": 16, "STOP": 6, "INT": 15, "CAU": 26, "UNIT": 9}
NO_FINDING = {"STEP-5", "STEP-6", "KID-1", "KID-2", "KID-3", "KID-6", "KID-7", "UNIT-7", "TAPER-6"}
NO_FINDING |= {"MISS-13", "MISS-14", "MISS-15", "MISS-16"}
# They change the severity of others; that of TAPER-4 says what it could not judge, that of MISS-10 always knows.
CHANGES = {"TAPER-4", "MISS-10"}


def text_of(jurisdiction: str) -> str:
    folder = Path(protocol_module.__file__).parent / "protocols"
    return (folder / f"{jurisdiction.lower()}_v1.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("where", JURISDICTIONS)
def test_each_country_has_exactly_the_rules_it_is_promised(where):
    assert set(load_protocol(where).rules) == {*BOTH, *ONLY[where]}


def test_what_is_registered_is_what_the_files_hold():
    assert {rule.id for rule in RULES} == {rule for where in JURISDICTIONS for rule in load_protocol(where).rules}
    assert {rule.id for rule in RULES} == set(LIMITS)


@pytest.mark.parametrize(("family", "count"), FAMILIES.items())
def test_a_family_is_complete(family, count):
    assert [rule.id for rule in RULES if rule.family == family] == [f"{family}-{n}" for n in range(1, count + 1)]


def test_a_rule_without_a_severity_is_a_calculation_that_names_what_carries_it_out():
    for where in JURISDICTIONS:
        for row in load_protocol(where).rules.values():
            assert (row.severity_word == "none") is (row.id in NO_FINDING)
            assert (row.severity is None) is (row.id in NO_FINDING | CHANGES)
    for rule in RULES:
        assert (rule.judge is None) is (rule.id in NO_FINDING | {"MISS-10"})
        assert (rule.carried_out_by is None) is (rule.judge is not None)
        assert rule.sentence.endswith(".")


PROPOSED = """
    STEP-2 STEP-3 STEP-5 STEP-8 STEP-9 MAX-3 MAX-4 MAX-9 KID-1 KID-4 KID-5 KID-6 KID-7 KID-8 KID-9 KID-10 KID-11 KID-13
    KID-14 KID-17 KID-18 KID-19 KID-20 KID-21 KID-22 KID-23 KID-24 KID-25 KID-26 KID-27 KID-28 KID-29 KID-30 KID-31 KID-32
    MISS-1 MISS-2 MISS-3 MISS-4 MISS-5 MISS-6 MISS-7 MISS-8 MISS-9 MISS-10 MISS-11 MISS-12 MISS-13 MISS-14 MISS-15 MISS-16
    STOP-1 STOP-3 STOP-4 STOP-6 TAPER-1 TAPER-2 TAPER-3 TAPER-4 TAPER-5 TAPER-6 TAPER-7 UNIT-1 UNIT-2 UNIT-3 UNIT-4 UNIT-5 UNIT-6 UNIT-8 UNIT-9
    INT-13 INT-15 CAU-1 CAU-2 CAU-8 CAU-9 CAU-15 CAU-16 CAU-20 CAU-22
"""
# What a UK source states and the project proposes for the US as well.
PROPOSED_IN_THE_US_ONLY = {"MISS-1", "MISS-2", "MISS-3", "CAU-8", "CAU-9", "CAU-15", "CAU-16"}
NOT_READ = {"MAX-2", "MAX-7", "KID-21", "STOP-2", "STOP-5", "INT-4", "INT-8", "CAU-25"}


@pytest.mark.parametrize("where", JURISDICTIONS)
def test_what_waits_for_a_signature_is_marked(where):
    protocol = load_protocol(where)
    proposed = set(PROPOSED.split()) & set(protocol.rules)
    if where == "UK":
        proposed -= PROPOSED_IN_THE_US_ONLY
    assert {row.id for row in protocol.rules.values() if row.proposed} == proposed
    known = {row.id for row in protocol.rules.values() if row.from_general_knowledge}
    assert known == NOT_READ & set(protocol.rules)
    assert set(protocol.unsigned_rules()) == proposed | known
    assert protocol.provenance.checked_by == ""


def test_a_signed_file_has_no_unsigned_rule():
    signed = text_of("US").replace('checked_by = ""', 'checked_by = "Dr A. Reader"')
    assert parse_protocol(signed, "us_v1.toml").unsigned_rules() == ()


@pytest.mark.parametrize(
    ("rule", "severity", "override"),
    [
        ("STEP-1", Severity.WARN, Override.NONE),
        ("KID-12", Severity.WARN, Override.DOCUMENTED),
        ("KID-14", Severity.STOP, Override.REASON),
        ("KID-15", Severity.STOP, Override.SPECIALIST),
        ("KID-17", Severity.STOP, Override.SPECIALIST_SECOND),
        ("KID-20", Severity.URGENT, Override.NONE),
        ("KID-32", Severity.WARN, Override.DOCUMENTED),
        ("MISS-4", Severity.WARN, Override.NONE),
        ("MISS-5", Severity.URGENT, Override.NONE),
        ("MISS-6", Severity.URGENT, Override.NONE),
        ("MISS-7", Severity.EMERGENCY, Override.NONE),
        ("MISS-8", Severity.EMERGENCY, Override.NONE),
        ("MISS-9", Severity.STOP, Override.RESTART_FORM),
        ("STOP-2", Severity.WARN, Override.DOCUMENTED_PLAN),
        ("STOP-6", Severity.STOP, Override.RESTART_FORM),
        ("TAPER-5", Severity.URGENT, Override.NONE),
        ("INT-2", Severity.WARN, Override.NONE),
        ("INT-13", Severity.INFO, Override.NONE),
        ("INT-15", Severity.WARN, Override.DOCUMENTED),
        ("CAU-1", Severity.EMERGENCY, Override.NONE),
        ("CAU-2", Severity.URGENT, Override.NONE),
        ("CAU-3", Severity.STOP, Override.REASON),
        ("UNIT-4", Severity.STOP, Override.HARD),
    ],
)
def test_severity_and_override_of_a_row(rule, severity, override):
    for where in JURISDICTIONS:
        row = load_protocol(where).rules[rule]
        assert (row.severity, row.override) == (severity, override)


BROKEN = {
    "a key too many": ('[switches]\npaediatric', '[switches]\nextra = 1\npaediatric', "switches", "extra"),
    "a key too few": ("adult_from_years = 12", "", "ages", "adult_from_years"),
    "a rule nobody knows": ('[rule."STEP-2"]', '[rule."STEP-22"]', "rule", "STEP-22"),
    "a limit too many": ('first_daily_mg = "15"', 'first_daily_mg = "15"\nother_mg = "1"', "STEP-1", "other_mg"),
    "a limit missing": ('added_daily_mg = "15"', "", "STEP-2", "added_daily_mg"),
    "a number without quotes": ('first_daily_mg = "15"', "first_daily_mg = 15", "STEP-1", "first_daily_mg"),
    "a number that is none": ('first_daily_mg = "15"', 'first_daily_mg = "15 mg"', "STEP-1", "first_daily_mg"),
    "a number below zero": ('first_daily_mg = "15"', 'first_daily_mg = "-15"', "STEP-1", "first_daily_mg"),
    "a severity nobody knows": ('severity = "WARN"', 'severity = "LOUD"', "STEP-1", "severity"),
    "an override nobody knows": ('override = "none"', 'override = "maybe"', "STEP-1", "override"),
    "a source that is no text": ('sources = ["S-16", "S-01", "S-09"]', "sources = [16]", "STEP-2", "sources"),
    "a flag that is a word": ("proposed = true\nfrom", 'proposed = "yes"\nfrom', "STEP-2", "proposed"),
    "a date that is a text": ("reviewed_on = 2026-11-22", 'reviewed_on = "soon"', "provenance", "reviewed_on"),
    "a table with a hole": ("G3a = [1, 2, 3]", "G3a = [1, 2]", "kidney_checks_per_year", "G3a"),
    "a tablet cut in three": ("splits = 2,", "splits = 3,", "products.tablets 1", "code"),
    "a list no rule reads": ('lists = ["cerebral_origin"]', 'lists = ["cerebal_origin"]', "codes.conditions", "lists"),
    "a code twice": ('code = "cachexia"', 'code = "amputation"', "codes.conditions", "amputation"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_refused_by_name(what):
    old, new, table, key = BROKEN[what]
    text = text_of("US")
    assert old in text
    with pytest.raises(ProtocolError) as refused:
        parse_protocol(text.replace(old, new, 1), "broken.toml")
    for part in ("broken.toml", table, key):
        assert part in str(refused.value)


def test_what_is_not_toml_is_refused():
    with pytest.raises(ProtocolError, match=r"broken\.toml: is not TOML"):
        parse_protocol("id = ", "broken.toml")


@pytest.mark.parametrize(("where", "version"), [("FR", 1), ("US", 2)])
def test_a_protocol_that_does_not_exist_is_refused(where, version):
    with pytest.raises(ProtocolError):
        load_protocol(where, version)


def test_the_files_say_who_and_when():
    provenance = load_protocol("US").provenance
    assert provenance.authored_by
    assert provenance.reviewed_on < provenance.next_review
    assert isinstance(provenance.reviewed_on, date)


def test_products_differ_between_the_countries():
    def strengths(where):
        return [product.strength for product in load_protocol(where).products if product.strength]

    assert strengths("US") == [Mg(Decimal(mg)) for mg in (5, 10, 15, 20)]
    assert strengths("UK") == [Mg(Decimal(mg)) for mg in (5, 10)]
    liquids = {
        where: [one.mg_per_ml for one in load_protocol(where).products if one.mg_per_ml] for where in JURISDICTIONS
    }
    assert liquids == {"US": [1, 2, 5], "UK": [1, 2]}


@pytest.mark.parametrize("where", JURISDICTIONS)
def test_numbers_that_appear_twice_are_the_same(where):
    """A band split, the 5 mg line and the limits of a taper stand in several rows: one alone must not be changed."""
    limits = load_protocol(where).limits
    splits = {str(split) for split in limits("KID-4").amounts("splits_ml_min")}
    bands = {
        str(value)
        for number in (*range(9, 19), 25, 28)
        for key, value in limits(f"KID-{number}").decimals.items()
        if key.endswith("_ml_min")
    }
    assert bands == splits
    upper = {str(limits(rule).amount("below_ml_min")) for rule in ("CAU-1", "INT-13")}
    assert (upper, str(limits("CAU-26").amount("below_ml_min"))) == ({"60"}, "30")
    low = {
        limits(f"KID-{n}").decimals.get("above_daily_mg", limits(f"KID-{n}").decimals.get("to_daily_mg"))
        for n in (9, *range(13, 18))
    }
    assert low == {Decimal(5)}
    taper = [limits(rule) for rule in ("STOP-1", "TAPER-1", "TAPER-2", "TAPER-3")]
    assert len({(one.mg("from_daily_mg"), one.count("used_days")) for one in taper}) == 1
    assert limits("KID-11").count("below_years") == limits("KID-12").count("from_years")
    assert (
        len(
            {
                limits("KID-27").count("from_years"),
                limits("KID-28").count("from_years"),
                limits("KID-29").count("below_years"),
            }
        )
        == 1
    )
    assert limits("TAPER-1").count("at_least_days") == limits("TAPER-2").count("from_days")
    assert limits("STOP-3").mg("from_daily_mg") == taper[0].mg("from_daily_mg")
    assert limits("STOP-3").count("used_days") == taper[0].count("used_days")
    assert limits("KID-24").count("lookback_months") == limits("KID-25").count("lookback_months")
    assert limits("KID-24").count("after_days") * 24 == limits("KID-19").count("times_within_hours")
