"""Writing the audit. One set-based statement a page, the last one before the transaction ends: no audit, no page."""

import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.crypto import salted_hmac

from titration.models import AuditAction, AuditEvent
from titration.models.actors import set_actor

# One row a patient shown; a page about nobody in particular writes one row without a patient.
_INSERT = """
INSERT INTO titration_auditevent
  (id, actor, actor_role, job, action, patient, object_type, object_id, page, fields, detail, request_id, outcome)
SELECT gen_random_uuid(), %s, %s, '', %s, shown, '', %s, %s, %s, '', %s, %s
FROM unnest(%s::uuid[]) AS shown
"""

# What a form of ours calls its fields. Anything else was made up by the sender and is not kept.
_FIELD = re.compile(r"[a-z][a-z0-9_-]{0,40}")


def _outcome(response: Any) -> str:
    """``done``, or the status of an answer that did not do what was asked."""
    return "done" if response.status_code < 400 else str(response.status_code)


def write_page(*, request: Any, response: Any) -> None:
    """Record that a page was served: who, which page, which patients, which fields were sent (names only)."""
    rule = request.access
    if not rule.audit or response.status_code == 204:  # nothing was shown: an open page asked whether it is still so
        return
    shown: list[uuid.UUID | None] = [request.subject.pk] if request.subject is not None else list(request.seen)
    sent = request.POST if request.method == "POST" else request.GET
    names = sorted(name for name in sent if name != "csrfmiddlewaretoken" and _FIELD.fullmatch(name))[:50]
    action = rule.audit if request.method == "POST" or rule.audit in ("list", "search", "print") else "view"
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                request.user.pk, request.user.role, action,
                str(next(reversed(request.resolver_match.kwargs.values()), ""))[:64],
                request.resolver_match.view_name, names, request.id, _outcome(response), shown or [None],
            ],
        )  # fmt: skip


def write_denial(*, request: Any, status: int) -> None:
    """Record that a signed-in person was refused."""
    kwargs = request.resolver_match.kwargs if request.resolver_match else {}
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                actor=request.user.pk,
                actor_role=request.user.role,
                action=AuditAction.DENIED,
                patient=kwargs.get("patient_id"),
                page=(request.resolver_match.view_name if request.resolver_match else "")[:60],
                request_id=request.id,
                outcome=str(status),
            )
        ]
    )


def write_sign_in(*, request: Any, person: Any, action: str) -> None:
    """Record that a person signed in or out. The transaction speaks for this person already."""
    _write_door(request, action=action, actor=person)


def write_refused_sign_in(*, request: Any, address: str, outcome: str = "refused") -> None:
    """Record a sign-in that was refused, at the door or as second clinician on a page about a patient.

    What was typed is not kept: only a keyed digest of the address, by which tries on the same address are counted.
    """
    actor = request.user if request.user.is_authenticated else None
    if actor is None:
        set_actor(None)
    _write_door(
        request, action=AuditAction.DENIED, actor=actor, detail=f"address {address_digest(address)}", outcome=outcome
    )


def address_digest(address: str) -> str:
    """32 hexadecimal digits that stand for an email address; without the installation's key they say nothing."""
    return salted_hmac("titration.audit.address", address.strip().lower(), algorithm="sha256").hexdigest()[:32]


def _write_door(request: Any, *, action: str, actor: Any, **fields: str) -> None:
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                actor=actor.pk if actor is not None else None,
                actor_role=actor.role if actor is not None else "",
                action=action,
                patient=request.subject.pk if request.subject is not None else None,
                page=(request.resolver_match.view_name if request.resolver_match else "")[:60],
                request_id=request.id,
                **fields,
            )
        ]
    )


def write(
    *,
    action: str,
    by: Any,
    job: str = "",
    patient: Any = None,
    what: Any = None,
    fields: Iterable[str] = (),
    detail: str = "",
) -> None:
    """Record one write of a service, in the transaction of the write. ``by`` is None for jobs, which ``job`` then names."""
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                actor=by.pk if by is not None else None,
                actor_role=by.role if by is not None else "",
                job=job,
                action=action,
                patient=patient.pk if patient is not None else None,
                object_type=what._meta.model_name if what is not None else "",
                object_id=str(what.pk) if what is not None else "",
                fields=sorted(fields),
                detail=detail[:200],
            )
        ]
    )


def write_job(*, job: str, action: str, about: Iterable[tuple[Any, str]]) -> None:
    """Record what a job did to many rows, each of one patient, with what is to be said of it: one statement."""
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                job=job,
                action=action,
                patient=what.patient_id,
                object_type=what._meta.model_name,
                object_id=str(what.pk),
                detail=detail[:200],
            )
            for what, detail in about
        ]
    )
