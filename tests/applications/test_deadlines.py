"""Reminders of drafts: each in its time, all of a person's drafts in one, and never twenty."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from accounts import delivery
from accounts.models import Notification, OwedState
from applications import deadlines, reopening, submission
from applications.models import Competition
from tests.make import applications, competitions, organisations, people
from tests.make.times import DAY

pytestmark = pytest.mark.django_db

#: An hour on the hour, 11:00 on a wall in summer.
CLOSE = datetime(2026, 7, 1, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def draft(closes_at=CLOSE, by=None, within=None, **fields):
    within = within or competitions.competition(closes_at=closes_at, **fields)
    organisation = by.memberships.get().organisation if by else None
    return applications.draft(within, organisation, by=by, at=within.opens_at)


def editor():
    return people.member(organisations.organisation())


def reminded(at) -> list[Notification]:
    before = set(Notification.objects.values_list("pk", flat=True))
    deadlines.remind(at=at)
    return list(Notification.objects.exclude(pk__in=before).order_by("pk"))


def quarters(since: datetime, until: datetime) -> list[datetime]:
    """The moments at which the timetable looks: every quarter of an hour."""
    return [
        since + number * timedelta(minutes=15)
        for number in range(int((until - since) / timedelta(minutes=15)))
    ]


@pytest.mark.tells("application_deadline")
def test_each_reminder_comes_once_in_its_time():
    application = draft()

    sent = []
    for at in quarters(CLOSE - 15 * DAY, CLOSE + DAY):
        sent += [(CLOSE - at) for _ in reminded(at)]

    assert sent == [14 * DAY, 3 * DAY, DAY, 2 * HOUR]
    assert {row.recipient for row in Notification.objects.filter(kind="application_deadline")} == {
        application.started_by
    }


def test_a_day_is_a_day_on_the_wall_across_a_change_of_clocks():
    after_the_change = datetime(2026, 10, 26, 11, tzinfo=UTC)  # 11:00 GMT, a day after the clocks went back

    three_days = deadlines.moment(after_the_change, 72)
    two_hours = deadlines.moment(after_the_change, 2)

    assert three_days == datetime(2026, 10, 23, 10, tzinfo=UTC)  # 11:00 BST
    assert after_the_change - two_hours == 2 * HOUR


def test_a_competition_has_reminders_of_its_own_or_none():
    draft(remind_before=[48])
    draft(remind_before=[])

    assert len(reminded(CLOSE - 3 * DAY)) == 0
    assert len(reminded(CLOSE - 2 * DAY)) == 1


def test_all_drafts_of_a_person_are_in_one():
    person = editor()
    drafts = [draft(by=person) for _ in range(20)]

    [reminder] = reminded(CLOSE - 3 * DAY)

    assert sorted(reminder.facts["drafts"]) == [application.pk for application in drafts]


def test_nobody_gets_twenty_reminders_however_the_closes_lie():
    person = editor()
    for number in range(20):
        draft(CLOSE + number * timedelta(minutes=25), by=person)

    sent = []
    # From before the reminders of three days, then about the last day: nothing falls due between.
    for at in [*quarters(CLOSE - 4 * DAY, CLOSE - 2 * DAY), *quarters(CLOSE - DAY - HOUR, CLOSE + 10 * HOUR)]:
        sent += [at for _ in reminded(at)]

    a_day = Counter(int((CLOSE - at) / DAY) for at in sent)
    rows = Notification.objects.filter(kind="application_deadline").values_list("facts", flat=True)
    told = [mark for facts in rows for mark in facts["told"]]
    assert max(a_day.values()) <= 11  # twenty closes over eight hours: at most one an hour
    assert min(later - earlier for earlier, later in pairwise(sent)) >= deadlines.BEFORE_THE_LAST
    assert len(told) == len(set(told))
    last_calls = [mark for mark in told if " 2h " in mark]
    assert len(last_calls) == 20


def reminded_75_minutes_before_the_close(person) -> None:
    """A draft that closes a day later."""
    draft(CLOSE + 25 * HOUR - timedelta(minutes=75), by=person, remind_before=[25, 2])


def test_the_last_before_a_close_goes_with_another_shortly_before_or_at_its_time():
    person = editor()
    reminded_75_minutes_before_the_close(person)
    first = draft(by=person, remind_before=[1])
    second = draft(CLOSE + 3 * HOUR, by=person, remind_before=[2])

    sent = {
        pk: at
        for at in quarters(CLOSE - 3 * HOUR, CLOSE + 3 * HOUR)
        for row in reminded(at)
        for pk in row.facts["drafts"]
    }

    assert sent[first.pk] == CLOSE - timedelta(minutes=75)
    assert sent[second.pk] == CLOSE + HOUR
    assert Notification.objects.filter(kind="application_deadline").count() == 2


def test_the_last_before_a_close_waits_for_no_quiet():
    person = editor()
    reminded_75_minutes_before_the_close(person)
    [_other] = reminded(CLOSE - timedelta(minutes=75))
    within = competitions.competition(closes_at=CLOSE, remind_before=[1])
    organisation = person.memberships.get().organisation
    begun = applications.draft(within, organisation, by=person, at=CLOSE - timedelta(minutes=70))

    [last] = reminded(CLOSE - HOUR)

    assert last.facts["drafts"] == [begun.pk]


def test_a_reminder_that_nobody_got_since_it_was_void_is_no_reminder(mailoutbox):
    ready = applications.complete_draft(competitions.competition(closes_at=CLOSE))
    at = CLOSE - DAY
    [reminder] = reminded(at)
    submission.submit(ready, by=ready.started_by, at=at)
    deliver(reminder, at)

    reopening.reopen(ready, by=ready.started_by, at=at + timedelta(minutes=5))
    [again] = reminded(at + timedelta(minutes=15))

    assert (reminder.state, again.facts["drafts"]) == (OwedState.VOID, [ready.pk])
    assert reminded(at + timedelta(minutes=30)) == []


def test_a_draft_begun_after_a_reminder_fell_due_waits_for_the_next():
    within = competitions.competition(closes_at=CLOSE)
    applications.draft(within, at=CLOSE - 2 * DAY)

    assert reminded(CLOSE - 2 * DAY + HOUR) == []
    assert len(reminded(CLOSE - DAY)) == 1


def test_after_a_stop_only_the_last_that_fell_due_is_made_up_for():
    draft()

    assert len(reminded(CLOSE - 2 * DAY)) == 1
    assert reminded(CLOSE - 2 * DAY + 7 * HOUR) == []


def test_a_close_that_is_moved_is_reminded_of_anew():
    application = draft()
    reminded(CLOSE - 3 * DAY)
    Competition.objects.filter(pk=application.competition_id).update(closes_at=CLOSE + 7 * DAY)

    assert len(reminded(CLOSE + 4 * DAY)) == 1


def test_who_may_not_submit_is_not_reminded():
    application = draft()
    organisation = application.participants.get().organisation
    people.member(organisation, may_edit=False)
    gone = people.member(organisation)
    gone.is_active = False
    gone.save()

    [reminder] = reminded(CLOSE - 3 * DAY)

    assert reminder.recipient == application.started_by


def test_what_was_submitted_meanwhile_is_not_reminded_of(mailoutbox):
    within = competitions.competition(closes_at=CLOSE)
    ready = applications.complete_draft(within, at=within.opens_at)
    [reminder] = reminded(CLOSE - 3 * DAY)
    submission.submit(ready, by=ready.started_by, at=CLOSE - 3 * DAY)

    deliver(reminder, CLOSE - 3 * DAY)

    assert (reminder.state, mailoutbox) == (OwedState.VOID, [])


def test_a_reminder_that_comes_after_the_close_is_not_sent(mailoutbox):
    draft()
    [reminder] = reminded(CLOSE - 2 * HOUR)

    deliver(reminder, CLOSE)

    assert (reminder.state, mailoutbox) == (OwedState.VOID, [])


def test_a_reminder_names_each_draft_and_its_close(mailoutbox):
    person = editor()
    first, second = draft(by=person), draft(CLOSE + DAY, by=person)
    [reminder] = reminded(CLOSE - 2 * DAY)

    deliver(reminder, CLOSE - 2 * DAY)

    [message] = mailoutbox
    assert message.subject == "Still to submit by 11am on 1 July 2026 (BST): the first of 2 applications"
    for part in (message.body, message.alternatives[0].content):
        assert first.reference in part
        assert second.reference in part
        assert "11am on 2 July 2026 (BST)" in part


def deliver(notification, at) -> None:
    Notification.objects.filter(pk=notification.pk).update(due_at=at)
    Notification.objects.lease(at, timedelta(minutes=3))
    delivery.deliver([notification.pk], at=at)
    notification.refresh_from_db()


def test_a_run_takes_few_statements_however_many_drafts(django_assert_max_num_queries):
    within = competitions.competition(closes_at=CLOSE)
    for _ in range(12):
        draft(within=within)

    with django_assert_max_num_queries(12):
        posted = deadlines.remind(at=CLOSE - 3 * DAY)

    assert posted == "12 people reminded of drafts"
