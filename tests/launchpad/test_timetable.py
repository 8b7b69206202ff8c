"""The timetable as it is: after a stop, and over both changes of clocks, each period has its effect once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts import outbox, summaries, timetable
from accounts.london import day_of
from accounts.models import Heartbeat, JobRun, Notification
from accounts.schedules import Daily
from applications.models import Competition
from launchpad.timetable import TIMETABLE
from tests.make import applications, assessments, competitions, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
EVERY_JOB = pytest.mark.parametrize("job", TIMETABLE, ids=lambda job: job.name)
SPRING, AUTUMN = datetime(2027, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, 23, tzinfo=UTC)
CHANGES = pytest.mark.parametrize(
    ("first", "hours"),
    [pytest.param(SPRING, 23, id="23 hours"), pytest.param(AUTUMN, 25, id="25 hours")],
)


def go(moments: Iterator[datetime]) -> None:
    """What beat, relay and worker do at each of these moments."""
    for at in moments:
        timetable.tick(at)
        for pk in JobRun.objects.lease(at, 3 * MINUTE):
            timetable.run(pk, at=at)


def moments(since: datetime, until: datetime, each: timedelta = MINUTE) -> Iterator[datetime]:
    return (since + number * each for number in range(int((until - since) / each)))


@pytest.fixture
def counted(monkeypatch):
    """Put one job in the place of all, its work replaced by a tally of what it was called with."""

    def put(job) -> Counter:
        calls: Counter = Counter()

        def work(*, at, period=None) -> str:
            calls[period or job.schedule.latest(at)] += 1
            return "counted"

        monkeypatch.setattr(timetable, "jobs", {})
        timetable.set_up([replace(job, work=work)])
        return calls

    return put


@EVERY_JOB
def test_after_three_hours_without_a_scheduler_a_job_does_what_it_says_and_once(job, counted):
    calls = counted(job)
    stopped = datetime(2026, 6, 1, 6, tzinfo=UTC)  # 7:00 in London: the summaries fall due at 8:00
    go(moments(stopped - 5 * MINUTE, stopped))
    before = set(calls)

    go(moments(stopped + 3 * HOUR, stopped + 3 * HOUR + MINUTE))

    missed = periods(job, stopped, stopped + 3 * HOUR)
    wanted = missed if job.catches_up else missed[-1:]
    assert [period for period in sorted(calls) if period not in before] == wanted
    assert set(calls.values()) == {1}


@EVERY_JOB
@CHANGES
def test_on_a_day_that_is_not_24_hours_long_each_period_is_done_once(job, counted, first, hours):
    calls = counted(job)
    is_daily = isinstance(job.schedule, Daily)
    # The clocks change at 1:00 UTC. What is done many times a day is looked at around that.
    until, each = (first + hours * HOUR, 30 * MINUTE) if is_daily else (first + 150 * MINUTE, MINUTE)
    go([first - MINUTE])
    calls.clear()

    go(moments(first, until, each))

    wanted = periods(job, first - MINUTE, until - each)
    assert calls == dict.fromkeys(wanted, 1)
    assert len(wanted) == 1 or not is_daily


def periods(job, after: datetime, until: datetime) -> list[datetime]:
    found, period = [], job.schedule.following(after)
    while period <= until:
        found.append(period)
        period = job.schedule.following(period)
    return found


def told(kind: str) -> int:
    return Notification.objects.filter(kind=kind).count()


@pytest.fixture
def real(monkeypatch):
    """These jobs of the timetable, with the work that they really do."""

    def put(*names: str) -> None:
        monkeypatch.setattr(timetable, "jobs", {})
        timetable.set_up([job for job in TIMETABLE if job.name in names])
        Heartbeat.objects.beat(Heartbeat.RELAY, at=NOON - 30 * DAY)

    return put


def test_of_the_reminders_that_a_stop_swallowed_the_last_alone_is_sent_and_once(real):
    real("remind of drafts")
    within = competitions.competition()
    close = within.closes_at
    applications.draft(within, at=close - 20 * DAY)

    # Both that of the day before and that of two hours before fall due while nobody ticks.
    go(moments(close - 4 * DAY, close - 25 * HOUR, 15 * MINUTE))
    first = told("application_deadline")
    go(moments(close - HOUR, close, 5 * MINUTE))

    marks = Notification.objects.filter(kind="application_deadline").order_by("pk")
    assert (first, [one.facts["told"][0].split()[1] for one in marks]) == (2, ["336h", "72h", "2h"])


def test_a_close_that_a_stop_swallowed_is_drawn_and_told_once(real):
    real("draw closing lists", "tell of closed competitions")
    people.manager()
    within = competitions.competition()
    close = within.closes_at
    go(moments(close - 10 * MINUTE, close - 5 * MINUTE))

    go(moments(close + 3 * HOUR, close + 3 * HOUR + 10 * MINUTE))

    assert Competition.objects.get(pk=within.pk).closing_list.closes_at == close
    assert told("competition_closed") == 1


def assessment_for(person, at: datetime) -> None:
    made = assessments.assessment(applications.application(), person)
    outbox.post(
        "assessment_given",
        to=person,
        subject_word="assessment",
        subject_id=made.pk,
        cause=f"{made.pk}",
        at=at,
    )


@CHANGES
def test_one_summary_a_day_over_both_changes_of_clocks_and_after_a_stop(real, first, hours):
    real("send daily summaries")
    person = people.assessor()
    person = summaries.choose(person, daily=True, by=person, at=NOON)
    begin = first - DAY
    go([begin])
    assessment_for(person, begin + 4 * HOUR)

    # Nobody ticks over the morning before the change: it is made up for in the night.
    go(moments(first, first + 3 * HOUR, 15 * MINUTE))
    made_up = told("daily_summary")
    assessment_for(person, first + 4 * HOUR)
    go(moments(first + 3 * HOUR, first + hours * HOUR, 15 * MINUTE))

    rows = Notification.objects.filter(kind="daily_summary").order_by("created_at")
    assert made_up == 1
    assert [row.cause.split(":")[0] for row in rows] == [
        f"summary of {day_of(begin + 12 * HOUR)}",
        f"summary of {day_of(first + 12 * HOUR)}",
    ]
