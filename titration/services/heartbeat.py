"""The heartbeat of the watch: what every page of the staff reads to know whether somebody is looking."""

from dataclasses import asdict

from django.db import connection

from titration.services.reassessment import Looked

# By the clock of the database, which is also what the pages compare it with: two hosts may disagree about the time.
_LOOK = """
INSERT INTO titration_watchbeat AS beat
  (id, finished_at, plans, raised, closed, stuck, full_plans, full_found, full_stuck)
VALUES (1, clock_timestamp(), %(plans)s, %(raised)s, %(closed)s, %(stuck)s, 0, 0, 0)
ON CONFLICT (id) DO UPDATE SET finished_at = clock_timestamp(),
  plans = excluded.plans, raised = excluded.raised, closed = excluded.closed, stuck = excluded.stuck
"""


def beat(looked: Looked) -> None:
    """Say that a look has been finished just now, and what it did so far; also when nothing was due."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, asdict(looked))
