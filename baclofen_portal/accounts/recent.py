"""How long ago somebody proved who they are: whoever picks up an open phone must not add a way in of their own."""

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication

LASTS = 5 * 60  # seconds


def note_proof(request: Any, person: Any, method: str = "invitation") -> None:
    """Somebody has just proved that they are this person. allauth notes it by itself for a password."""
    record_authentication(request, person, method)


def is_recent(request: Any) -> bool:
    """Whether the person of this login session proved who they are in the last five minutes."""
    records = get_authentication_records(request, request.user)
    return any(0 <= time.time() - record["at"] <= LASTS for record in records)
