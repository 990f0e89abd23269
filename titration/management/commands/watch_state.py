"""Say how the watch is, for a person or a monitor."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from titration.models import Watchbeat
from titration.models.actors import last_look
from titration.models.database_roles import WORKER, as_role

FULL_LOOK_LATE = timedelta(hours=26)


class Command(BaseCommand):
    help = "Says what the watch did last; exit code 1 when it is silent, found what it had missed, or cannot look at a plan."

    def handle(self, *args: Any, **options: Any) -> None:
        with as_role(WORKER, job="reassess"):
            beat, last = Watchbeat.objects.first(), last_look()
        if beat is None or last.at is None or last.age is None:
            raise CommandError("The watch has not looked yet. Start it: manage.py watch")
        now = last.at + last.age
        self.stdout.write(
            f"Last look: {beat.finished_at:%Y-%m-%d %H:%M:%S} UTC, {int(last.age.total_seconds())} s ago. {beat.plans} plans looked "
            f"at, {beat.raised} flags raised, {beat.closed} closed, {beat.stuck} plans stuck."
        )
        if beat.full_finished_at is None:
            self.stdout.write("Last look at every plan: none yet.")
        else:
            self.stdout.write(
                f"Last look at every plan: {beat.full_finished_at:%Y-%m-%d %H:%M:%S} UTC. {beat.full_plans} plans, "
                f"{beat.full_found} wrong though not due, {beat.full_stuck} stuck."
            )
        complaints = []
        if last.age > timedelta(seconds=settings.WATCH_SILENT_SECONDS):
            complaints.append("The watch is silent.")
        if beat.stuck or beat.full_stuck:
            complaints.append("Plans cannot be looked at; the log of the watch names them.")
        if beat.full_finished_at is not None and now - beat.full_finished_at > FULL_LOOK_LATE:
            complaints.append("Not every plan was looked at within a day.")
        if beat.full_found:
            complaints.append("Plans were wrong though not due; the log of the watch and the audit name them.")
        if complaints:
            raise CommandError(" ".join(complaints))
