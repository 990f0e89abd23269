"""KID-19 to KID-25, and the course of a series of creatinines."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.dosing.tables import facts_from, judged, one_sided, rows, said
from titration.dosing.facts import Facts, LabUnit
from titration.dosing.kidney_injury_rules import RULES

AKI = "baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=1.35 interval_hours=36"
TABLES = {
    "KID-19": """
        baseline_creatinine_mg_dl=0.8 creatinine_mg_dl=1.1 interval_hours=48    | WARN
        baseline_creatinine_mg_dl=0.8 creatinine_mg_dl=1.1 interval_hours=49    | quiet
        baseline_creatinine_mg_dl=0.8 creatinine_mg_dl=1.09 interval_hours=40   | quiet
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=1.5 interval_hours=168   | WARN
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=1.49 interval_hours=168  | quiet
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=1.99 interval_hours=168  | WARN
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=2.0 interval_hours=168   | quiet
        baseline_creatinine_umol_l=88 creatinine_umol_l=114.5 interval_hours=40 | WARN
        baseline_creatinine_umol_l=88 creatinine_umol_l=114.4 interval_hours=40 | quiet
        baseline_creatinine_mg_dl=0.8 creatinine_mg_dl=1.1 interval_hours=48 dialysis=yes | quiet
    """,
    "KID-20": """
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=2.0 interval_hours=168   | URGENT
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=2.99 interval_hours=168  | URGENT
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=1.99 interval_hours=168  | quiet
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=3.0 interval_hours=168   | quiet
    """,
    "KID-21": """
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=3.0 interval_hours=168   | URGENT
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=2.99 interval_hours=168  | quiet
        baseline_creatinine_mg_dl=3.6 creatinine_mg_dl=4.0 interval_hours=36    | URGENT
        baseline_creatinine_mg_dl=3.9 creatinine_mg_dl=4.1 interval_hours=36    | quiet
        age_years=10 height_cm=140 baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=1.6 interval_hours=36 | URGENT
        age_years=10 height_cm=140 baseline_creatinine_mg_dl=0.6 creatinine_mg_dl=0.9 interval_hours=36 | quiet
    """,
    "KID-22": f"""
        {AKI} daily_mg=15                | WARN
        {AKI} daily_mg=0                 | quiet
        event=first_order {AKI}          | WARN
        event=stop daily_mg=15 {AKI}     | WARN
        creatinine_mg_dl=1.35            | quiet
    """,
    "KID-23": f"""
        event=first_order {AKI}                                   | STOP
        event=increase previous_daily_mg=15 daily_mg=20 {AKI}     | STOP
        event=increase previous_daily_mg=20 daily_mg=15 {AKI}     | quiet
        event=current {AKI}                                       | quiet
        event=stop {AKI}                                          | quiet
        event=first_order creatinine_mg_dl=1.35                   | quiet
    """,
    "KID-24": """
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=1.5 interval_hours=169   | WARN
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=1.49 interval_hours=169  | quiet
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=1.5 interval_hours=168   | quiet
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=1.5 interval_hours=8760  | WARN
        baseline_creatinine_mg_dl=1.0 creatinine_mg_dl=1.5 interval_hours=8800  | quiet
    """,
    "KID-25": """
        age_years=70 sex=F creatinine_mg_dl=1.01 baseline=none                  | INFO
        age_years=70 sex=F creatinine_mg_dl=0.99 baseline=none                  | quiet
        age_years=70 sex=F creatinine_mg_dl=1.01                                | quiet
        estimate=59.9 baseline=none                                             | INFO
        estimate=60 baseline=none                                               | quiet
        age_years=70 sex=F creatinine_mg_dl=1.01 baseline=none dialysis=yes     | quiet
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_kidney_injury_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    assert set(TABLES) == {rule.id for rule in RULES}
    assert one_sided(TABLES) == []


def series(*values: tuple[int, str]) -> Facts:
    """A man of 45 with creatinines in mg/dL so many hours ago."""
    facts = facts_from("creatinine_mg_dl=1")
    (pattern,) = facts.kidneys.results
    results = tuple(
        replace(
            pattern,
            key=str(hours),
            value=Decimal(value),
            taken_at=facts.as_of - timedelta(hours=hours),
            taken_on=(facts.as_of - timedelta(hours=hours)).date(),
        )
        for hours, value in values
    )
    return replace(facts, kidneys=replace(facts.kidneys, results=results, single_is_steady=False))


@pytest.mark.parametrize(
    ("values", "label", "steady"),
    [
        (((30 * 24, "1.0"), (0, "1.0")), "none", "1.0"),
        (((72, "1.0"), (24, "1.6"), (0, "1.0")), "none", "1.0"),
        (((72, "1.0"), (24, "1.6"), (0, "1.55")), "stage 1", "1.0"),
        # The lowest in the window counts, not the one just before.
        (((150, "1.0"), (100, "0.7"), (0, "1.4")), "stage 2", "0.7"),
        # The definition looks back 7 days: after that the higher value stands, and is shown as falling.
        (((20 * 24, "1.0"), (17 * 24, "2.0"), (0, "2.1")), "kidney function falling", "2.1"),
        (((400 * 24, "0.9"), (0, "2.0")), "cannot be staged", "2.0"),
        # Stage 1 by the rise within 48 hours, stage 2 by the ratio within 7 days: the higher one counts.
        (((150, "0.7"), (36, "1.1"), (0, "1.45")), "stage 2", "0.7"),
        (((0, "2.0"),), "cannot be staged", "2.0"),
        (((0, "0.9"),), "none", "0.9"),
        # Stage 3 by level alone stays open while AKI was met within the last 7 days.
        (((60, "3.6"), (36, "4.1"), (0, "4.05")), "stage 3", "3.6"),
    ],
)
def test_the_course_of_a_series(values, label, steady):
    panel = judged(series(*values)).panel
    assert panel.aki.label == label
    assert panel.course.steady is not None
    assert panel.course.steady.value == Decimal(steady)
    assert panel.steady is not label.startswith("stage")


def test_the_bands_stay_on_the_last_steady_estimate():
    facts = facts_from(f"age_years=70 sex=F daily_mg=45 {AKI}")
    found = judged(facts)
    assert said(found, "KID-12") == "quiet"
    assert said(found, "KID-8") == "INFO"
    (warning,) = [one for one in found.findings if one.rule == "KID-22"]
    assert "bands stay on 1 mg/dL on 03-May-2026" in warning.because
    assert found.panel.course.newest is not None
    now = found.panel.indexed_of(found.panel.course.newest)
    assert now is not None
    assert now < 60


def test_two_units_are_compared_in_one():
    facts = series((36, "1.0"), (0, "1.0"))
    older, newer = facts.kidneys.results
    newer = replace(newer, value=Decimal(120), unit=LabUnit.UMOL_L)  # 1.357 mg/dL
    found = judged(replace(facts, kidneys=replace(facts.kidneys, results=(older, newer))))
    assert said(found, "KID-19") == "WARN"


def test_the_severity_of_stage_1_is_acted_on_the_same_day():
    (finding,) = [one for one in judged(AKI).findings if one.rule == "KID-19"]
    assert finding.same_day
    assert "1.35 mg/dL on 04-May-2026" in finding.because
