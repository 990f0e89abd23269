"""MAX, from the sentence of each rule."""

from dataclasses import replace

import pytest

from tests.dosing.tables import facts_from, judged, one_sided, rows, said
from titration.dosing.maximum_rules import RULES
from titration.dosing.rules import About

TABLES = {
    "MAX-1": """
        event=current daily_mg=80                                | quiet | absent
        event=current daily_mg=80.5                              | STOP  | absent
        event=current daily_mg=81 age_years=10                   | STOP  | absent
        event=increase previous_daily_mg=75 daily_mg=90          | STOP  | absent
        event=stop daily_mg=90                                   | quiet | absent
        event=taper daily_mg=90 steps=0:80+7:40+14:0             | quiet | absent
    """,
    "MAX-2": """
        event=current daily_mg=100                               | absent | quiet
        event=current daily_mg=100.5                             | absent | STOP
        event=current daily_mg=110 age_years=18                  | absent | STOP
        event=current daily_mg=110 age_years=17                  | absent | quiet
        event=current daily_mg=110 setting=inpatient             | absent | STOP
    """,
    "MAX-3": """
        event=current daily_mg=60 single_mg=20 doses_per_day=3   | quiet | absent
        event=current daily_mg=63 single_mg=21 doses_per_day=3   | INFO  | absent
        event=current daily_mg=40 single_mg=30 doses_per_day=2   | INFO  | absent
    """,
    "MAX-4": """
        event=current daily_mg=99 single_mg=33 doses_per_day=3   | absent | quiet
        event=current daily_mg=67 single_mg=33.5 doses_per_day=2 | absent | WARN
    """,
    "MAX-5": """
        event=current daily_mg=60                                | absent | quiet
        event=current daily_mg=60.5                              | absent | INFO
        event=current daily_mg=100                               | absent | INFO
        event=current daily_mg=100.5                             | absent | quiet
        event=current daily_mg=70 age_years=17                   | absent | quiet
        event=current daily_mg=70 age_years=18                   | absent | INFO
    """,
    "MAX-6": """
        event=current daily_mg=40 age_years=7 weight_kg=30       | absent | quiet
        event=current daily_mg=41 age_years=7 weight_kg=30       | absent | STOP
        event=current daily_mg=41 age_years=8 weight_kg=30       | absent | quiet
    """,
    "MAX-7": """
        event=current daily_mg=60 age_years=8 weight_kg=40       | absent | quiet
        event=current daily_mg=61 age_years=8 weight_kg=40       | absent | STOP
        event=current daily_mg=61 age_years=17 weight_kg=40      | absent | STOP
        event=current daily_mg=61 age_years=18 weight_kg=40      | absent | quiet
        event=current daily_mg=61 age_years=7 weight_kg=40       | absent | quiet
    """,
    "MAX-8": """
        event=current daily_mg=60 age_years=9 weight_kg=30       | absent | quiet
        event=current daily_mg=60.5 age_years=9 weight_kg=30     | absent | WARN
        event=current daily_mg=70 age_years=9                    | absent | not judged
        event=current daily_mg=70 age_years=18 weight_kg=30      | absent | quiet
    """,
    "MAX-9": """
        event=current daily_mg=40 age_years=8 weight_kg=40       | absent | quiet
        event=current daily_mg=41 age_years=8 weight_kg=40       | absent | WARN
        event=current daily_mg=60 age_years=8 weight_kg=40       | absent | WARN
        event=current daily_mg=61 age_years=8 weight_kg=40       | absent | quiet
        event=current daily_mg=41 age_years=9 weight_kg=40       | absent | quiet
        event=current daily_mg=41 age_years=7 weight_kg=40       | absent | quiet
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_maximum_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    assert set(TABLES) == {rule.id for rule in RULES}
    assert one_sided(TABLES) == []


def test_an_order_that_only_lowers_a_dose_above_the_maximum_is_not_held_back():
    lower = judged("event=taper daily_mg=120 steps=0:100+7:80")
    assert [one.about for one in lower.findings if one.rule == "MAX-1"] == [About.STANDING]
    assert "MAX-1" not in {one.rule for one in lower.blocking}
    same = judged("event=increase previous_daily_mg=100 daily_mg=100")
    assert "MAX-1" in {one.rule for one in same.blocking}


def test_an_unknown_age_is_not_silent():
    facts = facts_from("event=current daily_mg=110")
    unknown = judged(replace(facts, person=replace(facts.person, birth_date=None)), "UK")
    assert said(unknown, "MAX-2") == "STOP"
    assert {said(unknown, one) for one in ("MAX-6", "MAX-7", "MAX-8")} == {"not judged"}


def test_the_reason_holds_the_numbers_of_the_patient():
    (finding,) = [
        one for one in judged("event=increase previous_daily_mg=75 daily_mg=90").findings if one.rule == "MAX-1"
    ]
    assert finding.because == "New total 90\u00a0mg a day; the maximum is 80\u00a0mg a day."
    assert (finding.number, finding.sources, finding.proposed) == ("above 80 mg a day", ("S-01", "S-04"), False)


@pytest.mark.parametrize(
    ("where", "dose", "because"),
    [
        ("US", "30", "The largest single dose is 30\u00a0mg, which is above 20\u00a0mg."),
        ("UK", "34", "The largest single dose is 34\u00a0mg, which is above 33\u00a0mg; check that it is meant."),
    ],
)
def test_a_large_single_dose_is_pointed_out_in_one_country_and_questioned_in_the_other(where, dose, because):
    found = judged(f"event=current daily_mg={int(dose) * 2} single_mg={dose} doses_per_day=2", where)
    assert because in {one.because for one in found.findings if one.rule in ("MAX-3", "MAX-4")}
