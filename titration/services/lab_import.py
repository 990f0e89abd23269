"""Storing a laboratory file: patients first, then their results, in batches that are whole or not there at all."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.db import DataError, IntegrityError, InternalError, connection, transaction

from titration.intake import fhir
from titration.intake.records import Identifier, Ignored, LabRecord, PatientRecord, Record, Refused, Withdrawn
from titration.models import AuditAction, Patient, Plan, Team
from titration.models.locks import lock_patients
from titration.selectors import records
from titration.selectors.installation import is_demo
from titration.services import audit, flags
from titration.services.lab_holding import Held, Run, fingerprint
from titration.services.lab_patients import People
from titration.services.lab_report import FileReport, HeldBack, Outcome, PatientOutcome, add
from titration.services.lab_rows import Stored, owners_of

JOB = "import_labs"
SOURCE = "laboratory"
BATCH = 200

Progress = Callable[[int, int], None]
_REFUSED_BY_DATABASE = (DataError, IntegrityError, InternalError)


def import_file(
    stream: BinaryIO,
    name: str,
    *,
    team: Team,
    time_zone: str = "",
    source: str = SOURCE,
    as_of: datetime,
    job: str = JOB,
    progress: Progress | None = None,
) -> FileReport:
    """Read a seekable stream of FHIR R4 and store what may be stored; reading it again changes nothing.

    New patients belong to the organisation of ``team``, which gets a relation with all rights; their zone is
    ``time_zone``, by default that of the organisation. ``source`` names the sender: its ids are unique within it.
    Every record is accounted for in the report. A run that is cut off leaves whole batches only.
    """
    run = Run(
        team=team,
        time_zone=time_zone or team.organisation.time_zone,
        source=source,
        as_of=as_of,
        job=job,
        file_name=name,
        file_digest=hashlib.file_digest(stream, "sha256").hexdigest(),
        is_demo=is_demo(),
    )
    report = FileReport(name=name)
    people = People(run)

    def read() -> Iterator[Record]:
        stream.seek(0)
        return fhir.read(stream, name, as_of=as_of)

    for batch in _batches(_counted(read(), report)):
        _patients(run, people, batch, report)
    done = 0
    for batch in _batches(one for one in read() if not isinstance(one, PatientRecord)):
        _results(run, people, batch, report)
        done += len(batch)
        if progress is not None:
            progress(min(report.records, sum(report.patients.values()) + done), report.records)
    return report


def _counted(found: Iterator[Record], report: FileReport) -> Iterator[PatientRecord]:
    for record in found:
        report.records += 1
        if isinstance(record, PatientRecord):
            yield record


def _batches(found: Iterable[Record]) -> Iterator[list[Record]]:
    iterator = iter(found)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _one_run_at_a_time(run: Run) -> None:
    """Two runs over the same sender take turns, batch by batch, so that neither stores what the other just did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{JOB}:{run.source}"])


def _lock(people: People, wanted: set[Identifier], owners: Iterable[uuid.UUID] = ()) -> None:
    """Keep others away from every patient of a batch before anything of theirs is read to be written, then read again.

    Everybody who writes locks the patient first, and a batch locks its patients in the order of their keys.
    """
    lock_patients({one.pk for one in people.by_identifier.values()} | set(owners))
    people.load(wanted)


@transaction.atomic
def _patients(run: Run, people: People, batch: list[PatientRecord], report: FileReport) -> None:
    _one_run_at_a_time(run)
    wanted = {key for one in batch for key in (*one.identifiers, people.own_id(one))}
    people.load(wanted)
    _lock(people, wanted)
    held = Held.load(run, {fingerprint(run, one, None) for one in batch}, set())
    touched: set[object] = set()
    for record in batch:
        try:
            with transaction.atomic():
                outcome, differs = people.take(record)
        except HeldBack as why:
            report.patients[_hold_patient(run, held, record, why, report)] += 1
            continue
        except _REFUSED_BY_DATABASE as error:
            report.patients[_hold_patient(run, held, record, _not_storable(error), report)] += 1
            continue
        report.patients[outcome] += 1
        if outcome is PatientOutcome.KNOWN and record.deceased:
            touched.add(people.by_identifier[people.own_id(record)].pk)
        for what in differs:
            add(report.kept_ours, what, f"The {what} differs: ours was kept.", record.source)
    _look_again(touched, run)


def _hold_patient(run: Run, held: Held, record: PatientRecord, why: HeldBack, report: FileReport) -> PatientOutcome:
    if not held.hold(run, record, why, None):
        return PatientOutcome.HELD_BEFORE
    add(report.held, why.code, why.sentence, record.source)
    return PatientOutcome.HELD


@transaction.atomic
def _results(run: Run, people: People, batch: list[Record], report: FileReport) -> None:
    _one_run_at_a_time(run)
    readable = [one for one in batch if isinstance(one, LabRecord | Withdrawn)]
    wanted = {key for one in readable for key in people.keys_of(one.subject)}
    people.load(wanted)
    keys = {one.resource_id for one in readable}
    _lock(people, wanted, owners_of(run, keys))
    held = Held.load(run, _digests(run, people, batch), keys)
    stored = Stored(run, held)
    stored.load(keys, {one.pk for one in people.by_identifier.values()})
    changed: Counter[Patient] = Counter()
    for record in batch:
        if isinstance(record, Ignored):
            add(report.ignored, record.reason, record.reason, record.source)
        elif isinstance(record, Refused):
            add(report.refused, record.reason_code, record.reason, record.source)
            held.hold(run, record, HeldBack(record.reason_code, record.reason), None)
        elif isinstance(record, LabRecord | Withdrawn):
            _result(run, people, stored, record, report, changed)
    for patient, count in changed.items():
        audit.write(
            action=AuditAction.IMPORT, by=None, job=run.job, patient=patient, fields=["kidney_results"],
            detail=f"{count} from {run.source}",
        )  # fmt: skip
    _look_again({patient.pk for patient in changed} | held.touched, run)


def _digests(run: Run, people: People, batch: list[Record]) -> set[str]:
    """Every digest that a record of the batch may be held under: with its patient known, and without."""
    digests = set()
    for one in batch:
        if isinstance(one, LabRecord | Withdrawn):
            whose = {people.by_identifier.get(key) for key in people.keys_of(one.subject)} | {None}
            digests |= {fingerprint(run, one, patient) for patient in whose}
        elif isinstance(one, Refused):
            digests.add(fingerprint(run, one, None))
    return digests


def _result(
    run: Run,
    people: People,
    stored: Stored,
    record: LabRecord | Withdrawn,
    report: FileReport,
    changed: Counter[Patient],
) -> None:
    patient: Patient | None = None
    kind = record.kind
    try:
        if isinstance(record, LabRecord):
            patient = people.of(record.subject)
            if fingerprint(run, record, patient) in stored.held.fingerprints:
                report.count_result(kind, Outcome.HELD_BEFORE)
                return
            with transaction.atomic():
                outcome = stored.take(record, patient)
        else:
            patient = _said_to_be(people, record)
            with transaction.atomic():
                kind, outcome, owner = stored.take_back(record, patient)
            patient = owner or patient
    except HeldBack as why:
        report.count_result(kind, _hold(run, stored.held, record, why, patient, report))
        return
    except _REFUSED_BY_DATABASE as error:
        report.count_result(kind, _hold(run, stored.held, record, _not_storable(error), patient, report))
        return
    report.count_result(kind, outcome)
    if patient is not None and outcome in (Outcome.STORED, Outcome.CORRECTED, Outcome.WITHDRAWN):
        changed[patient] += 1


def _said_to_be(people: People, record: Withdrawn) -> Patient | None:
    """Whose result is taken back, as far as the sender still says; the id tells the rest."""
    known = {people.by_identifier.get(key) for key in people.keys_of(record.subject)} - {None}
    return people.of(record.subject) if known and record.subject is not None else None


def _hold(
    run: Run,
    held: Held,
    record: LabRecord | Withdrawn,
    why: HeldBack,
    patient: Patient | None,
    report: FileReport,
) -> Outcome:
    if not held.hold(run, record, why, patient):
        return Outcome.HELD_BEFORE
    add(report.held, why.code, why.sentence, record.source)
    return Outcome.HELD


def _not_storable(error: Exception) -> HeldBack:
    """The database refused the row; its message may quote values, so only the kind of refusal is kept."""
    return HeldBack(
        "not_storable",
        f"The database refused this record ({type(error).__name__}), and nothing of it was stored. Tell the administrator.",
    )


def _look_again(touched: set[object], run: Run) -> None:
    """Raise and close flags of the patients whose results, held records or fate changed; the batch holds their locks."""
    active = Plan.objects.active().filter(patient__in=touched).select_related("patient__organisation")
    for plan in active.order_by("patient"):
        flags.sync(records.load(plan.patient, as_of=run.as_of, with_names=False), as_of=run.as_of)
