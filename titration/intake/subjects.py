"""Whose result it is: the reference forms of FHIR, resolved inside their file only. Nothing is ever fetched."""

import re
from dataclasses import dataclass, field
from datetime import date

from titration.intake.identifiers import record_number, record_numbers
from titration.intake.reasons import Reason, Unusable, shown
from titration.intake.records import Identifier, SubjectRef
from titration.intake.shapes import JsonObject, is_id, object_in, objects_in, text_in

_URN = "urn:uuid:"
_TYPED = re.compile(r"(?:(?P<server>https?://.+)/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[^/]+)(?:/_history/[^/]+)?")


@dataclass(slots=True)
class Neighbours:
    """What the rest of the file says: who was born when, and which resource each ``fullUrl`` of a Bundle is.

    ``births`` grows with the number of patients in a file, ``by_url`` with the entries of one Bundle.
    """

    births: dict[str, date] = field(default_factory=dict)
    by_url: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    urls_of_patient: dict[str, set[str]] = field(default_factory=dict)

    def add_birth(self, patient_id: str, born: date) -> None:
        """Remembers a birth date; of two for one id the earlier is kept, which refuses less."""
        self.births[patient_id] = min(born, self.births.get(patient_id, born))

    def add_entry(self, full_url: str, resource_type: str, resource_id: str) -> None:
        """Remembers what a ``fullUrl`` stands for."""
        self.by_url.setdefault(full_url, set()).add((resource_type, resource_id))
        if resource_type == "Patient":
            self.urls_of_patient.setdefault(resource_id, set()).add(full_url)


def subject_of(resource: JsonObject, full_url: str, neighbours: Neighbours) -> SubjectRef:
    """The patient of a result. Raises Unusable when none, several, or something else than a patient is named."""
    subject = object_in(resource, "subject")
    reference = text_in(subject, "reference")
    said_type = text_in(subject, "type")
    if said_type not in ("", "Patient"):
        raise Unusable(Reason.SUBJECT_NOT_A_PATIENT, read=shown(said_type))
    identifier = record_number(object_in(subject, "identifier"))
    if not reference:
        if identifier is None:
            raise Unusable(Reason.NO_SUBJECT)
        return SubjectRef(resource_id=None, identifier=identifier, server="")
    if reference.startswith("#"):
        return _contained(resource, reference, identifier)
    patient_id, server = _resolved(reference, full_url, neighbours)
    return SubjectRef(resource_id=patient_id, identifier=identifier, server=server)


def _contained(resource: JsonObject, reference: str, identifier: Identifier | None) -> SubjectRef:
    """A contained patient has no life outside of its result: only its record number says who it is.

    ``identifier`` is the one beside the reference, which must be one of the patient's.
    """
    found = [item for item in objects_in(resource, "contained") if text_in(item, "id") == reference[1:]]
    if len(found) != 1:
        raise Unusable(Reason.SUBJECT_UNCLEAR, read=shown(reference))
    if text_in(found[0], "resourceType") != "Patient":
        raise Unusable(Reason.SUBJECT_NOT_A_PATIENT, read=shown(reference))
    identifiers = record_numbers(found[0])
    if not identifiers or (identifier is not None and identifier not in identifiers):
        raise Unusable(Reason.SUBJECT_UNCLEAR, read=shown(reference))
    return SubjectRef(resource_id=None, identifier=identifier or identifiers[0], server="")


def _resolved(reference: str, full_url: str, neighbours: Neighbours) -> tuple[str, str]:
    """The id of the patient, and the server it lives on when the file itself does not hold it."""
    typed = _TYPED.fullmatch(reference)
    for address in _addresses(reference, full_url):
        if targets := neighbours.by_url.get(address):
            return _only_patient(targets, reference, neighbours), ""
    if reference.startswith(_URN):
        patient_id, server = reference.removeprefix(_URN), ""
    elif typed and typed["type"] == "Patient":
        patient_id, server = typed["id"], typed["server"] or ""
    else:
        raise Unusable(Reason.SUBJECT_NOT_A_PATIENT, read=shown(reference))
    if not is_id(patient_id):
        raise Unusable(Reason.SUBJECT_NOT_A_PATIENT, read=shown(reference))
    if len(neighbours.urls_of_patient.get(patient_id, ())) > 1:
        raise Unusable(Reason.SUBJECT_UNCLEAR, read=shown(reference))
    return patient_id, server


def _addresses(reference: str, full_url: str) -> list[str]:
    """The full addresses a reference may mean: itself, and a relative one beside the entry that holds it."""
    plain = re.sub(r"/_history/[^/]+$", "", reference)
    addresses = [plain]
    beside = _TYPED.fullmatch(full_url)
    if beside and beside["server"] and "://" not in plain:
        addresses.append(f"{beside['server']}/{plain}")
    return addresses


def _only_patient(targets: set[tuple[str, str]], reference: str, neighbours: Neighbours) -> str:
    if len(targets) > 1:
        raise Unusable(Reason.SUBJECT_UNCLEAR, read=shown(reference))
    ((resource_type, resource_id),) = targets
    if resource_type != "Patient":
        raise Unusable(Reason.SUBJECT_NOT_A_PATIENT, read=f"{resource_type} {shown(reference)}")
    if len(neighbours.urls_of_patient[resource_id]) > 1:
        raise Unusable(Reason.SUBJECT_UNCLEAR, read=shown(reference))
    return resource_id
