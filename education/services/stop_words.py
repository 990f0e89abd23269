"""Changing the words of the stop warning. They stand on every page, so no single person changes them."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.log_actions import log

from education.models import StopWarning, WarningChange
from education.models.groundwork import EDITORS, REVIEWERS
from education.models.tasks import groups_of
from education.services.approval import Refused
from education.word_checks import word_findings


def waiting_words() -> WarningChange | None:
    """The words that wait for a clinical reviewer."""
    return WarningChange.objects.filter(decided_at=None).select_related("proposed_by").first()


@transaction.atomic
def propose(*, heading: str, text: str, by: Any) -> WarningChange:
    """Write new words. Raises Refused when others wait, or the words break a rule of the pages."""
    if not {EDITORS, REVIEWERS} & groups_of(by):
        raise Refused("Editors and clinical reviewers write the stop warning.")
    found = [one for piece in (heading, text) for one in word_findings(0, piece) if one.stops]
    if not (heading.strip() and text.strip()) or "stop" not in f"{heading} {text}".lower():
        raise Refused("Give a heading and a text that tell readers not to stop.")
    if found:
        raise Refused("These must be mended first.", tuple(found))
    try:
        with transaction.atomic():
            return WarningChange.objects.create(
                heading=heading.strip(), text=text.strip(), proposed_by=by, proposed_at=timezone.now()
            )
    except IntegrityError as error:
        raise Refused("New words wait already. They are decided first.") from error


@transaction.atomic
def decide(*, change_id: int, approve: bool, by: Any) -> None:
    """A clinical reviewer who did not write the words puts them on every page, or turns them down; who wrote them may
    take them back. Raises Refused."""
    change = WarningChange.objects.select_for_update(of=("self",)).filter(pk=change_id, decided_at=None).first()
    if change is None:
        raise Refused("These words were decided already.")
    if REVIEWERS not in groups_of(by) and (approve or change.proposed_by_id != by.pk):
        raise Refused("A clinical reviewer decides about the stop warning.")
    if approve and change.proposed_by_id == by.pk:
        raise Refused("You wrote these words. Another person approves them.")
    change.decided_by, change.decided_at, change.approved = by, timezone.now(), approve
    change.save()
    if approve:
        warning = StopWarning.objects.get()
        before = {"heading": warning.heading, "text": warning.text}
        warning.heading, warning.text = change.heading, change.text
        warning.save()
        log(instance=warning, action="wagtail.edit", user=by, data={"before": before}, content_changed=True)
