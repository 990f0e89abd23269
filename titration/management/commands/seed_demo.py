"""Fills an empty database with the demo clinic and writes down who can sign in."""

import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from titration.models.database_roles import WORKER, as_role
from titration.services.demo import NotEmpty, seed
from titration.services.demo_people import JOB, as_table

SIGN_INS = "demo-sign-ins.txt"


class Command(BaseCommand):
    help = (
        "Fills an empty database with the demo clinic: two clinics, seven people who work there and sixty invented patients. "
        f"The sign-ins are written to {SIGN_INS} in the directory of PORTAL_VAR, readable by its owner only."
    )

    def handle(self, **options: object) -> None:
        if not settings.DEMO_ALLOWED:
            raise CommandError(
                "Demo data are not allowed here. They go into the embedded database, or elsewhere with PORTAL_DEMO=1, "
                "and never into a production installation."
            )
        path = Path(settings.VAR) / SIGN_INS
        try:
            with as_role(WORKER, job=JOB):
                seeded = seed(as_of=timezone.now(), keep=lambda sign_ins: _write_private(path, as_table(sign_ins)))
        except NotEmpty as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"The demo clinic has {seeded.patients} patients, {seeded.stories} of them with a history. Sign-ins: {path}"
        )


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whatever the mode of an older one was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
