"""How patients feel, as they or those who care for them say it: four numbers of their own, and two statements that rules read."""

from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from titration.models.base import append_only, has_author
from titration.models.intake import OfPlan
from titration.models.patients import Reporter


class OwnSign(models.TextChoices):
    """Signs of the protocols that patients are asked about, by code, in words for patients. Others are left to clinicians."""

    HALLUCINATION = "hallucination", "Seeing or hearing things that are not there"
    SEIZURE = "seizure", "A fit (seizure)"
    NOT_WOKEN = "reduced_consciousness", "Cannot be woken, or only just"
    SLOW_BREATHING = "slow_breathing", "Slow breathing, or long gaps between breaths"
    CONFUSION = "confusion", "Being very confused"
    HIGH_FEVER = "high_fever", "A very high fever"
    NEW_DROWSINESS = "new_drowsiness", "New sleepiness"
    NEW_FALLS = "new_falls", "New falls"
    MYOCLONUS = "myoclonus", "Sudden jerks of arms or legs"
    WORSE_SPASMS = "rebound_spasticity", "Spasms that got much worse"
    ANXIETY = "anxiety", "Feeling very worried"
    AGITATION = "agitation", "Being very restless"
    MOOD_CHANGE = "mood_change", "A change of mood"
    FAST_HEART = "fast_heart_rate", "A fast heartbeat"
    SWEATING = "sweating", "A lot of sweating"
    INSOMNIA = "insomnia", "Not being able to sleep"
    FEVER = "fever", "A fever"
    SLEEPY = "ongoing_drowsiness", "Sleepiness that is not new"
    DIZZINESS = "dizziness", "Feeling dizzy"
    WEAKNESS = "weakness", "Weak arms or legs"
    FATIGUE = "fatigue", "Feeling very tired"
    HEADACHE = "headache", "A headache"
    NAUSEA = "nausea", "Feeling sick"
    CONSTIPATION = "constipation", "Hard poo (constipation)"
    PEE = "urinary_frequency", "Having to pee more often"


# Each of these is an emergency in the words of the page for help, whatever a rule makes of it.
EMERGENCIES = (
    OwnSign.HALLUCINATION, OwnSign.SEIZURE, OwnSign.NOT_WOKEN, OwnSign.SLOW_BREATHING, OwnSign.CONFUSION, OwnSign.HIGH_FEVER,
)  # fmt: skip
LOWEST, HIGHEST = 0, 10
SCALE_NAMES = {"sleepiness": "Sleepiness", "spasms": "Spasms", "falls": "Falls", "mood": "Low mood"}
SCALES = tuple(SCALE_NAMES)


def _score() -> Any:
    return models.SmallIntegerField(null=True)


class FeelingReport(OfPlan):
    """One report. Each number is 0 to 10, more is worse; None: not answered. No rule reads the numbers.

    ``has_stopped``: baclofen is not taken any more. ``has_run_out``: none is left. Both are so from ``recorded_at`` on; a
    dose that is taken later ends the one, an issue that is recorded later the other. False says nothing. The signs and the
    note of the report are patient facts: its key is that of the answer about side effects.
    """

    on_date = models.DateField()
    reported_by = models.CharField(max_length=10, choices=Reporter.choices)
    sleepiness = _score()
    spasms = _score()
    falls = _score()
    mood = _score()
    has_stopped = models.BooleanField(default=False)
    has_run_out = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("feelingreport"),
            models.CheckConstraint(
                name="feelingreport_reporter_known",
                condition=Q(reported_by__in=[Reporter.PATIENT, Reporter.CARER]),
                violation_error_message="How it feels is said by the patient or a carer.",
            ),
            *(
                models.CheckConstraint(
                    name=f"feelingreport_{scale}_range",
                    condition=Q(**{f"{scale}__isnull": True}) | Q(**{f"{scale}__range": (LOWEST, HIGHEST)}),
                    violation_error_message=f"{scale.capitalize()} is a number from {LOWEST} to {HIGHEST}.",
                )
                for scale in SCALES
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["plan", "-recorded_at"], name="feelingreport_newest"),
            # The watch asks many plans for the few statements that there are.
            models.Index(
                fields=["plan"],
                include=["recorded_at", "on_date", "has_stopped", "has_run_out"],
                condition=Q(has_stopped=True) | Q(has_run_out=True),
                name="feelingreport_statements",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()
