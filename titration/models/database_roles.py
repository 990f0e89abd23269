"""The database roles that processes take, and working as one of them.

Row-level security knows people by ``app.actor`` (set per transaction by the web middleware) and jobs by
``app.job`` (set per connection here); without either, a role sees no patient at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

OWNER = "app_owner"  # tables, policies, migrations
WEB = "app_web"  # requests of people
WORKER = "app_worker"  # commands and jobs without a person, each under its own policy
CMS = "app_cms"  # editors of education pages; nothing clinical
RESOLVER = "app_resolver"  # owns access.patients(); sees relations only


@contextmanager
def as_role(role: str | None, *, job: str = "") -> Iterator[None]:
    """Work on a fresh connection as ``role`` (None: the login itself) and, for jobs, under the name of ``job``.

    The connection has the limits of time of that role; the owner and the login itself have none, for a migration.
    The connection is closed on entry and on exit, so that nothing of the role survives. Raises RuntimeError
    inside a transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A role is changed between transactions, never inside one.")
    before = dict(connection.settings_dict["OPTIONS"])
    options = {key: value for key, value in before.items() if key != "assume_role"}
    if role is not None:
        options["assume_role"] = role
    # Of two settings of one name the later holds: these stand behind those of the process and of the URL.
    limits = settings.DATABASE_ROLE_LIMITS.get(role, dict.fromkeys(settings.DATABASE_LIMITS, 0))
    given = [f"-c {name}={seconds}s" for name, seconds in limits.items()]
    options["options"] = " ".join([before.get("options", ""), *given, f"-c app.job={job}"]).strip()
    connection.close()
    connection.settings_dict["OPTIONS"] = options
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = before
