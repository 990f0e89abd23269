"""The pages about the medicine among those of a patient: what was read, by whom, and which version."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import world as w
from tests.database import as_actor, as_owner
from tests.education.learn_pages import learn_page, some_pages
from tests.titration.views.ordering import signed_in, url
from tests.titration.views.own.test_schedule import chart
from tests.titration.views.test_doses import words_of
from titration.models import AuditEvent, PageRead

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages(db: None) -> dict[str, Any]:
    return some_pages()


def page_url(patient: Any, slug: str = "stopping") -> str:
    return url("own:learn_page", patient, slug=slug)


def said(client: Client, patient: Any, slug: str = "stopping", **changed: str) -> Any:
    """Open the page and press its button."""
    form = client.get(page_url(patient, slug)).context["confirm"]
    fields = {"key": str(form["key"].value()), "revision": str(form["revision"].value())}
    return client.post(page_url(patient, slug), {**fields, **changed})


def reads(world: Any) -> list[PageRead]:
    with as_actor(world.ann, world.alder):
        return list(PageRead.objects.order_by("recorded_at"))


def newer(slug: str) -> None:
    """The editors change the page."""
    from education.models import LearnPage

    with as_owner():
        page = LearnPage.objects.get(slug=slug)
        page.summary = "Said in other words."
        page.save_revision().publish()


def state_on(client: Client, patient: Any, title: str) -> str:
    """What the list says of one page."""
    listed = words_of(client.get(url("own:learn", patient)))
    return next(
        end for end in ("Not read yet", "Changed since you read it", "You read this on") if _follows(listed, title, end)
    )


def _follows(listed: str, title: str, end: str) -> bool:
    rest = listed.partition(title)[2]
    first = min((rest.find(one), one) for one in ("Not read yet", "Changed since", "You read this") if one in rest)
    return end.startswith(first[1])


@pytest.mark.ui("UI-81")
def test_every_live_page_is_listed_and_nothing_is_hidden_until_it_is_read(alma: Any, alder: Any) -> None:
    page = words_of(alma.get(url("own:learn", alder)))
    for title in ("What it is", "Never stop suddenly", "Alcohol and driving", "When to get help"):
        assert title in page
    assert page.count("Not read yet") == 4
    assert "The pump" not in page, "a draft"
    open_page = words_of(alma.get(page_url(alder)))
    assert "Your team lowers it step by step" in open_page
    assert "you have a seizure (fit)." in open_page


def test_a_page_for_the_clinics_country_only(alma: Any, alder: Any) -> None:
    page = words_of(alma.get(page_url(alder)))
    assert "Ask at the drugstore." in page
    assert "chemist" not in page
    assert "Call 911" in page


@pytest.mark.ui("UI-81")
def test_a_page_is_said_to_be_read_once_and_the_chart_shows_it(alma: Any, alder: Any, ticking: Any) -> None:
    assert "I have read this page" in words_of(alma.get(page_url(alder)))
    fields = {"key": str(uuid.uuid4())}
    answer = said(alma, alder, **fields)
    assert (answer.status_code, answer["Location"]) == (302, f"{page_url(alder)}#read")
    revision = str(reads(ticking)[0].revision_id)
    for key in (fields["key"], str(uuid.uuid4())):  # sent twice, and from a second window
        assert alma.post(page_url(alder), {"key": key, "revision": revision}).status_code == 302
    [read] = reads(ticking)
    assert (read.slug, read.locale, read.country, read.said_by) == ("stopping", "en", "US", "patient")
    assert (read.recorded_at, read.recorded_by_id) == (w.NOW, ticking.alma.pk)
    page = words_of(alma.get(page_url(alder)))
    assert "You read this on 22 November 2026. Your team can see that." in page
    assert "I have read this page" not in page
    assert state_on(alma, alder, "Never stop suddenly") == "You read this on"
    assert "Read: Never stop suddenly (today)." in chart(ticking)
    assert "Not read, about safety: Alcohol and driving, When to get help." in chart(ticking)
    assert "Pages not read: 1 What it is" in chart(ticking).replace("Other pages", "Pages")


def test_the_record_is_in_the_log_of_accesses(alma: Any, alder: Any, ticking: Any) -> None:
    said(alma, alder)
    with as_owner():
        [line] = AuditEvent.objects.filter(object_type="pageread")
        assert (line.actor, line.patient, line.action) == (ticking.alma.pk, alder.pk, "create")


def test_days_later_the_chart_says_how_long_ago(alma: Any, alder: Any, ticking: Any) -> None:
    said(alma, alder)
    with time_machine.travel(w.NOW + timedelta(days=3), tick=False):
        assert "Read: Never stop suddenly (3 days ago)." in chart(ticking)


def test_a_page_about_safety_that_changed_is_asked_for_again(alma: Any, alder: Any, ticking: Any) -> None:
    said(alma, alder)
    newer("stopping")
    assert state_on(alma, alder, "Never stop suddenly") == "Changed since you read it"
    page = words_of(alma.get(page_url(alder)))
    assert page.count("Changed since you read it on 22 November 2026.") == 2
    shown = chart(ticking)
    assert "Changed since it was read: Never stop suddenly (read today)." in shown
    assert "Read: nothing else." in shown
    assert said(alma, alder).status_code == 302
    assert len(reads(ticking)) == 2
    assert "Read: Never stop suddenly (today)." in chart(ticking)
    assert "Changed since" not in chart(ticking)


def test_another_page_that_changed_stays_read(alma: Any, alder: Any, ticking: Any) -> None:
    said(alma, alder, "what-it-is")
    newer("what-it-is")
    assert state_on(alma, alder, "What it is") == "You read this on"
    assert "I have read this page" not in words_of(alma.get(page_url(alder, "what-it-is")))
    assert "Read: What it is (today)." in chart(ticking)


def test_what_changed_while_it_was_open_is_not_said_to_be_read(alma: Any, alder: Any, ticking: Any) -> None:
    form = alma.get(page_url(alder)).context["confirm"]
    newer("stopping")
    answer = alma.post(page_url(alder), {"key": str(form["key"].value()), "revision": str(form["revision"].value())})
    assert answer.status_code == 422
    assert "This page changed after you opened it. Read it once more, then say so again." in words_of(answer)
    assert answer.content.decode().count("I have read this page") == 1
    assert reads(ticking) == []
    assert answer.context["confirm"]["revision"].value() != form["revision"].value()


@pytest.mark.parametrize("fields", [{"key": "x"}, {"revision": ""}, {"revision": "9" * 30}, {"revision": "-1"}])
def test_a_form_that_is_broken_says_so(fields: dict[str, str], alma: Any, alder: Any, ticking: Any) -> None:
    answer = said(alma, alder, **fields)
    assert answer.status_code == 422
    assert "There is a problem" in words_of(answer)
    assert reads(ticking) == []


def test_a_key_that_wrote_something_else_is_refused(alma: Any, alder: Any, ticking: Any) -> None:
    said(alma, alder)
    answer = said(alma, alder, "alcohol", key=str(reads(ticking)[0].pk))
    assert answer.status_code == 422
    assert "This form was used for another record. Open it again." in words_of(answer)
    assert len(reads(ticking)) == 1


def test_a_carer_reads_for_themselves(alma: Any, alder: Any, ticking: Any) -> None:
    pol = signed_in(ticking.pol)
    assert said(pol, alder).status_code == 302
    assert [one.said_by for one in reads(ticking)] == ["carer"]
    assert state_on(pol, alder, "Never stop suddenly") == "You read this on"
    assert state_on(alma, alder, "Never stop suddenly") == "Not read yet"
    assert state_on(signed_in(ticking.pru), alder, "Never stop suddenly") == "Not read yet"
    shown = chart(ticking)
    assert "The patient Read: nothing yet." in shown
    assert "A carer Read: Never stop suddenly (today)." in shown
    said(alma, alder)
    assert "The patient Read: Never stop suddenly (today)." in chart(ticking)


def test_who_may_only_look_reads_and_is_not_asked(alder: Any, ticking: Any) -> None:
    pia = signed_in(ticking.pia)
    page = pia.get(page_url(alder))
    assert "Not read yet." in words_of(page)
    assert b"I have read this page" not in page.content
    assert pia.post(page_url(alder), {"key": str(uuid.uuid4()), "revision": "1"}).status_code == 403
    assert reads(ticking) == []


@pytest.mark.parametrize("slug", ["pump", "nothing-of-the-kind"])
def test_a_page_that_is_not_live_is_not_there(slug: str, alma: Any, alder: Any, ticking: Any) -> None:
    assert alma.get(page_url(alder, slug)).status_code == 404
    assert alma.post(page_url(alder, slug), {"key": str(uuid.uuid4()), "revision": "1"}).status_code == 404
    assert reads(ticking) == []


def test_a_page_that_went_away_is_not_spoken_of(alma: Any, alder: Any, ticking: Any) -> None:
    said(alma, alder)
    with as_owner():
        from education.models import LearnPage

        LearnPage.objects.get(slug="stopping").unpublish()
    assert alma.get(page_url(alder)).status_code == 404
    assert "Never stop suddenly" not in words_of(alma.get(url("own:learn", alder))).partition("All about")[2]
    assert "Read: nothing yet." in chart(ticking)


def test_a_safety_page_that_is_overdue_shows_what_matters_and_is_not_confirmed(
    alma: Any, alder: Any, ticking: Any
) -> None:
    with as_owner():
        page = learn_page("late", "A late page", next_review=date(2026, 11, 21))
    opened = alma.get(page_url(alder, "late"))
    assert "We are checking this page again." in words_of(opened)
    assert "you have a seizure (fit)." in words_of(opened)
    assert b"I have read this page" not in opened.content
    sent = {"key": str(uuid.uuid4()), "revision": str(page.live_revision_id)}
    assert alma.post(page_url(alder, "late"), sent).status_code == 422
    assert reads(ticking) == []


def test_links_stay_among_the_patients_pages(alma: Any, alder: Any) -> None:
    page = alma.get(page_url(alder))
    assert f'href="{page_url(alder, "alcohol")}"' in page.text
    assert f'href="{url("own:learn", alder)}" aria-current="page"' in page.text
    assert f'href="{page_url(alder)}"' in alma.get(url("own:learn", alder)).text


def test_an_answer_to_the_question_is_kept_by_nobody(alma: Any, alder: Any, ticking: Any) -> None:
    page = alma.get(page_url(alder), {"check": "1", "answer": "2"})
    assert "Yes, that is right" in words_of(page)
    assert reads(ticking) == []


def test_nobody_who_cannot_sign_in_is_said_to_have_read_nothing(ticking: Any) -> None:
    from titration.models import CareRelation

    with as_owner():
        CareRelation.objects.filter(patient=ticking.alder.pk, kind__in=["self", "proxy"]).update(valid_to=w.NOW)
    assert "Pages about baclofen" not in chart(ticking)


def test_without_pages_the_list_says_whom_to_ask(alma: Any, alder: Any, ticking: Any) -> None:
    from education.models import LearnPage

    with as_owner():
        for page in LearnPage.objects.all():
            page.unpublish()
    assert "No pages yet Ask your team what you want to know." in words_of(alma.get(url("own:learn", alder)))
    assert "Pages about baclofen" not in chart(ticking)
