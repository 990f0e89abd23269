"""Where what the pages say stands. Withdrawing a source asks for a review of every page that uses it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class SourceKind(models.TextChoices):
    LABEL = "label", "Product label"
    SMPC = "smpc", "Summary of product characteristics"
    LEAFLET = "leaflet", "Leaflet or page for patients"
    GUIDELINE = "guideline", "Guideline"
    STUDY = "study", "Study"
    ARTICLE = "article", "Article"


class Source(models.Model):
    """A document. ``reference`` is its number in the clinical reference; ``countries`` empty: it speaks for any."""

    key = models.SlugField(max_length=80, unique=True, help_text="A short name that never changes.")
    reference = models.CharField(
        max_length=20, blank=True, help_text="Its number in the clinical reference, for example S-03."
    )
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=SourceKind.choices)
    url = models.URLField(max_length=400, blank=True)
    version = models.CharField(max_length=80, blank=True, help_text="Edition or date, as it is printed.")
    checked_on = models.DateField(help_text="When somebody last read it against the pages.")
    countries = ArrayField(models.CharField(max_length=2), blank=True, default=list)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["title", "key"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="education_source_kind_known",
                condition=models.Q(kind__in=SourceKind.values),
                violation_error_message="The kind of a source is one of the known kinds.",
            ),
            models.CheckConstraint(
                name="education_source_withdrawn_with_reason",
                condition=models.Q(withdrawn_on__isnull=True) | ~models.Q(withdrawn_because=""),
                violation_error_message="Say why the source is withdrawn.",
            ),
        ]

    def __str__(self) -> str:
        words = f"{self.title}, {self.publisher}"
        return f"Withdrawn: {words}" if self.withdrawn_on else words
