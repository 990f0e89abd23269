"""Say what an editor does with education pages."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from baclofen_portal.accounts.editors import JOB, WORK, NoEditor, set_education_role
from titration.models.database_roles import WORKER, as_role


class Command(BaseCommand):
    help = "Lets an editor write education pages, edit them, or check them as a clinician; or takes that away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="address of the account; its role must be editor")
        parser.add_argument("work", choices=tuple(WORK), help="none: may not enter any more")

    def handle(self, *args: Any, **options: Any) -> None:
        work = options["work"]
        try:
            with as_role(WORKER, job=JOB):
                person = set_education_role(email=options["email"], work=work)
        except NoEditor:
            raise CommandError(
                f"There is no account with the address “{options['email']}” and the role editor. Only editors work on "
                "education pages; the role of an account is given when it is made."
            ) from None
        self.stdout.write(f"{person.name}: {WORK[work] or 'no work on education pages'}.")
