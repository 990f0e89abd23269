"""Say when a clinic is closed."""

import re
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from titration.dosing.wording import format_day
from titration.models import Organisation
from titration.models.database_roles import WORKER, as_role
from titration.services.closed_days import JOB, set_closed_days

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Command(BaseCommand):
    help = "Shows the closed days of a clinic, or changes them. Reducing plans warn when a dose changes on such a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clinic", help="name of the clinic")
        parser.add_argument(
            "--weekdays", help="the closed days of the week in place of those before: sat,sun (or none)"
        )
        parser.add_argument("--add", nargs="+", default=[], metavar="YYYY-MM-DD", help="days to close")
        parser.add_argument("--remove", nargs="+", default=[], metavar="YYYY-MM-DD", help="closed days to open again")

    def handle(self, *args: Any, **options: Any) -> None:
        add, remove = ({_day(text) for text in options[name]} for name in ("add", "remove"))
        named = None if options["weekdays"] is None else _weekdays(options["weekdays"])
        with as_role(WORKER, job=JOB):
            clinic = _clinic(options["clinic"])
            if named is not None or add or remove:
                weekdays = clinic.closed_weekdays if named is None else named
                set_closed_days(clinic=clinic, weekdays=weekdays, dates={*clinic.closed_dates, *add} - remove)
        self.stdout.write(f"{clinic.name} is closed on:")
        for line in [*(_WEEKDAYS[one] for one in clinic.closed_weekdays), *map(format_day, clinic.closed_dates)] or [
            "no day"
        ]:
            self.stdout.write(f"  {line}")


def _day(text: str) -> date:
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is not a date like 2026-12-25.") from None


def _weekdays(text: str) -> list[int]:
    if text == "none":
        return []
    try:
        return [_WEEKDAYS.index(one) for one in text.split(",")]
    except ValueError:
        raise CommandError(f"“{text}” is not a list like sat,sun; the days are {', '.join(_WEEKDAYS)}.") from None


def _clinic(name: str) -> Organisation:
    found = Organisation.objects.filter(name=name).first()
    if found is None:
        known = "; ".join(Organisation.objects.order_by("name").values_list("name", flat=True)) or "there is none yet"
        raise CommandError(f"There is no clinic “{name}”. Clinics: {known}.")
    return found
