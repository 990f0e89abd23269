"""What is written down when somebody signs in, is refused, or signs out.

Only requests that came through the portal's middleware are written: they have a transaction, a page and an id.
"""

from typing import Any

from allauth.account.signals import user_logged_in
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver

from titration.models import AuditAction
from titration.models.actors import set_actor
from titration.services import audit


def _is_page(request: Any) -> bool:
    return request is not None and hasattr(request, "subject")


@receiver(user_logged_in)
def signed_in(request: Any, user: Any, **kwargs: Any) -> None:
    """Password, and later every other factor, was right. From here on the transaction speaks for the person."""
    if _is_page(request):
        set_actor(user.pk)
        audit.write_sign_in(request=request, person=user, action=AuditAction.SIGN_IN)


@receiver(user_logged_out)
def signing_out(request: Any, user: Any, **kwargs: Any) -> None:
    if _is_page(request) and user is not None:
        set_actor(user.pk)
        audit.write_sign_in(request=request, person=user, action=AuditAction.SIGN_OUT)


@receiver(user_login_failed)
def refused(request: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Nobody, somebody who was switched off, a wrong password, or a colleague who may not sign as second here."""
    if _is_page(request):
        audit.write_refused_sign_in(request=request, address=str(credentials.get("email") or ""))
