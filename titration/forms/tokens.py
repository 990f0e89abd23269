"""The order as it travels from the form to the check page and back: signed text that fits one patient and one person."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core import signing

SALT = "titration.order"
MAX_AGE = timedelta(hours=1)


class TokenRefused(Exception):
    """The order cannot be taken from this page; the text is fit for the person who sent it."""


@dataclass(frozen=True, kw_only=True)
class SignedOrder:
    """What was typed on the form, as text, with the plan's version at that time (None: there was no plan).

    ``key`` becomes the key of the step: sending the same page twice makes one record. ``shown`` is a digest of the
    findings that the check page showed: an order is signed in the light of what was read, and of nothing else.
    ``opened_at`` (seconds since 1970) is when its check page was first opened: showing the page again after a mistake
    makes the order no younger.
    """

    purpose: str
    patient: uuid.UUID
    user: uuid.UUID
    version: int | None
    key: uuid.UUID
    fields: Mapping[str, str]
    shown: str = ""
    opened_at: int = field(default_factory=lambda: int(time.time()))


def sign(order: SignedOrder) -> str:
    """The signed text of an order."""
    return signing.dumps(
        {
            "purpose": order.purpose,
            "patient": str(order.patient),
            "user": str(order.user),
            "version": order.version,
            "key": str(order.key),
            "fields": dict(order.fields),
            "shown": order.shown,
            "opened_at": order.opened_at,
        },
        salt=SALT,
        compress=True,
    )


def read(text: str, *, patient: Any, user: Any) -> SignedOrder:
    """The order that was signed for this patient and this person within the last hour; TokenRefused otherwise."""
    if not text:
        raise TokenRefused("This page was sent without the order that it is about.")
    try:
        kept = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        raise TokenRefused("The order on this page is not as the portal wrote it.") from None
    order = SignedOrder(
        purpose=kept["purpose"],
        patient=uuid.UUID(kept["patient"]),
        user=uuid.UUID(kept["user"]),
        version=kept["version"],
        key=uuid.UUID(kept["key"]),
        fields=kept["fields"],
        shown=kept["shown"],
        opened_at=kept["opened_at"],
    )
    if time.time() - order.opened_at > MAX_AGE.total_seconds():
        raise TokenRefused("This page was opened more than an hour ago, and the patient may have changed since.")
    if order.patient != patient.pk:
        raise TokenRefused("The order on this page is about another patient.")
    if order.user != user.pk:
        raise TokenRefused("The order on this page was written by another person.")
    return order
