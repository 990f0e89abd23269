"""Recomputes a directory of test rows and says which rows agree; it needs no database."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from titration.dosing.protocol import load_protocol
from titration.dosing.vector_formats import VectorLimits
from titration.dosing.vectors import Failure, FileReport, check_directory


class Command(BaseCommand):
    help = (
        "Recomputes every CSV file of a directory and compares it with what it expects, to the printed precision. "
        "Prints one line for each file, every failure, and a summary; the exit code is 1 on any failure."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="directory with the CSV files")
        parser.add_argument(
            "--protocol", choices=("us", "uk"), default="us", help="whose limits judge stages and steps"
        )

    def handle(self, *, directory: Path, protocol: str, **options: object) -> None:
        try:
            reports = check_directory(directory, _limits(protocol))
        except OSError as error:
            raise CommandError(f"{directory} cannot be read as a directory: {error.strerror}.") from error
        if not reports:
            raise CommandError(f"{directory} holds no CSV file: name a directory of test rows.")
        for report in reports:
            self._print(report)
        failed = sum(report.failed for report in reports)
        passed = sum(report.passed for report in reports)
        not_covered = sum(len(report.not_covered) for report in reports)
        self.stdout.write(f"{passed} passed, {failed} failed, {not_covered} not covered")
        if failed:
            raise SystemExit(1)

    def _print(self, report: FileReport) -> None:
        counts = f"{report.passed} passed, {report.failed} failed, {len(report.not_covered)} not covered"
        self.stdout.write(f"{report.name}: {counts}")
        for failure in report.failures:
            self.stdout.write(f"  {report.name}, line {failure.line}{_what(failure)}")
        if report.not_covered:
            self.stdout.write(f"  not covered: {', '.join(report.not_covered)}")


def _what(failure: Failure) -> str:
    row = f", {failure.row}" if failure.row else ""
    if not failure.column:
        return f"{row}: {failure.found}"
    return f"{row}: {failure.column} expected {failure.expected or 'nothing'}, found {failure.found or 'nothing'}"


def _limits(name: str) -> VectorLimits:
    protocol = load_protocol(name)
    return VectorLimits(
        aki=protocol.aki,
        band_splits=protocol.splits,
        days_between_steps=protocol.limits("STEP-4").count("wait_days"),
    )
