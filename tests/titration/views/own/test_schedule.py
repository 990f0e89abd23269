"""The plan ahead, and what changes: the patient confirms the very change that was shown, and the clinic sees that."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor
from tests.titration.views.ordering import signed_in, url
from tests.titration.views.test_doses import words_of
from titration.models import ChangeSeen, Step
from titration.presenters.own.changes import unseen
from titration.selectors import own
from titration.services import plans

ON = date(2026, 11, 25)


def planned(world: Any, mg: str = "7.5", on: date = ON) -> Step:
    """Three equal doses from a day on, signed by Ann."""
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        return plans.change_dose(
            patient=seen, order=w.order(on, w.three_times(mg)), decision=w.GO_ON,
            expected_version=seen.plans.get(status="active").version, by=world.ann, as_of=w.NOW,
        )  # fmt: skip


def change_url(world: Any, on: date = ON) -> str:
    with as_actor(world.ann, world.alder):
        step = Step.objects.in_force().signed().get(period__startswith=on)
    return url("own:change", world.alder, step_id=step.pk)


def confirmed(client: Any, where: str, **changed: str) -> Any:
    form = client.get(where).context["form"]
    return client.post(where, {"key": str(uuid.uuid4()), "digest": form["digest"].value(), **changed})


def seen(world: Any) -> list[ChangeSeen]:
    with as_actor(world.ann, world.alder):
        return list(ChangeSeen.objects.all())


def chart(world: Any) -> str:
    return words_of(signed_in(world.ann).get(url("patients:chart", world.alder)))


def test_the_schedule_says_on_which_day_the_dose_changes(alma: Any, alder: Any, ticking: Any) -> None:
    planned(ticking)
    page = words_of(alma.get(url("own:schedule", alder)))
    assert "Sunday 22 November 2026 (today) 15 mg in total" in page
    assert "Tuesday 24 November 2026 Morning, 8am Half a 10 mg tablet (5 mg)" in page
    assert "Wednesday 25 November 2026 Your dose changes on this day. 22.5 mg in total" in page
    assert "Saturday 5 December 2026 Morning, 8am Three quarters of a 10 mg tablet (7.5 mg)" in page
    assert "Saturday 21 November 2026 Morning, 8am Half a 10 mg tablet (5 mg) Taken" in page
    assert "Friday 20 November 2026" in page


def test_a_change_is_confirmed_once_and_the_clinic_sees_it(alma: Any, alder: Any, ticking: Any) -> None:
    planned(ticking)
    where = change_url(ticking)
    assert "See what changes on Wednesday 25 November 2026" in words_of(alma.get(url("own:today", alder)))
    assert "Not yet seen by the patient." in chart(ticking)
    page = words_of(alma.get(where))
    assert "Until then: 15 mg a day From Wednesday 25 November 2026: 22.5 mg a day" in page
    assert (
        "Morning, 8am changes Until then: Half a 10 mg tablet (5 mg) New: Three quarters of a 10 mg tablet (7.5 mg)"
        in page
    )
    for _ in range(2):
        assert confirmed(alma, where).status_code == 302
    (written,) = seen(ticking)
    assert (written.starts_on, written.said_by, written.recorded_by_id) == (ON, "patient", ticking.alma.pk)
    assert "You have seen this. Your team knows." in words_of(alma.get(where))
    assert "See what changes" not in words_of(alma.get(url("own:today", alder)))
    assert "Seen by the patient." in chart(ticking)


def test_what_is_altered_afterwards_has_not_been_seen(alma: Any, alder: Any, ticking: Any) -> None:
    planned(ticking)
    where = change_url(ticking)
    shown = alma.get(where).context["form"]["digest"].value()
    confirmed(alma, where)
    planned(ticking, mg="10")
    assert "Not yet seen by the patient." in chart(ticking)
    assert "See what changes" in words_of(alma.get(url("own:today", alder)))
    again = change_url(ticking)
    answer = confirmed(alma, again, digest=shown)
    assert answer.status_code == 422
    assert "Your plan has changed. Look at the new plan first." in words_of(answer)
    assert len(seen(ticking)) == 1


def test_what_a_carer_has_seen_the_patient_has_not(alma: Any, alder: Any, ticking: Any) -> None:
    planned(ticking)
    where, pol = change_url(ticking), signed_in(ticking.pol)
    assert confirmed(pol, where).status_code == 302
    assert "Seen by a carer, not yet by the patient." in chart(ticking)
    assert "See what changes" not in words_of(pol.get(url("own:today", alder)))
    assert "See what changes" in words_of(alma.get(url("own:today", alder)))
    assert confirmed(alma, where).status_code == 302
    assert "Seen by the patient." in chart(ticking)
    assert [one.said_by for one in sorted(seen(ticking), key=lambda one: one.said_by)] == ["carer", "patient"]


def test_who_may_only_look_sees_the_change_and_confirms_nothing(alder: Any, ticking: Any) -> None:
    planned(ticking)
    pia = signed_in(ticking.pia)
    where = change_url(ticking)
    assert "I have seen this" not in words_of(pia.get(where))
    assert confirmed(pia, where).status_code == 403
    assert seen(ticking) == []


@pytest.mark.parametrize(("day", "is_news"), [(22, True), (25, True), (31, True), (32, False)])
def test_a_change_that_nobody_confirmed_is_news_for_a_week(alder: Any, ticking: Any, day: int, is_news: bool) -> None:
    planned(ticking)
    told = ticking.seen_by(ticking.alma, alder)
    with as_actor(ticking.alma, alder):
        plan = own.own_plan(told, as_of=w.NOW + timedelta(days=day - 22))
        assert plan is not None
        found = unseen(plan, frozenset(one.digest for one in plan.changes if one.on < ON))
    assert (None if found is None else found.on) == (ON if is_news else None)


@pytest.mark.parametrize("name", ["furze", "aspen"])
def test_without_an_account_the_chart_says_nothing_of_it(ticking: Any, name: str) -> None:
    patient, by = getattr(ticking, name), ticking.finn if name == "furze" else ticking.ann
    w.start(ticking, patient, by=by, days_ago=9)
    told = ticking.seen_by(by, patient)
    with as_actor(by, patient):
        plans.change_dose(
            patient=told, order=w.order(ON, w.three_times("7.5")), decision=w.GO_ON,
            expected_version=told.plans.get(status="active").version, by=by, as_of=w.NOW,
        )  # fmt: skip
    page = words_of(signed_in(by).get(url("patients:chart", patient)))
    assert "Next planned:" in page
    assert "een by the patient" not in page


def test_a_planned_stop_is_told_as_one(alma: Any, alder: Any, ticking: Any) -> None:
    w.stop(ticking, alder, by=ticking.ann, days_ago=-3)
    page = words_of(alma.get(change_url(ticking)))
    assert "Your team has planned that you stop on this day." in page
    assert "From Wednesday 25 November 2026: No dose" in page
    schedule = words_of(alma.get(url("own:schedule", alder)))
    assert "Wednesday 25 November 2026 Your dose changes on this day." in schedule
    assert "Thursday 26 November 2026 No dose on this day." in schedule


def test_after_the_end_of_a_plan_its_end_is_told(alma: Any, alder: Any, ticking: Any) -> None:
    w.stop(ticking, alder, by=ticking.ann)
    page = words_of(alma.get(url("own:today", alder)))
    assert "Your plan has ended. From Sunday 22 November 2026 on you take no baclofen." in page
    assert "has not added your plan" not in page
