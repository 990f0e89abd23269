"""Who may come in: editors who are in a group of the education pages, and nobody else.

Row-level security hides every other account from this process already. Whoever may not come in reads the same words
as somebody whose password is wrong.
"""

import logging
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model
from django.http import HttpRequest

from baclofen_portal.accounts.adapter import InvitationOnlyAdapter
from baclofen_portal.accounts.models import Role
from baclofen_portal.accounts.views import SignInView
from education.models.groundwork import GROUPS
from titration.services.audit import address_digest

log = logging.getLogger(__name__)


class EditorBackend(AuthenticationBackend):
    """Asked at sign-in and, for the person of the session, at every request: a right that is taken away is gone at once."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether this account works on education pages."""
        return (
            super().user_can_authenticate(user)
            and user.role == Role.EDITOR
            and user.groups.filter(name__in=GROUPS).exists()
            and self.has_perm(user, "wagtailadmin.access_admin")
        )

    def _authenticate_by_email(self, email: str, password: str) -> Any:
        """The account of that address. Other addresses of a person are nothing that this process can read."""
        user = get_user_model().objects.filter(email=email.strip().lower()).first()
        return self._check_password(user, password)

    @classmethod
    def _stash_user(cls, user: Any) -> Any:
        """Nobody is told that a password was right when the account may not come in."""
        return None


def _refused(why: str, address: str) -> None:
    """A line for whoever watches the logs. The audit of the portal is out of this role's reach."""
    log.warning("Sign-in to the education pages refused (%s), address %s", why, address_digest(address))


class EditorAdapter(InvitationOnlyAdapter):
    """Limits as in the portal, counted in the cache of this process."""

    def limited(self, request: HttpRequest, address: str) -> None:
        _refused("too many tries", address)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        _refused("wrong", str(credentials.get("email") or ""))


class EditorSignIn(SignInView):
    """The page of the portal; its words are those of templates/account/login.html beside this file."""

    def limited(self, request: Any, address: str) -> None:
        _refused("too many tries from one address", address)


sign_in = EditorSignIn.as_view()
