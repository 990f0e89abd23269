"""Look again at every plan that is due."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from titration.models.database_roles import WORKER, as_role
from titration.services.reassessment import due_plans, reassess


class Command(BaseCommand):
    help = "Looks again at every plan whose findings time alone may have changed, and raises or closes flags."

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        with as_role(WORKER, job="reassess"):
            as_of, seen = timezone.now(), set()
            while due := [keys for keys in due_plans(as_of=as_of) if keys not in seen]:
                total += reassess(due, as_of=as_of)
                seen.update(due)
        self.stdout.write(f"{total} plans looked at.")
