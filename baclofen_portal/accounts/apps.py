"""The accounts of the people who use the portal."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "baclofen_portal.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from baclofen_portal.accounts import doors  # noqa: F401  connects the signals of sign-in and sign-out
