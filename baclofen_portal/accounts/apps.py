"""The accounts of the people who use the portal."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "baclofen_portal.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
