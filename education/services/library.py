"""The library of sources: which pages name one, checking one again, withdrawing one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Revision

from education.blocks import CLAIMS, references_of
from education.models import LearnPage, MarkKind, ReviewMark, Source
from education.models.groundwork import EDITORS, REVIEWERS
from education.models.tasks import groups_of
from education.services.approval import Refused

REASON_LETTERS = 15


def sources_of(body: Iterable[Any], keys: Mapping[str, Collection[str]]) -> Iterator[str]:
    """The keys that blocks name, and those of the sources in which a quoted number stands. ``keys``: see ``by_reference``."""
    blocks = list(body)
    for block in blocks:
        if block.block_type in CLAIMS:
            yield from block.value["sources"]
    for reference in references_of(blocks):
        yield from keys.get(reference, ())


def by_reference() -> Mapping[str, Collection[str]]:
    """The keys of the sources with each number of the clinical reference."""
    found: dict[str, list[str]] = defaultdict(list)
    for reference, key in Source.objects.exclude(reference="").order_by("key").values_list("reference", "key"):
        found[reference].append(key)
    return found


def usage() -> dict[str, list[LearnPage]]:
    """By key: the pages whose words, live or newest or scheduled, rest on the source; in three statements."""
    pages = {page.pk: page for page in LearnPage.objects.order_by("path")}
    keys = by_reference()
    found: dict[str, dict[int, LearnPage]] = defaultdict(dict)
    for page in pages.values():
        for key in sources_of(page.body, keys):
            found[key][page.pk] = page
    newest = [page.latest_revision_id for page in pages.values()]
    versions = Revision.page_revisions.filter(pk__in=newest) | Revision.page_revisions.filter(
        approved_go_live_at__isnull=False
    )
    for revision in versions:
        page = pages.get(int(revision.object_id))
        if page is not None:
            for key in sources_of(page.with_content_json(revision.content).body, keys):
                found[key][page.pk] = page
    return {key: list(named.values()) for key, named in found.items()}


def is_live(key: str) -> bool:
    """Whether words that readers have, or that are approved for their time, rest on the source."""
    keys = by_reference()
    return any(key in sources_of(body, keys) for body in _approved())


def live_references() -> set[str]:
    """The numbers, in the clinical reference, of the sources that readers are shown for a number of a rule, or will be."""
    return {one for body in _approved() for one in references_of(body)}


def _approved() -> Iterator[Any]:
    """The words of each page that readers have, and those that go live at their time."""
    yield from (page.body for page in LearnPage.objects.filter(live=True))
    scheduled = Revision.page_revisions.filter(approved_go_live_at__isnull=False)
    yield from (revision.as_object().body for revision in scheduled)


@transaction.atomic
def withdraw(*, source_id: int, by: Any, on: date, because: str) -> list[LearnPage]:
    """Nothing may stand on it any more: marks every page that names it, and returns them. Raises Refused."""
    source = _mine(source_id, by)
    if source.withdrawn_on:
        raise Refused("It was withdrawn already.")
    if len(because.strip()) < REASON_LETTERS:
        raise Refused(f"Give a reason of at least {REASON_LETTERS} letters.")
    if on > timezone.localdate():
        raise Refused("The day lies ahead. A source is withdrawn today, or was before.")
    source.withdrawn_on = on
    source.withdrawn_because = because.strip()
    source.save(update_fields=["withdrawn_on", "withdrawn_because"])
    pages = usage().get(source.key, [])
    ReviewMark.objects.bulk_create(
        [
            ReviewMark(
                page=page,
                kind=MarkKind.SOURCE,
                about=source.key,
                because=f"{source.title}: {source.withdrawn_because}"[:300],
                raised_at=timezone.now(),
            )
            for page in pages
        ],
        ignore_conflicts=True,
    )
    log(instance=source, action="wagtail.edit", user=by, data={"withdrawn": str(on)}, content_changed=True)
    return pages


@transaction.atomic
def mark_checked(*, source_id: int, by: Any, on: date) -> Source:
    """Somebody has read it against the pages that name it. Raises Refused."""
    source = _mine(source_id, by)
    if source.withdrawn_on:
        raise Refused("It was withdrawn. There is nothing to check.")
    source.checked_on = on
    source.save(update_fields=["checked_on"])
    log(instance=source, action="wagtail.edit", user=by, data={"checked": str(on)}, content_changed=True)
    return source


def _mine(source_id: int, by: Any) -> Source:
    if not {EDITORS, REVIEWERS} & groups_of(by):
        raise Refused("Editors and clinical reviewers keep the library.")
    return Source.objects.select_for_update().get(pk=source_id)
