"""Jobs by the clock: each period once, whoever ticks; caught up with, tried again, parked, missed."""

import logging
from datetime import UTC, datetime, time, timedelta

import pytest
from django.contrib.sessions.models import Session

from accounts import clock, timetable
from accounts.models import Heartbeat, JobRun, OwedState
from accounts.roles import OPERATORS, Role
from accounts.schedules import Daily, Every
from accounts.timetable import Job
from launchpad.timetable import TIMETABLE
from tests.make import office, people
from tests.make.times import DAY, NOON

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Counting:
    """A job's work that keeps what it was called with; ``fails`` times it fails first."""

    def __init__(self, fails: int = 0):
        self.calls: list[dict] = []
        self.fails = fails

    def __call__(self, **told) -> str:
        self.calls.append(told)
        if len(self.calls) <= self.fails:
            raise ValueError("no luck\nDETAIL: not to be kept")
        return "counted"


@pytest.fixture
def job(monkeypatch):
    """Put one job in the place of the whole timetable."""

    def put(schedule=None, **options) -> Counting:
        work = options.pop("work", None) or Counting()
        options.setdefault("catches_up", False)
        monkeypatch.setattr(timetable, "jobs", {})
        timetable.set_up([Job("count", "Counts.", schedule or Every(HOUR), work, **options)])
        return work

    return put


def run_what_is_due(at: datetime) -> None:
    """What relay and worker do: lease the rows that are due, and run each."""
    for pk in JobRun.objects.lease(at, timedelta(minutes=3)):
        timetable.run(pk, at=at)


def periods() -> list[datetime]:
    return list(JobRun.objects.order_by("period").values_list("period", flat=True))


@pytest.mark.django_db
def test_a_period_is_taken_once_however_often_it_ticks(job):
    work = job()

    for minute in (0, 0, 1, 30, 59):
        timetable.tick(NOON + minute * MINUTE)
        run_what_is_due(NOON + minute * MINUTE)

    assert periods() == [NOON]
    assert work.calls == [{"at": NOON}]
    row = JobRun.objects.get()
    assert (row.state, row.outcome, row.taken_at, row.tries) == (OwedState.DONE, "counted", NOON, 1)
    assert row.finished_at >= NOON


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "hours"),
    [
        pytest.param(datetime(2027, 3, 28, tzinfo=UTC), 23, id="23 hours"),
        pytest.param(datetime(2026, 10, 24, 23, tzinfo=UTC), 25, id="25 hours"),
    ],
)
@pytest.mark.parametrize("local", [time(0, 0), time(1, 30), time(11, 0)])
def test_a_daily_job_has_one_effect_on_a_day_that_is_not_24_hours_long(job, first, hours, local):
    work = job(Daily(local))
    timetable.tick(first - MINUTE)
    run_what_is_due(first - MINUTE)
    work.calls.clear()

    for quarter in range(hours * 4):
        timetable.tick(first + quarter * 15 * MINUTE)
        run_what_is_due(first + quarter * 15 * MINUTE)

    assert len(work.calls) == 1


@pytest.mark.django_db
def test_after_a_stop_only_the_latest_period_counts(job):
    work = job()
    timetable.tick(NOON)
    run_what_is_due(NOON)

    timetable.tick(NOON + 5 * HOUR + MINUTE)
    run_what_is_due(NOON + 5 * HOUR + MINUTE)

    assert periods() == [NOON, NOON + 5 * HOUR]
    assert len(work.calls) == 2


@pytest.mark.django_db
def test_after_a_stop_a_job_that_catches_up_does_every_period(job):
    work = job(Daily(time(11)), catches_up=True)
    monday = datetime(2026, 10, 23, 12, tzinfo=UTC)
    timetable.tick(monday)
    run_what_is_due(monday)

    timetable.tick(monday + 4 * DAY)
    run_what_is_due(monday + 4 * DAY)

    # 11:00 in London is 10:00 UTC in summer time and 11:00 after the clocks went back on the 25th.
    assert [told["period"].strftime("%d %H:%M") for told in work.calls] == [
        "23 10:00",
        "24 10:00",
        "25 11:00",
        "26 11:00",
        "27 11:00",
    ]


@pytest.mark.django_db
def test_catching_up_has_a_bound(job):
    job(Every(MINUTE), catches_up=True)
    timetable.tick(NOON)

    timetable.tick(NOON + 30 * DAY)

    assert JobRun.objects.count() == timetable.CATCH_UP_AT_MOST + 1


@pytest.mark.django_db
def test_a_job_that_fails_is_tried_again_and_parked_after_the_fifth_try(job, caplog):
    work = job(Daily(time(3)), work=Counting(fails=99))
    timetable.tick(NOON)

    for minute in range(60):
        run_what_is_due(NOON + minute * MINUTE)

    row = JobRun.objects.get()
    assert [(told["at"] - NOON) / MINUTE for told in work.calls] == [0, 1, 3, 7, 15]
    assert (row.state, row.tries) == (OwedState.FAILED, 5)
    assert row.last_error == "Parked after 5 tries. ValueError: no luck"
    assert "job is parked" in caplog.messages


@pytest.mark.django_db
def test_a_parked_period_does_not_stop_the_next(job):
    work = job(work=Counting(fails=5))
    for minute in range(61):
        timetable.tick(NOON + minute * MINUTE)
        run_what_is_due(NOON + minute * MINUTE)

    states = JobRun.objects.order_by("period").values_list("state", flat=True)
    assert list(states) == [OwedState.FAILED, OwedState.DONE]
    assert len(work.calls) == 6


@pytest.mark.django_db
@pytest.mark.parametrize("minutes", [1, 2, 5, 10, 15])
def test_a_job_of_short_periods_that_keeps_failing_is_parked_within_a_quarter_of_an_hour(job, minutes):
    work = job(Every(minutes * MINUTE), work=Counting(fails=999))

    for minute in range(16):
        timetable.tick(NOON + minute * MINUTE)
        run_what_is_due(NOON + minute * MINUTE)

    parked = JobRun.objects.get(state=OwedState.FAILED)
    assert (parked.period, parked.tries) == (NOON, timetable.TRIES)
    assert parked.last_error == "Parked after 5 tries. ValueError: no luck"
    # Each period is tried when it falls due, and one of them alone again.
    assert len(work.calls) == timetable.TRIES + 15 // minutes
    [standing] = timetable.standings(NOON + 15 * MINUTE)
    assert standing.is_parked and standing.needs_attention


@pytest.mark.django_db
def test_a_job_that_was_parked_and_has_gone_well_since_needs_no_attention(job):
    job(Every(MINUTE), work=Counting(fails=20))
    for minute in range(17):
        timetable.tick(NOON + minute * MINUTE)
        run_what_is_due(NOON + minute * MINUTE)

    [standing] = timetable.standings(NOON + 17 * MINUTE)
    assert JobRun.objects.filter(state=OwedState.FAILED).exists()
    assert (standing.ended.state, standing.needs_attention) == (OwedState.DONE, False)


@pytest.mark.django_db
def test_a_try_that_still_waits_gives_way_once_a_later_period_has_done_it(job):
    work = job(Every(2 * MINUTE), work=Counting(fails=2))
    timetable.tick(NOON)
    run_what_is_due(NOON)
    run_what_is_due(NOON + MINUTE)

    timetable.tick(NOON + 2 * MINUTE)
    kept = JobRun.objects.get(period=NOON).state
    run_what_is_due(NOON + 2 * MINUTE)

    assert kept == OwedState.WAITING
    assert JobRun.objects.get(period=NOON).state == OwedState.VOID
    assert JobRun.objects.get(period=NOON + 2 * MINUTE).state == OwedState.DONE
    assert len(work.calls) == 3


@pytest.mark.django_db
def test_a_period_that_was_never_begun_gives_way_to_the_next(job):
    job(Every(2 * MINUTE))
    timetable.tick(NOON)

    timetable.tick(NOON + 2 * MINUTE)

    assert JobRun.objects.get(period=NOON).state == OwedState.VOID
    assert JobRun.objects.get(period=NOON + 2 * MINUTE).state == OwedState.WAITING


@pytest.mark.django_db
def test_tries_of_every_kind_count_towards_parking(job):
    work = job(work=Counting(fails=99))
    timetable.tick(NOON)
    JobRun.objects.update(tries=5)

    run_what_is_due(NOON)

    assert work.calls == []
    assert JobRun.objects.get().state == OwedState.FAILED


@pytest.mark.django_db
def test_a_job_of_another_release_waits_for_a_worker_that_knows_it(job):
    job()
    JobRun.objects.create(job="of tomorrow", period=NOON, taken_at=NOON, due_at=NOON)

    run_what_is_due(NOON)

    row = JobRun.objects.get()
    assert (row.state, row.last_error) == (OwedState.WAITING, "UnknownJob: of tomorrow")


@pytest.mark.django_db
def test_silence_is_seen_once_the_grace_is_over(job, caplog):
    job(grace=20 * MINUTE)
    timetable.tick(NOON)
    run_what_is_due(NOON)

    def silent(at):
        return [standing.is_silent for standing in timetable.standings(at)] == [True]

    assert not silent(NOON + HOUR + 19 * MINUTE)
    assert silent(NOON + HOUR + 20 * MINUTE)
    timetable.report_silence(NOON + 2 * HOUR)
    assert [record.levelno for record in caplog.records if record.msg == "job is silent"] == [logging.ERROR]


@pytest.mark.django_db
def test_a_job_that_has_never_run_is_silent_only_once_it_could_have(job):
    job(Daily(time(11)))
    at = datetime(2026, 6, 1, 9, tzinfo=UTC)

    assert timetable.standings(at)[0].is_silent
    Heartbeat.objects.beat(Heartbeat.RELAY, at=at)
    assert not timetable.standings(at + MINUTE)[0].is_silent
    assert timetable.standings(at + 2 * HOUR)[0].is_silent


@pytest.mark.django_db
def test_what_went_well_is_forgotten_in_time_and_what_was_parked_is_not(job):
    job(keep=2 * DAY)
    for hours in range(6):
        timetable.tick(NOON + hours * HOUR)
        run_what_is_due(NOON + hours * HOUR)
    parked = {"state": OwedState.FAILED, "finished_at": NOON, "taken_at": NOON, "due_at": NOON}
    JobRun.objects.create(job="count", period=NOON - HOUR, **parked)

    assert timetable.forget(at=NOON + DAY) == 0
    assert timetable.forget(at=NOON + 3 * DAY) == 5
    assert periods() == [NOON - HOUR, NOON + 5 * HOUR]


@pytest.mark.django_db
def test_a_heartbeat_keeps_when_it_was_first_heard():
    Heartbeat.objects.beat("relay", at=NOON)
    Heartbeat.objects.beat("relay", at=NOON + HOUR)

    beat = Heartbeat.objects.get()
    assert (beat.first_at, beat.last_at) == (NOON, NOON + HOUR)


@pytest.mark.django_db
@pytest.mark.parametrize("line", TIMETABLE, ids=lambda line: line.name)
def test_every_job_of_the_timetable_can_be_done_twice(line):
    at = clock.now()

    told = {"period": line.schedule.latest(at)} if line.catches_up else {}
    said = [line.work(at=at, **told) for _ in range(2)]

    assert all(0 < len(sentence) <= 300 for sentence in said)
    assert line.name in timetable.jobs


@pytest.mark.django_db
def test_sessions_that_ran_out_are_thrown_away():
    at = clock.now()
    for key, expires in (("old", at - DAY), ("new", at + DAY)):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)

    timetable.jobs["throw away what has run out"].work(at=at)

    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(OPERATORS))
def test_whoever_runs_the_programme_sees_the_timetable(role, job):
    job(work=Counting(fails=5))
    for minute in range(20):
        timetable.tick(NOON + minute * MINUTE)
        run_what_is_due(NOON + minute * MINUTE)

    page = office.sign_in(people.user(role)).get("/admin/accounts/jobrun/")

    assert page.status_code == 200
    assert "Parked after 5 tries. ValueError: no luck" in page.content.decode()
    assert "Every hour" in page.content.decode()


@pytest.mark.django_db
def test_nobody_else_sees_the_timetable():
    for role in set(Role) - OPERATORS - {Role.APPLICANT}:
        assert office.sign_in(people.user(role)).get("/admin/accounts/jobrun/").status_code == 403
