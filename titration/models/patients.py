"""The people who take baclofen, the numbers they are known by, and dated facts about them."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models

from titration.models.base import FINITE, Record, VisibleQuerySet, WrittenRecord, append_only, has_author, never_removed
from titration.models.organisation import Organisation


class PatientQuerySet(VisibleQuerySet):
    patient_path = "pk"

    def living(self) -> "PatientQuerySet":
        return self.filter(is_deceased=False)


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), context_field=None, obj_field=None, level=pgtrigger.Statement
)
class Patient(Record):
    """Sex is the one the kidney equations use; empty means not known. Times of this person are in ``time_zone``."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="patients")
    family_name = models.CharField(max_length=120)
    given_name = models.CharField(max_length=120)
    title = models.CharField(max_length=20, blank=True, default="")
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True, default="")
    time_zone = models.CharField(max_length=64)
    phone = models.CharField(max_length=40, blank=True, default="")
    is_deceased = models.BooleanField(default=False)
    deceased_on = models.DateField(null=True)
    is_demo = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["family_name", "given_name", "birth_date", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["family_name", "given_name", "birth_date", "id"]),
            models.Index(fields=["birth_date"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="patient_sex_known",
                condition=models.Q(sex__in=["", "F", "M"]),
                violation_error_message="Sex for the equations is F, M or not known.",
            ),
            models.CheckConstraint(
                name="patient_deceased_on",
                condition=models.Q(deceased_on__isnull=True) | models.Q(is_deceased=True),
                violation_error_message="A date of death belongs to a patient who has died.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [never_removed()]

    def __str__(self) -> str:
        return f"{self.family_name.upper()}, {self.given_name}"


class PatientIdentifier(Record):
    """A number another system knows the patient by. Matching uses (system, value), never names."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=200)
    value = models.CharField(max_length=200)
    is_record_number = models.BooleanField()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["system", "value"], name="patientidentifier_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["value"])]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()


class FactKind(models.TextChoices):
    """What a dated fact is about. ``code`` names which one for the last four.

    Of side effects it keeps the answer to one question, whether there were any since the last step.
    """

    HEIGHT = "height_cm", "Height"
    WEIGHT = "weight_kg", "Weight"
    DIALYSIS = "dialysis", "Dialysis"
    PREGNANCY = "pregnancy", "Pregnancy"
    BREASTFEEDING = "breastfeeding", "Breastfeeding"
    INFANT_BORN = "infant_born", "Birth date of the infant"
    SETTING = "setting", "Setting of care"
    ALBUMINURIA = "albuminuria", "Albumin in the urine"
    PAST_WITHDRAWAL = "past_withdrawal", "Withdrawal in the past"
    BENEFIT = "benefit", "Benefit of baclofen"
    SPASTICITY = "spasticity_nrs", "Spasticity, 0 to 10"
    SPASMS = "penn", "Spasm frequency (Penn)"
    TONE = "ashworth", "Muscle tone (Modified Ashworth)"
    SIDE_EFFECTS = "side_effects", "Side effects since the last step"
    CONDITION = "condition", "Condition"
    MEDICINE = "medicine", "Other medicine"
    SIGN = "sign", "Sign or symptom"
    EVENT = "event", "Event that asks for a kidney check"


class Reporter(models.TextChoices):
    """Who said so. The author of the row is who wrote it down."""

    PATIENT = "patient", "The patient"
    CARER = "carer", "A carer"
    CLINICIAN = "clinician", "A clinician who saw it"


class ReportedHow(models.TextChoices):
    VISIT = "visit", "At a visit"
    PHONE = "phone", "By phone"
    WRITING = "writing", "In writing"
    PORTAL = "portal", "In the portal"


class PatientFact(WrittenRecord):
    """One thing that was so from ``on_date``. A correction is a new row in ``replaces``; ``withdrawn`` takes the old one back.

    ``number`` holds a height in cm or a weight in kg; ``answer`` holds yes, no or one of the coded answers. Of what came
    in a report, ``reported_by`` and ``reported_how`` say from whom and how; they are empty for everything else.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=20, choices=FactKind.choices)
    code = models.CharField(max_length=120, blank=True, default="")
    number = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    answer = models.CharField(max_length=20, blank=True, default="")
    on_date = models.DateField()
    note = models.CharField(max_length=300, blank=True, default="")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    withdrawn = models.BooleanField(default=False)
    reported_by = models.CharField(max_length=10, choices=Reporter.choices, blank=True, default="")
    reported_how = models.CharField(max_length=10, choices=ReportedHow.choices, blank=True, default="")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["patient", "kind", "code", "on_date"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("patientfact"),
            models.CheckConstraint(
                name="patientfact_kind_known",
                condition=models.Q(kind__in=FactKind.values),
                violation_error_message="The kind of a fact is one of the known kinds.",
            ),
            models.CheckConstraint(
                name="patientfact_number_for_measures",
                condition=models.Q(
                    kind__in=["height_cm", "weight_kg"], number__isnull=False, number__gt=0, number__lt=FINITE
                )
                | (~models.Q(kind__in=["height_cm", "weight_kg"]) & models.Q(number__isnull=True)),
                violation_error_message="Height and weight have a number above zero, other facts have none.",
            ),
            models.CheckConstraint(
                name="patientfact_code_for_coded",
                condition=(models.Q(kind__in=["condition", "medicine", "sign", "event"]) & ~models.Q(code=""))
                | (~models.Q(kind__in=["condition", "medicine", "sign", "event"]) & models.Q(code="")),
                violation_error_message="Conditions, medicines, signs and events have a code, other facts have none.",
            ),
            models.CheckConstraint(
                name="patientfact_withdrawn_replaces",
                condition=models.Q(withdrawn=False) | models.Q(replaces__isnull=False),
                violation_error_message="A withdrawal names the fact that it takes back.",
            ),
            models.CheckConstraint(
                name="patientfact_report_is_whole",
                condition=models.Q(reported_by="", reported_how="")
                | models.Q(reported_by__in=Reporter.values, reported_how__in=ReportedHow.values),
                violation_error_message="A report says who said so and how.",
            ),
            models.CheckConstraint(
                name="patientfact_side_effects_answer",
                condition=~models.Q(kind="side_effects") | models.Q(answer__in=["none", "some", "not_asked"]),
                violation_error_message="Side effects were none, some, or not asked about.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()
