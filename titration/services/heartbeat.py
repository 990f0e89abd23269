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

_FULL_LOOK = """
INSERT INTO titration_watchbeat AS beat
  (id, finished_at, plans, raised, closed, stuck, full_finished_at, full_plans, full_found, full_stuck)
VALUES (1, clock_timestamp(), 0, 0, 0, 0, clock_timestamp(), %(plans)s, %(missed)s, %(stuck)s)
ON CONFLICT (id) DO UPDATE SET full_finished_at = clock_timestamp(),
  full_plans = excluded.full_plans, full_found = excluded.full_found, full_stuck = excluded.full_stuck
"""
# A day, and as the question is asked once an hour, half an hour less.
_FULL_LOOK_DUE = """
SELECT NOT EXISTS (SELECT FROM titration_watchbeat WHERE full_finished_at > clock_timestamp() - interval '23 hours 30 minutes')
"""


def beat(looked: Looked) -> None:
    """Say that a look has been finished just now, and what it did so far; also when nothing was due."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, asdict(looked))


def beat_full(looked: Looked) -> None:
    """Say that every active plan has been looked at, and how many of them were wrong though not due."""
    with connection.cursor() as cursor:
        cursor.execute(_FULL_LOOK, asdict(looked))


def full_look_is_due() -> bool:
    """Whether a day has passed since every plan was looked at, or none was ever."""
    with connection.cursor() as cursor:
        cursor.execute(_FULL_LOOK_DUE)
        return bool(cursor.fetchone()[0])
