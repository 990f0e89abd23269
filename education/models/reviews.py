"""Who approved which revision, and why a page asks to be looked at again."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from education.models.pages import LearnPage


class PageReview(models.Model):
    """A clinical approval of one revision. The name is kept as it was on that day.

    ``numbers``: each number of a rule that the page quoted, as the reviewer read it (``blocks.numbers_of``). The approval
    says nothing about a number that has changed since.
    """

    page = models.ForeignKey(LearnPage, on_delete=models.CASCADE, related_name="reviews")
    revision_id = models.BigIntegerField()  # no key: readers may not look at revisions
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewer_name = models.CharField(max_length=120)
    reviewed_on = models.DateField()
    numbers = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["page", "revision_id"],
                name="education_pagereview_once",
                violation_error_message="This version has been approved already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_name}, {self.reviewed_on}"


class MarkKind(models.TextChoices):
    RULE = "rule", "A number of a rule has changed"
    SOURCE = "source", "A source was withdrawn"


class ReviewMark(models.Model):
    """Why a page must be looked at again. The clinical approval of somebody who was shown it clears it; a newer change of the
    same rule takes its place, so that nobody clears what they have not read."""

    page = models.ForeignKey(LearnPage, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=10, choices=MarkKind.choices)
    about = models.CharField(max_length=80)  # the id of the rule, or the key of the source
    because = models.CharField(max_length=1500)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cleared_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="education_reviewmark_kind_known",
                condition=models.Q(kind__in=MarkKind.values),
                violation_error_message="The kind of a mark is one of the known kinds.",
            ),
            models.UniqueConstraint(
                fields=["page", "kind", "about"],
                condition=models.Q(cleared_at__isnull=True),
                name="education_reviewmark_open_once",
                violation_error_message="The page is marked for that already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about}"


class SeenRule(models.Model):
    """The numbers of a rule as they were when pages were last compared with them."""

    country = models.CharField(max_length=2)
    rule_id = models.CharField(max_length=20)
    digest = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["country", "rule_id"],
                name="education_seenrule_once",
                violation_error_message="The numbers of a rule are kept once.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} ({self.country})"


class ShippedPage(models.Model):
    """Which version of a shipped page was last loaded, and as which revision. ``slug``: its name in the files."""

    page = models.OneToOneField(LearnPage, on_delete=models.CASCADE, related_name="shipped")
    slug = models.SlugField(max_length=100, unique=True)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    revision_id = models.BigIntegerField()
    loaded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="education_shippedpage_versions_count_from_1",
                condition=models.Q(version__gte=1),
                violation_error_message="Versions of shipped pages count from 1.",
            )
        ]

    def __str__(self) -> str:
        return f"version {self.version}"
