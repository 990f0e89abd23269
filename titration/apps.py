"""The titration application."""

from django.apps import AppConfig


class TitrationConfig(AppConfig):
    name = "titration"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from titration import checks  # noqa: F401  registers the system checks
