"""What somebody was told, in their own pages: theirs alone, read and unread, without secrets."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from accounts import outbox
from accounts.models import Membership, Notification, OwedState
from applications import deadline, deadlines, submission
from applications.models import Application
from applications.workflow import Status
from tests import form_on_page
from tests.make import applications, competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db
LIST = "/account/notifications/"


def told(person, kind="application_submitted", application=None, **ended) -> Notification:
    about = application or applications.application()
    word, pk = (
        ("person", person.pk) if kind in ("new_sign_in", "password_reset") else ("application", about.pk)
    )
    number = Notification.objects.count()
    row = outbox.post(kind, to=person, subject_word=word, subject_id=pk, cause=f"told {number}", at=NOON)
    Notification.objects.filter(pk=row.pk).update(**ended)
    return row


def sent() -> dict:
    return {"state": OwedState.DONE, "finished_at": NOON, "tries": 1}


def test_one_sees_ones_own_and_nobody_elses():
    person, other = people.user(), people.user()
    mine, theirs = told(person, "new_sign_in"), told(other, "new_sign_in")
    browser = office.sign_in(person)

    page = browser.get(LIST).content.decode()

    assert f"{LIST}{mine.pk}/" in page
    assert f"{LIST}{theirs.pk}/" not in page
    assert browser.get(f"{LIST}{theirs.pk}/").status_code == 404


def test_opening_one_marks_it_as_read_once():
    person = people.user()
    first, second = told(person, "new_sign_in"), told(person, "new_sign_in")
    browser = office.sign_in(person)
    before = browser.get(LIST).content.decode()

    page = browser.get(f"{LIST}{first.pk}/")
    first.refresh_from_db()
    read_at = first.read_at
    browser.get(f"{LIST}{first.pk}/")

    first.refresh_from_db()
    second.refresh_from_db()
    assert page.status_code == 200
    assert read_at is not None
    assert (first.read_at, second.read_at) == (read_at, None)
    assert '2<span class="govuk-visually-hidden"> unread' in before
    assert '1<span class="govuk-visually-hidden"> unread' in browser.get(LIST).content.decode()


def test_all_are_marked_as_read_by_one_press_and_nobody_elses():
    person, other = people.user(), people.user()
    told(person, "new_sign_in")
    told(other, "new_sign_in")
    browser = office.sign_in(person)

    answer = browser.post(*form_on_page.find(browser, LIST))

    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert not Notification.objects.unread().filter(recipient=person).exists()
    assert Notification.objects.unread().filter(recipient=other).exists()


@pytest.mark.parametrize("number", [1, 25])
def test_the_list_takes_the_same_queries_whatever_its_length(number, django_assert_num_queries):
    application = applications.application()
    person = application.started_by
    for _one in range(number):
        told(person, application=application)
    browser = office.sign_in(person)

    # session, person, roles, how many, the page, the applications' names, unread, whether the clock is set
    with django_assert_num_queries(8):
        browser.get(LIST)


def test_no_secret_link_stands_in_the_pages():
    person = people.user()
    EmailAddress.objects.create(user=person, email=person.email)
    reset = told(person, "password_reset", **sent())

    page = office.sign_in(person).get(f"{LIST}{reset.pk}/").content.decode()

    assert "only its reader may have" in page
    assert "/account/password/reset/key/" not in page


def test_whoever_left_the_organisation_reads_no_more_of_its_application():
    application = applications.application(Status.SUBMITTED)
    person = applications.editor(application)
    people.member(applications.lead(application).organisation)
    row = told(person, application=application, **sent())
    browser = office.sign_in(person)
    before = browser.get(f"{LIST}{row.pk}/").content.decode()

    Membership.objects.filter(person=person).delete()
    after = browser.get(f"{LIST}{row.pk}/")

    assert application.reference in before
    assert after.status_code == 200
    assert application.reference not in after.content.decode()
    assert application.reference not in browser.get(LIST).content.decode()
    assert "This cannot be shown any more" in after.content.decode()


def test_what_is_gone_is_said_to_be_gone():
    person = people.user("applicant")
    row = outbox.post(
        "application_submitted", to=person, subject_word="application", subject_id=0, cause="gone", at=NOON
    )

    answer = office.sign_in(person).get(f"{LIST}{row.pk}/")

    assert answer.status_code == 200
    assert "is no longer there" in answer.content.decode()


def test_what_was_no_longer_true_is_not_in_the_pages():
    person = people.user()
    row = told(person, "new_sign_in", state=OwedState.VOID, finished_at=NOON)
    browser = office.sign_in(person)

    assert "There is nothing yet" in browser.get(LIST).content.decode()
    assert browser.get(f"{LIST}{row.pk}/").status_code == 404


def test_an_applications_page_shows_what_became_of_its_notifications_to_ones_own_people():
    competition = competitions.open_now()
    entry = applications.complete_draft(competition, at=competition.opens_at)
    submission.submit(entry, by=entry.started_by, at=competition.opens_at)
    colleague = people.member(entry.participants.get().organisation, name="Col League")
    outsider = people.user(name="Out Sider")
    told(colleague, application=entry, state=OwedState.FAILED, finished_at=NOON + DAY,
         last_error="550 5.1.1 No such mailbox")  # fmt: skip
    told(outsider, application=entry, **sent())

    page = office.sign_in(entry.started_by).get(f"/applications/{entry.reference}/").content.decode()

    assert "To Col League. Refused: mailbox does not exist." in page
    assert "Out Sider" not in page


def test_an_applications_page_shows_reminders_and_moved_closes_too():
    within = competitions.open_now()
    entry = applications.draft(within, at=within.opens_at)
    other = applications.draft(within, at=within.opens_at)
    moved = within.closes_at + DAY
    deadline.move(within, moved, "The form was down.", by=people.manager(), at=within.opens_at + DAY)
    deadlines.remind(at=moved - 2 * timedelta(hours=1))
    own = Notification.objects.filter(recipient=entry.started_by, subject_word="competition")
    own.filter(kind="competition_changed").update(state=OwedState.DONE, finished_at=NOON)
    own.filter(kind="application_deadline").update(
        state=OwedState.FAILED, finished_at=NOON, last_error="550 5.1.1 No such mailbox"
    )

    def page(browser, address) -> str:
        return " ".join(browser.get(address).content.decode().split())

    theirs = page(office.sign_in(entry.started_by), f"/applications/{entry.reference}/")
    entered = {"status": Status.SUBMITTED, "submitted_at": NOON, "submitted_by": entry.started_by}
    Application.objects.filter(pk=entry.pk).update(**entered)
    ours = page(
        office.sign_in(people.manager()), f"/admin/applications/application/{entry.pk}/change/"
    ).split('id="notifications"')[1]

    name = entry.started_by.name
    assert (
        f'Not submitted yet</strong> <span class="launchpad-notice__when">To {name}. Refused: mail' in theirs
    )
    assert (
        f'A competition closes later</strong> <span class="launchpad-notice__when">To {name}. Sent' in theirs
    )
    assert "Not submitted yet" in ours and "A competition closes later" in ours
    for text in (theirs, ours):
        assert other.started_by.name not in text


def test_a_close_that_was_moved_before_an_application_was_begun_was_not_about_it():
    within = competitions.open_now()
    first = applications.draft(within, at=within.opens_at)
    deadline.move(within, within.closes_at + DAY, "Down.", by=people.manager(), at=within.opens_at + DAY)
    colleague = first.started_by
    second = applications.draft(
        within, first.participants.get().organisation, by=colleague, at=within.opens_at + 2 * DAY
    )

    pages = [
        office.sign_in(colleague).get(f"/applications/{one.reference}/").content.decode()
        for one in (first, second)
    ]

    assert ["A competition closes later" in page for page in pages] == [True, False]


def test_the_office_sees_what_became_of_each():
    application = applications.application()
    told(application.started_by, application=application, last_error="451 4.3.0 Try later", tries=1)

    address = f"/admin/applications/application/{application.pk}/change/"
    page = office.sign_in(people.manager()).get(address).content.decode()

    assert "Not sent yet: the mail server answered: 451 4.3.0 Try later. Next try at" in page
