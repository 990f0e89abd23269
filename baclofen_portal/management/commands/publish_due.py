"""The publisher: makes education pages live at the time that was approved for them, until it is stopped.

At its start it offers the editors what came with the portal: newer pages as drafts, and marks where a number has changed.
"""

import logging
import time
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection
from django.utils import timezone

from titration.models.database_roles import CMS, as_role

PAUSE_SECONDS = 60  # an approved page is live at most so much later than it should be

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Publishes and withdraws education pages whose time has come, every minute until it is stopped."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="look once, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DATABASE_ROLE != CMS:
            raise CommandError(
                "Run it with DJANGO_SETTINGS_MODULE=baclofen_portal.cms.settings: it is an editors' process."
            )
        from baclofen_portal.cms.publishing import publish_due

        if not options["once"]:
            _offer()
        with as_role(CMS):
            while True:
                try:
                    publish_due(as_of=timezone.now())
                except Error:
                    if options["once"]:
                        raise
                    log.exception("The publisher has lost the database; it looks again in %s s", PAUSE_SECONDS)
                    connection.close()
                if options["once"]:
                    return
                time.sleep(PAUSE_SECONDS)


def _offer() -> None:
    """Load what came with the portal. A file that cannot be read keeps no approved page from its readers."""
    try:
        call_command("load_education", stdout=StringIO())
    except (CommandError, Error):
        log.exception("The pages that come with the portal could not be offered to the editors")
