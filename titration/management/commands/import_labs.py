"""Stores laboratory files in FHIR R4 and says what became of every record."""

import sys
import uuid
from argparse import ArgumentParser
from pathlib import Path
from zoneinfo import available_timezones

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from titration.management.terminal import printable
from titration.models import Team
from titration.models.database_roles import WORKER, as_role
from titration.services.lab_import import JOB, SOURCE, import_file
from titration.services.lab_report import FileReport, Group, Outcome, PatientOutcome, total

_KINDS = {"creatinine": "Creatinine", "cystatin_c": "Cystatin C", "reported_egfr": "eGFR"}
_ALWAYS = (Outcome.STORED, Outcome.KNOWN, Outcome.CORRECTED, Outcome.WITHDRAWN, Outcome.HELD)


class Command(BaseCommand):
    help = (
        "Stores patients, creatinine, cystatin C and reported eGFR from FHIR R4 files (NDJSON, a Bundle or one resource). "
        "What cannot be stored as it is goes to quarantine with the reason. Reading a file again changes nothing. "
        "The exit code is 1 when a file could not be opened or there is no such team."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--team",
            default="",
            help="name or id of the team that cares for new patients (may be left out with one team)",
        )
        parser.add_argument(
            "--time-zone",
            default="",
            help="zone of new patients, such as America/New_York (default: the organisation's)",
        )
        parser.add_argument(
            "--source", default=SOURCE, help=f"who sent the files: ids are unique within a source (default: {SOURCE})"
        )
        parser.add_argument("--quiet", action="store_true", help="show no progress bar")

    def handle(
        self, *, files: list[Path], team: str, time_zone: str, source: str, quiet: bool, **options: object
    ) -> None:
        if time_zone and time_zone not in available_timezones():
            raise CommandError(
                f"“{printable(time_zone)}” is not a time zone: name one such as America/New_York or Europe/London."
            )
        if not 0 < len(source) <= 80 or not source.isprintable():
            raise CommandError("The source is 1 to 80 printable characters: name the sender in a word or two.")
        unopened = 0
        with as_role(WORKER, job=JOB):
            chosen = _team(team)
            for file in files:
                try:
                    report = self._import(file, team=chosen, time_zone=time_zone, source=source, quiet=quiet)
                except OSError as error:
                    unopened += 1
                    self.stderr.write(
                        f"{printable(str(file))} could not be read: {error.strerror}. Import it again when it can be."
                    )
                    continue
                self._print(report)
        if unopened:
            raise SystemExit(1)

    def _import(self, file: Path, *, team: Team, time_zone: str, source: str, quiet: bool) -> FileReport:
        with (
            file.open("rb") as stream,
            tqdm(
                unit=" records",
                desc=printable(file.name),
                file=sys.stderr,
                disable=True if quiet else None,
                leave=False,
            ) as bar,
        ):

            def show(done: int, records: int) -> None:
                bar.total = records
                bar.update(done - bar.n)

            return import_file(
                stream,
                printable(file.name),
                team=team,
                time_zone=time_zone,
                source=source,
                as_of=timezone.now(),
                progress=show,
            )

    def _print(self, report: FileReport) -> None:
        write = self._say
        write(f"{report.name}: {report.records} records")
        people = (PatientOutcome.NEW, PatientOutcome.KNOWN, PatientOutcome.HELD, PatientOutcome.HELD_BEFORE)
        said = [f"{report.patients[one]} {one}" for one in people if one in people[:2] or report.patients[one]]
        write(f"  Patients    {', '.join(said)}")
        for kind, outcomes in report.results.items():
            said = [f"{outcomes[one]} {one}" for one in Outcome if one in _ALWAYS or outcomes[one]]
            write(f"  {_KINDS[kind]:<11} {', '.join(said)}")
        if report.unnamed:
            said = [f"{count} {one}" for one, count in report.unnamed.items()]
            write(f"  Not named   {', '.join(said)}")
        self._print_groups("Held back", report.held)
        self._print_groups("Refused", report.refused)
        self._print_groups("Ignored", report.ignored)
        self._print_groups("Kept ours", report.kept_ours)

    def _say(self, line: str) -> None:
        self.stdout.write(printable(line))

    def _print_groups(self, title: str, groups: dict[str, Group]) -> None:
        self._say(f"  {title:<11} {total(groups)}")
        for group in sorted(groups.values(), key=lambda one: -one.count):
            code = "" if group.code == group.sentence else f" {group.code}:"
            self._say(f"    {group.count} ×{code} {group.sentence} (first: {group.first})")


def _team(name_or_id: str) -> Team:
    """The team that was named; CommandError lists the teams when none or more than one fits."""
    teams = Team.objects.select_related("organisation").order_by("organisation__name", "name")
    if name_or_id:
        try:
            found = list(teams.filter(pk=uuid.UUID(name_or_id)))
        except ValueError:
            found = list(teams.filter(name=name_or_id))
    else:
        found = list(teams)
    if len(found) == 1:
        return found[0]
    listed = "; ".join(f"{one.organisation.name}, {one.name} ({one.pk})" for one in teams) or "there is none yet"
    problem = (
        "More than one team fits" if found else f"There is no team “{name_or_id}”" if name_or_id else "There is no team"
    )
    raise CommandError(printable(f"{problem}. Name one of the teams by name or id with --team: {listed}."))
