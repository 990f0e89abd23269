"""The step gate on the chart, in the live panel, on the check page and in the history; and what is never gated."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.views.ordering import TODAY, checked, parts, record_of, save, send, signed_in, text_of, typed, url
from titration.dosing.gate import step_gate
from titration.dosing.gate_lines import Condition
from titration.dosing.intake import DoseState
from titration.models import Override, PatientFact
from titration.presenters.gate import next_increase_view
from titration.selectors.gates import next_increase
from titration.services import intake, patient_facts, plans, reports

pytestmark = [pytest.mark.django_db, pytest.mark.hazard("H04")]


def ask(world: Any, patient: Any, effects: str = "none", *, days_ago: int = 0) -> None:
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        reports.record_report(
            key=uuid.uuid4(), patient=seen, by=world.ann, as_of=w.NOW,
            report=reports.Report(
                effects=effects, signs={}, on=TODAY - timedelta(days=days_ago), reported_by="patient",
                reported_how="visit", note="",
            ),
        )  # fmt: skip


def call(world: Any, patient: Any) -> None:
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        intake.record_call(
            key=uuid.uuid4(), plan=seen.plans.get(status="active"), until=w.NOW, state=DoseState.TAKEN, reason_code="",
            said_by="patient", note="", by=world.ann, as_of=w.NOW,
        )  # fmt: skip


def plan_ahead(world: Any, patient: Any, mg: str, *, days: int) -> None:
    """An increase that is signed today for a day to come."""
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        plans.change_dose(
            patient=seen, order=w.order(TODAY + timedelta(days=days), w.three_times(mg)), decision=w.GO_ON,
            expected_version=seen.plans.get(status="active").version, by=world.ann, as_of=w.NOW,
        )  # fmt: skip


def closed(world: Any, patient: Any) -> set[str]:
    found = next_increase(record_of(world, patient))
    assert found is not None
    return {line.condition.value for line in found.gate.closed}


@pytest.fixture
def titrated(frozen: Any) -> Any:
    """15 mg a day for ten days, kidneys checked, and the ladder drafted."""
    w.start(frozen, frozen.alder, by=frozen.ann, days_ago=10)
    seen = frozen.seen_by(frozen.ann, frozen.alder)
    with as_actor(frozen.ann, frozen.alder):
        plans.draft_ladder(
            patient=seen, expected_version=seen.plans.get(status="active").version, by=frozen.ann, as_of=w.NOW
        )
    return frozen


@pytest.fixture
def ready(titrated: Any) -> Any:
    """The same with everything that the next increase waits for."""
    w.fact(titrated, titrated.alder, by=titrated.ann, kind="dialysis", answer="no")
    call(titrated, titrated.alder)
    ask(titrated, titrated.alder)
    return titrated


# The chart


def test_the_chart_says_exactly_what_is_missing_and_where_it_is_supplied(titrated):
    page = signed_in(titrated.ann).get(url("patients:chart", titrated.alder))
    block, text = page.context["page"].next_increase, text_of(page)
    assert [(line.label, line.state) for line in block.lines] == [
        ("Time on the step", "Open"),
        ("Doses taken", "Not known"),
        ("Kidney check", "Open"),
        ("Kidneys and highest dose", "Not known"),
        ("Side effects", "Missing"),
    ]
    assert [line.link and line.link.url for line in block.lines] == [
        None,
        url("doses:call", titrated.alder),
        None,
        url("patients:fact_add", titrated.alder, kind="dialysis"),
        url("reports:add", titrated.alder),
    ]
    assert "The step is not open." in text
    assert "10 days since the start or last increase on" in text
    assert "30\u00a0mg" in text


def test_each_thing_that_is_supplied_opens_its_line_and_all_of_them_the_step(titrated):
    alder = titrated.alder
    assert closed(titrated, alder) == {"doses", "allowed", "effects"}
    ask(titrated, alder, "not_asked")
    assert closed(titrated, alder) == {"doses", "allowed", "effects"}
    ask(titrated, alder)
    assert closed(titrated, alder) == {"doses", "allowed"}
    call(titrated, alder)
    assert closed(titrated, alder) == {"allowed"}
    w.fact(titrated, alder, by=titrated.ann, kind="dialysis", answer="no")
    assert closed(titrated, alder) == set()
    text = text_of(signed_in(titrated.ann).get(url("patients:chart", alder)))
    assert "The step is open." in text
    w.creatinine(titrated, alder, by=titrated.ann, mg_dl="3.5", hours_ago=1)
    assert "allowed" in closed(titrated, alder)


def test_a_reader_who_may_not_record_is_led_to_what_is_recorded(titrated):
    lines = next_increase_view(record_of(titrated, titrated.alder), rights=frozenset({"read"})).lines
    assert [line.link and line.link.url for line in lines] == [
        None,
        url("doses:list", titrated.alder),
        None,
        url("kidney:list", titrated.alder),
        url("reports:list", titrated.alder),
    ]


def test_a_signed_increase_that_begins_soon_says_so_and_is_not_held(titrated):
    plan_ahead(titrated, titrated.alder, "10", days=2)
    page = signed_in(titrated.ann).get(url("patients:chart", titrated.alder))
    block = page.context["page"].next_increase
    assert block.signed
    assert "begins in 2 days although the step is not open" in block.warning
    assert "Begins although it is not open" in text_of(page)
    later = record_of(titrated, titrated.alder, as_of=w.NOW + timedelta(days=2))
    assert later.current_step.daily_mg == 30


def test_a_signed_increase_that_only_waits_for_its_day_warns_of_nothing(ready):
    w.change(ready, ready.alder, by=ready.ann, mg="7.5", days_ago=1)
    ask(ready, ready.alder)
    plan_ahead(ready, ready.alder, "10", days=2)
    found = next_increase(record_of(ready, ready.alder))
    assert [line.condition for line in found.gate.closed] == [Condition.TIME]
    block = signed_in(ready.ann).get(url("patients:chart", ready.alder)).context["page"].next_increase
    assert (block.signed, block.is_open, block.warning) == (True, False, "")
    plan_ahead(ready, ready.alder, "10", days=1)
    block = signed_in(ready.ann).get(url("patients:chart", ready.alder)).context["page"].next_increase
    assert block.warning != ""


def test_without_a_planned_increase_there_is_no_block(frozen):
    w.start(frozen, frozen.alder, by=frozen.ann, days_ago=10)
    page = signed_in(frozen.ann).get(url("patients:chart", frozen.alder))
    assert page.context["page"].next_increase is None
    assert "Next increase" not in text_of(page)


def test_the_step_after_it_is_judged_too(ready, monkeypatch):
    seen = []

    def judge(*args: Any, following: Any, **more: Any) -> Any:
        seen.append(following and following.daily.value)
        return step_gate(*args, following=following, **more)

    monkeypatch.setattr("titration.selectors.gates.step_gate", judge)
    next_increase(record_of(ready, ready.alder))
    for dose in ("10", "15", "25"):
        send(signed_in(ready.ann), "steps:add", ready.alder, typed(dose=dose))
    assert list(dict.fromkeys(seen)) == [45, 60, None]


# The order


def test_an_increase_with_a_closed_gate_asks_for_a_reason_and_keeps_it(titrated):
    client = signed_in(titrated.ann)
    page = send(client, "steps:add", titrated.alder, typed())
    assert "Why go on although the next step is not open?" in text_of(page)
    assert not page.context["interrupts"]
    refused = save(client, titrated.alder, page.context["token"], gate="")
    assert refused.status_code == 422
    assert "Choose why to go on although the next step is not open." in text_of(refused)
    assert record_of(titrated, titrated.alder).current_step.daily_mg == 15
    refused = save(client, titrated.alder, refused.context["token"], gate="other")
    assert refused.status_code == 422
    assert "Say why to go on although the next step is not open." in text_of(refused)
    sent = {"token": refused.context["token"], "gate-code": "other", "gate-text": "Seen on the ward"}
    assert client.post(url("steps:check", titrated.alder), sent).status_code == 302
    step = record_of(titrated, titrated.alder).current_step
    with as_owner():
        kept = Override.objects.get(step=step.pk)
    assert (kept.rule_id, kept.asked, kept.reason_code, kept.reason_text, kept.recorded_by_id) == (
        "GATE", "gate", "other", "Seen on the ward", titrated.ann.pk,
    )  # fmt: skip
    assert [label for label, _ in kept.values_shown["values"]] == [
        "Doses taken", "Kidneys and highest dose", "Side effects",
    ]  # fmt: skip
    detail = text_of(client.get(url("steps:detail", titrated.alder, step_id=step.pk)))
    assert "Seen on the ward" in detail
    assert "Nobody has asked about side effects since the step began on" in detail
    chart = text_of(client.get(url("patients:chart", titrated.alder)))
    assert "Signed in spite of a step that was not open." in chart


def test_an_open_gate_asks_for_nothing_and_keeps_nothing(ready):
    client = signed_in(ready.ann)
    page = send(client, "steps:add", ready.alder, typed())
    assert "Why go on although" not in text_of(page)
    assert client.post(url("steps:check", ready.alder), {"token": page.context["token"]}).status_code == 302
    step = record_of(ready, ready.alder).current_step
    assert step.daily_mg == 30
    with as_owner():
        assert not Override.objects.filter(step=step.pk).exists()
    assert "GATE" not in {kept["rule"] for kept in step.findings}


def test_what_was_answered_for_a_gate_that_is_open_is_not_kept(ready):
    save(signed_in(ready.ann), ready.alder, checked(signed_in(ready.ann), ready.alder, typed()))
    with as_owner():
        assert not Override.objects.filter(patient=ready.alder, rule_id="GATE").exists()


def test_an_interrupted_increase_asks_for_both(titrated):
    client = signed_in(titrated.ann)
    page = send(client, "steps:add", titrated.alder, typed(dose="30"))
    assert page.context["interrupts"]
    assert "Why go on although the next step is not open?" in text_of(page)
    answers = {"typed_total": "90", "reason_code": "specialist_advice", "reason_text": "Agreed"}
    refused = save(client, titrated.alder, page.context["token"], gate="", **answers)
    assert refused.status_code == 422
    assert refused.context["form"]["typed_total"].value() == "90"
    assert save(client, titrated.alder, refused.context["token"], **answers).status_code == 302
    with as_owner():
        assert set(Override.objects.filter(patient=titrated.alder).values_list("rule_id", flat=True)) == {
            "GATE",
            "MAX-1",
        }


def test_a_gate_that_closes_after_the_page_was_shown_shows_the_page_again(ready):
    client = signed_in(ready.ann)
    token = checked(client, ready.alder, typed())
    with as_actor(ready.ann, ready.alder):
        fact = PatientFact.objects.get(patient=ready.alder, kind="side_effects")
        patient_facts.withdraw_fact(fact=fact, note="Another patient", by=ready.ann, as_of=w.NOW)
    answer = client.post(url("steps:check", ready.alder), {"token": token})
    assert answer.status_code == 409
    assert "Why go on although the next step is not open?" in text_of(answer)


def test_the_live_panel_lists_what_is_missing(titrated):
    client = signed_in(titrated.ann)
    answer = client.post(url("steps:live", titrated.alder), {**typed(), "purpose": "change"})
    result = answer.context["result"]
    assert [line.label for line in result.gate] == ["Doses taken", "Kidneys and highest dose", "Side effects"]
    assert "The next step is not open: doses taken, kidneys and highest dose, side effects." in result.spoken
    assert "The next step is not open." in text_of(answer)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("steps:add", typed(dose="2.5")),
        ("steps:add", typed(dose="5")),
        ("steps:past", {**typed(on=TODAY - timedelta(days=3)), **parts("last_day", TODAY - timedelta(days=2))}),
        ("plans:stop", {"stop_reason": "no_benefit", "reason": "", **parts("stops_on", TODAY + timedelta(days=1))}),
    ],
    ids=["decrease", "hold", "past", "stop"],
)
def test_only_increases_that_are_to_come_are_gated(titrated, name, fields):
    page = send(signed_in(titrated.ann), name, titrated.alder, fields)
    assert page.status_code == 200
    assert page.context["gate"] is None
    assert "The next step is not open" not in text_of(page)


def test_a_start_and_a_start_again_are_not_gated(frozen):
    for _ in range(2):
        page = send(signed_in(frozen.ann), "plans:start", frozen.alder, typed(dose="5", taken_before="no"))
        assert page.context["gate"] is None
        if not record_of(frozen, frozen.alder).is_on_plan:
            w.start(frozen, frozen.alder, by=frozen.ann, mg="2.5", days_ago=9)
            w.stop(frozen, frozen.alder, by=frozen.ann)


# What it costs


def test_the_gate_reads_nothing_of_its_own(titrated, django_assert_num_queries):
    record = record_of(titrated, titrated.alder)
    record.assessment  # noqa: B018  worked out before the gate is
    with django_assert_num_queries(0):
        assert next_increase(record) is not None
