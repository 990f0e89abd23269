"""Look again at every plan that is due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from titration.models.database_roles import WORKER, as_role
from titration.services import heartbeat
from titration.services.reassessment import reassess


class Command(BaseCommand):
    help = "Looks again, once, at every plan whose findings time alone may have changed, and raises or closes flags."

    def handle(self, *args: Any, **options: Any) -> None:
        with as_role(WORKER, job="reassess"):
            looked = reassess(clock=timezone.now, tell=heartbeat.beat)
        if looked.stuck:
            raise CommandError(
                f"{looked.stuck} plans could not be looked at, and stay due; {looked.plans} others were. The log names them."
            )
        self.stdout.write(f"{looked.plans} plans looked at.")
