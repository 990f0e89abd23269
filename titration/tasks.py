"""What the watch does by the clock. Each job may be killed at any point and be done again: what it left undone stays due."""

import logging
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status

from titration.services import heartbeat
from titration.services.full_look import full_look
from titration.services.reassessment import reassess

log = logging.getLogger(__name__)

QUEUE = "watch"
TRIES = 3  # of a job that takes its worker down each time
# How often a worker says that it lives, and after how long without it is gone.
ALIVE_SECONDS, GONE_SECONDS = 20, 60


class Failed(Exception):
    """A job did not end well. It names the kind of the error only: the text of one may hold what a person typed."""


def _told_by_kind(work: Callable[[], Any]) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001  it is raised again, without what it says
        raise Failed(type(error).__name__) from None


# One waits at most, however long the one before it takes; several workers that are behind each take batches of their own.
@app.periodic(cron="* * * * * */20")  # every twenty seconds: the sixth field
@app.task(name="look", queue=QUEUE, queueing_lock="look", pass_context=True)
def look(context: JobContext, timestamp: int) -> None:
    """Look again at everything that is due, and say so."""
    _told_by_kind(lambda: reassess(clock=timezone.now, stop=context.should_abort, tell=heartbeat.beat))


# Asked every hour, done when a day has passed: one that was missed or killed is made up for. The lock keeps a second one
# from beginning beside it.
@app.periodic(cron="17 * * * *")
@app.task(name="full_look", queue=QUEUE, lock="full_look", queueing_lock="full_look", pass_context=True)
def full_look_once_a_day(context: JobContext, timestamp: int) -> None:
    """Look at every active plan, due or not. It must find nothing; what it finds is repaired and reported."""
    if heartbeat.full_look_is_due():
        _told_by_kind(lambda: full_look(clock=timezone.now, stop=context.should_abort, tell=heartbeat.beat_full))


@app.periodic(cron="* * * * *")
@app.task(name="rescue", queue=QUEUE, queueing_lock="rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Give the jobs of workers that are gone to others. A worker that is killed leaves its job marked as being done."""
    for job in await context.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=GONE_SECONDS):
        await _rescue(context, job)


async def _rescue(context: JobContext, job: Job) -> None:
    manager = context.app.job_manager
    log.warning("The worker of job %s (%s) is gone; attempt %s.", job.id, job.task_name, job.attempts)
    if job.attempts < TRIES:
        try:
            await manager.retry_job(job)
        except UniqueViolation:  # the next one waits already, and will do what this one did not
            pass
        else:
            return
    await manager.finish_job(job, Status.FAILED, delete_job=True)
