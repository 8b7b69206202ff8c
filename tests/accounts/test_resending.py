"""What failed stays as it ended, and is followed by a row of its own when a person sends it again."""

import pytest
from django.db import Error, IntegrityError, transaction

from accounts import outbox, resending
from accounts.models import Notification, OwedState, reach
from accounts.roles import Role
from accounts.templatetags.launchpad_notifications import fate
from tests.make import competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db
PAGE = "/admin/accounts/notification/"


def posted(state=OwedState.FAILED, reason="550 5.1.1 No such mailbox") -> Notification:
    person = people.user()
    notification = outbox.post(
        "account_exists",
        to=person,
        subject_word="person",
        subject_id=person.pk,
        cause=f"found {person.pk}",
        at=NOON,
    )
    ended = {} if state == OwedState.WAITING else {"finished_at": NOON, "tries": 1}
    Notification.objects.filter(pk=notification.pk).update(state=state, last_error=reason, **ended)
    notification.refresh_from_db()
    return notification


def test_a_new_row_names_the_old_and_the_old_stays_as_it_ended():
    failed, manager = posted(), people.manager()

    again = resending.send_again(failed, reason="The address was corrected.", by=manager, at=NOON + DAY)

    failed.refresh_from_db()
    assert (failed.state, failed.last_error) == (OwedState.FAILED, "550 5.1.1 No such mailbox")
    assert (again.again_of, again.again_by, again.again_reason) == (
        failed,
        manager,
        "The address was corrected.",
    )
    assert (again.state, again.due_at, again.tries) == (OwedState.WAITING, NOON + DAY, 0)
    assert (again.kind, again.recipient) == (failed.kind, failed.recipient)
    assert again.message_id != failed.message_id


def test_the_same_one_is_sent_again_once_and_its_follower_when_that_fails_too():
    failed, manager = posted(), people.manager()
    again = resending.send_again(failed, reason="Corrected", by=manager, at=NOON)

    with pytest.raises(resending.SentAgainAlready) as refusal:
        resending.send_again(failed, reason="Corrected", by=manager, at=NOON)
    Notification.objects.filter(pk=again.pk).update(state=OwedState.FAILED)
    third = resending.send_again(again, reason="Corrected once more", by=manager, at=NOON)

    assert refusal.value.follower == again
    assert third.again_of == again


def test_the_database_allows_one_follower():
    failed, manager = posted(), people.manager()
    resending.send_again(failed, reason="Corrected", by=manager, at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.create(
            kind=failed.kind,
            recipient=failed.recipient,
            subject_word="person",
            subject_id=1,
            cause="another",
            message_id="<another>",
            created_at=NOON,
            due_at=NOON,
            again_of=failed,
            again_by=manager,
            again_reason="By hand",
        )


@pytest.mark.parametrize("state", [OwedState.WAITING, OwedState.DONE, OwedState.VOID])
def test_only_what_failed_is_sent_again(state):
    with pytest.raises(resending.HasNotFailed):
        resending.send_again(posted(state), reason="Because", by=people.manager(), at=NOON)

    assert Notification.objects.count() == 1


def test_nobody_sends_again_without_saying_why():
    with pytest.raises(resending.ReasonMissing):
        resending.send_again(posted(), reason=" \n ", by=people.manager(), at=NOON)


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.ASSESSOR, Role.AUDITOR])
def test_a_role_that_does_not_answer_for_it_may_not(role):
    with pytest.raises(resending.NotASender):
        resending.send_again(posted(), reason="Because", by=people.user(role), at=NOON)


def about_a_case(subject_word: str) -> Notification:
    """A failed one about a row that belongs to a region's cases."""
    row = posted()
    Notification.objects.filter(pk=row.pk).update(subject_word=subject_word)
    return row


@pytest.mark.parametrize("subject_word", sorted(reach.subjects))
def test_an_administrator_sends_nothing_again_that_is_about_a_case(subject_word):
    row, administrator = about_a_case(subject_word), people.user(Role.ADMINISTRATOR)
    browser = office.sign_in(administrator)

    with pytest.raises(resending.NotASender):
        resending.send_again(row, reason="Because", by=administrator, at=NOON)

    assert browser.get(f"{PAGE}{row.pk}/change/").status_code == 404
    assert browser.post(f"{PAGE}{row.pk}/send-again/", {"reason": "Because"}).status_code == 404


def test_an_administrator_sends_again_what_is_about_a_person_where_all_managers_are_regional():
    people.manager(region=competitions.region())
    row, about_case = posted(), about_a_case("application")
    browser = office.sign_in(people.user(Role.ADMINISTRATOR))

    listed = browser.get(f"{PAGE}?unreached=yes").context["cl"].result_list
    page = browser.get(f"{PAGE}{row.pk}/change/").content.decode()
    browser.post(f"{PAGE}{row.pk}/send-again/", {"reason": "The address was corrected."})

    assert [one.pk for one in listed] == [row.pk]
    assert "Send it again" in page
    assert Notification.objects.get(again_of=row).again_reason == "The address was corrected."
    assert not Notification.objects.filter(again_of=about_case).exists()


def test_a_manager_who_is_an_administrator_too_sends_all_again():
    both = people.user(Role.MANAGER, Role.ADMINISTRATOR)

    for row in (posted(), about_a_case("application")):
        assert resending.send_again(row, reason="Because", by=both, at=NOON).again_of == row


def test_a_manager_sends_again_from_the_page_and_is_led_to_the_new_one():
    failed = posted()
    client = office.sign_in(people.manager())

    page = client.get(f"{PAGE}{failed.pk}/change/")
    answer = client.post(
        f"{PAGE}{failed.pk}/send-again/", {"reason": "The address was corrected."}, follow=True
    )

    again = Notification.objects.get(again_of=failed)
    assert "Refused: mailbox does not exist" in page.content.decode()
    assert answer.redirect_chain == [(f"{PAGE}{again.pk}/change/", 302)]
    assert "The address was corrected." in answer.content.decode()


def test_a_refused_form_says_so_at_the_field():
    failed = posted()
    client = office.sign_in(people.manager())

    answer = client.post(f"{PAGE}{failed.pk}/send-again/", {"reason": ""})

    assert answer.status_code == 422
    assert "Say why it is sent again" in answer.content.decode()
    assert not Notification.objects.filter(again_of=failed).exists()


def test_an_auditor_reads_and_finds_no_button():
    failed = posted()
    client = office.sign_in(people.user(Role.AUDITOR))

    page = client.get(f"{PAGE}{failed.pk}/change/").content.decode()

    assert "Refused: mailbox does not exist" in page
    assert "Send it again" not in page
    assert client.post(f"{PAGE}{failed.pk}/send-again/", {"reason": "x"}).status_code == 403


def test_several_are_sent_again_from_the_list_for_one_reason():
    first, second, sent = posted(), posted(), posted(OwedState.DONE, "")
    client = office.sign_in(people.manager())
    chosen = {
        "action": "send_selected_again",
        "_selected_action": [first.pk, second.pk, sent.pk],
        "reason": "The server was mended.",
    }

    page = client.post(PAGE, chosen, follow=True).content.decode()

    assert set(Notification.objects.exclude(again_of=None).values_list("again_of", flat=True)) == {
        first.pk,
        second.pk,
    }
    assert f"Number {sent.pk}: Only what has failed can be sent again." in page


@pytest.mark.parametrize("number", [1, 3])
def test_many_take_as_many_queries_as_one(number, django_assert_num_queries):
    rows, manager = [posted() for _one in range(number)], people.manager()
    assert manager.held

    # a savepoint and its end, roles (two), whose they are, the rows, followers, the new rows, the trail's two
    with django_assert_num_queries(10):
        outcomes = resending.send_all_again(rows, reason="The server was mended.", by=manager, at=NOON)

    assert [again.again_of_id for _pk, again in outcomes] == [row.pk for row in rows]


def test_the_list_without_a_reason_sends_nothing():
    failed = posted()
    client = office.sign_in(people.manager())

    client.post(PAGE, {"action": "send_selected_again", "_selected_action": [failed.pk], "reason": " "})

    assert not Notification.objects.exclude(again_of=None).exists()


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (OwedState.DONE, "", "Sent at 1pm on 1 June 2026 (BST)"),
        (OwedState.FAILED, "550 5.1.1 No such mailbox", "Refused: mailbox does not exist"),
        (OwedState.FAILED, "550 User unknown", "Refused: mailbox does not exist"),
        (
            OwedState.FAILED,
            "Given up after 292 tries over more than 48 hours. The last: 452 4.2.2 Over quota",
            "Given up: mailbox is full (292 tries over 48 hours)",
        ),
        (
            OwedState.FAILED,
            "Given up after 3 tries over more than 48 hours. The last: It could not be written (KeyError).",
            "Given up: It could not be written (KeyError) (3 tries over 48 hours)",
        ),
        (
            OwedState.FAILED,
            "Every worker that took this up stopped before it was done.",
            "Given up: Every worker that took this up stopped before it was done",
        ),
        (OwedState.FAILED, "554 Not wanted here", "Refused: the mail server answered: 554 Not wanted here"),
        (OwedState.VOID, "", "Not sent: no longer true when its turn came"),
        (
            OwedState.WAITING,
            "452 4.2.2 Over quota",
            "Not sent yet: mailbox is full. Next try at 1pm on 1 June 2026 (BST)",
        ),
        (OwedState.WAITING, "", "Being sent"),
    ],
)
def test_what_became_of_it_is_said_in_words(state, reason, words):
    assert fate(posted(state, reason)) == words


def test_an_ended_row_cannot_begin_again_even_by_hand():
    failed = posted()

    with pytest.raises(Error, match="Cannot update"), transaction.atomic():
        Notification.objects.filter(pk=failed.pk).update(state=OwedState.WAITING)
