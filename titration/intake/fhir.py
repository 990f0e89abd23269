"""FHIR R4 files as records: NDJSON, a Bundle of any type, or a single resource. Nothing is stored and nothing is fetched."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from titration.intake.observations import observation_record, refuse_contained_results, refuse_modifiers
from titration.intake.patients import birth_date, patient_record
from titration.intake.reading import values
from titration.intake.reasons import Reason, Unusable, shown
from titration.intake.records import Ignored, LabRecord, PatientRecord, Record, Refused, Where, Withdrawn
from titration.intake.shapes import JsonObject, id_of, object_in, text_in
from titration.intake.subjects import Neighbours

_OURS = frozenset({"Patient", "Observation"})


def read(stream: BinaryIO, name: str, *, as_of: datetime) -> Iterator[Record]:
    """Every record of a file, in its order; what cannot be used comes as ``Refused`` and loses only itself.

    ``name`` is what ``Where.file`` says, ``as_of`` the aware instant that "the future" is measured from
    (ValueError when naive). NDJSON is streamed: one line is held at a time, and one birth date per patient.
    """
    if as_of.utcoffset() is None:
        raise ValueError("as_of was a time without a zone; an aware datetime is needed.")
    return _records(stream, name, as_of)


def _records(stream: BinaryIO, name: str, as_of: datetime) -> Iterator[Record]:
    births = Neighbours().births
    for line, value in values(stream):
        source = Where(file=name, line=line, entry=None, resource_type="", resource_id="")
        yield from _value_records(value, source, Neighbours(births=births), as_of)


def _value_records(value: object, source: Where, neighbours: Neighbours, as_of: datetime) -> Iterator[Record]:
    """The records of one JSON value. Entries of a Bundle inside a Bundle keep the number of the outermost entry."""
    if isinstance(value, dict) and value.get("resourceType") == "Bundle":
        yield from _bundle_records(value, source, neighbours, as_of)
    else:
        yield _record(value, "", source, neighbours, as_of)


def _bundle_records(bundle: JsonObject, source: Where, outer: Neighbours, as_of: datetime) -> Iterator[Record]:
    entries = bundle.get("entry")
    at_bundle = replace(source, resource_type="Bundle")
    if entries is None or entries == []:
        yield Ignored(source=at_bundle, reason="A Bundle without entries.")
        return
    if not isinstance(entries, list):
        yield _refused(
            at_bundle, Unusable(Reason.BAD_SHAPE, field="entry", read=shown(entries), allowed="a list of objects")
        )
        return
    neighbours = _neighbours(entries, outer, as_of)
    for number, entry in enumerate(entries, start=1):
        at_entry = source if source.entry else replace(source, entry=number)
        if not isinstance(entry, dict):
            yield _refused(at_entry, Unusable(Reason.NOT_AN_OBJECT, read=shown(entry)))
            continue
        resource = entry.get("resource")
        if resource is None:
            yield Ignored(source=at_entry, reason="A Bundle entry without a resource.")
        elif isinstance(resource, dict) and resource.get("resourceType") == "Bundle":
            yield from _bundle_records(resource, at_entry, outer, as_of)
        else:
            yield _record(resource, _full_url(entry), at_entry, neighbours, as_of)


def _neighbours(entries: list[object], outer: Neighbours, as_of: datetime) -> Neighbours:
    """What the entries say about each other; an entry that cannot be read says nothing here and is refused in its turn."""
    neighbours = Neighbours(births=outer.births)
    for entry in entries:
        try:
            if not isinstance(entry, dict):
                continue
            resource, full_url = object_in(entry, "resource"), _full_url(entry)
            resource_type, resource_id = text_in(resource, "resourceType"), id_of(resource, full_url)
            if full_url:
                neighbours.add_entry(full_url, resource_type, resource_id)
            if resource_type == "Patient":
                neighbours.add_birth(resource_id, birth_date(resource, as_of))
        except Unusable:
            continue
    return neighbours


def _full_url(entry: JsonObject) -> str:
    full_url = entry.get("fullUrl")
    return full_url if isinstance(full_url, str) else ""


def _record(value: object, full_url: str, source: Where, neighbours: Neighbours, as_of: datetime) -> Record:
    try:
        if isinstance(value, Unusable):
            raise value
        if not isinstance(value, dict):
            raise Unusable(Reason.NOT_AN_OBJECT, read=shown(value))
        source = _placed(value, full_url, source)
        return _resource_record(value, full_url, source, neighbours, as_of)
    except Unusable as unusable:
        return _refused(source, unusable)


def _placed(resource: JsonObject, full_url: str, source: Where) -> Where:
    """The place with as much of type and id as can be read, so that even a refusal names its resource."""
    resource_type = resource.get("resourceType")
    if not isinstance(resource_type, str) or not resource_type.isalpha() or len(resource_type) > 64:
        raise Unusable(Reason.NO_RESOURCE_TYPE)
    try:
        resource_id = id_of(resource, full_url)
    except Unusable:
        resource_id = ""
    return replace(source, resource_type=resource_type, resource_id=resource_id)


def _resource_record(
    resource: JsonObject, full_url: str, source: Where, neighbours: Neighbours, as_of: datetime
) -> PatientRecord | LabRecord | Withdrawn | Ignored:
    if source.resource_type not in _OURS:
        refuse_contained_results(resource, source.resource_type)
        return Ignored(source=source, reason=f"The portal does not use {source.resource_type} resources.")
    if source.resource_type == "Observation":
        record = observation_record(resource, full_url, source, neighbours, as_of)
        if not isinstance(record, Ignored):
            id_of(resource, full_url)
        return record
    id_of(resource, full_url)
    refuse_modifiers(resource)
    patient = patient_record(resource, source, as_of)
    neighbours.add_birth(patient.resource_id, patient.birth_date)
    return patient


def _refused(source: Where, unusable: Unusable) -> Refused:
    return Refused(source=source, reason_code=unusable.reason, reason=unusable.sentence)
