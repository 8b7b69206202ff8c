"""The account emails from the form to the link that works."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts import clock, composing, delivery, notices, outbox, resending
from accounts.models import Notification, OwedState, User
from tests.make import people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db
PASSWORD = "a heron over the estuary"
LEASE = timedelta(minutes=3)


def deliver_all() -> None:
    """Do what relay and worker do, at once."""
    at = clock.now()
    for pk in Notification.objects.lease(at, LEASE):
        delivery.deliver([pk], at=at)


def link_in(message) -> str:
    """Return the address of the first link in an email, without the site."""
    address = re.search(r"http://127\.0\.0\.1:8000(/account/\S+/)", message.body)
    return address.group(1)


def sign_up(client, email):
    return client.post(
        reverse("account_signup"),
        {"email": email, "name": "Ada Byron", "password1": PASSWORD, "password2": PASSWORD},
    )


def known(email="ada@example.com") -> User:
    person = people.user(email=email)
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def ask_for_a_new_password(client, email):
    return client.post(reverse("account_reset_password"), {"email": email})


@pytest.mark.tells("account_confirmation")
def test_signing_up_owes_a_confirmation_whose_link_confirms(client, mailoutbox):
    sign_up(client, "ada@example.com")
    assert mailoutbox == []

    deliver_all()
    client.post(link_in(mailoutbox[0]))

    assert mailoutbox[0].to == ["ada@example.com"]
    assert EmailAddress.objects.get(email="ada@example.com").verified


def test_an_address_confirmed_in_the_meantime_gets_no_confirmation(client, mailoutbox):
    sign_up(client, "ada@example.com")
    EmailAddress.objects.update(verified=True)

    deliver_all()

    assert mailoutbox == []
    assert Notification.objects.get().state == OwedState.VOID


@pytest.mark.tells("account_exists")
def test_signing_up_again_is_answered_alike_and_told_by_e_mail_alone(client, mailoutbox):
    known("ada@example.com")

    new, again = sign_up(client, "new@example.com"), sign_up(client, "ada@example.com")
    deliver_all()

    assert (again.status_code, again.url) == (new.status_code, new.url)
    assert [(message.to, message.subject) for message in mailoutbox] == [
        (["new@example.com"], "Confirm your email address for Launchpad"),
        (["ada@example.com"], "You already have a Launchpad account"),
    ]


@pytest.mark.tells("password_reset")
def test_a_new_password_is_asked_for_and_chosen_by_the_link(client, mailoutbox):
    person = known()
    ask_for_a_new_password(client, person.email)

    deliver_all()
    form = client.get(link_in(mailoutbox[0]), follow=True)
    chosen = "another heron over the estuary"
    client.post(form.request["PATH_INFO"], {"password1": chosen, "password2": chosen})

    person.refresh_from_db()
    assert person.check_password(chosen)


def test_an_unknown_address_is_answered_alike_and_owed_nothing(client):
    known()

    answers = [ask_for_a_new_password(client, email) for email in ("ada@example.com", "none@example.com")]

    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].url == answers[1].url
    assert Notification.objects.count() == 1


def test_a_button_pressed_again_and_again_owes_one_e_mail_a_minute(client):
    person = known()

    for _ in range(4):
        ask_for_a_new_password(client, person.email)

    # Two where the minute turned between two presses.
    assert Notification.objects.count() <= 2


def test_no_row_holds_a_key_or_a_token(client, mailoutbox):
    sign_up(client, "new@example.com")
    ask_for_a_new_password(client, known().email)

    deliver_all()

    rows = str(list(Notification.objects.values()))
    for message in mailoutbox:
        secret = link_in(message).rstrip("/").rpartition("/")[2]
        assert secret not in rows
    assert "ada@example.com" not in rows


@pytest.mark.parametrize("kind", ["account_confirmation", "password_reset", "account_exists"])
def test_both_parts_say_the_same_to_the_same_person(kind):
    person = known()
    EmailAddress.objects.update(verified=False)
    subject_id = EmailAddress.objects.get().pk if kind == "account_confirmation" else person.pk
    notification = outbox.post(
        kind, to=person, subject_word="subject", subject_id=subject_id, cause="x", at=NOON
    )

    message = composing.email(notification)
    html = message.alternatives[0].content

    assert f"Dear {person.name}" in message.body
    assert f"Dear {person.name}" in html
    assert "http://127.0.0.1:8000/account/" in message.body
    assert 'href="http://127.0.0.1:8000/account/' in html
    assert "{{" not in message.body + html
    assert "\n\n\n" not in message.body


def reset_asked_for(person, at=NOON) -> Notification:
    return outbox.post(
        "password_reset",
        to=person,
        subject_word="person",
        subject_id=person.pk,
        cause=f"asked at {at}",
        facts={"at": at.isoformat(), "password": notices.fingerprint(person)},
        at=at,
    )


def test_a_held_up_link_is_not_sent_once_the_password_was_changed(client, mailoutbox):
    person = known()
    ask_for_a_new_password(client, person.email)
    person.set_password("another heron over the estuary")
    person.save()

    deliver_all()

    assert (mailoutbox, Notification.objects.get().state) == ([], OwedState.VOID)


def test_of_several_links_held_up_only_the_latest_is_sent(mailoutbox):
    person = known()
    older, latest = reset_asked_for(person), reset_asked_for(person, NOON + timedelta(minutes=5))

    deliver_all()

    older.refresh_from_db()
    latest.refresh_from_db()
    assert (older.state, latest.state, len(mailoutbox)) == (OwedState.VOID, OwedState.DONE, 1)


def test_a_link_sent_again_does_not_outlive_a_later_one():
    person = known()
    failed, later = reset_asked_for(person), reset_asked_for(person, NOON + timedelta(minutes=5))
    Notification.objects.filter(pk=failed.pk).update(state=OwedState.FAILED, finished_at=NOON)
    failed.refresh_from_db()
    again = resending.send_again(failed, reason="x", by=people.manager(), at=NOON + timedelta(hours=1))

    assert (notices.is_latest_reset(again), notices.is_latest_reset(later)) == (False, True)


def test_a_sign_in_told_of_again_bears_the_moment_of_the_sign_in():
    person = people.manager()
    told = outbox.post(
        "new_sign_in", to=person, subject_word="person", subject_id=person.pk, cause="x",
        facts={"at": NOON.isoformat()}, at=NOON,
    )  # fmt: skip
    Notification.objects.filter(pk=told.pk).update(state=OwedState.FAILED, finished_at=NOON)
    told.refresh_from_db()
    again = resending.send_again(told, reason="x", by=person, at=NOON + timedelta(hours=5))

    assert notices.new_sign_in(again)["signed_in_at"] == notices.new_sign_in(told)["signed_in_at"]
