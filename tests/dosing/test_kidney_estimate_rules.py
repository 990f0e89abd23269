"""KID-1 to KID-8, and the panel that they speak of."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.dosing.tables import facts_from, judged, one_sided, rows, said
from titration.dosing.facts import Analyte, KidneyResult, LabUnit
from titration.dosing.kidney import round_half_up
from titration.dosing.kidney_estimate_rules import RULES

TABLES = {
    "KID-4": """
        age_years=81 sex=F weight_kg=48 creatinine_mg_dl=0.9                  | INFO
        age_years=78 weight_kg=70 creatinine_mg_dl=1.6                        | quiet
        age_years=81 sex=F weight_kg=48 creatinine_mg_dl=0.9 dialysis=yes     | quiet
        age_years=38 creatinine_mg_dl=0.9 cystatin_c_mg_l=1.35                | INFO
    """,
    "KID-5": """
        weight_kg=80 height_cm=180 creatinine_mg_dl=1                         | quiet
        weight_kg=58.32 height_cm=180 creatinine_mg_dl=1                      | quiet
        weight_kg=58.31 height_cm=180 creatinine_mg_dl=1                      | INFO
        conditions=spinal_cord_injury                                         | INFO
        conditions=advanced_ms                                                | INFO
        conditions=neuromuscular_disease                                      | INFO
        conditions=cerebral_palsy                                             | INFO
        conditions=amputation                                                 | INFO
        conditions=cachexia                                                   | INFO
        conditions=epilepsy weight_kg=80 height_cm=180                        | quiet
        conditions=epilepsy                                                   | not judged
        pregnant=yes sex=F                                                    | INFO
        baseline_creatinine_mg_dl=1 creatinine_mg_dl=1.3 interval_hours=40    | INFO
        conditions=cachexia dialysis=yes                                      | quiet
    """,
    "KID-8": """
        estimate=80      | quiet
        estimate=79.99   | INFO
        estimate=60      | INFO
        estimate=59.99   | quiet
        estimate=70 dialysis=yes | quiet
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_kidney_estimate_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    assert set(TABLES) == {rule.id for rule in RULES if rule.judge is not None}
    assert one_sided(TABLES) == []


DECIDES = """
    age_years=68 sex=F weight_kg=62 height_cm=158 creatinine_mg_dl=1.30         | cg            | 33.07
    age_years=78 weight_kg=70 creatinine_mg_dl=1.6                              | cg            | 37.67
    age_years=71 creatinine_mg_dl=2.35                                          | egfr_cr       | 28.86
    age_years=38 weight_kg=48 height_cm=175 creatinine_mg_dl=0.4 cystatin_c_mg_l=1.35 conditions=cachexia | egfr_cys | 57.01
    age_years=38 creatinine_mg_dl=0.4 cystatin_c_mg_l=1.35                      | egfr_crcys    | 87.05
    age_years=38 cystatin_c_mg_l=1.35                                           | egfr_cys      | 57.01
    age_years=66 dialysis=yes creatinine_mg_dl=6.5                              | dialysis flag | 8.78
    estimate=42.5                                                               | given         | 42.50
"""


@pytest.mark.parametrize("line", [line.strip() for line in DECIDES.strip().splitlines()])
def test_the_lowest_estimate_that_counts_decides(line):
    given_facts, decided_by, lowest = (cell.strip() for cell in line.split("|"))
    panel = judged(given_facts).panel
    assert panel.decided_by == decided_by
    assert panel.lowest is not None
    assert str(round_half_up(panel.lowest, 2)) == lowest


HEADLINE = """
    age_years=75 weight_kg=70 height_cm=175 creatinine_mg_dl=1                  | deindexed | cg
    age_years=74 weight_kg=70 height_cm=175 creatinine_mg_dl=1                  | deindexed | egfr_cr
    age_years=50 weight_kg=50 height_cm=175 creatinine_mg_dl=1                  | deindexed | cg
    age_years=50 weight_kg=122 height_cm=175 creatinine_mg_dl=1                 | deindexed | egfr_cr
    age_years=50 weight_kg=123 height_cm=175 creatinine_mg_dl=1                 | deindexed | cg
    age_years=75 creatinine_mg_dl=1                                             | egfr_cr   | egfr_cr
"""


@pytest.mark.parametrize("line", [line.strip() for line in HEADLINE.strip().splitlines()])
def test_the_headline_differs_between_the_countries(line):
    given_facts, *expected = (cell.strip() for cell in line.split("|"))
    for where, code in zip(("US", "UK"), expected, strict=True):
        headline = judged(given_facts, where).panel.headline
        assert headline is not None
        assert headline.code == code


def test_the_stage_is_read_from_the_rounded_and_the_band_from_the_exact_value():
    panel = judged("age_years=70 sex=F creatinine_mg_dl=1.80").panel
    assert (panel.printed, panel.g_stage, panel.band) == (30, "G3b", "15-29")


def test_differing_estimates_name_the_one_that_decides():
    (finding,) = [
        one
        for one in judged("age_years=81 sex=F weight_kg=48 creatinine_mg_dl=0.9 daily_mg=5").findings
        if one.rule == "KID-4"
    ]
    assert finding.because.endswith("Cockcroft–Gault decides.")
    assert [pair[0] for pair in finding.values] == ["eGFR (CKD-EPI 2021, creatinine)", "Cockcroft–Gault"]


def test_no_dose_is_suggested_on_dialysis():
    assert not judged("dialysis=yes creatinine_mg_dl=6.5").panel.shows_dose_suggestion
    assert judged("creatinine_mg_dl=1").panel.shows_dose_suggestion


def test_a_child_has_one_equation_and_no_clearance():
    panel = judged("age_years=10 weight_kg=30 height_cm=140 creatinine_mg_dl=0.6 cystatin_c_mg_l=0.9").panel
    assert [one.code for one in panel.estimates] == ["u25_cr", "u25_cys", "u25_crcys"]


@pytest.mark.parametrize("missing", ["sex", "birth_date"])
def test_what_is_not_known_gives_no_estimate_and_says_so(missing):
    facts = facts_from("creatinine_mg_dl=1 daily_mg=60 weight_kg=70")
    found = judged(replace(facts, person=replace(facts.person, **{missing: None})))
    assert found.panel.lowest is None
    assert found.panel.decided_by == "not known"
    assert said(found, "KID-14") == "not judged"


def test_a_result_with_a_comparator_counts_as_a_check_and_gives_no_estimate():
    facts = facts_from("creatinine_mg_dl=1")
    limited = replace(facts.kidneys.results[0], comparator=">")
    found = judged(replace(facts, kidneys=replace(facts.kidneys, results=(limited,))))
    assert found.panel.newest == limited
    assert found.panel.estimates == ()


def test_of_two_creatinines_at_one_instant_the_higher_one_counts():
    facts = facts_from("creatinine_mg_dl=1")
    (one,) = facts.kidneys.results
    other = replace(one, key="other", value=Decimal(120), unit=LabUnit.UMOL_L)
    for results in ((one, other), (other, one)):
        panel = judged(replace(facts, kidneys=replace(facts.kidneys, results=results))).panel
        assert panel.course.newest == other


def test_a_cystatin_c_too_far_from_the_creatinine_does_not_join_it():
    facts = facts_from("creatinine_mg_dl=1")
    (creatinine,) = facts.kidneys.results
    for days, joins in ((90, True), (91, False)):
        cystatin_c = KidneyResult(
            key="cystatin",
            analyte=Analyte.CYSTATIN_C,
            value=Decimal("1.2"),
            unit=LabUnit.MG_L,
            comparator="",
            taken_at=creatinine.taken_at - timedelta(days=days),
            taken_on=creatinine.taken_on - timedelta(days=days),
        )
        panel = judged(replace(facts, kidneys=replace(facts.kidneys, results=(cystatin_c, creatinine)))).panel
        assert ("egfr_crcys" in {one.code for one in panel.estimates}) is joins
