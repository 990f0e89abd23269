"""The library of sources: who keeps it, which pages name what, and what withdrawing does."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import ReferenceIndex

from education.models import LearnPage, ReviewMark, Source
from tests.database import as_owner
from tests.education.making import SOURCE, TODAY, blocks, make_page, make_source

pytestmark = pytest.mark.django_db
LIST = "/cms/snippets/education/source/"
WHY = "Replaced by the edition of 2026."


def address(key=SOURCE):
    return f"/cms/education/sources/{Source.objects.get(key=key).pk}/"


def withdraw(house, name, key=SOURCE, on=TODAY, because=WHY):
    data = {"act": "withdraw", "withdrawn_on": str(on), "because": because}
    return house.client(name).post(address(key), data)


def other_body(key):
    return [(name, {**value, "sources": [key]} if name == "section" else value) for name, value in blocks()]


@pytest.mark.parametrize("name", ["ann", "ed", "rae"])
def test_everybody_reads_the_list_with_the_pages_that_name_each(house, name, django_assert_max_num_queries):
    house.client(name).get(LIST)
    with django_assert_max_num_queries(40):
        text = house.client(name).get(LIST).content.decode()
    assert "Title of a-label" in text
    assert "Product label" in text
    assert "Never stop suddenly" in text


def test_the_list_costs_the_same_however_many_there_are(house, django_assert_num_queries):
    client = house.client("ed")
    client.get(LIST)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(5):
        make_source(f"more-{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) <= len(few)


def test_authors_change_no_source(house):
    client = house.client("ann")
    pk = Source.objects.get().pk
    for url in (f"{LIST}add/", f"{LIST}edit/{pk}/"):
        client.post(url, {"key": "mine", "title": "Mine", "publisher": "Me", "kind": "label", "checked_on": str(TODAY)})
    assert withdraw(house, "ann").status_code == 422
    assert client.post(address(), {"act": "checked"}).status_code == 422
    source = Source.objects.get()
    assert (source.title, source.withdrawn_on) == ("Title of a-label", None)


def test_a_key_is_given_once(house):
    data = {"title": "Mine", "publisher": "Me", "kind": "study", "checked_on": str(TODAY), "countries": ["UK"]}
    assert house.client("ed").post(f"{LIST}add/", {**data, "key": "mine"}).status_code == 302
    made = Source.objects.get(key="mine")
    assert made.countries == ["UK"]
    house.client("rae").post(f"{LIST}edit/{made.pk}/", {**data, "title": "Ours", "key": "another"})
    made.refresh_from_db()
    assert (made.key, made.title) == ("mine", "Ours")


def edit_source(house, name, key=SOURCE, **changed):
    source = Source.objects.get(key=key)
    fields = ("title", "publisher", "kind", "version", "url", "reference", "checked_on")
    data = {one: str(getattr(source, one)) for one in fields} | {"countries": source.countries}
    return house.client(name).post(f"{LIST}edit/{source.pk}/", {**data, **changed})


@pytest.mark.parametrize("name", ["ed", "rae", "all"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Buy this"), ("publisher", "Me"), ("kind", "study"), ("version", "The ninth"), ("url", "https://b.example/"),
        ("countries", ["UK"]), ("reference", "S-99"),
    ],
)  # fmt: skip
def test_nobody_alone_changes_what_readers_see_of_a_source(house, name, field, value):
    before = Source.objects.values().get(key=SOURCE)
    answer = edit_source(house, name, **{field: value})
    assert "Withdraw the source and add a new one." in answer.content.decode()
    assert Source.objects.values().get(key=SOURCE) == before


def test_nor_of_one_that_they_will_see_at_its_time(house):
    make_source("for-later")
    body = [(kind, value and {**value, "sources": ["for-later"]}) for kind, value in blocks()]
    later = f"{timezone.localtime() + timedelta(hours=2):%Y-%m-%d %H:%M}"
    house.send("ann", body=body, go_live_at=later)
    assert edit_source(house, "ed", key="for-later", title="Mended").status_code == 302
    house.decide("ed")
    house.decide("rae")
    answer = edit_source(house, "ed", key="for-later", title="Buy this")
    assert "Withdraw the source and add a new one." in answer.content.decode()
    assert Source.objects.get(key="for-later").title == "Mended"


def test_the_day_of_a_check_is_not_typed(house):
    answer = edit_source(house, "ed", checked_on=str(TODAY - timedelta(days=9)))
    assert answer.status_code == 302
    assert Source.objects.get(key=SOURCE).checked_on == TODAY


def test_a_source_that_no_live_page_names_is_mended(house):
    with as_owner():
        LearnPage.objects.update(live=False)
    assert edit_source(house, "ed", title="Another title").status_code == 302
    assert Source.objects.get(key=SOURCE).title == "Another title"


@pytest.mark.parametrize("url", ["ftp://a.example/label", "javascript:alert(1)", "a.example:label"])
def test_the_address_of_a_source_is_one_of_the_web(house, url):
    data = {"key": "mine", "title": "Mine", "publisher": "Me", "kind": "study", "checked_on": str(TODAY)}
    assert house.client("ed").post(f"{LIST}add/", {**data, "url": url}).status_code == 200
    assert not Source.objects.filter(key="mine").exists()


@pytest.mark.parametrize("name", ["ed", "rae", "all"])
def test_no_source_is_deleted(house, name):
    pk = Source.objects.get().pk
    for url in (f"{LIST}delete/{pk}/", f"/cms/bulk/education/source/delete/?id={pk}"):
        house.client(name).post(url)
    assert Source.objects.filter(pk=pk).exists()


def test_withdrawing_marks_every_page_that_names_it_live_or_in_its_newest_words(house):
    make_source("new-label")
    drafted = make_page(slug="drafted", title="Drafted", body=other_body("new-label"))
    page = drafted.latest_revision.as_object()
    page.body = house.page.body
    page.save_revision()
    make_page(
        slug="other",
        title="Other",
        body=[(k, {**v, "sources": ["new-label"]} if v and "sources" in v else v) for k, v in blocks()],
    )
    answer = withdraw(house, "ed", "new-label")
    assert answer.status_code == 302
    marked = ReviewMark.objects.filter(kind="source", about="new-label", cleared_at=None)
    assert {mark.page.slug for mark in marked} == {"drafted", "other"}
    assert all(WHY in mark.because for mark in marked)
    text = house.client("ann").get("/cms/").content.decode()
    assert "A source was withdrawn (new-label)" in text
    assert withdraw(house, "ed", "new-label").status_code == 422


def test_a_new_draft_that_names_it_counts_too(house):
    make_source("new-label")
    house.edit("ann", body=other_body("new-label"))
    withdraw(house, "rae", "new-label")
    assert ReviewMark.objects.get().page_id == house.page.pk


@pytest.mark.parametrize(("on", "because"), [(TODAY + timedelta(days=1), WHY), (TODAY, "No."), (TODAY, "")])
def test_withdrawing_needs_a_day_and_a_reason(house, on, because):
    assert withdraw(house, "ed", on=on, because=because).status_code == 422
    assert not ReviewMark.objects.exists()
    assert Source.objects.get().withdrawn_on is None


def test_a_mark_is_cleared_by_the_clinical_approval(house):
    make_source("new-label")
    withdraw(house, "ed")
    house.send("ann", body=[(k, {**v, "sources": ["new-label"]} if v and "sources" in v else v) for k, v in blocks()])
    house.decide("ed")
    assert ReviewMark.objects.filter(cleared_at=None).exists()
    house.decide("rae")
    mark = ReviewMark.objects.get()
    assert mark.cleared_by == house.rae
    assert LearnPage.objects.get().title == "Never stop it suddenly"


def test_a_source_is_checked_again(house):
    Source.objects.update(checked_on=TODAY - timedelta(days=400))
    assert house.client("rae").post(address(), {"act": "checked"}).status_code == 302
    assert Source.objects.get().checked_on == TODAY


def test_a_comparison_names_sources_by_their_titles(house):
    make_source("new-label")
    house.send("ann", body=other_body("new-label"))
    text = house.client("ed").get(house.decision_url()).content.decode()
    assert "<strong>New:</strong> Title of new-label" in text
    assert "[&#x27;new-label" not in text
    assert ReferenceIndex
