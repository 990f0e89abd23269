"""Laboratory values of the kidneys, as they were sent."""

from datetime import timedelta
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from titration.models.base import FINITE, VisibleQuerySet, WrittenRecord, append_only, has_author
from titration.models.patients import Patient

VALUE = {"max_digits": 30, "decimal_places": 18}


class LabSource(models.TextChoices):
    TYPED = "typed", "Typed by staff"
    LABORATORY = "laboratory", "Sent by a laboratory"


class KidneyResultQuerySet(VisibleQuerySet):
    def valid(self) -> "KidneyResultQuerySet":
        """Results that no correction has replaced and nobody has withdrawn."""
        return self.filter(replaced_by__isnull=True, entered_in_error=False)


class KidneyResult(WrittenRecord):
    """One creatinine or cystatin C. A correction is a new row in ``replaces``; a withdrawal is one with ``entered_in_error``.

    ``taken_on`` is the local date of the specimen; a laboratory that sent a date without a time has
    ``taken_at`` at noon of that date and ``time_known`` False.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="kidney_results")
    analyte = models.CharField(max_length=12)
    value = models.DecimalField(**VALUE)
    unit = models.CharField(max_length=8)
    comparator = models.CharField(max_length=2, blank=True, default="")
    taken_at = models.DateTimeField()
    taken_on = models.DateField()
    time_known = models.BooleanField(default=True)
    source = models.CharField(max_length=12, choices=LabSource.choices)
    source_system = models.CharField(max_length=80, blank=True, default="")
    source_key = models.CharField(max_length=200, blank=True, default="")
    code = models.CharField(max_length=40, blank=True, default="")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    entered_in_error = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True, default="")
    confirmed = models.BooleanField(default=False)

    objects = KidneyResultQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-taken_at"]),
            models.Index(
                fields=["source_system", "source_key"], condition=~Q(source_key=""), name="kidneyresult_source"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("kidneyresult"),
            models.CheckConstraint(
                name="kidneyresult_unit_of_analyte",
                condition=Q(analyte="creatinine", unit__in=["mg/dL", "umol/L"]) | Q(analyte="cystatin_c", unit="mg/L"),
                violation_error_message="Creatinine is in mg/dL or umol/L, cystatin C in mg/L.",
            ),
            models.CheckConstraint(
                name="kidneyresult_above_zero",
                condition=Q(value__gt=0, value__lt=FINITE),
                violation_error_message="A laboratory value is above zero.",
            ),
            models.CheckConstraint(
                name="kidneyresult_comparator_known",
                condition=Q(comparator__in=["", "<", "<=", ">", ">="]),
                violation_error_message="A comparator is <, <=, > or >=.",
            ),
            models.CheckConstraint(
                name="kidneyresult_not_future",
                condition=Q(taken_at__lte=F("recorded_at") + timedelta(minutes=10)),
                violation_error_message="A specimen is not taken after its result was recorded.",
            ),
            models.CheckConstraint(
                name="kidneyresult_error_replaces",
                condition=Q(entered_in_error=False) | Q(replaces__isnull=False),
                violation_error_message="A withdrawal names the result that it takes back.",
            ),
            models.CheckConstraint(
                name="kidneyresult_correction_has_reason",
                condition=Q(replaces__isnull=True) | ~Q(reason=""),
                violation_error_message="A correction has a reason.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()


class ReportedEstimate(WrittenRecord):
    """An eGFR that a laboratory sent: shown in its own series, never used by a rule."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reported_estimates")
    value = models.DecimalField(**VALUE)
    unit = models.CharField(max_length=40)
    comparator = models.CharField(max_length=2, blank=True, default="")
    code = models.CharField(max_length=40)
    taken_at = models.DateTimeField()
    taken_on = models.DateField()
    source_system = models.CharField(max_length=80)
    source_key = models.CharField(max_length=200)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    entered_in_error = models.BooleanField(default=False)

    objects = KidneyResultQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-taken_at"]),
            models.Index(fields=["source_system", "source_key"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("reportedestimate"),
            models.CheckConstraint(
                name="reportedestimate_not_negative",
                condition=Q(value__gte=0, value__lt=FINITE),
                violation_error_message="An estimate is not negative.",
            ),
            models.CheckConstraint(
                name="reportedestimate_comparator_known",
                condition=Q(comparator__in=["", "<", "<=", ">", ">="]),
                violation_error_message="A comparator is <, <=, > or >=.",
            ),
            models.CheckConstraint(
                name="reportedestimate_error_replaces",
                condition=Q(entered_in_error=False) | Q(replaces__isnull=False),
                violation_error_message="A withdrawal names the estimate that it takes back.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()


class QuarantinedResultQuerySet(VisibleQuerySet):
    def waiting(self) -> "QuarantinedResultQuerySet":
        """Records that neither a person nor the sender has settled."""
        return self.filter(resolved_at__isnull=True)


class QuarantinedResult(WrittenRecord):
    """A laboratory record that was not stored as a result: what was read, why it was held back, and what a person decided.

    ``fingerprint`` is a digest of the record, so that the same file read twice holds it back once. ``taken_on`` is the
    date of the specimen as the sender wrote it; ``taken_at`` is empty when no time came with it.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="quarantined_results")
    source_system = models.CharField(max_length=80)
    source_key = models.CharField(max_length=200, blank=True, default="")
    fingerprint = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    line = models.PositiveIntegerField()
    reason_code = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    read_value = models.CharField(max_length=120, blank=True, default="")
    read_unit = models.CharField(max_length=40, blank=True, default="")
    analyte = models.CharField(max_length=12, blank=True, default="")
    taken_at = models.DateTimeField(null=True)
    taken_on = models.DateField(null=True)
    result = models.OneToOneField(KidneyResult, on_delete=models.PROTECT, null=True, related_name="from_quarantine")
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=300, blank=True, default="")

    @property
    def is_dated(self) -> bool:
        """It is known when the specimen was taken, to the day at least."""
        return self.taken_at is not None or self.taken_on is not None

    objects = QuarantinedResultQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("quarantinedresult"),
            models.UniqueConstraint(fields=["source_system", "fingerprint"], name="quarantinedresult_once"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="resolved_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__resolved_at__isnull=False)
            ),
        ]
