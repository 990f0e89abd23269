"""A FHIR Patient as a record: record number, name, full birth date, sex, and whether the patient has died."""

from datetime import date, datetime

from titration.intake.identifiers import record_numbers
from titration.intake.instants import in_the_past, moment
from titration.intake.reasons import Reason, Unusable, shown
from titration.intake.records import PatientRecord, Where
from titration.intake.shapes import JsonObject, objects_in, text_in, texts_in

_NAME_USES = ("official", "usual", "")
_NOT_A_NAME_TO_SHOW = frozenset({"old", "maiden", "nickname", "anonymous", "temp"})
_SEXES = {"female": "F", "male": "M"}


def patient_record(resource: JsonObject, source: Where, as_of: datetime) -> PatientRecord:
    """The record; raises Unusable without a record number, a family name or a full past birth date."""
    identifiers = record_numbers(resource)
    if not identifiers:
        raise Unusable(Reason.NO_RECORD_NUMBER)
    family, given = _name(resource)
    deceased, deceased_on = _deceased(resource, as_of)
    return PatientRecord(
        source=source,
        resource_id=source.resource_id,
        identifiers=identifiers,
        family=family,
        given=given,
        birth_date=birth_date(resource, as_of),
        sex=_SEXES.get(text_in(resource, "gender")),
        deceased=deceased,
        deceased_on=deceased_on,
    )


def birth_date(resource: JsonObject, as_of: datetime) -> date:
    """The birth date. Raises Unusable when it is absent, partial, before 1900, in the future or has a time."""
    written = resource.get("birthDate")
    if written is None:
        raise Unusable(Reason.NO_BIRTH_DATE)
    found = in_the_past(moment("birthDate", written), as_of)
    if found.at is not None:
        raise Unusable(Reason.UNREADABLE_DATE, field="birthDate", read=shown(written))
    return found.on


def _name(resource: JsonObject) -> tuple[str, str]:
    names = objects_in(resource, "name")
    ranked = [name for use in _NAME_USES for name in names if text_in(name, "use") == use]
    ranked += [name for name in names if name not in ranked and text_in(name, "use") not in _NOT_A_NAME_TO_SHOW]
    for name in ranked:
        # A name in one piece is not split: nobody knows where its family name begins.
        if family := text_in(name, "family"):
            return family, " ".join(texts_in(name, "given"))
        if whole := text_in(name, "text"):
            return whole, ""
    raise Unusable(Reason.NO_NAME)


def _deceased(resource: JsonObject, as_of: datetime) -> tuple[bool, date | None]:
    said, on = resource.get("deceasedBoolean"), resource.get("deceasedDateTime")
    if on is not None:
        try:
            return True, in_the_past(moment("deceasedDateTime", on), as_of).on
        except Unusable as unusable:
            if unusable.reason is Reason.PARTIAL_DATE:
                return True, None
            raise
    if said is not None and not isinstance(said, bool):
        raise Unusable(Reason.BAD_SHAPE, field="deceasedBoolean", read=shown(said), allowed="true or false")
    return bool(said), None
