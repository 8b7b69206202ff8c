"""What is done by the clock: jobs with their schedules, and one row for each period of each job.

Celery's beat only ticks. A tick takes the row of whatever has fallen due, and the row's uniqueness
is what lets any number of schedulers tick. From then on the row is owed like any other work: the
relay hands it out, and a worker that dies leaves it to the next.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min

from accounts.models import Heartbeat, JobRun, OwedState
from accounts.schedules import Schedule

logger = logging.getLogger(__name__)

#: After so many tries a period is parked: it has failed, and only the next one is begun.
TRIES = 5
FIRST_PAUSE = timedelta(minutes=1)

#: A job that catches up does not go back further than this many periods.
CATCH_UP_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable.

    name         keeps its rows together: it never changes
    does         a sentence for the office
    work         called with ``at``, the present moment; says in a sentence what it did. May be
                 called twice for a period, and has to bear it.
    catches_up   after a stop every missed period is made up for, and ``work`` is called with
                 ``period`` too; otherwise only the latest one counts, for work that sees at once
                 to all that fell due meanwhile
    grace        how long after its period a job may be unfinished before it counts as silent
    keep         how long rows of periods that went well are kept
    """

    name: str
    does: str
    schedule: Schedule
    work: Callable[..., str]
    catches_up: bool
    grace: timedelta = timedelta(minutes=20)
    keep: timedelta = timedelta(days=90)


#: Filled at the start from ``launchpad.timetable``, by the job's name.
jobs: dict[str, Job] = {}


class UnknownJob(LookupError):
    """This release has no job of that name: another one, running beside it, does."""


def set_up(timetable: Iterable[Job]) -> None:
    jobs.update((job.name, job) for job in timetable)


def tick(at: datetime) -> None:
    """Take a row for every period that has fallen due; whoever ticks second finds it taken."""
    Heartbeat.objects.beat(Heartbeat.TIMETABLE, at=at)
    for job in jobs.values():
        _take(job, at)


@transaction.atomic
def _take(job: Job, at: datetime) -> None:
    rows = JobRun.objects.filter(job=job.name)
    if periods := _missing(job, rows, at):
        JobRun.objects.bulk_create(
            [JobRun(job=job.name, period=period, taken_at=at, due_at=at) for period in periods],
            ignore_conflicts=True,
        )
    if not job.catches_up:
        # One that was tried without success keeps its tries, or no short job would ever be parked.
        never_begun = rows.filter(state=OwedState.WAITING, tries=0, period__lt=job.schedule.latest(at))
        never_begun.update(state=OwedState.VOID, finished_at=at)


def _missing(job: Job, rows, at: datetime) -> list[datetime]:
    """The periods up to ``at`` that nobody has taken and that still count."""
    latest = job.schedule.latest(at)
    known = rows.filter(period__lte=latest).order_by("-period").values_list("period", flat=True).first()
    if known is None or not job.catches_up:
        return [] if known == latest else [latest]
    missed: deque[datetime] = deque(maxlen=CATCH_UP_AT_MOST)
    while (known := job.schedule.following(known)) <= latest:
        missed.append(known)
    return list(missed)


def run(run_id: int, *, at: datetime) -> None:
    """Do the work of one leased row, once, or note why not and when to try again.

    Does nothing where another worker has it. Not to be called inside a transaction: the claim
    must be committed before the work begins.
    """
    row = JobRun.objects.claim(run_id, at=at)
    if row is None:
        return
    # A try that a restart of the database cut off says nothing about the job.
    if row.tries - row.interrupted > TRIES:
        _park(row, "A worker stopped before it was done.", at=at)
        return
    facts = {"job": row.job, "period": row.period.isoformat(), "tries": row.tries}
    began = time.monotonic()
    try:
        outcome = _work(row, at)
    except Exception as problem:
        # Whatever it is: the row says so, and the timetable goes on.
        logger.exception("job failed", extra=facts)
        _put_off(row, problem, at=at)
        return
    ended = at + timedelta(seconds=time.monotonic() - began)
    with transaction.atomic():
        JobRun.objects.filter(pk=row.pk).update(outcome=outcome[:300])
        JobRun.objects.mark_done(row, at=ended)
        _let_go_of_earlier(row, at=ended)
    logger.info("job was done", extra=facts)


def _let_go_of_earlier(row: JobRun, *, at: datetime) -> None:
    """What an earlier period has tried in vain, this one has done."""
    job = jobs.get(row.job)
    if job is not None and not job.catches_up:
        earlier = JobRun.objects.filter(job=row.job, period__lt=row.period, state=OwedState.WAITING)
        earlier.update(state=OwedState.VOID, finished_at=at)


def _work(row: JobRun, at: datetime) -> str:
    job = jobs.get(row.job)
    if job is None:
        raise UnknownJob(row.job)
    return job.work(period=row.period, at=at) if job.catches_up else job.work(at=at)


def _put_off(row: JobRun, problem: Exception, *, at: datetime) -> None:
    """Let it wait for its next try, twice as long each time; after the last it is parked."""
    said = (str(problem).splitlines() or [""])[0]
    reason = f"{type(problem).__name__}: {said}"[:500]
    if _is_tried_already(row):
        with transaction.atomic():
            JobRun.objects.filter(pk=row.pk).update(last_error=reason)
            JobRun.objects.mark_void(row, at=at)
        return
    tried = row.tries - row.interrupted
    if tried < TRIES:
        JobRun.objects.postpone(row, until=at + FIRST_PAUSE * 2 ** (tried - 1), reason=reason)
        return
    _park(row, reason, at=at)


def _is_tried_already(row: JobRun) -> bool:
    """Whether an earlier period of the job still has tries left: it counts them, so that a job of
    short periods is parked as soon as any other, and once."""
    job = jobs.get(row.job)
    if job is None or job.catches_up:
        return False
    under_way = [OwedState.WAITING, OwedState.LEASED]
    earlier = JobRun.objects.filter(job=row.job, period__lt=row.period, state__in=under_way)
    return earlier.filter(tries__gt=0).exists()


def _park(row: JobRun, reason: str, *, at: datetime) -> None:
    if JobRun.objects.mark_failed(row, reason=f"Parked after {TRIES} tries. {reason}", at=at):
        say_parked(row, at)


def say_parked(row: JobRun, at: datetime) -> None:
    logger.error("job is parked", extra={"job": row.job, "period": row.period.isoformat()})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job stands: its latest row, the latest that came to an end, the latest that went well."""

    job: Job
    latest: JobRun | None
    ended: JobRun | None
    done: JobRun | None
    next_at: datetime
    is_silent: bool

    @property
    def is_parked(self) -> bool:
        """Whether it failed when it was last carried through; that the next one has begun mends nothing."""
        return self.ended is not None and self.ended.state == OwedState.FAILED

    @property
    def needs_attention(self) -> bool:
        return self.is_silent or self.is_parked


def standings(at: datetime) -> list[Standing]:
    """Every job of the timetable in its order, with what became of it."""
    latest = {row.job: row for row in JobRun.objects.latest_of_each_job()}
    ended = {row.job: row for row in JobRun.objects.ended().latest_of_each_job()}
    done = {row.job: row for row in JobRun.objects.done().latest_of_each_job()}
    since = Heartbeat.objects.aggregate(first=Min("first_at"))["first"]
    return [
        Standing(
            job=job,
            latest=latest.get(job.name),
            ended=ended.get(job.name),
            done=done.get(job.name),
            next_at=job.schedule.following(at),
            is_silent=_is_silent(job, done.get(job.name), since, at),
        )
        for job in jobs.values()
    ]


def _is_silent(job: Job, done: JobRun | None, since: datetime | None, at: datetime) -> bool:
    """Whether the last period that went well is older than it may be; ``since`` stands in for none."""
    reached = done.period if done else since
    return reached is None or reached < job.schedule.latest(at - job.grace)


def report_silence(at: datetime) -> None:
    """Raise the alarm for jobs that were not heard of. For a program that does not hang on the timetable."""
    for standing in standings(at):
        if standing.is_silent:
            done = standing.done.period.isoformat() if standing.done else None
            logger.error("job is silent", extra={"job": standing.job.name, "last_done": done})


def forget(*, at: datetime) -> int:
    """Delete rows of periods that went well, or no longer counted, once their job keeps them no longer.

    The latest of each job stays, and so does what was parked. Returns how many went.
    """
    gone = 0
    latest = list(JobRun.objects.latest_of_each_job().values_list("pk", flat=True))
    done = list(JobRun.objects.done().latest_of_each_job().values_list("pk", flat=True))
    ended = JobRun.objects.filter(state__in=[OwedState.DONE, OwedState.VOID]).exclude(pk__in=latest + done)
    for job in jobs.values():
        gone += ended.filter(job=job.name, finished_at__lt=at - job.keep).delete()[0]
    return gone
