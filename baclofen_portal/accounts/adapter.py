"""How sign-in differs from allauth's defaults."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Nobody makes an account for themselves: people are invited."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
