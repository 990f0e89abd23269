"""The worker process: it looks at what is due every few seconds, until it is stopped."""

import gc
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from titration.models.database_roles import WORKER, as_role
from titration.tasks import ALIVE_SECONDS, GONE_SECONDS, QUEUE

AT_ONCE = 2  # a look at what is due goes on beside the daily look at everything
# How often a worker asks for jobs, so that a look begins so much later at most. To be told of each would have psycopg wake up
# ten times a second all day: four fifths of what an idle worker costs.
ASK_SECONDS = 5
GRACE_SECONDS = 5  # for the batch that is being looked at when somebody stops the process


def connector() -> PsycopgConnector:
    """Connections of the worker's own, under the role that the process has taken."""
    given = connector_params()
    return PsycopgConnector(
        kwargs={**given, "options": f"{given.get('options', '')} -c role={WORKER}".strip()}, min_size=2, max_size=4
    )


def collect_seldom() -> None:
    """Have Python look for cycles seldom, and never among what was loaded at the start.

    A batch makes some hundred thousand objects that all go with it, none of them in a cycle: to look among them after
    every 700 of them, as Python does, takes a quarter of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


class Command(BaseCommand):
    help = "Looks again at every plan that is due, every few seconds, until it is stopped. Any number may run at once."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--until-idle", action="store_true", help="end when no job waits")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["until_idle"]:
            collect_seldom()
        with as_role(WORKER, job="reassess"), app.replace_connector(connector()):
            try:
                app.run_worker(
                    queues=[QUEUE],
                    name="watch",
                    concurrency=AT_ONCE,
                    wait=not options["until_idle"],
                    delete_jobs="always",  # what failed is in the log; every few seconds there is another
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    listen_notify=False,
                    fetch_job_polling_interval=ASK_SECONDS,
                    abort_job_polling_interval=ALIVE_SECONDS,
                    update_heartbeat_interval=ALIVE_SECONDS,
                    stalled_worker_timeout=GONE_SECONDS,
                )
            except (exceptions.ConnectorException, psycopg.Error) as error:
                raise CommandError(f"The watch ended, because the database failed: {type(error).__name__}") from error
