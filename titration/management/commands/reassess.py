"""Look again at every plan that is due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from titration.models.database_roles import WORKER, as_role
from titration.services.reassessment import Stuck, due_plans, reassess


class Command(BaseCommand):
    help = "Looks again at every plan whose findings time alone may have changed, and raises or closes flags."

    def handle(self, *args: Any, **options: Any) -> None:
        with as_role(WORKER, job="reassess"):
            as_of = timezone.now()
            try:
                total = reassess(due_plans(as_of=as_of), as_of=as_of)
            except Stuck as stuck:
                raise CommandError(str(stuck)) from stuck
        self.stdout.write(f"{total} plans looked at.")
