"""Calls that patients asked for, and what came of each."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from titration.models import CallRequest, Flag, FlagNote, FlagNoteKind
from titration.models.calls import CALL_ASKED

_SHOWN = 5
# Whatever the call was about, the clinic and the patient have spoken; a call that nobody answered has no text.
_CALLS = FlagNote.objects.filter(
    patient=OuterRef("patient"), kind=FlagNoteKind.CALL, recorded_at__gte=OuterRef("recorded_at")
)
_CLOSED = Flag.objects.filter(
    patient=OuterRef("patient"), rule_id=CALL_ASKED, closed_by__isnull=False, closed_at__gte=OuterRef("recorded_at")
)


def unanswered(patients: OuterRef) -> ArraySubquery:
    """The newest request of a patient that nobody has answered, beside a row about the patient; for no statement more."""
    open_ones = (
        CallRequest.objects.filter(patient=patients).exclude(Exists(_CALLS.exclude(text=""))).exclude(Exists(_CLOSED))
    )
    return ArraySubquery(
        open_ones.order_by("-recorded_at").values(
            data=JSONObject(
                at="recorded_at", about="about", when="best_time", phone="phone", note="note", by="reported_by",
                expected_on="expected_on",
            )
        )[:1]
    )  # fmt: skip


def _first(rows: QuerySet[Any], at: str) -> Subquery:
    return Subquery(rows.order_by().values("patient").annotate(first=Min(at)).values("first"))


def newest(patient: Any) -> list[CallRequest]:
    """The last few requests, newest first, each with ``reached_at``, ``closed_at`` and ``tried_at`` (None: not so)."""
    found = CallRequest.objects.filter(patient=patient.pk).annotate(
        author_name=Coalesce(F("recorded_by__name"), Value("")),
        reached_at=_first(_CALLS.exclude(text=""), "recorded_at"),
        tried_at=_first(_CALLS.filter(text=""), "recorded_at"),
        closed_at=_first(_CLOSED, "closed_at"),
    )
    return list(found.order_by("-recorded_at")[:_SHOWN])
