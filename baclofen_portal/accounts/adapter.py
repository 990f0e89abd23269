"""How sign-in differs from allauth's defaults."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError

from titration.services import audit

# Tries at signing as second that one person's pages, and one address, may make; the rate of a name is that of sign-in.
_SECOND_RATES = {"second": "10/5m/user,100/5m/ip"}


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Nobody makes an account for themselves: people are invited."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def get_client_ip(self, request: Any) -> str:
        """The address that limits count by: that of the client as the proxies of PORTAL_PROXIES report it.

        A request that came past a proxy, or whose address cannot be read, counts for whoever sent it here.
        """
        try:
            return str(super().get_client_ip(request))
        except (ImproperlyConfigured, PermissionDenied):
            return request.META.get("REMOTE_ADDR") or "unknown"

    def is_safe_url(self, url: str | None) -> bool:
        """An address that cannot even be read leads nowhere."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def _get_login_attempts_cache_key(self, request: Any, **credentials: Any) -> str:
        """Failed sign-ins count for the account, whatever host name or port the request claims."""
        return f"login:{str(credentials.get('email') or credentials.get('username') or '').strip().lower()}"

    def pre_authenticate(self, request: Any, **credentials: Any) -> None:
        """Count the try; ValidationError, written down, when there were too many."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self.limited(request, str(credentials.get("email") or ""))
            raise

    def limited(self, request: Any, address: str) -> None:
        """Write down that there were too many tries for an address."""
        audit.write_refused_sign_in(request=request, address=address, outcome="limited")

    def not_after_all(self) -> None:
        """Take back the try that ``pre_authenticate`` counted: the person has proved who they are."""
        self._rollback_login_failed_rl_usage()

    def second_signature(self, request: Any, *, email: str, password: str, may_sign: Callable[[Any], bool]) -> Any:
        """The person whose email and password these are, when that person may sign; otherwise None.

        A right password of somebody who may not sign counts and reads as a wrong one, here and at the limits: neither
        the answer nor the number of tries that are left tells whose password it was. ValidationError when there were
        too many tries for that name, by this person, or from this address.
        """
        usage = ratelimit.consume(request, app="baclofen_portal", action="second", config=_SECOND_RATES)
        if usage is None:
            audit.write_refused_sign_in(request=request, address=email, outcome="limited")
            raise self.validation_error("too_many_login_attempts")
        self.pre_authenticate(request, email=email)
        person = authenticate(request, email=email, password=password)
        if person is None:
            return None
        if not may_sign(person):
            user_login_failed.send(sender=__name__, credentials={"email": email}, request=request)
            return None
        self.not_after_all()
        usage.rollback()
        return person


class PasskeysAreNoSecondStep(DefaultMFAAdapter):
    """A passkey is one way in and a password another; neither asks for the other."""

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Whether a password is followed by a second step. There is none, and nobody's rows are in sight before sign-in."""
        return False
