"""Print the page of all rules, or write it to a file; no database is used."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand

from titration.dosing.rules_doc import rules_page


class Command(BaseCommand):
    help = "Print every rule that runs as Markdown; with --output, write it to that file (docs/rules.md)."
    requires_system_checks: ClassVar[list[str]] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, help="the file to write instead of printing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["output"] is None:
            self.stdout.write(rules_page(), ending="")
        else:
            options["output"].write_text(rules_page(), encoding="utf-8")
