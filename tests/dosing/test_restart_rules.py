"""STOP-4 to STOP-6: two dangers at once, surgery, and a start after toxicity."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.dosing.intakes import START, THREE, step, taking
from tests.dosing.tables import facts_from, judged, one_sided, rows, said
from titration.dosing.doses import Mg
from titration.dosing.facts import OrderKind
from titration.dosing.restart_rules import RULES
from titration.dosing.rules import About, Override
from titration.dosing.signing import Answers, what_is_asked

AKI = "baseline_creatinine_mg_dl=0.8 creatinine_mg_dl=1.1 interval_hours=40 age_years=30"
TABLES = {
    "STOP-4": f"""
        symptoms=confusion estimate=59.9                     | WARN
        symptoms=confusion estimate=60 weight_kg=80 height_cm=180 | quiet
        symptoms=confusion estimate=60                       | not judged
        symptoms=new_falls estimate=20                       | quiet
        {AKI}                                                | WARN
        {AKI} event=first_order daily_mg=15                  | quiet
        {AKI} event=stop                                     | WARN
        creatinine_mg_dl=1.1 age_years=30                    | quiet
        symptoms=confusion estimate=20 daily_mg=0            | quiet
    """,
    "STOP-5": """
        conditions=surgery_planned                           | INFO
        conditions=nil_by_mouth                              | INFO
        conditions=epilepsy                                  | quiet
        conditions=nil_by_mouth daily_mg=0                   | quiet
        conditions=nil_by_mouth event=first_order            | INFO
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_restart_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    assert {*TABLES, "STOP-6"} == {rule.id for rule in RULES}
    assert one_sided(TABLES) == []


def found(facts, rule_id):
    return next((one for one in judged(facts).findings if one.rule == rule_id), None)


def test_both_dangers_are_named_and_nothing_is_settled():
    finding = found(facts_from("symptoms=confusion estimate=40"), "STOP-4")
    assert finding.because == (
        "Confusion: baclofen may accumulate, and stopping it suddenly is dangerous too. A clinician decides."
    )
    assert finding.about is About.STANDING
    assert "acute kidney injury" in found(facts_from(AKI), "STOP-4").because
    up = found(facts_from(f"{AKI} event=increase previous_daily_mg=15 daily_mg=30"), "STOP-4")
    assert up.about is About.ORDER


def test_surgery_beside_a_standing_dose_is_context_and_no_flag():
    assert found(facts_from("conditions=surgery_planned"), "STOP-5").about is About.CONTEXT
    assert found(facts_from("conditions=surgery_planned event=first_order"), "STOP-5").about is About.ORDER


FIRST = "event=first_order daily_mg=15"
UP = "event=increase previous_daily_mg=15 daily_mg=30"


def again(facts):
    """The same facts, with a dose on record that ended before."""
    if facts.order is None or facts.order.kind is not OrderKind.FIRST:
        return facts
    ended = (step(THREE, until=START.replace(month=4)),)
    return replace(facts, therapy=replace(facts.therapy, taken_before=True, steps=ended))


def test_a_first_dose_ever_starts_nothing_again():
    facts = facts_from(FIRST)
    facts = replace(facts, person=replace(facts.person, toxicity_on=facts.today))
    assert said(judged(facts), "STOP-6") == "quiet"


@pytest.mark.parametrize(
    ("event", "days_ago", "expected"),
    [(FIRST, 0, "STOP"), (FIRST, 900, "STOP"), (FIRST, None, "quiet"), (UP, 0, "quiet"), ("event=stop", 0, "quiet"),
     ("event=current", 0, "quiet")],
)  # fmt: skip
def test_a_start_after_toxicity_needs_the_restart_form(event, days_ago, expected):
    facts = again(facts_from(event))
    on = None if days_ago is None else facts.today - timedelta(days=days_ago)
    facts = replace(facts, person=replace(facts.person, toxicity_on=on))
    for where in ("US", "UK"):
        assert said(judged(facts, where), "STOP-6") == expected
    if expected == "STOP":
        finding = found(facts, "STOP-6")
        assert (finding.about, finding.override) == (About.ORDER, Override.RESTART_FORM)


def test_a_plan_that_goes_on_after_a_stop_is_started_again():
    may = START.replace(month=5)
    steps = (step(THREE, until=may), step("", on=may))
    facts = taking(now="10 12:00", steps=steps)
    order = replace(facts_from(UP).order, starts_on=facts.today, steps=(step(THREE, "15", on=facts.today),))
    facts = replace(facts, order=order, person=replace(facts.person, toxicity_on=may))
    assert said(judged(facts), "STOP-6") == "STOP"
    standing = replace(facts, therapy=replace(facts.therapy, steps=(step(THREE, "10"),)))
    assert said(judged(standing), "STOP-6") == "quiet"


@pytest.mark.parametrize(("decided", "expected"), [("04 23:59", "STOP"), ("05 00:00", "quiet"), ("09 08:00", "quiet")])
def test_a_decision_counts_from_the_day_of_the_sign_on(decided, expected):
    facts = again(taking(now="10 12:00", decided=decided, zone="America/New_York", given="event=first_order"))
    facts = replace(facts, person=replace(facts.person, toxicity_on=START.replace(month=5, day=5)))
    assert said(judged(facts), "STOP-6") == expected


def test_nothing_on_the_check_page_ends_what_the_restart_form_is_for():
    facts = again(facts_from(FIRST))
    facts = replace(facts, person=replace(facts.person, toxicity_on=facts.today))
    asked = what_is_asked(one for one in judged(facts).findings if one.rule == "STOP-6")
    everything = Answers(
        typed_total=Mg(facts.order.steps[0].daily.value), reason_code="benefit", reason_text="Because", monitoring_plan="Plan",
        specialist_name="Dr A", specialist_on=facts.today, has_second_clinician=True,
    )  # fmt: skip
    (missing,) = asked.missing(everything, new_daily=facts.order.steps[0].daily, today=facts.today)
    assert missing.endswith("Complete the restart form first (STOP-6).")
    decided = replace(taking(now="04 12:00").intake, restart_decided_at=datetime.combine(
        facts.today, datetime.min.time(), tzinfo=UTC))  # fmt: skip
    assert said(judged(replace(facts, intake=decided)), "STOP-6") == "quiet"
