"""A FHIR Observation as a record: a kidney result, one that was taken back, or something that is not ours."""

from contextlib import suppress
from datetime import datetime

from titration.intake.codes import code_words, kind_of, unit_of
from titration.intake.instants import issued, not_before_birth, taken
from titration.intake.measured import comparator_of, number_of, quantity_of, reference_range_of
from titration.intake.reasons import Reason, Unusable, shown
from titration.intake.records import Coding, Ignored, LabKind, LabRecord, SubjectRef, Where, Withdrawn
from titration.intake.shapes import JsonObject, object_in, objects_in, text_in, words_in
from titration.intake.subjects import Neighbours, subject_of

_FINAL = frozenset({"final", "amended", "corrected", "appended"})
_NOT_YET_FINAL = frozenset({"registered", "preliminary"})
_WITHDRAWN = frozenset({"entered-in-error", "cancelled"})


def observation_record(
    resource: JsonObject, full_url: str, source: Where, neighbours: Neighbours, as_of: datetime
) -> LabRecord | Withdrawn | Ignored:
    """The record; raises Unusable for a kidney result that cannot be used."""
    status = text_in(resource, "status")
    if status in _WITHDRAWN:
        return _withdrawn(resource, full_url, source, neighbours, status)
    analyte = kind_of(resource)
    if analyte is None:
        refuse_contained_results(resource, "Observation")
        return Ignored(source=source, reason=f"An observation of something else: {code_words(resource)}.")
    return _lab_record(resource, full_url, source, neighbours, as_of, status, *analyte)


def _lab_record(
    resource: JsonObject,
    full_url: str,
    source: Where,
    neighbours: Neighbours,
    as_of: datetime,
    status: str,
    kind: LabKind,
    code: Coding,
) -> LabRecord:
    if status in _NOT_YET_FINAL:
        raise Unusable(Reason.STATUS_NOT_FINAL, read=shown(status))
    if status not in _FINAL:
        raise Unusable(Reason.STATUS_UNKNOWN, read=shown(status) if status else "nothing")
    refuse_modifiers(resource)
    subject = subject_of(resource, full_url, neighbours)
    quantity = quantity_of(resource)
    value = number_of(quantity)
    unit = unit_of(quantity, kind)
    when = taken(resource, as_of)
    if subject.resource_id is not None:
        not_before_birth(when, neighbours.births.get(subject.resource_id))
    return LabRecord(
        source=source,
        kind=kind,
        resource_id=source.resource_id,
        version=_version(resource),
        subject=subject,
        value=value,
        unit=unit,
        comparator=comparator_of(quantity),
        taken_at=when.at,
        taken_date=when.on,
        precision=when.precision,
        issued=issued(resource),
        status=status,
        code=code,
        reference_range=reference_range_of(resource),
    )


def _withdrawn(
    resource: JsonObject, full_url: str, source: Where, neighbours: Neighbours, status: str
) -> Withdrawn | Ignored:
    """A result that was taken back is passed on by its id, whatever else about it is unreadable."""
    kind: LabKind | None = None
    with suppress(Unusable):  # with a garbled code, the id alone still tells which stored result to take back
        analyte = kind_of(resource)
        if analyte is None and objects_in(object_in(resource, "code"), "coding"):
            return Ignored(source=source, reason=f"A withdrawn observation of something else: {code_words(resource)}.")
        kind = analyte[0] if analyte else None
    subject: SubjectRef | None = None
    with suppress(Unusable):  # a subject that cannot be read is no reason to keep a withdrawn result
        subject = subject_of(resource, full_url, neighbours)
    return Withdrawn(
        source=source,
        kind=kind,
        resource_id=source.resource_id,
        version=_version(resource),
        status=status,
        subject=subject,
    )


def _version(resource: JsonObject) -> str:
    meta = resource.get("meta")
    return words_in(meta, "versionId") if isinstance(meta, dict) else ""


def refuse_modifiers(resource: JsonObject) -> None:
    """Raises Unusable for what FHIR says must be understood before a resource may be used."""
    for field in ("modifierExtension", "implicitRules"):
        if resource.get(field):
            raise Unusable(Reason.MODIFIER, field=field)


def refuse_contained_results(resource: JsonObject, resource_type: str) -> None:
    """Raises Unusable when a resource that is not ours has a kidney result inside, so that none is passed over in silence."""
    for item in objects_in(resource, "contained"):
        if text_in(item, "resourceType") == "Observation" and kind_of(item):
            raise Unusable(Reason.CONTAINED_RESULT, read=shown(resource_type))
