"""Django's migrate, run by the role that owns the tables, after the roles themselves exist."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate

from baclofen_portal import roles
from baclofen_portal.cms_roles import CMS_CACHE
from titration.models.database_roles import OWNER, as_role


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with roles.migrating_login():
            roles.provision()
            with as_role(OWNER, job="migrate"):
                if not (options["plan"] or options["check_unapplied"]):
                    # First: saving a page forgets what was kept of it. The second is that of the editors' process.
                    call_command("createcachetable", verbosity=0)
                    call_command("createcachetable", CMS_CACHE, verbosity=0)
                super().handle(*args, **options)
                if options["plan"] or options["check_unapplied"] or options["app_label"]:
                    return
                roles.grant()
