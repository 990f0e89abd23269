"""Judge every written case of a CSV file and compare the findings; no database is used."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from titration.dosing.case_format import CaseFileError, Malformed
from titration.dosing.cases import Judged, Verdict, judge_cases


class Command(BaseCommand):
    help = (
        "Judge every case of a CSV file in each of its jurisdictions; exit code 1 when one differs or cannot be read."
    )
    requires_system_checks: ClassVar[list[str]] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file in the format of the written cases")

    def handle(self, *args: Any, **options: Any) -> None:
        judged: list[Judged] = []
        malformed: list[Malformed] = []
        try:
            for case in judge_cases(_text(options["file"])):
                if isinstance(case, Malformed):
                    malformed.append(case)
                    self.stdout.write(f"line {case.line}: {case.because}.")
                else:
                    judged.append(case)
                    self._write(case)
        except CaseFileError as error:
            raise CommandError(f"{options['file']}: {error}", returncode=1) from error
        counts = Counter(case.verdict for case in judged)
        for verdict in (Verdict.FAILED, Verdict.PARTLY, Verdict.NOT_COVERED):
            self._list(verdict.value, [case.name for case in judged if case.verdict is verdict])
        not_compared = [f"{case.name} {key}" for case in judged for key in case.not_compared]
        self._list("values not compared", not_compared)
        self.stdout.write(
            f"{counts[Verdict.PASSED]} passed, {counts[Verdict.FAILED]} failed, "
            f"{counts[Verdict.PARTLY]} partly covered, {counts[Verdict.NOT_COVERED]} not covered, "
            f"{len(not_compared)} values not compared, {len(malformed)} lines not read"
        )
        if counts[Verdict.FAILED] or malformed:
            raise SystemExit(1)

    def _write(self, case: Judged) -> None:
        expected = [f"{rule} {severity.name}" for rule, severity in case.row.expected.items()]
        found = [f"{finding.rule} {finding.severity.name}" for finding in case.assessment.findings]
        self.stdout.write(f"{case.name}: {case.verdict.value}")
        self.stdout.write(f"  expected: {', '.join(expected) or 'none'}")
        self.stdout.write(f"  found:    {', '.join(found) or 'none'}")
        if case.not_built:
            self.stdout.write(f"  rules not built: {', '.join(case.not_built)}")
        for difference in case.differences:
            self.stdout.write(f"  {difference}")

    def _list(self, title: str, names: list[str]) -> None:
        if names:
            self.stdout.write(f"{title}: {', '.join(names)}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read ({error}); a CSV file in UTF-8 is needed.") from error
