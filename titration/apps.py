"""The titration application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TitrationConfig(AppConfig):
    name = "titration"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from titration import checks  # noqa: F401  registers the system checks
        from titration.models.products import fill_products

        post_migrate.connect(fill_products, sender=self)
