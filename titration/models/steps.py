"""The steps of a plan, their slots, and what was overridden to sign them. The past is never rewritten."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from titration.dosing.facts import StepKind
from titration.models.base import (
    FINITE,
    VisibleQuerySet,
    WrittenRecord,
    append_only,
    changed_in_own_name,
    has_author,
    never_removed,
    written_once,
)
from titration.models.patients import Patient
from titration.models.plans import Plan
from titration.models.products import Product

STEP_KINDS = [(kind.value, kind.value.capitalize()) for kind in StepKind]


class StepState(models.TextChoices):
    """Signed means published to the patient."""

    DRAFT = "draft", "Draft"
    SIGNED = "signed", "Signed"


class StepQuerySet(VisibleQuerySet):
    def in_force(self) -> "StepQuerySet":
        """Rows that no later change has replaced."""
        return self.filter(voided_at__isnull=True)

    def signed(self) -> "StepQuerySet":
        return self.filter(state=StepState.SIGNED)


class IntegerRange(Func):
    """``int8range(n, n, '[]')``: lets a plain index type compare plans without an extension."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, '[]')"


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), context_field=None, obj_field=None, level=pgtrigger.Statement
)
class Step(WrittenRecord):
    """A period with one daily pattern. Only ``voided_at`` and ``voided_by`` ever change, once.

    ``period`` is half-open local dates; an open end means "until changed". A change voids the rows it
    affects and inserts trimmed copies whose ``replaces`` points back. ``checked`` is False for a past
    change recorded while the safety check was down. ``advice`` is what the patient does if symptoms come back.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="steps")
    plan_number = models.BigIntegerField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=STEP_KINDS)
    state = models.CharField(max_length=10, choices=StepState.choices)
    period = DateRangeField()
    daily_mg = models.DecimalField(max_digits=6, decimal_places=2)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reason_code = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    advice = models.CharField(max_length=500, blank=True, default="")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replacements")
    origin = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    signed_at = models.DateTimeField(null=True)
    cosigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    protocol_version = models.PositiveSmallIntegerField()
    findings = models.JSONField(default=list)
    checked = models.BooleanField(default=True)
    recorded_late = models.BooleanField(default=False)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["period", "recorded_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("step"),
            ExclusionConstraint(
                name="step_periods_do_not_overlap",
                expressions=[
                    (IntegerRange(F("plan_number"), F("plan_number")), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(state="signed", voided_at__isnull=True),
                violation_error_message="Two signed steps of a plan cannot cover the same day.",
            ),
            models.CheckConstraint(
                name="step_period_not_empty",
                condition=Q(period__isempty=False),
                violation_error_message="A step lasts at least one day.",
            ),
            models.CheckConstraint(
                name="step_period_has_start",
                condition=Q(period__startswith__isnull=False),
                violation_error_message="A step has a first day.",
            ),
            models.CheckConstraint(
                name="step_kind_known",
                condition=Q(kind__in=[kind.value for kind in StepKind]),
                violation_error_message="The kind of a step is one of the known kinds.",
            ),
            models.CheckConstraint(
                name="step_stop_has_no_dose",
                condition=Q(kind="stop", daily_mg=0, product__isnull=True)
                | (~Q(kind="stop") & Q(daily_mg__gt=0, product__isnull=False)),
                violation_error_message="A stop has no dose; every other step has a dose above 0 mg and a product.",
            ),
            models.CheckConstraint(
                name="step_daily_mg_readable",
                condition=Q(daily_mg__lt=1000),
                violation_error_message="A daily dose stays below 1,000 mg, the largest number that a dose field reads.",
            ),
            models.CheckConstraint(
                name="step_signed_has_time",
                condition=Q(state="signed", signed_at__isnull=False) | Q(state="draft", signed_at__isnull=True),
                violation_error_message="A signed step has the time of its signature, a draft has none.",
            ),
            models.CheckConstraint(
                name="step_cosigner_is_another",
                condition=Q(cosigned_by__isnull=True) | ~Q(cosigned_by=F("recorded_by")),
                violation_error_message="The second clinician is another person.",
            ),
            models.CheckConstraint(
                name="step_not_its_own_origin",
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
                violation_error_message="A step replaces another step.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["plan", "state"], condition=Q(voided_at__isnull=True), name="step_in_force"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            never_removed(),
            written_once(
                "id", "plan", "plan_number", "patient", "kind", "state", "period", "daily_mg", "product",
                    "reason_code", "reason", "advice", "replaces", "origin", "signed_at", "cosigned_by", "protocol_version",
                    "findings", "checked", "recorded_late", "recorded_at", "recorded_by", "job",
            ),
            pgtrigger.Protect(
                name="voided_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__voided_at__isnull=False)
            ),
            changed_in_own_name("voided_by_id"),
        ]  # fmt: skip


class Slot(WrittenRecord):
    """One time of day inside a step: local time, milligrams, and what that is of the step's product."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="slots")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan_number = models.BigIntegerField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    at = models.TimeField()
    amount_mg = models.DecimalField(max_digits=6, decimal_places=2)
    tablets = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    volume_ml = models.DecimalField(max_digits=7, decimal_places=3, null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["step", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("slot"),
            models.UniqueConstraint(fields=["step", "position"], name="slot_position_once"),
            models.UniqueConstraint(fields=["step", "at"], name="slot_time_once"),
            models.CheckConstraint(
                name="slot_amount_readable",
                condition=Q(amount_mg__gt=0, amount_mg__lt=1000),
                violation_error_message="A dose is above 0 mg and below 1,000 mg.",
            ),
            models.CheckConstraint(
                name="slot_tablets_or_volume",
                condition=Q(tablets__isnull=False, tablets__gt=0, tablets__lt=FINITE, volume_ml__isnull=True)
                | Q(tablets__isnull=True, volume_ml__isnull=False, volume_ml__gt=0, volume_ml__lt=FINITE),
                violation_error_message="A dose is tablets or a volume, never both and never neither.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()


class Override(WrittenRecord):
    """A finding that did not stop a signature: the rule, its version, the values shown, and why it was right to go on."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="overrides")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan_number = models.BigIntegerField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    rule_id = models.CharField(max_length=12)
    protocol_id = models.CharField(max_length=10)
    protocol_version = models.PositiveSmallIntegerField()
    asked = models.CharField(max_length=20)
    values_shown = models.JSONField()
    reason_code = models.CharField(max_length=40)
    reason_text = models.CharField(max_length=500, blank=True, default="")
    monitoring_plan = models.CharField(max_length=500, blank=True, default="")
    specialist_name = models.CharField(max_length=120, blank=True, default="")
    specialist_on = models.DateField(null=True)
    second_clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("override"),
            models.CheckConstraint(
                name="override_has_reason",
                condition=~Q(reason_code=""),
                violation_error_message="An override has a coded reason.",
            ),
            models.CheckConstraint(
                name="override_second_is_another",
                condition=Q(second_clinician__isnull=True) | ~Q(second_clinician=F("recorded_by")),
                violation_error_message="The second clinician is another person.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()
