"""Side effects and symptoms: one form, one set of rows, and what follows from them at once."""

import uuid
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.views.ordering import TODAY, parts, record_of, signed_in, text_of, url
from titration.dosing.doses import Mg
from titration.dosing.protocol import load_protocol
from titration.models import AuditEvent, Flag, PatientFact
from titration.selectors.reports import effects_answers, key_of_sign
from titration.services import plans

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("going_on")]

UNEVEN = ((time(8), Mg(Decimal(20))), (time(14), Mg(Decimal(10))), (time(22), Mg(Decimal(10))))


def asked(effects: str = "none", *, key: str = "", on: Any = TODAY, **more: str) -> dict[str, str]:
    """A report as a browser sends it: every sign is there, "not asked" unless a test says otherwise."""
    signs = {f"sign_{code}": "not_asked" for code in load_protocol("us").signs}
    said = {"effects": effects, "reported_by": "patient", "reported_how": "phone", "note": ""}
    return {"key": key or str(uuid.uuid4()), **said, **signs, **parts("on_date", on), **more}


def send(world: Any, patient: Any, fields: dict[str, str], *, by: Any = None, follow: bool = True) -> Any:
    return signed_in(by or world.ann).post(url("reports:add", patient), fields, follow=follow)


def stored(patient: Any) -> dict[str, str]:
    with as_owner():
        rows = PatientFact.objects.filter(patient=patient, kind__in=["side_effects", "sign"])
        return {row.code or row.kind: row.answer for row in rows}


def on_uneven_doses(world: Any) -> None:
    w.creatinine(world, world.alder, by=world.ann, mg_dl="0.9", days_ago=10, hours_ago=2)
    then = w.NOW - timedelta(days=10)
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        plans.start_plan(
            patient=seen,
            order=w.order(then.date(), UNEVEN, taken_before="yes"),
            decision=plans.Decision.none(),
            by=world.ann,
            as_of=then,
        )


@pytest.fixture
def on_plan(world: Any) -> Any:
    w.start(world, world.alder, by=world.ann, days_ago=10)
    return world


def test_the_form_asks_for_every_sign_once_and_has_answered_nothing(on_plan):
    page = signed_in(on_plan.ann).get(url("reports:add", on_plan.alder))
    form = page.context["form"]
    names = [sign.name for _, signs in form.sign_groups for sign in signs]
    assert sorted(names) == sorted(f"sign_{code}" for code in load_protocol("us").signs)
    assert [title for title, _ in form.sign_groups] == [
        "Signs of possible toxicity", "Signs of withdrawal", "Other unwanted effects",
    ]  # fmt: skip
    assert {form[name].value() for name in names} == {"not_asked"}
    assert form["effects"].value() is None


def test_one_save_writes_the_answer_and_every_sign_that_was_asked_about(on_plan):
    answer = send(on_plan, on_plan.alder, asked("some", sign_dizziness="yes", sign_seizure="no", note="Since Monday"))
    assert answer.redirect_chain == [(url("reports:list", on_plan.alder), 302)]
    assert stored(on_plan.alder) == {"side_effects": "some", "dizziness": "yes", "seizure": "no"}
    with as_owner():
        rows = list(PatientFact.objects.filter(patient=on_plan.alder, reported_by="patient", reported_how="phone"))
        assert {row.recorded_by_id for row in rows} == {on_plan.ann.pk}
        assert len(rows) == 3
    text = text_of(answer)
    assert "22-Nov-2026: Some side effects" in text
    assert "Dizziness" in text
    assert "The patient, by phone." in text
    assert "Since Monday" in text


def test_sending_it_twice_writes_it_once(on_plan):
    fields = asked("some", sign_dizziness="yes", sign_nausea="no")
    for _ in range(2):
        assert send(on_plan, on_plan.alder, fields).status_code == 200
    assert len(stored(on_plan.alder)) == 3
    with as_owner():
        assert PatientFact.objects.filter(pk=key_of_sign(uuid.UUID(fields["key"]), "dizziness")).exists()
        assert AuditEvent.objects.filter(object_id=fields["key"], action="create").count() == 1


def test_a_key_of_another_entry_is_refused(on_plan):
    weight = w.fact(on_plan, on_plan.alder, by=on_plan.ann, kind="weight_kg", number=Decimal(70))
    answer = send(on_plan, on_plan.alder, asked(key=str(weight.pk)))
    assert answer.status_code == 422
    assert "was used for another entry" in text_of(answer)
    assert stored(on_plan.alder) == {}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"effects": ""}, "Choose whether there were side effects"),
        ({"reported_by": ""}, "Choose who said so."),
        ({"reported_how": ""}, "Choose how it was said."),
        ({"sign_nausea": "yes"}, "Nausea is answered with yes below."),
        ({"effects": "not_asked", "sign_nausea": "yes"}, "Nausea is answered with yes below."),
        ({"effects": "some", "note": ""}, "Say which side effects"),
        ({"sign_nausea": ""}, "Nausea: choose yes, no or not asked."),
        ({"sign_nausea": "maybe"}, "Choose one of the answers listed for “Nausea”."),
        (parts("on_date", TODAY + timedelta(days=1)), "22-Nov-2026"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_that_was_typed_is_lost(on_plan, fields, words):
    answer = send(on_plan, on_plan.alder, {**asked(), "note": "Said at noon", "sign_headache": "no", **fields})
    text = text_of(answer)
    assert answer.status_code == 422
    assert words in text
    assert ("Said at noon" in text) is ("note" not in fields)
    assert answer.context["form"]["sign_headache"].value() == "no"
    assert stored(on_plan.alder) == {}


def test_some_may_be_told_in_words_alone(on_plan):
    send(on_plan, on_plan.alder, asked("some", note="A metallic taste"))
    assert stored(on_plan.alder) == {"side_effects": "some"}


@pytest.mark.hazard("H32")
def test_signs_of_toxicity_are_judged_on_the_page_that_follows_and_raise_their_flag(on_plan):
    w.creatinine(on_plan, on_plan.alder, by=on_plan.ann, mg_dl="1.9", hours_ago=1)
    answer = send(on_plan, on_plan.alder, asked("some", sign_confusion="yes", sign_dizziness="yes"))
    rules = [one.rule for one in answer.context["page"].findings]
    assert rules[:2] == ["CAU-1", "STOP-4"]
    text = text_of(answer)
    assert "baclofen may accumulate, and stopping it suddenly is dangerous too" in text
    with as_owner():
        assert "CAU-1" in Flag.objects.filter(patient=on_plan.alder, status="open").values_list("rule_id", flat=True)


@pytest.mark.hazard("H32")
def test_signs_of_withdrawal_are_judged_with_the_time_of_the_last_dose(on_plan):
    w.stop(on_plan, on_plan.alder, by=on_plan.ann)
    answer = send(on_plan, on_plan.alder, asked("none", sign_hallucination="yes"))
    page = answer.context["page"]
    assert [one.rule for one in page.findings] == ["MISS-7"]
    assert page.last_dose == "No dose is confirmed."
    assert page.last_dose in text_of(answer)


def test_a_reader_may_read_and_not_record(on_plan):
    text = text_of(signed_in(on_plan.bea).get(url("reports:list", on_plan.alder)))
    assert "Whether there are side effects is not known." in text
    answer = send(on_plan, on_plan.alder, asked(), by=on_plan.dan)
    assert answer.status_code == 404


def test_the_page_says_so_when_the_check_is_down(on_plan, monkeypatch):
    send(on_plan, on_plan.alder, asked("some", sign_dizziness="yes"))
    monkeypatch.setattr("titration.selectors.records.assess", lambda *_: 1 / 0)
    answer = signed_in(on_plan.ann).get(url("reports:list", on_plan.alder))
    assert answer.status_code == 200
    assert "The safety check is not working." in text_of(answer)
    assert "Dizziness" in text_of(answer)


# Drowsiness


@pytest.mark.parametrize("sign", ["ongoing_drowsiness", "new_drowsiness"])
def test_drowsiness_offers_the_larger_dose_at_bedtime_in_a_form_that_is_filled_in(world, sign):
    on_uneven_doses(world)
    answer = send(world, world.alder, asked("some", **{f"sign_{sign}": "yes"}))
    move = answer.context["page"].move
    assert move is not None
    page = signed_in(world.ann).get(move.url)
    form, text = page.context["form"], text_of(page)
    assert "Nothing is signed." in text
    assert "largest dose, 20 mg, at 22:00" in text
    values = {name: form[name].value() for name in ("product", "frequency", "row_1_dose", "row_2_dose", "row_3_dose")}
    assert values == {
        "product": "tablet_10", "frequency": "different", "row_1_dose": "10", "row_2_dose": "10", "row_3_dose": "20",
    }  # fmt: skip
    assert form["reason"].value() is None
    assert len(record_of(world, world.alder).steps) == 1


def test_the_option_is_not_offered_where_nothing_can_move_or_something_presses(world):
    def offered(**signs: str) -> bool:
        answer = send(world, world.alder, asked("some", **signs))
        return answer.context["page"].move is not None

    on_uneven_doses(world)
    assert not offered(sign_dizziness="yes")
    assert offered(sign_ongoing_drowsiness="yes")
    assert "?move=bedtime" not in text_of(signed_in(world.bea).get(url("reports:list", world.alder)))
    assert not offered(sign_ongoing_drowsiness="no", sign_dizziness="yes")
    assert not offered(sign_ongoing_drowsiness="yes", sign_slow_breathing="yes")


def test_equal_doses_have_none_to_move(on_plan):
    answer = send(on_plan, on_plan.alder, asked("some", sign_ongoing_drowsiness="yes"))
    assert answer.context["page"].move is None
    page = signed_in(on_plan.ann).get(f"{url('steps:add', on_plan.alder)}?move=bedtime")
    assert page.context["filled_in"] == ""


# What the step gate reads of it


def test_answers_that_stand_are_read_and_withdrawn_ones_are_not(on_plan):
    send(on_plan, on_plan.alder, asked("some", sign_dizziness="yes"))
    assert [(one.on, one.answer) for one in effects_answers(record_of(on_plan, on_plan.alder))] == [(TODAY, "some")]
    with as_owner():
        fact = PatientFact.objects.get(patient=on_plan.alder, kind="side_effects")
    page = url("patients:fact_correct", on_plan.alder, fact_id=fact.pk)
    signed_in(on_plan.ann).post(page, {"action": "withdraw", "withdraw-note": "Another patient"})
    assert effects_answers(record_of(on_plan, on_plan.alder)) == ()


def test_a_report_that_was_corrected_stays_one_report(on_plan):
    fields = asked("some", sign_dizziness="yes", sign_nausea="yes")
    send(on_plan, on_plan.alder, fields)
    client, key = signed_in(on_plan.ann), uuid.UUID(fields["key"])
    for pk, answer in ((key, "none"), (key_of_sign(key, "nausea"), "no")):
        page = url("patients:fact_correct", on_plan.alder, fact_id=pk)
        said = {"action": "correct", "answer": answer, "note": "Misheard", **parts("on_date", TODAY)}
        assert client.post(page, said).status_code == 302
    (line,) = client.get(url("reports:list", on_plan.alder)).context["page"].reports
    assert (line.effects, line.said) == ("No side effects", "The patient, by phone")
    assert (line.present, line.absent) == (("Dizziness",), ("Nausea",))


def test_a_page_of_reports_reads_as_often_for_many_as_for_one(on_plan, django_assert_max_num_queries):
    for _ in range(3):
        send(on_plan, on_plan.alder, asked("some", sign_dizziness="yes", sign_nausea="no"))
    client = signed_in(on_plan.ann)
    client.get(url("reports:list", on_plan.alder))
    with django_assert_max_num_queries(15):
        client.get(url("reports:list", on_plan.alder))
