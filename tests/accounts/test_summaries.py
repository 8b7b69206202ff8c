"""One email a day for whoever asks for it: one a person and day, of what may wait and is true."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts import composing, outbox, summaries
from accounts.models import AuditEntry, Notification, OwedState, User
from accounts.roles import Role
from accounts.templatetags.launchpad_notifications import fate
from tests import form_on_page
from tests.make import applications, assessments, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 6, 2, 7, tzinfo=UTC)  # 8:00 in London


@pytest.fixture
def assessor() -> User:
    person = people.assessor()
    return summaries.choose(person, daily=True, by=person, at=NOON)


def given(person, at=NOON) -> Notification:
    assessment = assessments.assessment(applications.application(), person)
    return outbox.post(
        "assessment_given", to=person, subject_word="assessment", subject_id=assessment.pk,
        cause=f"given {assessment.pk}", at=at,
    )  # fmt: skip


def sent():
    return Notification.objects.filter(kind="daily_summary")


def test_what_may_wait_is_gathered_into_one_email_a_day(assessor):
    first, second = given(assessor), given(assessor)

    summaries.send(at=MORNING)
    summaries.send(at=MORNING + timedelta(minutes=5))

    summary = sent().get()
    first.refresh_from_db()
    assert (summary.recipient, summary.facts["notifications"]) == (assessor, [first.pk, second.pk])
    assert (first.state, fate(first)) == (OwedState.DONE, "In the daily summary of 2 June 2026")
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
    summaries.send(at=MORNING)
    summaries.send(at=MORNING + DAY)
    given(assessor, at=MORNING + DAY)
    summaries.send(at=MORNING + 2 * DAY)

    assert sent().count() == 2


def test_what_is_no_longer_true_is_no_news(assessor):
    kept, gone = given(assessor), given(assessor)
    Notification.objects.filter(pk=gone.pk).update(subject_id=0)
    summaries.send(at=MORNING)

    assert len(summaries.news(sent().get())) == 1
    assert kept.pk in sent().get().facts["notifications"]


def test_whoever_did_not_ask_is_told_at_once():
    row = given(people.assessor())

    summaries.send(at=MORNING)

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
