"""When a period begins, most of all on the days that have 23 or 25 hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from accounts.london import LONDON, NoSuchMoment, moment_of
from accounts.schedules import Daily, Every

SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "day", "moment"),
    [
        # 01:00 to 02:00 is skipped in spring: so long after midnight.
        (time(0, 30), SPRING, "2027-03-28 00:30"),
        (time(0, 59, 59), SPRING, "2027-03-28 00:59:59"),
        (time(1, 0), SPRING, "2027-03-28 01:00"),
        (time(1, 30), SPRING, "2027-03-28 01:30"),
        (time(2, 0), SPRING, "2027-03-28 01:00"),
        (time(2, 30), SPRING, "2027-03-28 01:30"),
        (time(11, 0), SPRING, "2027-03-28 10:00"),
        # 01:00 to 02:00 comes twice in autumn: the first one counts.
        (time(0, 59), AUTUMN, "2026-10-24 23:59"),
        (time(1, 0), AUTUMN, "2026-10-25 00:00"),
        (time(1, 30), AUTUMN, "2026-10-25 00:30"),
        (time(2, 0), AUTUMN, "2026-10-25 02:00"),
        (time(11, 0), AUTUMN, "2026-10-25 11:00"),
        # And any other day.
        (time(3, 15), date(2027, 1, 15), "2027-01-15 03:15"),
        (time(3, 15), date(2026, 7, 1), "2026-07-01 02:15"),
    ],
)
def test_a_daily_job_is_due_at_its_time_of_the_london_day(local, day, moment):
    daily = Daily(local)

    assert daily.on(day) == utc(moment)
    assert daily.latest(utc(moment)) == utc(moment)
    assert daily.latest(utc(moment) - timedelta(microseconds=1)) < utc(moment)
    assert daily.following(utc(moment) - timedelta(microseconds=1)) == utc(moment)


@pytest.mark.parametrize("local", [time(0, 0), time(0, 30), time(1, 30), time(2, 30), time(11), time(23, 59)])
@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_every_day_around_a_change_has_one_period_and_no_more(local, day):
    daily = Daily(local)
    begin = datetime.combine(day - 2 * DAY, time(0), LONDON).astimezone(UTC)
    end = datetime.combine(day + 3 * DAY, time(0), LONDON).astimezone(UTC)

    periods, moment = [], begin - timedelta(microseconds=1)
    while (moment := daily.following(moment)) < end:
        periods.append(moment)

    days = [period.astimezone(LONDON).date() for period in periods]
    assert days == [day + offset * DAY for offset in range(-2, 3)]
    # Looked at minute by minute, the same periods begin and none begins twice.
    minutes = int((end - begin) / timedelta(minutes=1))
    seen = {daily.latest(begin + number * timedelta(minutes=1)) for number in range(minutes)}
    assert {period for period in seen if period >= begin} == set(periods)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 6, 1), 24)])
def test_an_hourly_job_runs_as_often_as_the_day_has_hours(day, hours):
    hourly = Every(timedelta(hours=1))
    begin = datetime.combine(day, time(0), LONDON).astimezone(UTC)
    end = datetime.combine(day + DAY, time(0), LONDON).astimezone(UTC)

    periods, moment = [], begin - timedelta(microseconds=1)
    while (moment := hourly.following(moment)) < end:
        periods.append(moment)

    assert len(periods) == hours


def test_a_period_begins_at_its_moment_and_not_before():
    hourly = Every(timedelta(hours=1))
    noon = utc("2026-06-01 12:00")

    assert hourly.latest(noon) == noon
    assert hourly.latest(noon - timedelta(microseconds=1)) == noon - timedelta(hours=1)
    assert hourly.following(noon) == noon + timedelta(hours=1)


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (Every(timedelta(minutes=1)), "every minute"),
        (Every(timedelta(minutes=5)), "every 5 minutes"),
        (Every(timedelta(minutes=90)), "every 90 minutes"),
        (Every(timedelta(hours=1)), "every hour"),
        (Every(timedelta(hours=6)), "every 6 hours"),
        (Daily(time(3, 15)), "daily at 3:15am (UK time)"),
    ],
)
def test_a_schedule_is_said_in_words(schedule, words):
    assert str(schedule) == words


@pytest.mark.parametrize(
    ("local", "moment"),
    [
        ("2027-03-28 00:59:59.999999", "2027-03-28 00:59:59.999999"),
        ("2027-03-28 02:00", "2027-03-28 01:00"),
        ("2026-10-25 00:59:59.999999", "2026-10-24 23:59:59.999999"),
        ("2026-10-25 02:00", "2026-10-25 02:00"),
        ("2026-07-01 11:00", "2026-07-01 10:00"),
        ("2027-01-15 11:00", "2027-01-15 11:00"),
    ],
)
def test_a_local_time_that_comes_once_is_one_moment(local, moment):
    assert moment_of(datetime.fromisoformat(local)) == utc(moment)


@pytest.mark.parametrize(
    ("local", "kind"),
    [
        ("2027-03-28 01:00", "does not exist"),
        ("2027-03-28 01:59:59.999999", "does not exist"),
        ("2026-10-25 01:00", "comes twice"),
        ("2026-10-25 01:59:59.999999", "comes twice"),
    ],
)
def test_a_local_time_that_is_skipped_or_repeated_is_no_moment(local, kind):
    with pytest.raises(NoSuchMoment, match=kind):
        moment_of(datetime.fromisoformat(local))
