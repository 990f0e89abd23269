"""Bringing the pages that come with the portal into the library of the editors, and never over a change of theirs."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.models import Page

from education.markup import rich
from education.models import LearnHub, LearnPage, ShippedPage, Source
from education.shipped import Block, ShippedSource
from education.shipped import ShippedPage as File

_NAMES = uuid.UUID("6a1c3d4e-5b0f-4c1e-9d57-0c8f0f5b2a11")  # of the blocks' ids: the same file gives the same ids


@dataclass
class Loaded:
    """What became of each page, by slug, and of each source, by key.

    ``new``: added. ``draft``: a newer version waits as a draft beside what is there. ``same``: nothing to do.
    ``waiting``: editors have unfinished work on the page, so the newer version comes later. ``theirs``: editors made a
    page of that name. ``older``: the file is older than what was loaded, or changed without a new version.
    ``published``: went live at once, which only a demonstration does. ``other_sources``: differ from the file; they stay.
    """

    new: list[str] = field(default_factory=list)
    draft: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    theirs: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    new_sources: list[str] = field(default_factory=list)
    other_sources: list[str] = field(default_factory=list)


def load(*, pages: Iterable[File], sources: Iterable[ShippedSource], as_of: datetime, publish: bool = False) -> Loaded:
    """Add what is missing and offer what is newer as drafts. Running it again changes nothing.

    ``publish``: let what nobody of the editors has touched go live at once, without anybody's approval. It is for the
    demonstration, whose pages say that nobody has approved them.
    """
    loaded = Loaded()
    with transaction.atomic():
        hub = LearnHub.objects.select_for_update(of=("self",)).get()  # one load at a time
        for source in sources:
            _load_source(source, loaded)
        list(Page.objects.select_for_update().child_of(hub).values_list("pk"))  # nobody saves a draft meanwhile
        found = list(LearnPage.objects.select_related("shipped", "latest_revision"))
        # A page that editors gave another address is still the one that was loaded.
        known = {page.slug: page for page in found} | {page.shipped.slug: page for page in found if _shipped(page)}
        for file in pages:
            _load_page(file, known.get(file.slug), hub, loaded, as_of=as_of, publish=publish)
    return loaded


def _load_source(source: ShippedSource, loaded: Loaded) -> None:
    values = {**asdict(source), "countries": list(source.countries)}
    found, made = Source.objects.get_or_create(key=source.key, defaults=values)
    if made:
        loaded.new_sources.append(source.key)
    elif any(getattr(found, name) != value for name, value in values.items()):
        loaded.other_sources.append(source.key)


def _load_page(
    file: File, page: LearnPage | None, hub: LearnHub, loaded: Loaded, *, as_of: datetime, publish: bool
) -> None:
    if page is None:
        page = LearnPage(slug=file.slug, live=False, has_unpublished_changes=True, **_fields(file))
        page.measure()
        hub.add_child(instance=page)
        loaded.new.append(file.slug)
        _keep(page, file, publish=publish, loaded=loaded, as_of=as_of)
        return
    shipped = _shipped(page)
    if shipped is None:
        loaded.theirs.append(file.slug)
    elif shipped.digest == file.digest:
        loaded.same.append(file.slug)
        if publish and page.first_published_at is None and page.latest_revision_id == shipped.revision_id:
            _publish(page, loaded)
    elif file.version <= shipped.version:
        loaded.older.append(file.slug)
    elif _is_worked_on(page, shipped):
        loaded.waiting.append(file.slug)
    else:
        untouched = page.live_revision_id == shipped.revision_id and not page.reviews.exists()
        for name, value in _fields(file).items():
            setattr(page, name, value)
        loaded.draft.append(file.slug)
        _keep(page, file, publish=publish and untouched, loaded=loaded, as_of=as_of)


def _shipped(page: LearnPage) -> ShippedPage | None:
    return getattr(page, "shipped", None)


def _is_worked_on(page: LearnPage, shipped: ShippedPage) -> bool:
    """Whether editors have a draft, a lock, a workflow or a date for going live that a newer version would push aside."""
    newest = page.latest_revision_id
    theirs = newest not in (shipped.revision_id, page.live_revision_id)
    return theirs or page.locked or page.workflow_in_progress or page.scheduled_revision is not None


def _keep(page: LearnPage, file: File, *, publish: bool, loaded: Loaded, as_of: datetime) -> None:
    revision = page.save_revision(log_action=True)
    ShippedPage.objects.update_or_create(
        page=page,
        defaults={
            "slug": file.slug, "version": file.version, "digest": file.digest, "revision_id": revision.pk, "loaded_at": as_of,
        },
    )  # fmt: skip
    if publish:
        _publish(page, loaded)


def _publish(page: LearnPage, loaded: Loaded) -> None:
    page.latest_revision.publish(log_action=True)
    loaded.published.append(page.slug)


def _fields(file: File) -> dict[str, Any]:
    return {
        "title": file.title,
        "kind": file.kind,
        "audience": file.audience,
        "summary": file.summary,
        "safety_critical": file.safety_critical,
        "next_review": file.next_review,
        "body": stream(file),
    }


def stream(file: File) -> list[tuple[str, Any]]:
    """The blocks of a shipped page as the stream keeps them, under the stop warning."""
    quick = {"items": list(file.key_facts), "sources": list(file.key_facts_sources), "countries": []}
    raw = [("stop_warning", None), ("key_facts", quick), *((block.type, _value(block)) for block in file.body)]
    blocks = [
        {"type": kind, "value": value, "id": str(uuid.uuid5(_NAMES, f"{file.slug}/{place}"))}
        for place, (kind, value) in enumerate(raw)
    ]
    return LearnPage._meta.get_field("body").stream_block.to_python(blocks)  # type: ignore[no-any-return]


def _value(block: Block) -> dict[str, Any]:
    value = {name: list(one) if isinstance(one, tuple) else one for name, one in asdict(block).items()}
    if isinstance(value.get("text"), list):
        value["text"] = rich(value["text"], value.pop("bullets", ()))
    return value
