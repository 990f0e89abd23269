"""CAU-1 and CAU-2: signs of possible toxicity. What they are about is tested with the other cautions."""

from dataclasses import replace

import pytest

from tests.dosing.tables import facts_from, judged, one_sided, protocol_of, rows, said, with_unknown_kidneys
from titration.dosing.assessment import assess
from titration.dosing.protocol_data import Code
from titration.dosing.toxicity_rules import RULES

AKI = "baseline_creatinine_mg_dl=0.8 creatinine_mg_dl=1.1 interval_hours=40 age_years=30"
TABLES = {
    "CAU-1": f"""
        symptoms=confusion estimate=59.9                        | EMERGENCY
        symptoms=confusion estimate=60 weight_kg=80 height_cm=180 | quiet
        symptoms=confusion estimate=60                          | not judged
        symptoms=new_drowsiness estimate=59.9                   | EMERGENCY
        symptoms=myoclonus estimate=59.9                        | EMERGENCY
        symptoms=slow_breathing estimate=90                     | EMERGENCY
        symptoms=new_falls estimate=20                          | quiet
        symptoms=fever estimate=20                              | quiet
        estimate=20                                             | quiet
        symptoms=confusion estimate=90 dialysis=yes             | EMERGENCY
        symptoms=confusion estimate=90 conditions=amputation    | EMERGENCY
        symptoms=confusion creatinine_mg_dl=0.9 cystatin_c_mg_l=2 | EMERGENCY
        symptoms=confusion {AKI}                                | EMERGENCY
        symptoms=confusion creatinine_mg_dl=1.1 age_years=30 weight_kg=80 height_cm=180 | quiet
        symptoms=confusion creatinine_mg_dl=1.1 age_years=30    | not judged
        symptoms=confusion estimate=20 daily_mg=0               | quiet
    """,
    "CAU-2": """
        symptoms=confusion estimate=60                          | URGENT
        symptoms=confusion estimate=59.9                        | quiet
        symptoms=new_falls estimate=90                          | URGENT
        symptoms=new_falls estimate=20                          | URGENT
        symptoms=new_falls+confusion estimate=20                | URGENT
        symptoms=slow_breathing estimate=90                     | quiet
        symptoms=slow_breathing+confusion estimate=90           | quiet
        symptoms=itch                                           | quiet
        symptoms=new_falls daily_mg=0                           | quiet
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_toxicity_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    assert set(TABLES) == {rule.id for rule in RULES}
    assert one_sided(TABLES) == []


def test_toxic_signs_with_unknown_kidneys_are_urgent_and_not_cleared_of_being_an_emergency():
    answer = judged(with_unknown_kidneys("symptoms=confusion"))
    assert (said(answer, "CAU-1"), said(answer, "CAU-2")) == ("not judged", "URGENT")
    (urgent,) = [one for one in answer.findings if one.rule == "CAU-2"]
    assert "Kidney function is not known." in urgent.because
    calm = judged(with_unknown_kidneys("symptoms=itch"))
    assert (said(calm, "CAU-1"), said(calm, "CAU-2")) == ("quiet", "quiet")
    falls = judged(with_unknown_kidneys("symptoms=new_falls"))
    assert (said(falls, "CAU-1"), said(falls, "CAU-2")) == ("quiet", "URGENT")
    slow = judged(with_unknown_kidneys("symptoms=slow_breathing"))
    assert (said(slow, "CAU-1"), said(slow, "CAU-2")) == ("EMERGENCY", "quiet")
    dialysis = judged(with_unknown_kidneys("symptoms=confusion", dialysis=True))
    assert said(dialysis, "CAU-1") == "EMERGENCY"


def test_one_low_estimate_of_several_is_enough_and_every_reason_is_said():
    (finding,) = [
        one
        for one in judged("symptoms=confusion creatinine_mg_dl=0.9 cystatin_c_mg_l=2 conditions=cachexia").findings
        if one.rule == "CAU-1"
    ]
    assert "cystatin C" in finding.because
    assert "creatinine unreliable: Cachexia" in finding.because


def test_a_sign_that_is_not_on_the_list_of_toxic_ones_says_nothing_of_toxicity():
    protocol = protocol_of("US")
    fever = Code(code="fever", label="Fever", lists=frozenset())
    protocol = replace(protocol, signs={**protocol.signs, "fever": fever})
    answer = assess(facts_from("symptoms=fever estimate=20"), protocol)
    assert (said(answer, "CAU-1"), said(answer, "CAU-2")) == ("quiet", "quiet")
