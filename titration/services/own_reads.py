"""That the patient, or a carer, has read a page about the medicine."""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from titration.models import AuditAction, PageRead, Patient
from titration.models.locks import lock_patient
from titration.services import audit
from titration.services.dose_rows import KeyUsed


@dataclass(frozen=True, slots=True, kw_only=True)
class PageVersion:
    """What was shown: a page by its slug, its language, the country whose advice it gave, and the version that stood there."""

    slug: str
    locale: str
    country: str
    revision_id: int


@transaction.atomic
def confirm_read(
    *, key: uuid.UUID, patient: Patient, page: PageVersion, said_by: str, by: Any, as_of: datetime
) -> PageRead:
    """Record that ``by`` says to have read this version. Sent again, or said again by the same person, it writes nothing.

    The caller knows that the page is one, and that this version is what readers see. Raises KeyUsed when the key wrote
    something else.
    """
    lock_patient(patient.pk)
    mine = {"patient": patient.pk, "recorded_by": by.pk, **asdict(page)}
    known: PageRead | None = PageRead.objects.filter(**mine).first()
    if known is not None:
        return known
    written = PageRead(
        id=key, patient_id=patient.pk, said_by=said_by, recorded_at=as_of, recorded_by=by, **asdict(page)
    )
    try:
        with transaction.atomic():
            PageRead.objects.bulk_create([written])
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "titration_pageread_pkey":
            raise
        raise KeyUsed from None
    audit.write(action=AuditAction.CREATE, by=by, patient=patient, what=written)
    return written
