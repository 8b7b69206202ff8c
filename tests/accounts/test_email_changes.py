"""Changing one's email address: confirmed at the new one, told to the old one, and silent about others."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts import clock, composing, email_changes
from accounts.models import AuditEntry, EmailChange, Notification, User
from accounts.roles import Role
from tests.databases import disarmed
from tests.make import people
from tests.make.times import DAY, NOON
from tests.organisation_presses import owner_of

pytestmark = pytest.mark.django_db

OLD, NEW, PASSWORD = "old@example.com", "new@example.com", "three unrelated words"


def asked(person=None, email=NEW, at=NOON) -> EmailChange:
    person = person or owner_of(OLD)
    return email_changes.ask(person, email, by=person, at=at)


def confirmed(change: EmailChange, at=NOON) -> User:
    return email_changes.confirm(change, by=change.person, at=at)


@pytest.mark.tells("email_change")
def test_a_link_goes_to_the_new_address_and_nothing_changes_yet():
    change = asked()

    told = Notification.objects.get()
    email = composing.email(told)
    assert (told.kind, email.to) == ("email_change", [NEW])
    assert email_changes.key_of(change) in email.body
    assert email_changes.key_of(change) not in composing.compose(told).text
    assert User.objects.get().email == OLD
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [OLD]


@pytest.mark.tells("email_changed")
def test_confirmed_it_holds_and_the_old_address_is_told():
    change = asked()

    confirmed(change)

    assert User.objects.get().email == NEW
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    told = Notification.objects.get(kind="email_changed")
    assert composing.email(told).to == [OLD]
    assert NEW not in composing.email(told).body
    assert OLD not in str([*AuditEntry.objects.values()]) and NEW not in str([*AuditEntry.objects.values()])


def test_an_address_with_an_account_is_answered_alike_and_its_owner_told(client):
    person, owner = owner_of(OLD), owner_of(NEW)
    client.force_login(person)

    answers = [
        client.post("/account/email/", {"email": email}, follow=True).text for email in (NEW, "x@example.com")
    ]

    said = [re.search(r"We have sent a link to (\S+)\. Your address changes", text)[1] for text in answers]
    assert said == [NEW, "x@example.com"]
    assert list(Notification.objects.order_by("pk").values_list("kind", "recipient")) == [
        ("account_exists", owner.pk), ("email_change", person.pk),
    ]  # fmt: skip


def test_an_address_that_got_an_account_meanwhile_is_not_taken_from_it():
    change = asked()
    people.user(Role.APPLICANT, email=NEW)

    with pytest.raises(email_changes.AddressTaken):
        confirmed(change)

    assert User.objects.get(pk=change.person_id).email == OLD


def test_only_the_last_link_works_for_three_days_and_once():
    first = asked()
    last = asked(first.person, "last@example.com")

    for change, at in ((first, NOON), (last, NOON + 3 * DAY)):
        with pytest.raises(email_changes.EmailChangeRefused):
            confirmed(change, at)
    confirmed(last, NOON + 2 * DAY)
    with pytest.raises(email_changes.EmailChangeRefused):
        confirmed(last, NOON + 2 * DAY)


def test_nobody_else_confirms_it():
    change = asked()

    with pytest.raises(email_changes.EmailChangeRefused):
        email_changes.confirm(change, by=owner_of("other@example.com"), at=NOON)


def test_ones_own_address_and_too_many_in_a_day_are_refused():
    person = owner_of(OLD)
    with pytest.raises(email_changes.EmailChangeRefused, match="already"):
        asked(person, " Old@Example.com")
    for number in range(email_changes.A_DAY):
        asked(person, f"{number}@example.com")

    with pytest.raises(email_changes.EmailChangeRefused, match="tomorrow"):
        asked(person)
    asked(person, at=NOON + DAY)


def test_the_database_itself_ends_a_change_once_and_as_a_whole():
    change = asked()
    with pytest.raises(IntegrityError, match="ends_as_a_whole"), transaction.atomic():
        EmailChange.objects.update(state="done")
    confirmed(change)
    back = {"state": "waiting", "ended_at": None}

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        EmailChange.objects.update(**back)
    with disarmed("accounts_emailchange"):
        # The negative control: nothing else stands in the way.
        assert EmailChange.objects.update(**back) == 1


def with_password() -> User:
    person = owner_of(OLD)
    person.set_password(PASSWORD)
    person.save()
    return person


def test_the_password_is_asked_for_first_and_sign_in_follows_the_confirmation(client):
    person = with_password()
    client.force_login(person)

    first = client.get("/account/email/")
    client.post(first["Location"], {"password": PASSWORD})
    client.post("/account/email/", {"email": NEW})
    change = EmailChange.objects.get()
    client.logout()
    early = client.post("/account/login/", {"login": NEW, "password": PASSWORD})
    client.force_login(person)
    client.post(f"/account/email/confirm/{email_changes.key_of(change)}/")
    client.logout()
    old = client.post("/account/login/", {"login": OLD, "password": PASSWORD})
    new = client.post("/account/login/", {"login": NEW, "password": PASSWORD})

    assert first["Location"].startswith("/account/reauthenticate/")
    assert (early.status_code, old.status_code, new.status_code) == (422, 422, 302)


def test_the_link_is_of_no_use_to_somebody_else(client):
    change = asked(at=clock.now())
    client.force_login(owner_of("other@example.com"))
    link = f"/account/email/confirm/{email_changes.key_of(change)}/"

    page, answer = client.get(link), client.post(link)

    assert (page.status_code, answer.status_code) == (410, 410)
    assert NEW not in page.text


def test_a_wrong_address_comes_back_with_what_was_typed(client):
    client.force_login(owner_of(OLD))

    page = client.post("/account/email/", {"email": "no address"})

    assert page.status_code == 422
    assert "Enter an email address in the correct format" in page.text and "no address" in page.text
