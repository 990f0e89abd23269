"""Every rule that PostgreSQL keeps on the tables of the education pages refuses what it is there for."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from baclofen_portal.accounts.models import User
from education.models import LearnPage, PageReview, ReviewMark, SeenRule, WarningChange
from education.services.shipping import load
from education.shipped import shipped_pages, shipped_sources
from tests.cms_client import as_cms
from tests.database import as_owner

pytestmark = [pytest.mark.django_db]

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

# constraint: a statement that only it refuses
REFUSED = {
    "education_source_kind_known": "UPDATE education_source SET kind = 'rumour' WHERE key = 'nhs-guide'",
    "education_source_withdrawn_with_reason": "UPDATE education_source SET withdrawn_on = '2026-11-22' WHERE key = 'nhs-guide'",
    "education_source_key_key": "UPDATE education_source SET key = 'nhs-guide' WHERE key = 'uk-driving'",
    "education_stopwarning_is_one": "INSERT INTO education_stopwarning (heading, text, \"only\") VALUES ('a', 'b', false)",
    "education_stopwarning_only_key": "INSERT INTO education_stopwarning (heading, text, \"only\") VALUES ('a', 'b', true)",
    "education_pagereview_once": (
        "INSERT INTO education_pagereview (page_id, revision_id, reviewer_id, reviewer_name, reviewed_on, numbers) "
        "SELECT page_id, revision_id, reviewer_id, reviewer_name, reviewed_on, numbers FROM education_pagereview"
    ),
    "education_reviewmark_kind_known": "UPDATE education_reviewmark SET kind = 'mood'",
    "education_reviewmark_open_once": (
        "INSERT INTO education_reviewmark (page_id, kind, about, because, raised_at, cleared_because) "
        "SELECT page_id, kind, about, because, raised_at, '' FROM education_reviewmark"
    ),
    "education_seenrule_once": (
        "INSERT INTO education_seenrule (country, rule_id, digest) SELECT country, rule_id, 'another' FROM education_seenrule"
    ),
    "education_warningchange_one_waits": (
        "INSERT INTO education_warningchange (heading, text, proposed_by_id, proposed_at, approved) "
        "SELECT heading, text, proposed_by_id, proposed_at, false FROM education_warningchange"
    ),
    "education_warningchange_two_people": (
        "UPDATE education_warningchange SET approved = true, decided_at = proposed_at, decided_by_id = proposed_by_id"
    ),
    "education_shippedpage_versions_count_from_1": "UPDATE education_shippedpage SET version = 0",
    "education_shippedpage_slug_key": (
        "INSERT INTO education_shippedpage (page_id, slug, version, digest, revision_id, loaded_at) "
        "SELECT page_id + 1, slug, version, digest, revision_id, loaded_at FROM education_shippedpage LIMIT 1"
    ),
    "education_shippedpage_page_id_key": (
        "INSERT INTO education_shippedpage (page_id, slug, version, digest, revision_id, loaded_at) "
        "SELECT page_id, 'another', version, digest, revision_id, loaded_at FROM education_shippedpage LIMIT 1"
    ),
}


@pytest.fixture
def filled(db: None) -> Iterator[None]:
    with as_owner():
        person = User.objects.create_user(email="r@example.test", password=None, name="Rae", role="editor")
    with as_cms():
        load(pages=shipped_pages()[:1], sources=shipped_sources(), as_of=NOW)
        page = LearnPage.objects.order_by("path").first()
        PageReview.objects.create(
            page=page,
            revision_id=page.latest_revision_id,
            reviewer=person,
            reviewer_name="Rae",
            reviewed_on=date(2026, 11, 22),
        )
        ReviewMark.objects.create(page=page, kind="rule", about="MAX-1", because="It changed.", raised_at=NOW)
        WarningChange.objects.create(heading="Stop", text="Do not.", proposed_by=person, proposed_at=NOW)
        SeenRule.objects.create(country="US", rule_id="MAX-1", digest="80")
        yield


def test_every_constraint_is_tried(db: None):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid::regclass::text LIKE 'education\\_%' AND contype IN ('c', 'u', 'x') "
            "AND conname NOT LIKE '%\\_version\\_check' AND conname NOT LIKE '%\\_longest\\_sentence\\_check' "
            "UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid::regclass::text LIKE 'education\\_%' "
            "AND indisunique AND NOT indisprimary"
        )
        assert {name for (name,) in cursor.fetchall()} == set(REFUSED)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_constraint_refuses_what_it_is_there_for(name: str, filled: None):
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REFUSED[name])
    assert refused.value.__cause__.diag.constraint_name == name
