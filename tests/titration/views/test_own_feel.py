"""How I feel: one save, seen by the rules at once, and answered with the card that says what to do."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.services.lab_files import as_job
from tests.titration.services.test_falling_flag import SUNDAY, record
from tests.titration.views.ordering import signed_in, url
from tests.titration.views.reading import words
from titration.dosing.protocol import load_protocol
from titration.models import AuditEvent, FeelingReport, Flag, OwnSign, PatientFact, Plan
from titration.models.due import Taken
from titration.models.feelings import EMERGENCIES
from titration.selectors.dose_day import dose_day
from titration.services import full_look, intake, quick_look, reassessment, supply

pytestmark = [pytest.mark.hazard("H05")]


@pytest.fixture
def alder(titrated: Any) -> Any:
    return titrated.alder


def send(world: Any, *, by: Any = None, patient: Any = None, key: str = "", **fields: Any) -> Any:
    sent = {"key": key or str(uuid.uuid4()), "note": "", **fields}
    return signed_in(by or world.alma).post(url("own:feel", patient or world.alder), sent)


def text(page: Any) -> str:
    return words(page)


def open_flags(patient: Any) -> dict[str, int]:
    with as_owner():
        return dict(Flag.objects.filter(patient=patient).open().values_list("rule_id", "urgency"))


def signs(patient: Any) -> dict[str, str]:
    with as_owner():
        return dict(PatientFact.objects.filter(patient=patient, kind="sign").values_list("code", "answer"))


def test_every_sign_that_is_asked_about_is_one_of_each_protocol():
    for jurisdiction in ("us", "uk"):
        assert set(OwnSign.values) <= set(load_protocol(jurisdiction).signs)


def test_numbers_are_stored_and_raise_nothing(titrated, alder):
    before = open_flags(alder)
    answer = send(titrated, sleepiness="10", mood="0")
    assert (answer.status_code, answer.url) == (302, url("own:feel", alder))
    with as_owner():
        [row] = FeelingReport.objects.all()
    assert (row.sleepiness, row.spasms, row.falls, row.mood) == (10, None, None, 0)
    assert (row.reported_by, row.recorded_by_id, row.on_date, row.has_stopped) == (
        "patient", titrated.alma.pk, w.NOW.date(), False,
    )  # fmt: skip
    assert open_flags(alder) == before
    assert signs(alder) == {}
    page = text(signed_in(titrated.alma).get(url("own:feel", alder)))
    assert "Sleepiness 10 of 10" in page
    assert "Low mood 0 of 10" in page
    assert "Said by you" in page


@pytest.mark.parametrize("code", EMERGENCIES)
@pytest.mark.ui("UI-52")
def test_an_emergency_is_answered_with_the_emergency_card_and_raises_its_flag(titrated, alder, code):
    """No worker runs beside these tests: whatever stands was raised by the answer itself."""
    answer = send(titrated, urgent=[code], spasms="7")
    page = text(answer)
    assert answer.status_code == 200
    for said in ("Call 911 now", "Emergency advice", "555 0100", "555 0199", "Last ticked dose: not known"):
        assert said in page
    assert signs(alder) == {code: "yes"}
    assert "CAU-" not in page
    assert "MISS-" not in page
    raised = {rule for rule, urgency in open_flags(alder).items() if urgency == 1}
    assert raised == ({"CAU-1"} if code == "slow_breathing" else {"CAU-2"} if code == "confusion" else {"SIGN-TOLD"})


@pytest.mark.parametrize(("said", "rule"), [("run_out", "MISS-6"), ("stopped", "DOSES-STOPPED")])
@pytest.mark.ui("UI-52")
def test_what_was_said_of_supply_and_of_stopping_raises_at_once_and_leads_to_the_urgent_card(
    titrated, alder, said, rule
):
    answer = send(titrated, supply=[said])
    page = text(answer)
    assert answer.status_code == 200
    assert "Call your clinic now" in page
    assert "555 0100" in page
    assert open_flags(alder)[rule] == 1


def test_the_last_ticked_dose_is_told_as_far_as_it_is_known(titrated, alder):
    record(titrated, alder, SUNDAY, 0)
    assert "Last ticked dose: the one due today at 8am" in text(send(titrated, supply=["stopped"]))


def test_sent_again_it_is_answered_the_same_and_writes_nothing(titrated, alder):
    key = str(uuid.uuid4())
    for at in (w.NOW, w.NOW + timedelta(minutes=2), w.NOW + timedelta(hours=20)):
        with time_machine.travel(at, tick=False):
            answer = send(titrated, key=key, urgent=["seizure"], supply=["stopped"], note="At noon", falls="3")
        assert answer.status_code == 200
        assert "Call 911 now" in text(answer)
    with as_owner():
        assert FeelingReport.objects.count() == 1
        assert PatientFact.objects.filter(kind__in=["sign", "side_effects"]).count() == 2
        assert AuditEvent.objects.filter(object_type="feelingreport").count() == 1
    for other in ({"falls": "4"}, {"urgent": ["seizure", "confusion"]}, {"note": "At one"}):
        said = {"urgent": ["seizure"], "supply": ["stopped"], "note": "At noon", "falls": "3", **other}
        answer = send(titrated, key=key, **said)
        assert answer.status_code == 422
        assert "used" in text(answer)


def test_a_key_of_somebody_else_is_refused(titrated, alder):
    w.start(titrated, titrated.elder, by=titrated.dan, days_ago=3)
    key = str(uuid.uuid4())
    send(titrated, by=titrated.elma, patient=titrated.elder, key=key, falls="3")
    answer = send(titrated, key=key, falls="3")
    assert answer.status_code == 422
    with as_owner():
        assert FeelingReport.objects.count() == 1


def test_an_empty_form_and_a_wrong_number_are_refused_and_keep_what_was_typed(titrated, alder):
    answer = send(titrated)
    assert answer.status_code == 422
    assert "Nothing is answered yet" in text(answer)
    answer = send(titrated, mood="11", note="Still here", urgent=["seizure", "rhabdomyolysis"])
    assert answer.status_code == 422
    assert "Still here" in text(answer)
    assert (
        'value="seizure" checked' in " ".join(answer.content.decode().split())
        or "seizure" in answer.context["form"]["urgent"].value()
    )
    with as_owner():
        assert not FeelingReport.objects.exists()


def test_a_carer_says_it_in_their_own_name_and_who_only_looks_has_no_form(titrated, alder):
    assert send(titrated, by=titrated.pol, supply=["stopped"]).status_code == 200
    with as_owner():
        [row] = FeelingReport.objects.all()
        assert (row.reported_by, row.recorded_by_id) == ("carer", titrated.pol.pk)
        assert set(PatientFact.objects.filter(pk=row.pk).values_list("reported_by", "reported_how")) == {
            ("carer", "portal")
        }
    page = text(signed_in(titrated.alma).get(url("own:feel", alder)))
    assert "Said by Pol" in page
    assert "I stopped taking it" in page
    seen = signed_in(titrated.pia).get(url("own:feel", alder))
    assert "<form" not in seen.content.decode().split("<main")[1].split("</main>")[0]
    assert send(titrated, by=titrated.pia, falls="1").status_code == 403


def test_without_a_plan_nothing_is_asked_and_nothing_can_be_saved(frozen):
    page = text(signed_in(frozen.elma).get(url("own:feel", frozen.elder)))
    assert "Your team has not added your plan yet" in page
    assert "Save" not in page
    assert send(frozen, by=frozen.elma, patient=frozen.elder, falls="1").status_code == 200
    with as_owner():
        assert not FeelingReport.objects.exists()


def test_after_the_last_dose_signs_of_withdrawal_are_still_told(titrated, alder):
    w.stop(titrated, alder, by=titrated.ann)
    answer = send(titrated, signs=["anxiety"])
    assert "Call 911 now" in text(answer)
    assert open_flags(alder)["MISS-7"] == 1


def test_a_newer_issue_ends_what_was_said_of_the_supply(titrated, alder):
    def issue(on: Any, at: Any) -> None:
        with time_machine.travel(at, tick=False):
            seen = titrated.seen_by(titrated.ann, alder)
            with as_actor(titrated.ann, alder):
                plan = seen.plans.get()
                product = next(one for one in load_protocol("us").products if one.code == "tablet_10")
                supply.record_issue(
                    key=uuid.uuid4(),
                    plan=plan,
                    on=on,
                    product=product,
                    units=Decimal(300),
                    repeat_on=None,
                    by=titrated.ann,
                    as_of=at,
                )

    issue(w.NOW.date() - timedelta(days=2), w.NOW - timedelta(hours=1))
    assert "MISS-6" not in open_flags(alder)
    send(titrated, supply=["run_out"])
    assert open_flags(alder)["MISS-6"] == 1
    issue(w.NOW.date() - timedelta(days=1), w.NOW + timedelta(minutes=1))  # written down late
    assert open_flags(alder)["MISS-6"] == 1
    issue(w.NOW.date(), w.NOW + timedelta(minutes=2))
    assert "MISS-6" not in open_flags(alder)


def test_clinicians_read_the_numbers_and_statements_beside_the_report_and_no_more_statements_for_more_reports(
    titrated, alder, django_assert_num_queries
):
    send(titrated, by=titrated.pol, falls="4", mood="10", supply=["stopped"], signs=["nausea"], note="Since Monday")
    page = text(signed_in(titrated.ann).get(url("reports:list", alder)))
    for said in (
        "Falls 4 of 10, Low mood 10 of 10", "Baclofen is not taken any more.", "Nausea", "A carer, in the portal.",
        "Since Monday", "Recorded by Pol",
    ):  # fmt: skip
        assert said in page
    client = signed_in(titrated.ann)
    with CaptureQueriesContext(connection) as one:
        client.get(url("reports:list", alder))
        many = len(one)
    for number in range(3):
        send(titrated, falls=str(number))
    with django_assert_num_queries(many):
        client.get(url("reports:list", alder))


def test_a_clinician_cannot_say_that_it_came_through_the_portal(titrated, alder):
    form = signed_in(titrated.ann).get(url("reports:add", alder)).context["form"]
    assert "portal" not in dict(form.fields["reported_how"].choices)


def test_a_sign_that_was_told_is_called_about_until_somebody_has_written_down_what_it_is(titrated, alder):
    send(titrated, urgent=["seizure"])
    assert open_flags(alder)["SIGN-TOLD"] == 1
    with as_job("reassess"):
        with as_owner():
            Plan.objects.update(reassess_at=w.NOW)
        assert reassessment.reassess(clock=lambda: w.NOW + timedelta(minutes=1)).missed == 0
        assert full_look.full_look(clock=lambda: w.NOW + timedelta(minutes=2)).missed == 0
    assert open_flags(alder)["SIGN-TOLD"] == 1
    w.fact(
        titrated, alder, by=titrated.bea, kind="sign", code="seizure", answer="no", as_of=w.NOW + timedelta(minutes=5)
    )
    assert "SIGN-TOLD" not in open_flags(alder)


@pytest.mark.parametrize("ended", [False, True])
def test_a_dose_that_is_taken_back_lets_the_statement_stand_again(titrated, alder, ended):
    """Nothing but whole doses is on record then, and still somebody has to look in full."""
    send(titrated, supply=["stopped"])
    at = w.NOW + timedelta(minutes=10)

    def tick(state: str, replaces: Any) -> Any:
        with time_machine.travel(at, tick=False):
            seen = titrated.seen_by(titrated.ann, alder)
            said = intake.Said(
                state=state,
                taken=None,
                taken_at=at if state == "taken" else None,
                reason_code="",
                said_by="patient",
                note="",
            )
            with as_actor(titrated.ann, alder):
                doses = dose_day(seen, w.NOW.date(), as_of=at)
                return intake.record_dose(
                    key=uuid.uuid4(), doses=doses, position=1, said=said, replaces=replaces, by=titrated.ann
                )

    assert open_flags(alder)["DOSES-STOPPED"] == 1
    taken = tick("taken", None)
    assert "DOSES-STOPPED" not in open_flags(alder)
    if ended:
        tick("undone", taken.pk)
        assert open_flags(alder)["DOSES-STOPPED"] == 1


def test_a_quick_look_leaves_a_patient_who_stopped_to_a_full_one(titrated, alder):
    send(titrated, supply=["stopped"])
    with as_owner():
        plan = Plan.objects.get(patient=alder)
        Flag.objects.filter(patient=alder, rule_id="DOSES-STOPPED").update(
            status="closed", closed_at=w.NOW, closed_by=titrated.ann, closed_code="acted_on", closed_because="Called"
        )
    taken = [Taken(plan.pk, alder.pk, plan.reassess_at, w.NOW + timedelta(days=1), free=True)]
    with as_job("reassess"):
        assert quick_look.look(taken, as_of=w.NOW + timedelta(minutes=1)) == {}
