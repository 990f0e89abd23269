"""Asking for a review of every page that quotes a rule whose numbers have changed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from education.blocks import quoted
from education.models import LearnHub, LearnPage, MarkKind, ReviewMark, SeenRule
from education.ports import facts


def mark_changed_rules(*, as_of: datetime) -> list[ReviewMark]:
    """Compare each quoted rule with its numbers of last time and mark the pages that quote what changed; the new marks.

    A rule that is met for the first time is kept and marks nothing: no page with it has gone live (``keep_quoted``).
    """
    known = facts()
    with transaction.atomic():
        LearnHub.objects.select_for_update(of=("self",)).get()  # one comparison at a time
        quoting: dict[tuple[str, str], list[LearnPage]] = {}
        for page in LearnPage.objects.select_related("latest_revision"):
            for quoted in set(quoted_rules(page)):
                quoting.setdefault(quoted, []).append(page)
        changed: dict[tuple[LearnPage, str], list[str]] = {}
        seen = {(one.country, one.rule_id): one for one in SeenRule.objects.all()}
        for (country, rule_id), pages in sorted(quoting.items()):
            digest = known.rule_digest(country, rule_id)
            one = seen.get((country, rule_id))
            if one is None:
                SeenRule.objects.create(country=country, rule_id=rule_id, digest=digest)
            elif one.digest != digest:
                because = f"Rule {rule_id} ({known.country_name(country)}) has changed: {one.digest} is now {digest or 'gone'}."
                for page in pages:
                    changed.setdefault((page, rule_id), []).append(because)
                one.digest = digest
                one.save(update_fields=["digest"])
        return [_mark(page, rule_id, because, as_of=as_of) for (page, rule_id), because in changed.items()]


def keep_quoted(instance: LearnPage, **_signal: Any) -> None:
    """When a page goes live: keep the numbers that it was published with, so that the next change of them marks it."""
    known = facts()
    SeenRule.objects.bulk_create(
        (
            SeenRule(country=country, rule_id=rule_id, digest=known.rule_digest(country, rule_id))
            for country, rule_id in sorted(set(quoted_rules(instance)))
        ),
        ignore_conflicts=True,
    )


def _mark(page: LearnPage, rule_id: str, because: list[str], *, as_of: datetime) -> ReviewMark:
    """A new mark. It takes the place of one that is open, and says what that one said: an approval clears the marks that its
    reviewer was shown, so a form that was opened before this change must not clear it."""
    earlier = ReviewMark.objects.filter(page=page, kind=MarkKind.RULE, about=rule_id, cleared_at=None).first()
    if earlier is not None:
        because = [*because, f"Before that: {earlier.because}"]
        earlier.cleared_at, earlier.cleared_because = as_of, "The rule changed again."
        earlier.save(update_fields=["cleared_at", "cleared_because"])
    words = " ".join(because)[: ReviewMark._meta.get_field("because").max_length]
    return ReviewMark.objects.create(page=page, kind=MarkKind.RULE, about=rule_id, because=words, raised_at=as_of)


def quoted_rules(page: LearnPage) -> Iterator[tuple[str, str]]:
    """(country, rule) of each number that readers of the page see now, or would see of its newest draft or of one whose
    time is to come."""
    coming = page.scheduled_revision
    drafts = [one.as_object() for one in {page.latest_revision, coming} if one is not None]
    for version in (page, *drafts):
        yield from ((country, rule) for country, rule, _ in quoted(version.body))
