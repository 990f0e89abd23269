"""The heartbeat of the watch: what every page of the staff reads to know whether somebody is looking."""

from typing import Any

from django.db import connection

# By the clock of the database, which is also what the pages compare it with: two hosts may disagree about the time.
_LOOK = """
INSERT INTO titration_watchbeat AS beat
  (id, finished_at, plans, raised, closed, stuck, full_plans, full_found, full_stuck)
VALUES (1, clock_timestamp(), %(plans)s, %(raised)s, %(closed)s, %(stuck)s, 0, 0, 0)
ON CONFLICT (id) DO UPDATE SET finished_at = clock_timestamp(),
  plans = excluded.plans, raised = excluded.raised, closed = excluded.closed, stuck = excluded.stuck
"""


def beat(*, plans: int = 0, raised: int = 0, closed: int = 0, stuck: int = 0) -> None:
    """Say that a look has been finished just now, and how many plans it looked at; also when none was due."""
    _write(_LOOK, {"plans": plans, "raised": raised, "closed": closed, "stuck": stuck})


def _write(statement: str, numbers: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, numbers)
