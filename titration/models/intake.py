"""What is known of the doses of a plan: how they are known, each dose event, why nothing is ticked, what is left to take."""

from datetime import timedelta
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from titration.dosing.intake import DoseState, SilenceReason, Tracking
from titration.models.base import FINITE, VisibleQuerySet, WrittenRecord, append_only, has_author
from titration.models.patients import Patient
from titration.models.plans import Plan
from titration.models.products import Product

# Beside the states of the core: the record of a dose that was taken back, so that nothing is recorded for it again.
UNDONE = "undone"
# How far the clock of a phone may be ahead of ours.
CLOCKS_DIFFER_BY = timedelta(minutes=10)
DOSE_STATES = [*((state.value, state.value.capitalize()) for state in DoseState), (UNDONE, "Taken back")]


class SaidBy(models.TextChoices):
    """Who said what was taken. The author of the row is who wrote it down."""

    PATIENT = "patient", "The patient"
    CARER = "carer", "A carer"
    STAFF = "staff", "Staff who gave the dose"


class SkipReason(models.TextChoices):
    FORGOT = "forgot", "Forgotten"
    NO_SUPPLY = "no_supply", "None left"
    UNWELL = "unwell", "Felt unwell from it"
    VOMITING = "vomiting", "Vomiting"
    DIARRHOEA = "diarrhoea", "Diarrhoea"
    NIL_BY_MOUTH = "nil_by_mouth", "Nil by mouth"
    TOLD = "told", "Told to leave it out"
    OWN_DECISION = "own_decision", "Decided to stop"
    OTHER = "other", "Another reason"


class OfPlan(WrittenRecord):
    """A row about the doses of one plan."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="%(class)ss")
    plan_number = models.BigIntegerField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        abstract = True


class DoseEvent(OfPlan):
    """What is known of one slot on one local date. The key is made by the form, so that sending it twice writes one row.

    Time, zone and milligrams are copied from the step of that moment: a slot that moves later moves no past event.
    ``taken_at`` is None when the hour is not known. A correction is a new row in ``replaces``.
    """

    local_date = models.DateField()
    position = models.PositiveSmallIntegerField()
    slot_at = models.TimeField()
    time_zone = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DOSE_STATES)
    amount_mg = models.DecimalField(max_digits=6, decimal_places=2)
    taken_mg = models.DecimalField(max_digits=6, decimal_places=2)
    taken_at = models.DateTimeField(null=True)
    reason_code = models.CharField(max_length=20, choices=SkipReason.choices, blank=True, default="")
    said_by = models.CharField(max_length=10, choices=SaidBy.choices)
    note = models.CharField(max_length=300, blank=True, default="")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("doseevent"),
            models.UniqueConstraint(
                fields=["plan", "local_date", "position"],
                condition=Q(replaces__isnull=True),
                name="doseevent_first_once",
                violation_error_message="This dose is recorded already; correct that record.",
            ),
            models.CheckConstraint(
                name="doseevent_state_known",
                condition=Q(state__in=[state for state, _ in DOSE_STATES]),
                violation_error_message="A dose was taken, partly taken, skipped, held, or its record was taken back.",
            ),
            models.CheckConstraint(
                name="doseevent_taken_fits_state",
                condition=Q(state="taken", taken_mg=F("amount_mg"))
                | Q(state="partly", taken_mg__gt=0, taken_mg__lt=F("amount_mg"))
                | Q(state__in=["skipped", "held", UNDONE], taken_mg=0, taken_at__isnull=True),
                violation_error_message="What was taken is all of the dose, a part of it, or nothing, as its state says.",
            ),
            models.CheckConstraint(
                name="doseevent_taken_before_recorded",
                condition=Q(taken_at__isnull=True) | Q(taken_at__lte=F("recorded_at") + CLOCKS_DIFFER_BY),
                violation_error_message="A dose that was taken was taken before it was recorded.",
            ),
            models.CheckConstraint(
                name="doseevent_amount_readable",
                condition=Q(amount_mg__gt=0, amount_mg__lt=1000),
                violation_error_message="A dose is above 0 mg and below 1,000 mg.",
            ),
            models.CheckConstraint(
                name="doseevent_skip_has_reason",
                condition=(Q(state="skipped") & Q(reason_code__in=SkipReason.values))
                | (~Q(state="skipped") & Q(reason_code="")),
                violation_error_message="A dose that was skipped has a reason, every other one has none.",
            ),
            models.CheckConstraint(
                name="doseevent_said_by_known",
                condition=Q(said_by__in=SaidBy.values),
                violation_error_message="What was taken is said by the patient, a carer or staff.",
            ),
            models.CheckConstraint(
                name="doseevent_undone_replaces",
                condition=~Q(state=UNDONE) | Q(replaces__isnull=False),
                violation_error_message="What is taken back is the record that it names.",
            ),
        ]
        # The watch reads the last weeks of many plans from these alone: a plan's doses lie all over the table.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["plan", "local_date"],
                include=["id", "position", "state", "due_at", "taken_at", "reason_code", "amount_mg", "taken_mg"],
                name="doseevent_of_plan",
            ),
            models.Index(
                fields=["plan"],
                include=["replaces"],
                condition=Q(replaces__isnull=False),
                name="doseevent_corrections",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()


class DoseTracking(OfPlan):
    """How the doses of a plan are known from an instant on, until the next such row."""

    mode = models.CharField(max_length=12, choices=[(mode.value, mode.value) for mode in Tracking])
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("dosetracking"),
            models.CheckConstraint(
                name="dosetracking_mode_known",
                condition=Q(mode__in=[mode.value for mode in Tracking]),
                violation_error_message="Doses are ticked or not tracked.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["plan", "-recorded_at"])]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()


class Silence(OfPlan):
    """A recorded reason why nothing is ticked for a time. It ends by itself; a change is a new row in ``replaces``."""

    reason = models.CharField(max_length=12, choices=[(reason.value, reason.value) for reason in SilenceReason])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True, default="")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("silence"),
            models.CheckConstraint(
                name="silence_reason_known",
                condition=Q(reason__in=[reason.value for reason in SilenceReason]),
                violation_error_message="Why nothing is ticked is one of the known reasons.",
            ),
            models.CheckConstraint(
                name="silence_ends_after_start",
                condition=Q(ends_at__gte=F("starts_at")),
                violation_error_message="A time without ticks does not end before it starts.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["plan", "ends_at"])]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()


class SupplyIssue(OfPlan):
    """What was handed out on a day, and when the next issue is expected (None: no repeat is ordered)."""

    on_date = models.DateField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    units = models.DecimalField(max_digits=7, decimal_places=2)
    total_mg = models.DecimalField(max_digits=9, decimal_places=2)
    repeat_on = models.DateField(null=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("supplyissue"),
            models.CheckConstraint(
                name="supplyissue_amount",
                condition=Q(units__gt=0, units__lt=FINITE, total_mg__gt=0, total_mg__lt=FINITE),
                violation_error_message="What was handed out is above zero.",
            ),
            models.CheckConstraint(
                name="supplyissue_repeat_after_issue",
                condition=Q(repeat_on__isnull=True) | Q(repeat_on__gt=F("on_date")),
                violation_error_message="The next issue comes after this one.",
            ),
            models.CheckConstraint(
                name="supplyissue_withdrawn_replaces",
                condition=Q(withdrawn=False) | Q(replaces__isnull=False),
                violation_error_message="A withdrawal names the issue that it takes back.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["plan", "on_date"])]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()


class RestartChoice(models.TextChoices):
    RESUME = "resume", "Go on with the same dose"
    LOWER = "lower", "Go on with a lower dose"
    RETITRATE = "retitrate", "Start low again and build up"
    NOT_RESUMED = "not_resumed", "Do not take baclofen again for now"


class RestartDecision(OfPlan):
    """What a prescriber decided after a long gap or after toxicity, with what stood on the form."""

    choice = models.CharField(max_length=12, choices=RestartChoice.choices)
    last_dose_at = models.DateTimeField(null=True)
    gap_hours = models.PositiveIntegerField(null=True)
    daily_mg = models.DecimalField(max_digits=6, decimal_places=2)
    kidneys = models.CharField(max_length=300)
    reason = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("restartdecision"),
            models.CheckConstraint(
                name="restartdecision_choice_known",
                condition=Q(choice__in=RestartChoice.values),
                violation_error_message="A restart is one of the listed choices.",
            ),
            models.CheckConstraint(
                name="restartdecision_has_reason",
                condition=~Q(reason=""),
                violation_error_message="A decision about a restart has a reason.",
            ),
            models.CheckConstraint(
                name="restartdecision_daily_mg_readable",
                condition=Q(daily_mg__gte=0, daily_mg__lt=1000),
                violation_error_message="A daily dose is 0 mg or more and below 1,000 mg.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()
