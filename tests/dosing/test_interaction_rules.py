"""INT-1 to INT-15: other medicines beside baclofen."""

from dataclasses import replace

import pytest

from tests.dosing.tables import facts_from, judged, one_sided, rows, said, with_unknown_kidneys
from titration.dosing.assessment import assess
from titration.dosing.facts import MedicineFact
from titration.dosing.interaction_rules import RULES
from titration.dosing.protocol import load_protocol
from titration.dosing.rules import About, Override

UP = "event=increase previous_daily_mg=10 daily_mg=15 days_since_last_increase=30"
TABLES = {
    "INT-1": """
        medicines=alcohol                       | INFO
        medicines=paracetamol                   | quiet
        conditions=alcohol_history              | quiet
    """,
    "INT-2": """
        medicines=morphine                      | WARN
        medicines=other_opioid                  | WARN
        medicines=intrathecal_morphine          | quiet
        medicines=diazepam                      | quiet
        medicines=morphine daily_mg=0           | quiet
        event=pump_current medicines=morphine   | quiet
    """,
    "INT-3": """
        medicines=diazepam                      | WARN
        medicines=zopiclone                     | WARN
        medicines=morphine                      | quiet
    """,
    "INT-4": """
        medicines=gabapentin                    | WARN
        medicines=pregabalin                    | WARN
        medicines=valproate                     | quiet
    """,
    "INT-5": """
        medicines=tizanidine                    | WARN
        medicines=dantrolene                    | WARN
        medicines=diazepam                      | quiet
    """,
    "INT-6": """
        medicines=promethazine                  | WARN
        medicines=quetiapine                    | WARN
        medicines=phenobarbital                 | WARN
        medicines=amitriptyline                 | quiet
    """,
    "INT-7": """
        medicines=amitriptyline                 | WARN
        medicines=promethazine                  | quiet
    """,
    "INT-8": """
        medicines=phenelzine                    | WARN
        medicines=rasagiline                    | WARN
        medicines=levodopa                      | quiet
    """,
    "INT-9": """
        medicines=lithium_carbonate             | WARN
        medicines=valproate                     | quiet
    """,
    "INT-10": """
        medicines=levodopa+carbidopa            | WARN
        medicines=selegiline                    | quiet
    """,
    "INT-11": """
        medicines=amlodipine                    | INFO
        medicines=ramipril                      | INFO
        medicines=losartan                      | INFO
        medicines=ibuprofen                     | quiet
        conditions=hypertension                 | quiet
    """,
    "INT-12": """
        medicines=metformin                     | INFO
        medicines=insulin                       | INFO
        conditions=diabetes                     | quiet
    """,
    "INT-13": """
        medicines=ibuprofen estimate=60             | INFO
        medicines=ibuprofen estimate=59.9           | WARN
        medicines=ibuprofen+ramipril estimate=60    | WARN
        medicines=ibuprofen+amlodipine estimate=60  | INFO
        medicines=ibuprofen estimate=60 dialysis=yes | WARN
        medicines=amlodipine estimate=59.9          | quiet
        medicines=ibuprofen estimate=59.9 daily_mg=0 | quiet
    """,
    "INT-14": """
        medicines=intrathecal_morphine event=pump_current             | WARN
        medicines=intrathecal_morphine pump_delivering=yes            | WARN
        medicines=intrathecal_morphine                                | not judged
        medicines=morphine pump_delivering=yes                        | quiet
        medicines=general_anaesthetic                                 | WARN
        medicines=neuromuscular_blocker event=pump_current            | WARN
        medicines=neuromuscular_blocker daily_mg=0                    | quiet
    """,
    "INT-15": """
        medicines=morphine+pregabalin               | WARN
        medicines=diazepam+tizanidine               | WARN
        medicines=quetiapine+codeine                | WARN
        medicines=morphine+codeine                  | quiet
        medicines=morphine+amitriptyline            | quiet
        medicines=morphine+alcohol                  | quiet
        medicines=morphine+pregabalin daily_mg=0    | quiet
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_interaction_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    assert set(TABLES) == {rule.id for rule in RULES}
    assert one_sided(TABLES) == []


def found(rule_id, given_facts, where="US"):
    (finding,) = [one for one in judged(given_facts, where).findings if one.rule == rule_id]
    return finding


ALL = "medicines=alcohol+morphine+diazepam+gabapentin+tizanidine+quetiapine+doxepin+selegiline+lithium+levodopa"
ALL += "+clonidine+gliclazide+ibuprofen+general_anaesthetic"


@pytest.mark.parametrize(
    ("event", "about"),
    [
        ("event=first_order", About.ORDER),
        (UP, About.ORDER),
        ("event=current", About.CONTEXT),
        ("event=increase previous_daily_mg=15 daily_mg=15", About.CONTEXT),
        ("event=increase previous_daily_mg=15 daily_mg=10", About.CONTEXT),
        ("event=stop", About.CONTEXT),
    ],
)
def test_only_a_start_or_an_increase_is_held_by_another_medicine(event, about):
    findings = [one for one in judged(f"{event} {ALL}").findings if one.rule.startswith("INT-")]
    assert {one.rule for one in findings} == {rule.id for rule in RULES}
    assert {one.about for one in findings} == {about}


@pytest.mark.parametrize("where", ["US", "UK"])
def test_two_depressant_classes_ask_for_a_documented_reason_on_an_increase_only(where):
    finding = found("INT-15", f"{UP} medicines=morphine+pregabalin", where)
    assert finding.override is Override.DOCUMENTED
    assert "opioid (Morphine); gabapentinoid (Pregabalin)" in finding.because
    asking = judged(f"{UP} medicines=morphine+pregabalin", where).blocking
    assert [one.rule for one in asking] == ["INT-15"]
    assert judged("event=current medicines=morphine+pregabalin", where).blocking == ()


@pytest.mark.parametrize(("medicines", "expected"), [("ibuprofen", "not judged"), ("ibuprofen+ramipril", "WARN")])
def test_one_kidney_medicine_beside_an_unknown_estimate_is_said_and_not_guessed(medicines, expected):
    answer = judged(with_unknown_kidneys(f"medicines={medicines}"))
    assert said(answer, "INT-13") == expected
    named = [one.because for one in answer.not_judged if "INT-13" in one.rules]
    assert all("Ibuprofen" in because for because in named)


def test_a_medicine_that_is_recorded_twice_counts_once():
    facts = facts_from("estimate=80")
    twice = tuple(MedicineFact(code="ibuprofen", started_on=None) for _ in range(2))
    answer = judged(replace(facts, person=replace(facts.person, medicines=twice)))
    assert said(answer, "INT-13") == "INFO"


def test_a_finding_names_the_medicines_it_is_about():
    assert found("INT-2", "medicines=morphine+codeine+ibuprofen").because.startswith("Codeine, Morphine with baclofen:")


@pytest.mark.parametrize("where", ["US", "UK"])
def test_every_medicine_on_the_form_is_one_that_a_rule_reads(where):
    """One medicine at a time beside a weak kidney: a code that raises nothing would be a false comfort."""
    protocol = load_protocol(where)
    facts = facts_from("estimate=50 pump_delivering=yes")
    for code in protocol.medicines:
        alone = replace(facts, person=replace(facts.person, medicines=(MedicineFact(code=code, started_on=None),)))
        assert any(one.rule.startswith("INT-") for one in assess(alone, protocol).findings), code
