"""Whose record it is: patients match on identifiers, never on names, and what is known is never overwritten."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from titration.intake.records import Identifier, PatientRecord, SubjectRef
from titration.models import AuditAction, CareRelation, Patient, PatientIdentifier, RelationKind, Right
from titration.services import audit
from titration.services.lab_holding import UNKNOWN_PATIENT, Run
from titration.services.lab_report import HeldBack, PatientOutcome

OTHER_ORGANISATION = "other_organisation"
_LONGEST_NAME, _LONGEST_IDENTIFIER = 120, 200


@dataclass
class People:
    """The patients that a batch may mean, by identifier. ``doubtful`` are the sender's ids that name two people.

    ``numbers`` are the record numbers of each patient and the sender's own ids, by system.
    """

    run: Run
    doubtful: set[str] = field(default_factory=set)
    by_identifier: dict[Identifier, Patient] = field(default_factory=dict)
    numbers: dict[object, dict[str, set[str]]] = field(default_factory=dict)

    def load(self, wanted: Iterable[Identifier]) -> None:
        """Read who has one of these identifiers; what an earlier batch read is forgotten."""
        wanted = set(wanted)
        rows = list(
            PatientIdentifier.objects.filter(value__in={one.value for one in wanted}).select_related(
                "patient__organisation"
            )
        )
        same = {row.patient_id: row.patient for row in rows}  # one object a patient
        self.by_identifier = {
            key: same[row.patient_id] for row in rows if (key := Identifier(row.system, row.value)) in wanted
        }
        self.numbers = {}
        for row in PatientIdentifier.objects.filter(
            Q(is_record_number=True) | Q(system=self.run.id_system), patient__in=list(same)
        ):
            self.numbers.setdefault(row.patient_id, {}).setdefault(row.system, set()).add(row.value)

    def keys_of(self, subject: SubjectRef | None) -> list[Identifier]:
        """The identifiers that a reference to a patient may match."""
        if subject is None:
            return []
        keys = [] if subject.identifier is None else [subject.identifier]
        if subject.resource_id is not None:
            # An id is unique on its own server only: another server's id is another identifier.
            value = f"{subject.server}/Patient/{subject.resource_id}" if subject.server else subject.resource_id
            keys.append(Identifier(self.run.id_system, value))
        return keys

    def own_id(self, record: PatientRecord) -> Identifier:
        """The sender's own id of a patient, kept so that a later file with results alone is matched."""
        return Identifier(self.run.id_system, record.resource_id)

    def of(self, subject: SubjectRef) -> Patient:
        """The patient of a result; HeldBack when nobody, or more than one, or somebody else's patient is meant."""
        if subject.resource_id is not None and not subject.server and subject.resource_id in self.doubtful:
            raise HeldBack(
                "doubtful_patient",
                "The file gives the patient of this result a record number that belongs to someone else. "
                "Ask the sender whose result it is.",
            )
        found = {key: self.by_identifier.get(key) for key in self.keys_of(subject)}
        patients = {one.pk: one for one in found.values() if one is not None}
        if not patients:
            raise HeldBack(
                UNKNOWN_PATIENT,
                "Nobody here has the identifier that the sender gave. Import the patient first, then this file again.",
            )
        if len(patients) > 1 or self._contradicts(subject, *patients.values()):
            raise HeldBack(
                "two_patients",
                "The record number and the reference of this result name two people. Ask the sender whose result it is.",
            )
        (patient,) = patients.values()
        self.check_organisation(patient)
        return patient

    def _contradicts(self, subject: SubjectRef, patient: Patient) -> bool:
        """A record number of a system in which the patient has another number, or another id than the sender's own.

        An id of another server says nothing: it is unique there only.
        """
        ours = self.numbers.get(patient.pk, {})
        return any(
            key.system in ours and key.value not in ours[key.system]
            for key in self.keys_of(subject)
            if key.system != self.run.id_system or not subject.server
        )

    def check_organisation(self, patient: Patient) -> None:
        """Raises HeldBack for a patient of another organisation."""
        if patient.organisation_id != self.run.team.organisation_id:
            raise HeldBack(
                OTHER_ORGANISATION,
                "This patient belongs to another organisation, so nothing was stored. Ask that organisation to import it.",
            )

    def take(self, record: PatientRecord) -> tuple[PatientOutcome, list[str]]:
        """Make the patient, or find the known one; returns what differs from ours, which is kept.

        Raises HeldBack when the identifiers name different people, or a patient of another organisation.
        """
        own = self.own_id(record)
        patients = {one.pk: one for key in record.identifiers if (one := self.by_identifier.get(key)) is not None}
        sender = self.by_identifier.get(own)
        if len(patients) > 1 or (sender is not None and sender.pk not in patients):
            self.doubtful.add(record.resource_id)
            raise HeldBack(
                "two_patients",
                "The record numbers and the id of this patient belong to different people here. "
                "Ask the sender which is right.",
            )
        if not patients:
            self._check_lengths(record)
            self._create(record, own)
            return PatientOutcome.NEW, []
        (patient,) = patients.values()
        self.check_organisation(patient)
        self._identify(patient, [(own, False), *((number, True) for number in record.identifiers)])
        return PatientOutcome.KNOWN, self._compare(patient, record)

    def _create(self, record: PatientRecord, own: Identifier) -> None:
        run = self.run
        patient = Patient(
            organisation=run.team.organisation,
            family_name=record.family,
            given_name=record.given,
            birth_date=record.birth_date,
            sex=record.sex or "",
            time_zone=run.time_zone,
            is_deceased=record.deceased,
            deceased_on=record.deceased_on,
            is_demo=run.is_demo,
            recorded_at=run.as_of,
        )
        Patient.objects.bulk_create([patient])
        CareRelation.objects.bulk_create(
            [
                CareRelation(
                    team=run.team,
                    patient=patient,
                    kind=RelationKind.TEAM,
                    rights=list(Right.values),
                    valid_from=run.as_of,
                    reason="Imported from a laboratory file for this team.",
                )
            ]
        )
        audit.write(action=AuditAction.IMPORT, by=None, job=run.job, patient=patient, what=patient)
        self._identify(patient, [(own, False), *((number, True) for number in record.identifiers)])

    def _identify(self, patient: Patient, identifiers: list[tuple[Identifier, bool]]) -> None:
        new = [(key, is_number) for key, is_number in dict(identifiers).items() if key not in self.by_identifier]
        if new:
            PatientIdentifier.objects.bulk_create(
                PatientIdentifier(patient=patient, system=key.system, value=key.value, is_record_number=is_number)
                for key, is_number in new
            )
        for key, is_number in new:
            self.by_identifier[key] = patient
            if is_number or key.system == self.run.id_system:
                self.numbers.setdefault(patient.pk, {}).setdefault(key.system, set()).add(key.value)

    def _compare(self, patient: Patient, record: PatientRecord) -> list[str]:
        """What the sender says otherwise. A death is recorded, because it ends all flags; nothing else is changed."""
        differs = []
        if patient.birth_date != record.birth_date:
            differs.append("birth date")
        if record.sex is not None and patient.sex != record.sex:
            differs.append("sex")
        if (patient.family_name, patient.given_name) != (record.family, record.given):
            differs.append("name")
        if patient.is_deceased and not record.deceased:
            differs.append("death")
        if record.deceased and not patient.is_deceased:
            Patient.objects.filter(pk=patient.pk).update(is_deceased=True, deceased_on=record.deceased_on)
            audit.write(
                action=AuditAction.UPDATE, by=None, job=self.run.job, patient=patient, what=patient,
                fields=["is_deceased", "deceased_on"],
            )  # fmt: skip
            patient.is_deceased, patient.deceased_on = True, record.deceased_on
        return differs

    def _check_lengths(self, record: PatientRecord) -> None:
        if max(len(record.family), len(record.given)) > _LONGEST_NAME:
            raise HeldBack(
                "too_long",
                f"A name is longer than {_LONGEST_NAME} characters. Ask the sender for the name as it is used.",
            )
        if any(len(part) > _LONGEST_IDENTIFIER for number in record.identifiers for part in number):
            raise HeldBack(
                "too_long",
                f"A record number is longer than {_LONGEST_IDENTIFIER} characters. Ask the sender for the number as printed.",
            )
