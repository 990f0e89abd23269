"""KID-26 to KID-32: when the kidneys are tested again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.dosing.tables import facts_from, judged, one_sided, rows, said, with_unknown_kidneys
from titration.dosing.facts import Albuminuria, EventFact, MedicineFact
from titration.dosing.kidney_check_rules import RULES

UP = "event=increase previous_daily_mg=10 daily_mg=15"
TABLES = {
    # 4 May 2026 minus 3 months is 4 February: 89 days.
    "KID-26": """
        event=first_order kidney_test_age_days=89                        | quiet
        event=first_order kidney_test_age_days=90                        | WARN
        event=first_order kidney_test_age_days=90 dialysis=yes           | quiet
        event=first_order kidney_test_age_days=90 age_years=65           | quiet
        event=current kidney_test_age_days=90                            | quiet
    """,
    "KID-27": """
        event=first_order kidney_test_age_days=14 age_years=65           | quiet
        event=first_order kidney_test_age_days=15 age_years=65           | WARN
        event=first_order kidney_test_age_days=15 age_years=64           | quiet
        event=first_order kidney_test_age_days=15 conditions=diabetes    | WARN
        event=first_order kidney_test_age_days=15 conditions=ckd         | WARN
        event=first_order kidney_test_age_days=15 conditions=neurogenic_bladder | WARN
        event=first_order kidney_test_age_days=15 medicines=methotrexate | WARN
        event=first_order kidney_test_age_days=15 medicines=morphine     | quiet
        event=first_order kidney_test_age_days=90 age_years=65 dialysis=yes | quiet
    """,
    # Six weeks of use: the start was 42 days ago. A result 35 days old was taken 7 days after it.
    "KID-28": """
        estimate=59 kidney_test_age_days=35                              | quiet
        estimate=59 kidney_test_age_days=36                              | WARN
        estimate=60 kidney_test_age_days=36                              | quiet
        estimate=60 kidney_test_age_days=36 age_years=65                 | WARN
        estimate=59 kidney_test_age_days=30 weeks_of_use=2               | INFO
        estimate=59 kidney_test_age_days=30 weeks_of_use=1               | INFO
        estimate=59 kidney_test_age_days=30 weeks_of_use=3               | WARN
        estimate=59 kidney_test_age_days=30 days_since_last_increase=14 daily_mg=20.5 | INFO
        estimate=59 kidney_test_age_days=30 days_since_last_increase=15 daily_mg=20.5 | WARN
        estimate=59 kidney_test_age_days=30 days_since_last_increase=15 daily_mg=20   | quiet
        estimate=59 kidney_test_age_days=30 days_since_last_increase=6 daily_mg=30    | quiet
        estimate=59 kidney_test_age_days=36 dialysis=yes                 | quiet
    """,
    "KID-29": """
        last_kidney_test_months=12                                       | quiet
        last_kidney_test_months=13                                       | INFO
        last_kidney_test_months=13 age_years=65                          | quiet
        last_kidney_test_months=13 estimate=59                           | quiet
        last_kidney_test_months=13 dialysis=yes                          | quiet
    """,
    "KID-30": """
        last_kidney_test_months=6 age_years=65                           | quiet
        last_kidney_test_months=7 age_years=65                           | INFO
        last_kidney_test_months=7                                        | quiet
        last_kidney_test_months=7 conditions=diabetes                    | INFO
        last_kidney_test_months=6 estimate=30                            | quiet
        last_kidney_test_months=4 estimate=29                            | quiet
        last_kidney_test_months=5 estimate=29                            | INFO
        last_kidney_test_months=3 estimate=14                            | quiet
        last_kidney_test_months=4 estimate=14                            | INFO
        last_kidney_test_months=7 age_years=65 dialysis=yes              | quiet
    """,
    "KID-31": """
        creatinine_mg_dl=1 medicines=ibuprofen new_gfr_lowering_drug=yes | INFO
        creatinine_mg_dl=1 medicines=ibuprofen                           | quiet
        creatinine_mg_dl=1 medicines=methotrexate new_gfr_lowering_drug=yes | quiet
        creatinine_mg_dl=1 symptoms=confusion                            | INFO
        creatinine_mg_dl=1 symptoms=itch                                 | quiet
        creatinine_mg_dl=1 conditions=sepsis                             | INFO
        creatinine_mg_dl=1 symptoms=vomiting dialysis=yes                | quiet
    """,
    "KID-32": f"""
        {UP} last_kidney_test_months=12                                  | quiet
        {UP} last_kidney_test_months=13                                  | WARN
        {UP} last_kidney_test_months=13 dialysis=yes                     | quiet
        {UP} estimate=59 kidney_test_age_days=36                         | WARN
        {UP} creatinine_mg_dl=1 medicines=ibuprofen new_gfr_lowering_drug=yes | quiet
        event=increase previous_daily_mg=15 daily_mg=10 last_kidney_test_months=13 | quiet
        event=current last_kidney_test_months=13                         | quiet
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_kidney_check_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    assert set(TABLES) == {rule.id for rule in RULES}
    assert one_sided(TABLES) == []


def test_no_result_ever_is_overdue_and_an_increase_has_unknown_kidneys():
    found = judged(with_unknown_kidneys("event=increase previous_daily_mg=15 daily_mg=20"))
    assert said(found, "KID-30") == "INFO"
    assert said(found, "KID-32") == "WARN"
    assert "KID-32" in {one.rule for one in found.blocking}
    assert said(judged(with_unknown_kidneys("event=first_order")), "KID-26") == "WARN"


def test_a_first_dose_of_this_plan_that_goes_on_from_before_is_not_a_first_dose():
    facts = with_unknown_kidneys("event=first_order")
    found = judged(replace(facts, therapy=replace(facts.therapy, taken_before=True)))
    assert said(found, "KID-26") == "quiet"
    assert said(found, "KID-32") == "WARN"


def test_an_unknown_albumin_ratio_is_read_as_a1_and_said():
    facts = facts_from("last_kidney_test_months=5 estimate=50")
    high = judged(replace(facts, person=replace(facts.person, albuminuria=Albuminuria.A3)))
    assert said(high, "KID-30") == "INFO"
    assert said(judged(facts), "KID-30") == "quiet"
    late = facts_from("last_kidney_test_months=7 estimate=50")
    (finding,) = [
        one
        for one in judged(replace(late, person=replace(late.person, albuminuria=None))).findings
        if one.rule == "KID-30"
    ]
    assert "read as A1" in finding.because


@pytest.mark.parametrize(("days", "expected"), [(0, "INFO"), (7, "INFO"), (8, "WARN")])
def test_a_trigger_is_due_for_a_week_and_then_overdue(days, expected):
    facts = facts_from("kidney_test_age_days=20")
    event = EventFact(code="hospital_admission", on=facts.today - timedelta(days=days))
    found = judged(replace(facts, person=replace(facts.person, events=(event,))))
    assert said(found, "KID-31") == expected


@pytest.mark.parametrize(("after", "expected"), [(0, "INFO"), (1, "quiet")])
def test_only_a_later_day_answers_a_trigger(after, expected):
    facts = facts_from(f"kidney_test_age_days={5 - after}")
    event = EventFact(code="sepsis", on=facts.today - timedelta(days=5))
    assert said(judged(replace(facts, person=replace(facts.person, events=(event,)))), "KID-31") == expected


def test_a_medicine_without_a_start_date_cannot_be_judged():
    facts = facts_from("kidney_test_age_days=5")
    medicine = MedicineFact(code="ramipril", started_on=None)
    found = judged(replace(facts, person=replace(facts.person, medicines=(medicine,))))
    assert said(found, "KID-31") == "not judged"
    assert any("Ramipril" in one.because for one in found.not_judged)


def test_without_any_dose_no_routine_check_is_asked_for():
    facts = facts_from("last_kidney_test_months=30 age_years=70")
    assert said(judged(replace(facts, therapy=replace(facts.therapy, steps=()))), "KID-30") == "quiet"


def test_without_age_and_estimate_a_check_after_a_step_cannot_be_judged():
    facts = with_unknown_kidneys("daily_mg=30", birth_date=None)
    assert said(judged(facts), "KID-28") == "not judged"
    assert said(judged(with_unknown_kidneys("daily_mg=30")), "KID-28") == "quiet"
    stopped = replace(facts, therapy=replace(facts.therapy, steps=()))
    assert said(judged(stopped), "KID-28") == "quiet"
