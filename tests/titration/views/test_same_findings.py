"""Live panel, check page and save say the same about an order, whatever it is."""

import random
from datetime import timedelta

import pytest

from tests import world as w
from tests.titration.views.ordering import TODAY, record_of, save, typed, url, version

pytestmark = pytest.mark.django_db

PRODUCTS = ("tablet_5", "tablet_10", "tablet_20", "liquid_1", "liquid_5")
DOSES = ("2.5", "5", "7.5", "10", "15", "20", "30", "50")


def random_order(chance):
    """Any pattern a person could type, possible or not."""
    fields = typed(
        on=TODAY + timedelta(days=chance.randrange(4)),
        product=chance.choice(PRODUCTS),
        dose=chance.choice(DOSES),
        frequency=chance.choice(("1", "2", "3", "4", "different")),
    )
    for row in range(1, chance.randrange(2, 5)):
        fields |= {f"row_{row}_time": f"{row * 5:02}:30", f"row_{row}_dose": chance.choice(DOSES)}
    return fields


def rules_of(findings):
    return sorted(one.rule for one in findings)


@pytest.mark.ui("UI-27")
def test_the_three_of_them_agree(titrated, ann):
    chance = random.Random(27)
    page, live, check = (url(name, titrated.alder) for name in ("steps:add", "steps:live", "steps:check"))
    opened, compared, saved = version(ann, page), 0, None
    for _ in range(30):
        fields = {"version": opened, "purpose": "change", **random_order(chance)}
        panel = ann.post(live, fields).context["result"]
        answer = ann.post(page, fields)
        if "token" not in answer.context:
            assert answer.status_code == 422
            continue
        compared += 1
        missing = [line.key for line in answer.context["gate_lines"]]
        assert sorted(panel.key.split()) == sorted([*rules_of(answer.context["findings"]), *missing])
        assert panel.gate == answer.context["gate_lines"]
        assert panel.change_words == answer.context["change_words"]
        if not answer.context["interrupts"] and answer.context["findings"]:
            asked = ["GATE"] if missing else []
            saved = (answer.context["token"], sorted([*rules_of(answer.context["findings"]), *asked]))
    assert compared > 10
    token, shown = saved
    assert ann.post(check, {"token": token, "gate-code": "asked_otherwise"}).status_code == 302
    kept = max(record_of(titrated, titrated.alder).in_force, key=lambda step: step.signed_at)
    assert sorted(one["rule"] for one in kept.findings) == shown


@pytest.mark.ui("UI-30")
def test_ten_times_interrupts_again_straight_after_an_override(titrated, ann):
    w.change(titrated, titrated.alder, by=titrated.ann, mg="2.5")
    page = url("steps:add", titrated.alder)
    for dose, total in (("25", "75"), ("2.5", "7.5"), ("25", "75")):
        answer = ann.post(page, {"version": version(ann, page), **typed(dose=dose)})
        assert "UNIT-9" in rules_of(answer.context["findings"])
        said = {"typed_total": total, "reason_code": "other", "reason_text": "Agreed"}
        assert save(ann, titrated.alder, answer.context["token"], **said).status_code == 302
