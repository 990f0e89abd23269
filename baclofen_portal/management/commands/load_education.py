"""Bring the education pages that come with the portal into the editors' library, as drafts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from education.services.rule_marks import mark_changed_rules
from education.services.shipping import load
from education.shipped import ShippedError, shipped_pages, shipped_sources
from titration.models.database_roles import CMS, WORKER, as_role
from titration.selectors.installation import is_demo

_SAID = {
    "new": "added as drafts",
    "draft": "newer, waiting as drafts beside what is there",
    "same": "unchanged",
    "waiting": "newer, and not added yet because editors are at work on them",
    "theirs": "left alone: editors made a page of that name",
    "older": "left alone: what was loaded before is as new or newer",
    "published": "published for the demonstration, approved by nobody",
    "new_sources": "sources added",
    "other_sources": "sources that differ from the file and stay as the editors have them",
}


class Command(BaseCommand):
    help = "Loads the education pages of education/content as drafts. What editors changed is never overwritten."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--publish",
            action="store_true",
            help="publish them at once, without approval; only a demonstration database takes that",
        )

    def handle(self, *args: Any, publish: bool, **options: Any) -> None:
        if publish:
            with as_role(WORKER, job="reassess"):
                if not is_demo():
                    raise CommandError(
                        "--publish is for the demonstration: pages go live when two people have approved them. Load them "
                        "without --publish and approve them in the editors' pages."
                    )
        try:
            files = shipped_pages(), shipped_sources()
        except ShippedError as error:
            raise CommandError(str(error)) from error
        with as_role(CMS):
            loaded = load(pages=files[0], sources=files[1], as_of=timezone.now(), publish=publish)
            marked = mark_changed_rules(as_of=timezone.now())
        for name, words in _SAID.items():
            found = getattr(loaded, name)
            if found:
                self.stdout.write(f"{len(found)} {words}" + ("." if name == "same" else f": {', '.join(found)}."))
        if marked:
            self.stdout.write(f"{len(marked)} marked for review because a number of a rule changed.")
