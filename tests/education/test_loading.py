"""Shipped pages come as drafts, once; what editors changed is never overwritten; a newer version waits to be compared."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from education import shipped
from education.models import LearnPage, ShippedPage, Source
from education.services.shipping import Loaded, load
from education.shipped import parse_page, shipped_pages, shipped_sources
from tests.cms_client import as_cms

pytestmark = [pytest.mark.django_db]

CONTENT = Path(shipped.__file__).parent / "content" / "pages"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PAGES = tuple(page for page in shipped_pages() if page.slug in ("stopping", "starting-low"))
SLUGS = [page.slug for page in PAGES]


@pytest.fixture(autouse=True)
def editors_role(db: None) -> Iterator[None]:
    """Everything here is done by the editors' process."""
    with as_cms():
        yield


def loaded(*pages: Any, publish: bool = False) -> Loaded:
    return load(pages=pages or PAGES, sources=shipped_sources(), as_of=NOW, publish=publish)


def file_of(slug: str) -> Any:
    return next(page for page in PAGES if page.slug == slug)


def newer(title: str = "Stopping, in other words") -> Any:
    """The page about stopping in a version to come."""
    page = file_of("stopping")
    return replace(page, version=page.version + 1, title=title, digest="another")


def stopping() -> LearnPage:
    return LearnPage.objects.get(slug="stopping")


def edited(title: str) -> LearnPage:
    """The page with a draft by an editor."""
    page = stopping()
    page.title = title
    page.save_revision()
    return stopping()


def test_pages_arrive_as_drafts_with_all_that_the_file_says():
    assert loaded().new == SLUGS
    page = stopping()
    assert not page.live
    assert page.shipped.version == file_of("stopping").version
    assert page.body[0].block_type == "stop_warning"
    assert page.body[1].block_type == "key_facts"
    file = file_of("stopping")
    assert [block.block_type for block in page.body[2:]] == [block.type for block in file.body]
    assert page.body[1].value["sources"] == list(file.key_facts_sources)
    assert page.reading_grade <= 6
    assert page.longest_sentence <= 25
    assert Source.objects.count() == len(shipped_sources())


def test_the_second_time_changes_nothing():
    loaded()
    before = list(LearnPage.objects.values()), list(ShippedPage.objects.values()), list(Source.objects.values())
    again = loaded()
    assert (again.same, again.new, again.draft, again.new_sources, again.other_sources) == (SLUGS, [], [], [], [])
    assert (
        list(LearnPage.objects.values()),
        list(ShippedPage.objects.values()),
        list(Source.objects.values()),
    ) == before


def test_what_an_editor_changed_stays_when_the_file_is_loaded_again():
    loaded()
    before = edited("Words of an editor")
    assert loaded().same == SLUGS
    assert stopping().latest_revision_id == before.latest_revision_id


def test_a_newer_version_is_a_draft_beside_what_is_live():
    loaded(publish=True)
    live = stopping()
    assert loaded(newer()).draft == ["stopping"]
    page = stopping()
    assert (page.title, page.live_revision_id) == (live.title, live.live_revision_id)
    assert page.has_unpublished_changes
    assert page.latest_revision.as_object().title == "Stopping, in other words"
    assert page.shipped.version == newer().version
    assert page.shipped.revision_id == page.latest_revision_id
    assert loaded(newer()).same == ["stopping"]


def test_a_newer_day_of_review_alone_is_a_newer_version():
    loaded(publish=True)
    file = file_of("stopping")
    text = (CONTENT / file.file).read_text(encoding="utf-8")
    later = file.next_review.replace(year=file.next_review.year + 1)
    text = text.replace(f"version = {file.version}\n", f"version = {file.version + 1}\n")
    again = parse_page(text.replace(str(file.next_review), str(later)), file.file)
    assert loaded(again).draft == ["stopping"]
    assert stopping().latest_revision.as_object().next_review == later
    assert stopping().next_review == file.next_review


def test_a_newer_version_waits_while_editors_have_a_draft():
    loaded(publish=True)
    draft = edited("Words of an editor")
    assert loaded(newer()).waiting == ["stopping"]
    assert stopping().latest_revision_id == draft.latest_revision_id
    assert stopping().shipped.version == newer().version - 1
    draft.latest_revision.publish()
    assert loaded(newer()).draft == ["stopping"]
    assert stopping().title == "Words of an editor"


def test_a_page_of_the_editors_with_that_name_stays_theirs():
    loaded()
    ShippedPage.objects.all().delete()
    before = stopping()
    assert loaded(newer()).theirs == ["stopping"]
    assert stopping().latest_revision_id == before.latest_revision_id


def test_an_older_file_and_one_that_changed_without_a_new_version_are_left_alone():
    loaded(newer())
    assert loaded().older == ["stopping"]
    assert loaded(replace(newer(), digest="a third")).older == ["stopping"]


def test_a_source_that_editors_changed_stays():
    loaded()
    Source.objects.filter(key="nhs-guide").update(title="As the editors call it")
    assert loaded().other_sources == ["nhs-guide"]
    assert Source.objects.get(key="nhs-guide").title == "As the editors call it"


def test_in_a_demonstration_only_what_nobody_touched_goes_live():
    loaded()
    edited("Words of an editor")
    assert loaded(publish=True).published == ["starting-low"]
    assert not stopping().live


def test_an_edited_page_is_not_replaced_in_a_demonstration():
    loaded(publish=True)
    edited("Words of an editor").latest_revision.publish()
    found = loaded(newer(), publish=True)
    assert (found.draft, found.published) == (["stopping"], [])
    assert stopping().title == "Words of an editor"


@pytest.mark.django_db(transaction=True)
def test_a_clinic_publishes_nothing_by_a_command():
    with pytest.raises(CommandError, match="two people"):
        call_command("load_education", "--publish")
    assert not LearnPage.objects.exists()


def test_live_pages_that_nobody_approved_are_told_to_whoever_deploys():
    from baclofen_portal.checks import pages_are_approved

    assert pages_are_approved(None, databases=["default"]) == []
    loaded(publish=True)
    (warning,) = pages_are_approved(None, databases=["default"])
    assert warning.id == "portal.W003"
    assert "stopping" in warning.msg


def test_a_page_that_was_given_another_address_is_not_added_again():
    loaded()
    LearnPage.objects.filter(slug="stopping").update(slug="how-to-stop")
    assert loaded().same == SLUGS
    assert not LearnPage.objects.filter(slug="stopping").exists()


def test_a_page_that_an_editor_has_locked_waits():
    loaded(publish=True)
    LearnPage.objects.filter(slug="stopping").update(locked=True)
    assert loaded(newer()).waiting == ["stopping"]


def test_in_a_demonstration_a_page_that_was_taken_down_stays_down():
    loaded(publish=True)
    stopping().unpublish()
    assert loaded(publish=True).published == []
    assert not stopping().live
