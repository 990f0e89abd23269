"""How sign-in differs from allauth's defaults."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Nobody makes an account for themselves: people are invited."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """An address that cannot even be read leads nowhere."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def _get_login_attempts_cache_key(self, request: Any, **credentials: Any) -> str:
        """Failed sign-ins count for the account, whatever host name or port the request claims."""
        return f"login:{str(credentials.get('email') or credentials.get('username') or '').strip().lower()}"
