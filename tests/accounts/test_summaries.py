"""One email a day for whoever asks for it: one a person and day, of what may wait and is true."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from accounts import composing, outbox, resending, summaries, wording
from accounts.models import AuditEntry, Notification, OwedState, User
from accounts.roles import Role
from accounts.templatetags.launchpad_notifications import fate, fates
from tests import form_on_page
from tests.make import applications, assessments, budgets, competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 6, 2, 7, tzinfo=UTC)  # 8:00 in London


@pytest.fixture
def assessor() -> User:
    person = people.assessor()
    return summaries.choose(person, daily=True, by=person, at=NOON)


def given(person, at=NOON, application=None) -> Notification:
    assessment = assessments.assessment(application or applications.application(), person)
    return outbox.post(
        "assessment_given", to=person, subject_word="assessment", subject_id=assessment.pk,
        cause=f"given {assessment.pk}", at=at,
    )  # fmt: skip


def send(at, period=None) -> str:
    return summaries.send(period=period or outbox.SUMMARIES.latest(at), at=at)


def sent():
    return Notification.objects.filter(kind="daily_summary")


@pytest.mark.tells("daily_summary")
def test_what_may_wait_is_gathered_into_one_email_a_day(assessor):
    first, second = given(assessor), given(assessor)

    send(at=MORNING)
    send(at=MORNING + timedelta(minutes=5))

    summary = sent().get()
    first.refresh_from_db()
    assert (summary.recipient, summary.facts["notifications"]) == (assessor, [first.pk, second.pk])
    assert (first.state, fate(first)) == (OwedState.DONE, "Being sent in the daily summary")
    assert composing.compose(summary).subject == "Your daily summary: 2 notifications"


def test_nothing_of_it_is_sent_before_by_itself(assessor):
    row = given(assessor)

    assert not Notification.objects.due(MORNING).exists()
    assert row.due_at == MORNING + outbox.GOES_ALONE_AFTER


def test_what_no_summary_took_goes_by_itself(assessor):
    row = given(assessor)

    assert list(Notification.objects.due(MORNING + outbox.GOES_ALONE_AFTER)) == [row]


def test_the_next_day_has_a_summary_of_its_own_and_a_day_without_news_none(assessor):
    given(assessor)
    send(at=MORNING)
    send(at=MORNING + DAY)
    given(assessor, at=MORNING + DAY)
    send(at=MORNING + 2 * DAY)

    assert sent().count() == 2


@pytest.mark.parametrize(
    ("became", "words"),
    [
        (
            {"state": OwedState.DONE, "finished_at": MORNING},
            "Sent at 8am on 2 June 2026 (BST) in the daily summary",
        ),
        (
            {"state": OwedState.FAILED, "finished_at": MORNING, "last_error": "550 5.1.1 No such mailbox"},
            "Refused in the daily summary: mailbox does not exist",
        ),
        (
            {"last_error": "452 4.2.2 Over quota", "due_at": MORNING},
            "Not sent yet in the daily summary: mailbox is full. Next try at 8am on 2 June 2026 (BST)",
        ),
        ({"state": OwedState.VOID, "finished_at": MORNING}, "Not sent: no longer true when its turn came"),
    ],
)
def test_what_went_into_a_summary_shares_its_fate(assessor, became, words):
    row = given(assessor)
    send(at=MORNING)

    sent().update(**became)

    row.refresh_from_db()
    assert fate(row) == words


def test_a_summary_that_was_sent_again_is_what_became_of_it(assessor):
    row = given(assessor)
    send(at=MORNING)
    sent().update(state=OwedState.FAILED, finished_at=MORNING, last_error="550 5.1.1 No such mailbox")
    again = resending.send_again(sent().get(), reason="Corrected", by=people.manager(), at=MORNING)
    sent().filter(pk=again.pk).update(state=OwedState.DONE, finished_at=MORNING + timedelta(hours=1))

    row.refresh_from_db()
    assert fate(row) == "Sent at 9am on 2 June 2026 (BST) in the daily summary"


def test_the_fates_of_many_are_asked_for_at_once(assessor, django_assert_num_queries):
    for number in range(4):
        given(assessor)
        send(at=MORNING + number * DAY)
    rows = list(Notification.objects.filter(channel="summary"))

    with django_assert_num_queries(1):
        assert set(fates(rows).values()) == {"Being sent in the daily summary"}
    assert len(rows) == 4


@pytest.mark.parametrize("number", [1, 3])
def test_summaries_take_the_same_queries_however_many_people_there_are(number, django_assert_num_queries):
    for _one in range(number):
        person = people.assessor()
        given(summaries.choose(person, daily=True, by=person, at=NOON))

    # people, a savepoint, what waits for them, the rows in and counted, those made, those told; then nobody
    with django_assert_num_queries(9):
        assert send(at=MORNING) == f"{number} daily summaries"


@pytest.mark.parametrize("number", [1, 3])
def test_the_news_take_the_same_queries_however_many_they_are(assessor, number, django_assert_num_queries):
    within = competitions.competition()
    for _one in range(number):
        given(assessor, application=applications.application(competition=within))
    send(at=MORNING)
    summary = sent().select_related("recipient").get()

    # the rows, the assessments, the reader's roles and regions, which of them they see, the wording
    with django_assert_num_queries(7):
        assert len(summaries.news(summary)) == number


def test_a_summary_made_up_for_after_midnight_leaves_the_next_mornings_alone(assessor):
    given(assessor)
    send(at=MORNING + timedelta(hours=20), period=MORNING)
    given(assessor, at=MORNING + timedelta(hours=21))

    send(at=MORNING + DAY)

    assert sent().count() == 2


def test_a_fault_in_one_costs_neither_it_nor_the_others(assessor, monkeypatch, caplog):
    """Taken away: what a kind looks up, as where a template was broken by a release."""
    given(assessor)
    budget = budgets.budget()
    outbox.post(
        "budget_level", to=assessor, subject_word="budget", subject_id=budget.pk, cause="x",
        facts={}, at=NOON,
    )  # fmt: skip
    send(at=MORNING)

    found = summaries.news(sent().get())

    assert [title for title, _ in found] == ["An application to assess", "A budget fills up"]
    assert found[1][1] == summaries.UNREADABLE
    assert "notification could not be put into a summary" in caplog.messages


def test_a_database_that_is_away_is_no_reason_to_drop_the_news(assessor, monkeypatch):
    given(assessor)
    send(at=MORNING)
    broken = replace(wording.of("assessment_given"), still_true=gone_away)
    monkeypatch.setitem(wording._register.kinds, "assessment_given", broken)

    with pytest.raises(OperationalError):
        summaries.has_news(sent().get())


def gone_away(notification) -> bool:
    raise OperationalError("server closed the connection")


def test_what_is_no_longer_true_is_no_news(assessor):
    kept, gone = given(assessor), given(assessor)
    Notification.objects.filter(pk=gone.pk).update(subject_id=0)
    send(at=MORNING)

    assert len(summaries.news(sent().get())) == 1
    assert kept.pk in sent().get().facts["notifications"]


def test_whoever_did_not_ask_is_told_at_once():
    row = given(people.assessor())

    send(at=MORNING)

    assert (row.waits, row.due_at) == (False, NOON)
    assert not sent().exists()


def test_it_is_chosen_on_the_page_once_and_noted():
    person = people.user(Role.MANAGER)
    browser = office.sign_in(person)
    action, values = form_on_page.find(browser, "/account/notifications/", having="when")

    answers = [browser.post(action, {**values, "when": "daily"}) for _press in range(2)]

    person.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert person.wants_summary
    assert AuditEntry.objects.filter(action="choose when to be told", by=person).count() == 1


def test_nobody_chooses_for_another_and_applicants_have_nothing_to_choose():
    applicant, manager = people.user(Role.APPLICANT), people.manager()

    for person, by in ((applicant, applicant), (manager, people.manager())):
        with pytest.raises(summaries.NotOfTheOffice):
            summaries.choose(person, daily=True, by=by, at=NOON)
    page = office.sign_in(applicant).get("/account/notifications/").content.decode()
    assert "emails that may wait" not in page
