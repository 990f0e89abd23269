"""Today, as the patient sees and uses it: one tap writes one row, and nothing else ever writes a wrong one."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world as w
from tests.database import as_actor
from tests.titration.services.test_unseen_stops import quiet
from tests.titration.views.ordering import signed_in, url
from tests.titration.views.test_doses import words_of
from titration.dosing.intake import SilenceReason
from titration.models import AuditEvent, DoseEvent

TODAY = "2026-11-22"


def events(world: Any, day: str = TODAY) -> list[DoseEvent]:
    with as_actor(world.ann, world.alder):
        return list(DoseEvent.objects.filter(local_date=day).order_by("recorded_at", "position"))


def today(client: Any, patient: Any) -> str:
    return words_of(client.get(url("own:today", patient)))


def form_of(client: Any, patient: Any) -> dict[str, str]:
    """The one form of the page that ticks, as a browser would send it."""
    page = client.get(url("own:today", patient)).content.decode()
    found = re.findall(
        r'action="([^"]+/tick/)".*?name="key" value="([^"]+)".*?name="version" value="([^"]+)"', page, re.DOTALL
    )
    assert len(found) == 1, page
    return {"action": found[0][0], "key": found[0][1], "version": found[0][2]}


def tap(client: Any, form: dict[str, str], **more: Any) -> Any:
    return client.post(form["action"], {"key": form["key"], "version": form["version"]}, **more)


def test_the_dose_that_is_due_is_offered_and_no_other(alma: Any, alder: Any) -> None:
    page = today(alma, alder)
    assert "Morning, 8am Half a 10 mg tablet (5 mg) ○ Due now I took it" in page
    assert page.count("I took it (") == 1
    assert "Afternoon, 2pm Half a 10 mg tablet (5 mg) ○ Due later today" in page
    assert "3 doses a day. 15 mg in total." in page
    assert "Yesterday" not in page


def test_one_tap_writes_one_row_at_the_time_of_the_portal(alma: Any, alder: Any, ticking: Any) -> None:
    form = form_of(alma, alder)
    for _ in range(3):  # shaky hands
        answer = tap(alma, form)
        assert (answer.status_code, answer.headers["Location"]) == (302, url("own:today", alder))
    (written,) = events(ticking)
    assert (written.state, written.taken_at, written.said_by, written.recorded_by_id) == (
        "taken", w.NOW, "patient", ticking.alma.pk,
    )  # fmt: skip
    page = today(alma, alder)
    assert "✓ Taken at 9:05am Change this" in page
    assert "I took it" not in page


def test_a_second_phone_is_told_when_it_was_ticked(alma: Any, alder: Any, ticking: Any) -> None:
    other = signed_in(ticking.pol)
    first, second = form_of(alma, alder), form_of(other, alder)
    tap(alma, first)
    answer = tap(other, second)
    assert answer.status_code == 409
    assert "Do not take it again. You already ticked this dose at 9:05am (morning, 8am)." in words_of(answer)
    assert len(events(ticking)) == 1


def test_a_carer_ticks_as_a_carer(alder: Any, ticking: Any) -> None:
    client = signed_in(ticking.pol)
    assert tap(client, form_of(client, alder)).status_code == 302
    assert [one.said_by for one in events(ticking)] == ["carer"]


def test_who_may_only_look_is_offered_nothing(alder: Any, ticking: Any, alma: Any) -> None:
    pia = signed_in(ticking.pia)
    page = today(pia, alder)
    assert "Due now" in page
    assert "I took it" not in page
    assert tap(pia, form_of(alma, alder)).status_code == 403
    assert events(ticking) == []
    said = [client.get(url("own:dose", alder, day=TODAY, position=0)).text for client in (alma, pia)]
    assert ['name="state"' in page for page in said] == [True, False]
    assert "You can look here, but not tell us what was taken." in said[1]


def test_a_page_of_an_older_plan_ticks_nothing(alma: Any, alder: Any, ticking: Any) -> None:
    form = form_of(alma, alder)
    w.change(ticking, alder, by=ticking.ann, mg="7.5")
    answer = tap(alma, form)
    assert answer.status_code == 409
    page = words_of(answer)
    assert "This dose is NOT ticked. Your plan has changed. Look at the new plan first." in page
    assert "Three quarters of a 10 mg tablet (7.5 mg)" in page
    assert events(ticking) == []


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (3, "You can still take this until midday I took it now"),  # 12:05 is too late
        (2, "You can still take this until midday I took it now"),
    ],
)
def test_a_late_dose_may_be_taken_until_two_hours_before_the_next(
    alma: Any, alder: Any, hours: int, words: str
) -> None:
    with time_machine.travel(w.NOW + timedelta(hours=hours) - timedelta(minutes=6), tick=False):
        assert words in today(alma, alder)


@pytest.mark.ui("UI-42")
def test_after_that_it_is_asked_and_not_offered(alma: Any, alder: Any, ticking: Any) -> None:
    form = form_of(alma, alder)
    with time_machine.travel(w.NOW + timedelta(hours=3), tick=False):
        page = today(alma, alder)
        assert "Morning, 8am Half a 10 mg tablet (5 mg) – Not ticked Skip this dose if you did not take it." in page
        assert "Do not take 2 doses together to catch up. Did you take it? Tell us" in page
        answer = tap(alma, form)
        assert answer.status_code == 409
        assert "This dose is NOT ticked. The time for this dose has passed (morning, 8am). Skip it." in words_of(answer)
    assert events(ticking) == []


def test_a_dose_that_is_not_due_is_refused(alma: Any, alder: Any, ticking: Any) -> None:
    form = form_of(alma, alder)
    evening = {**form, "action": url("own:tick", alder, day=TODAY, position=2)}
    answer = tap(alma, evening)
    assert answer.status_code == 409
    assert "It is too early for this dose (evening, 8pm). Take it from 6pm on." in words_of(answer)
    assert events(ticking) == []


@pytest.mark.parametrize("sent", [{}, {"key": "x", "version": "1"}, {"key": str(uuid.uuid4()), "version": ""}])
def test_what_cannot_be_read_ticks_nothing(alma: Any, alder: Any, ticking: Any, sent: dict[str, str]) -> None:
    answer = alma.post(url("own:tick", alder, day=TODAY, position=0), sent)
    assert answer.status_code == 422
    assert "This dose is NOT ticked. We could not read what your phone sent." in words_of(answer)
    assert events(ticking) == []


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "2026-11-23", "2020-01-01"])
def test_there_is_no_page_for_another_day(alma: Any, alder: Any, day: str) -> None:
    assert alma.get(url("own:dose", alder, day=day, position=0)).status_code == 404


def said(client: Any, patient: Any, position: int = 0, day: str = TODAY, **fields: str) -> Any:
    where = url("own:dose", patient, day=day, position=position)
    form = client.get(where).context["form"]
    given = {"key": str(uuid.uuid4()), "version": form["version"].value(), "replaces": form["replaces"].value() or ""}
    return client.post(where, {**given, **fields})


def test_a_dose_that_was_not_taken_has_a_reason(alma: Any, alder: Any, ticking: Any) -> None:
    answer = said(alma, alder, state="skipped")
    assert answer.status_code == 422
    assert "Choose why you did not take it. “Another reason” will do." in words_of(answer)
    assert said(alma, alder, state="skipped", reason_code="told").status_code == 302
    (written,) = events(ticking)
    assert (written.state, written.reason_code, written.said_by) == ("skipped", "told", "patient")
    assert "∕ You told us you did not take this" in today(alma, alder)


def test_a_part_is_chosen_in_tablets(alma: Any, alder: Any, ticking: Any) -> None:
    page = words_of(alma.get(url("own:dose", alder, day=TODAY, position=0)))
    assert "A quarter of a 10 mg tablet (2.5 mg)" in page
    assert said(alma, alder, state="partly").status_code == 422
    assert said(alma, alder, state="partly", part="3").status_code == 422
    assert said(alma, alder, state="partly", part="2.5", taken_time="08:20").status_code == 302
    assert "You told us you took 2.5 mg of this" in today(alma, alder)
    assert str(events(ticking)[0].taken_mg) == "2.50"


def test_the_time_may_be_told_afterwards_and_not_in_advance(alma: Any, alder: Any, ticking: Any) -> None:
    answer = said(alma, alder, state="taken", taken_time="09:30")
    assert answer.status_code == 422
    assert "This time has not come yet." in words_of(answer)
    assert said(alma, alder, state="taken", taken_time="07:50").status_code == 302
    assert "Taken at 7:50am" in today(alma, alder)
    assert said(alma, alder, state="taken", taken_time="08:40").status_code == 302
    assert "Taken at 8:40am" in today(alma, alder)
    assert [one.taken_at.minute for one in events(ticking)] == [50, 40]


def test_a_tick_by_mistake_is_taken_back_and_can_be_made_again(alma: Any, alder: Any, ticking: Any) -> None:
    tap(alma, form_of(alma, alder))
    assert said(alma, alder, state="undone").status_code == 302
    assert "Due now I took it" in today(alma, alder)
    form = form_of(alma, alder)
    assert [tap(alma, form).status_code for _ in range(2)] == [302, 302]
    assert [one.state for one in events(ticking)] == ["taken", "undone", "taken"]


def test_two_phones_that_change_the_same_dose_do_not_overwrite_each_other(alma: Any, alder: Any, ticking: Any) -> None:
    where = url("own:dose", alder, day=TODAY, position=0)
    form = alma.get(where).context["form"]
    stale = {
        "key": str(uuid.uuid4()),
        "version": form["version"].value(),
        "replaces": "",
        "state": "skipped",
        "reason_code": "forgot",
    }
    tap(alma, form_of(alma, alder))
    answer = alma.post(where, stale)
    assert answer.status_code == 409
    assert "Do not take it again." in words_of(answer)
    assert len(events(ticking)) == 1


def test_an_open_page_asks_again_and_gets_nothing_while_it_is_so(alma: Any, alder: Any, ticking: Any) -> None:
    seen = alma.get(url("own:today", alder)).context["page"].digest
    asked = url("own:fresh", alder) + f"?seen={seen}"
    with as_actor(ticking.ann):
        before = AuditEvent.objects.filter(patient=alder.pk).count()
    assert alma.get(asked, headers={"HX-Request": "true"}).status_code == 204
    with as_actor(ticking.ann):
        assert AuditEvent.objects.filter(patient=alder.pk).count() == before  # nothing was shown
    w.change(ticking, alder, by=ticking.ann, mg="7.5")
    answer = alma.get(asked, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Three quarters of a 10 mg tablet" in words_of(answer)
    assert "<html" not in answer.content.decode()


def test_a_part_of_a_page_is_refused_in_few_words_when_signed_out(alma: Any, alder: Any) -> None:
    form = form_of(alma, alder)
    alma.logout()
    for answer in (
        alma.get(url("own:fresh", alder), headers={"HX-Request": "true"}),
        tap(alma, form, headers={"HX-Request": "true"}),
    ):
        assert (answer.status_code, answer.content) == (401, b"")


def test_a_tap_by_script_gets_the_part_of_the_page(alma: Any, alder: Any, ticking: Any) -> None:
    form = form_of(alma, alder)
    for words in ("Taken at 9:05am", "Taken at 9:05am"):
        answer = tap(alma, form, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert words in words_of(answer)
    other = tap(alma, {**form, "key": str(uuid.uuid4())}, headers={"HX-Request": "true"})
    assert (other.status_code, "Do not take it again." in words_of(other)) == (200, True)
    assert len(events(ticking)) == 1


def test_a_tick_with_its_reassessment_takes_at_most_twelve_statements(alma: Any, alder: Any) -> None:
    form = form_of(alma, alder)
    with CaptureQueriesContext(connection) as asked:
        assert tap(alma, form).status_code == 302
    counted = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(counted) <= 12, "\n".join(one[:150] for one in counted)


def test_a_day_with_a_dose_on_hold_says_no_total_that_would_contradict_it(alma: Any, alder: Any, ticking: Any) -> None:
    quiet(ticking, alder, SilenceReason.HOLD, timedelta(hours=-2), timedelta(hours=20))
    page = today(alma, alder)
    assert "Your team asked you to hold this dose" in page
    assert "in total" not in page
    assert "Do not stop taking baclofen suddenly." in page
