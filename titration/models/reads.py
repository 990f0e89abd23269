"""Which pages about the medicine were read. The pages are of another app: a row names one, and points at none."""

from typing import ClassVar

import pgtrigger
from django.db import models

from titration.models.base import VisibleQuerySet, WrittenRecord, append_only, has_author
from titration.models.intake import SaidBy
from titration.models.patients import Patient


class PageRead(WrittenRecord):
    """The patient, or a carer, says that they have read a page, at ``recorded_at``. It says that the page was shown, not that
    it was understood. ``revision_id`` is the version that stood there; ``country`` the one whose advice it gave.

    Each person says it for themselves: what a carer has read the patient has not.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    slug = models.CharField(max_length=255)
    locale = models.CharField(max_length=10)
    country = models.CharField(max_length=2)
    revision_id = models.BigIntegerField()
    said_by = models.CharField(max_length=10, choices=SaidBy.choices)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("pageread"),
            # Begins with the patient: it is also the index by which the reads of one are found.
            models.UniqueConstraint(
                fields=["patient", "slug", "locale", "country", "revision_id", "recorded_by"],
                name="pageread_once",
                violation_error_message="That this page was read is on record already.",
            ),
            models.CheckConstraint(
                name="pageread_said_by_known",
                condition=models.Q(said_by__in=["patient", "carer"]),
                violation_error_message="A page is read by the patient or a carer.",
            ),
            models.CheckConstraint(
                name="pageread_names_a_page",
                condition=~models.Q(slug="")
                & ~models.Q(locale="")
                & ~models.Q(country="")
                & models.Q(revision_id__gt=0),
                violation_error_message="What was read is one version of a page, in one language, for one country.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()
