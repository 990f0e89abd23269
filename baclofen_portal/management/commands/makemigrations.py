"""Django's makemigrations, as the login itself: it asks the database only what has run, also before any role exists."""

from typing import Any

from django.core.management.commands import makemigrations

from titration.models.database_roles import as_role


class Command(makemigrations.Command):
    def handle(self, *app_labels: Any, **options: Any) -> None:
        with as_role(None):
            super().handle(*app_labels, **options)
