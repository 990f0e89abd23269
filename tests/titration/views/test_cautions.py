"""Other medicines, conditions and toxic signs on the screens: what is shown, what asks for a reason, what is a flag."""

from datetime import timedelta
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor
from tests.titration.views.ordering import TODAY, record_of, send, text_of, typed, url, version
from titration.dosing.facts import Formulation
from titration.models import Flag
from titration.services import order_review

pytestmark = pytest.mark.django_db

STANDS = ("medicine:morphine", "medicine:pregabalin", "medicine:amlodipine", "condition:baclofen_hypersensitivity")


@pytest.fixture
def burdened(titrated: Any) -> Any:
    """Alder, on 15 mg a day, with medicines and a condition that speak against baclofen."""
    for one in STANDS:
        kind, code = one.split(":")
        w.fact(titrated, titrated.alder, by=titrated.ann, kind=kind, code=code, answer="yes")
    return titrated


def open_flags(world: Any) -> dict[str, Any]:
    with as_actor(world.ann, world.alder):
        return {flag.rule_id: flag for flag in Flag.objects.open().filter(patient=world.alder)}


def by_rule(findings: Any) -> dict[str, Any]:
    return {one.rule: one for one in findings}


def test_what_stands_beside_a_dose_is_on_the_chart_and_only_a_contraindication_on_the_worklist(burdened, ann):
    check = ann.get(url("patients:chart", burdened.alder)).context["page"].check
    shown = by_rule(check.findings)
    assert {"INT-2", "INT-4", "INT-11", "INT-15", "CAU-3"} <= set(shown)
    assert shown["CAU-3"].severity == "Act now"
    assert check.is_open
    assert {rule for rule in open_flags(burdened) if rule.startswith(("INT-", "CAU-"))} == {"CAU-3"}


def test_an_increase_asks_for_a_reason_and_a_decrease_does_not(burdened, ann):
    up = send(ann, "steps:add", burdened.alder, typed(dose="10"))
    asked = by_rule(up.context["findings"])
    assert up.context["interrupts"]
    assert "choose a reason" in asked["CAU-3"].override_words
    assert "say why" in asked["INT-15"].override_words
    down = send(ann, "steps:add", burdened.alder, typed(dose="2.5"))
    assert not down.context["interrupts"]
    assert {"CAU-3", "INT-15"} <= set(by_rule(down.context["findings"]))


def test_the_live_panel_shows_the_context_of_a_lower_dose_and_asks_nothing(burdened, ann):
    fields = {"version": version(ann, url("steps:add", burdened.alder)), "purpose": "change"}
    for dose, asks in (("2.5", False), ("10", True)):
        page = ann.post(url("steps:live", burdened.alder), {**fields, **typed(dose=dose)})
        found = by_rule(page.context["result"].findings)
        assert bool(found["CAU-3"].override_words) is asks
        assert bool(found["INT-15"].override_words) is asks


def test_a_toxic_sign_is_a_flag_at_once_and_closes_when_it_has_ended(titrated, ann):
    w.fact(titrated, titrated.alder, by=titrated.ann, kind="sign", code="confusion", answer="yes")
    flag = open_flags(titrated)["CAU-2"]
    assert flag.get_urgency_display() == "Act now"
    assert "Possible toxicity" in text_of(ann.get(url("patients:chart", titrated.alder)))
    w.fact(titrated, titrated.alder, by=titrated.ann, kind="dialysis", answer="yes")
    assert "CAU-1" in open_flags(titrated)
    assert "CAU-2" not in open_flags(titrated)
    later = w.NOW + timedelta(minutes=5)
    w.fact(titrated, titrated.alder, by=titrated.ann, kind="sign", code="confusion", answer="no", as_of=later)
    assert not {"CAU-1", "CAU-2"} & set(open_flags(titrated))


def test_the_day_of_a_toxic_sign_is_known_after_it_has_gone_and_a_sign_of_withdrawal_is_none(titrated):
    alder = titrated.alder
    assert record_of(titrated, alder).rule_facts().person.toxicity_on is None
    days = [TODAY - timedelta(days=days) for days in (9, 4, 1)]
    w.fact(titrated, alder, by=titrated.ann, kind="sign", code="confusion", answer="yes", on=days[0])
    w.fact(titrated, alder, by=titrated.ann, kind="sign", code="confusion", answer="no", on=days[1])
    w.fact(titrated, alder, by=titrated.ann, kind="sign", code="anxiety", answer="yes", on=days[2])
    person = record_of(titrated, alder).rule_facts().person
    assert (person.toxicity_on, person.signs) == (days[0], {"anxiety"})


def test_both_dangers_of_a_toxic_sign_are_a_flag(titrated):
    w.fact(titrated, titrated.alder, by=titrated.ann, kind="sign", code="slow_breathing", answer="yes")
    flag = open_flags(titrated)["STOP-4"]
    assert flag.get_urgency_display() == "This week"
    assert "stopping it suddenly is dangerous too" in flag.because


@pytest.mark.parametrize(("product", "expected"), [("tablet_10", Formulation.TABLET), ("liquid_1", Formulation.LIQUID)])
def test_the_rules_know_what_an_order_is_made_of(titrated, monkeypatch, product, expected):
    judged: list[Any] = []
    assess = order_review.assess
    monkeypatch.setattr(order_review, "assess", lambda facts, protocol: judged.append(facts) or assess(facts, protocol))
    record = record_of(titrated, titrated.alder)
    order_review.assess_order(record, w.order(TODAY, w.three_times("5"), product=product))
    assert judged[0].order.formulation is expected
    assert judged[0].therapy.formulation is Formulation.TABLET
    stop = order_review.StopOrder(
        key=None, stops_on=TODAY, stop_reason=order_review.core.StopReason.OTHER, reason="", monitoring_plan=""
    )
    order_review.assess_order(record, stop)
    assert judged[1].order.formulation is None


def test_the_formulation_is_that_of_the_dose_in_force_and_not_of_an_earlier_one(frozen):
    w.start(frozen, frozen.aspen, by=frozen.ann, days_ago=10, product="liquid_1")
    assert record_of(frozen, frozen.aspen).rule_facts().therapy.formulation is Formulation.LIQUID
    w.change(frozen, frozen.aspen, by=frozen.ann, mg="10")
    assert record_of(frozen, frozen.aspen).rule_facts().therapy.formulation is Formulation.TABLET


def test_the_rules_know_the_infant_and_that_nothing_is_taken(titrated):
    w.fact(titrated, titrated.alder, by=titrated.ann, kind="infant_born", on=TODAY - timedelta(days=20))
    facts = record_of(titrated, titrated.alder).rule_facts()
    assert facts.person.infant_born == TODAY - timedelta(days=20)
    assert record_of(titrated, titrated.aspen).rule_facts().therapy.formulation is None
