"""CAU-3 to CAU-20 and CAU-23 to CAU-26: contraindications, cautions, pregnancy and age."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.dosing.tables import facts_from, judged, one_sided, protocol_of, rows, said, with_unknown_kidneys
from titration.dosing.assessment import assess
from titration.dosing.caution_rules import RULES
from titration.dosing.deadlines import next_change
from titration.dosing.facts import Formulation
from titration.dosing.rules import About

UP = "event=increase previous_daily_mg=10 daily_mg=15 days_since_last_increase=30"
DOWN = "event=increase previous_daily_mg=15 daily_mg=10"
FIRST = "event=first_order"
SMALL = "age_years=9 weight_kg=32.9"
TABLES = {
    "CAU-3": """
        conditions=baclofen_hypersensitivity                    | STOP
        conditions=baclofen_hypersensitivity daily_mg=0         | quiet
        conditions=epilepsy                                     | quiet
    """,
    "CAU-4": """
        conditions=current_peptic_ulcer                         | absent | STOP
        conditions=past_peptic_ulcer                            | absent | quiet
    """,
    "CAU-5": """
        conditions=current_peptic_ulcer                         | WARN | absent
        conditions=past_peptic_ulcer                            | quiet | absent
    """,
    "CAU-6": """
        conditions=past_peptic_ulcer                            | INFO
        conditions=current_peptic_ulcer                         | quiet
    """,
    "CAU-7": """
        conditions=epilepsy                                     | WARN
        medicines=valproate                                     | quiet
    """,
    "CAU-8": """
        conditions=depression                                   | WARN
        conditions=mania                                        | WARN
        conditions=schizophrenia                                | WARN
        conditions=confusional_state                            | WARN
        conditions=epilepsy                                     | quiet
    """,
    "CAU-9": """
        conditions=alcohol_history                              | WARN
        conditions=suicide_risk                                 | WARN
        conditions=misuse                                       | WARN
        conditions=dependence                                   | WARN
        conditions=depression                                   | quiet
        medicines=alcohol                                       | quiet
    """,
    "CAU-10": f"""
        {FIRST} conditions=stroke                               | WARN | absent
        {FIRST} conditions=traumatic_brain_injury               | quiet | absent
        {UP} conditions=stroke                                  | quiet | absent
        event=current conditions=stroke                         | quiet | absent
    """,
    "CAU-11": """
        conditions=stroke                                       | absent | INFO
        conditions=traumatic_brain_injury                       | absent | quiet
    """,
    "CAU-12": """
        conditions=parkinsons_disease                           | WARN
        medicines=levodopa                                      | quiet
    """,
    "CAU-13": f"""
        {FIRST} conditions=cerebral_palsy                       | WARN | absent
        {FIRST} conditions=stroke                               | quiet | absent
        {UP} conditions=cerebral_palsy                          | quiet | absent
    """,
    "CAU-14": """
        conditions=rheumatic_spasm                              | WARN | absent
        conditions=osteoarthritis                               | quiet | absent
    """,
    "CAU-15": """
        conditions=respiratory_impairment                       | WARN
        conditions=heart_failure                                | quiet
    """,
    "CAU-16": """
        conditions=porphyria                                    | INFO
        conditions=hypertension                                 | INFO
        conditions=liver_impairment                             | INFO
        conditions=bladder_sphincter_hypertonia                 | INFO
        conditions=diabetes                                     | INFO
        conditions=postural_spasticity                          | INFO
        conditions=neurogenic_bladder                           | quiet
    """,
    "CAU-17": """
        conditions=autonomic_dysreflexia                        | INFO | absent
        conditions=spinal_cord_injury_t6_or_above               | quiet | absent
    """,
    "CAU-18": """
        pregnant=yes sex=F                                      | WARN
        pregnant=no sex=F                                       | quiet
        breastfeeding=yes sex=F                                 | quiet
        pregnant=yes sex=F daily_mg=0                           | quiet
    """,
    # 4 March 2026 is 61 days before 4 May: two calendar months are over on that day.
    "CAU-19": """
        breastfeeding=yes infant_age_weeks=9                    | INFO
        breastfeeding=yes infant_age_weeks=8                    | quiet
        breastfeeding=no infant_age_weeks=9                     | quiet
        breastfeeding=yes                                       | INFO
        breastfeeding=yes infant_age_weeks=9 daily_mg=0         | quiet
    """,
    "CAU-20": """
        breastfeeding=yes infant_age_weeks=8                    | WARN
        breastfeeding=yes infant_age_weeks=9                    | quiet
        breastfeeding=no infant_age_weeks=3                     | quiet
        breastfeeding=yes                                       | not judged
        breastfeeding=yes daily_mg=0                            | quiet
    """,
    "CAU-23": f"""
        {FIRST}                                                 | INFO
        {UP}                                                    | quiet
        event=current                                           | quiet
    """,
    "CAU-24": f"""
        {SMALL}                                                 | absent | WARN
        age_years=9 weight_kg=33                                | absent | quiet
        {SMALL} formulation=liquid                              | absent | quiet
        {FIRST} {SMALL}                                         | absent | WARN
        {FIRST} {SMALL} formulation=liquid                      | absent | quiet
        age_years=17 weight_kg=32.9                             | absent | WARN
        age_years=18 weight_kg=32.9                             | absent | quiet
        age_years=9                                             | absent | not judged
        age_years=9 formulation=liquid                          | absent | quiet
        {SMALL} daily_mg=0                                      | absent | quiet
    """,
    "CAU-25": """
        age_years=11.9                                          | INFO | absent
        age_years=12                                            | quiet | absent
        age_years=11.9 daily_mg=0                               | quiet | absent
    """,
    "CAU-26": """
        conditions=low_albumin estimate=29.9                    | INFO
        conditions=low_albumin estimate=30                      | quiet
        conditions=low_albumin estimate=80 dialysis=yes         | INFO
        conditions=cachexia estimate=29.9                       | quiet
        conditions=low_albumin estimate=29.9 daily_mg=0         | quiet
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_caution_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    assert set(TABLES) == {rule.id for rule in RULES}
    assert one_sided(TABLES) == []


EVERYTHING = (
    "conditions=baclofen_hypersensitivity+current_peptic_ulcer+past_peptic_ulcer+epilepsy+depression+misuse+stroke"
    "+parkinsons_disease+cerebral_palsy+rheumatic_spasm+respiratory_impairment+porphyria+autonomic_dysreflexia"
    "+low_albumin pregnant=yes breastfeeding=yes infant_age_weeks={weeks} estimate=20 age_years={age} weight_kg=30 "
    "symptoms=confusion+new_falls"
)
ONLY_A_FIRST_ORDER = {"CAU-10", "CAU-13", "CAU-23"}
FLAGGED = {"CAU-1", "CAU-2", "CAU-3", "CAU-4"}  # signs of toxicity and contraindications


@pytest.mark.parametrize("where", ["US", "UK"])
@pytest.mark.parametrize(
    ("event", "held"),
    [(FIRST, True), (UP, True), ("event=current", False), (DOWN, False), ("event=stop", False)],
)
def test_only_a_start_or_an_increase_is_held_and_cautions_become_no_flags(event, held, where):
    findings = {
        one.rule: one
        for weeks, age in ((3, 9), (30, 40))
        for one in judged(f"{event} {EVERYTHING.format(weeks=weeks, age=age)}", where).findings
        if one.rule.startswith("CAU-")
    }
    expected = {rule for rule in (*TABLES, "CAU-1", "CAU-2") if rule in protocol_of(where).rules}
    assert set(findings) == (expected if event == FIRST else expected - ONLY_A_FIRST_ORDER)
    for rule, finding in findings.items():
        standing = About.STANDING if rule in FLAGGED else About.CONTEXT
        assert finding.about is (About.ORDER if held else standing), rule


@pytest.mark.parametrize(("where", "rule"), [("US", "CAU-3"), ("UK", "CAU-3"), ("UK", "CAU-4")])
def test_a_contraindication_asks_for_a_reason_on_a_start_and_on_an_increase(where, rule):
    condition = {"CAU-3": "baclofen_hypersensitivity", "CAU-4": "current_peptic_ulcer"}[rule]
    for event in (FIRST, UP):
        assert [one.rule for one in judged(f"{event} conditions={condition}", where).blocking] == [rule]
    for event in ("event=current", DOWN):
        assert judged(f"{event} conditions={condition}", where).blocking == ()


@pytest.mark.parametrize(
    ("kidneys", "dialysis", "expected"),
    [
        ("unknown", False, "not judged"),
        ("unknown", True, "INFO"),
        ("good", None, "not judged"),
        ("good", False, "quiet"),
    ],
)
def test_low_albumin_with_unknown_kidneys_is_not_judged(kidneys, dialysis, expected):
    facts = facts_from("conditions=low_albumin estimate=80")
    if kidneys == "unknown":
        facts = with_unknown_kidneys("conditions=low_albumin")
    answer = judged(replace(facts, person=replace(facts.person, dialysis=dialysis)))
    assert said(answer, "CAU-26") == expected


@pytest.mark.parametrize(("where", "rule"), [("US", "CAU-25"), ("UK", "CAU-24")])
def test_an_unknown_birth_date_is_said(where, rule):
    facts = facts_from("weight_kg=30")
    assert said(judged(replace(facts, person=replace(facts.person, birth_date=None)), where), rule) == "not judged"


def test_the_rule_for_tablets_is_one_for_children_and_can_be_switched_off():
    answer = judged(f"{UP} {SMALL}", "UK", paediatric=False)
    assert said(answer, "CAU-24") == "not judged"
    assert any("CAU-24" in one.rules for one in answer.refusals)
    assert said(judged("age_years=9", "US", paediatric=False), "CAU-25") == "INFO"


def test_an_order_of_tablets_is_judged_by_itself_and_not_by_the_liquid_in_force():
    facts = facts_from(f"{UP} {SMALL} formulation=liquid")
    tablets = replace(facts, order=replace(facts.order, formulation=Formulation.TABLET))
    assert said(judged(tablets, "UK"), "CAU-24") == "WARN"
    unknown = replace(facts, order=replace(facts.order, formulation=None))
    assert said(judged(unknown, "UK"), "CAU-24") == "not judged"
    stop = facts_from(f"event=stop {SMALL}")
    assert said(judged(stop, "UK"), "CAU-24") == "WARN"
    liquid = replace(facts, order=None)
    assert said(judged(liquid, "UK"), "CAU-24") == "quiet"


def test_an_infant_is_two_months_old_on_the_calendar_and_that_day_is_announced():
    born = date(2026, 12, 31)
    facts = facts_from("breastfeeding=yes sex=F")
    person, therapy = replace(facts.person, infant_born=born), replace(facts.therapy, steps=facts.therapy.steps)
    for day, expected in ((date(2027, 2, 27), "WARN"), (date(2027, 2, 28), "quiet")):
        moved = replace(facts, person=person, therapy=therapy, today=day)
        assert said(judged(moved), "CAU-20") == expected
        assert said(judged(moved), "CAU-19") == ("quiet" if expected == "WARN" else "INFO")
    eve = replace(facts, person=person, today=date(2027, 2, 27), as_of=facts.as_of + timedelta(days=299))
    assert next_change(eve, protocol_of("UK"), "UTC") == datetime.fromisoformat("2027-02-28T00:00:00+00:00")
    weaned = replace(eve, person=replace(person, breastfeeding=False))
    assert next_change(weaned, protocol_of("UK"), "UTC") != next_change(eve, protocol_of("UK"), "UTC")


@pytest.mark.parametrize(("where", "then"), [("US", "not recommended"), ("UK", "caution")])
def test_parkinsons_disease_says_what_the_country_says(where, then):
    (finding,) = [one for one in judged("conditions=parkinsons_disease", where).findings if one.rule == "CAU-12"]
    assert then in finding.because


def test_a_first_dose_of_a_plan_is_a_new_start_even_after_an_earlier_course():
    facts = facts_from(f"{FIRST} conditions=stroke")
    before = replace(facts, therapy=replace(facts.therapy, taken_before=True))
    assert said(judged(before), "CAU-10") == "WARN"
    assert said(judged(before), "CAU-23") == "INFO"


def test_nothing_is_said_of_a_patient_of_whom_nothing_is_recorded():
    facts = facts_from("event=current")
    unknown = replace(facts.person, pregnant=None, breastfeeding=None, infant_born=None)
    answer = assess(replace(facts, person=unknown), protocol_of("US"))
    assert {said(answer, f"CAU-{number}") for number in (18, 19, 20)} == {"quiet"}
