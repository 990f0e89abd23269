"""Look again at every plan that is due."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from titration.models.database_roles import WORKER, as_role
from titration.services.reassessment import reassess_due


class Command(BaseCommand):
    help = "Looks again at every plan whose findings time alone may have changed, and raises or closes flags."

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        with as_role(WORKER, job="reassess"):
            while done := reassess_due(as_of=timezone.now()):
                total += done
        self.stdout.write(f"{total} plans looked at.")
