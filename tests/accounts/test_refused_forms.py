"""A refused form of the account pages says so by its status, and keeps all that was typed but secrets."""

import pytest

from accounts.models import Notification
from tests.accounts.test_sign_in import ADA, PASSWORD, link_in, person

pytestmark = pytest.mark.django_db

WRONG = "quite another sentence"
NEW = {"oldpassword": PASSWORD, "password1": "other unrelated words"}


@pytest.mark.parametrize(
    ("address", "typed", "kept"),
    [
        ("/account/login/", {"login": "bea@example.com", "password": WRONG}, ["bea@example.com"]),
        ("/account/login/", {"login": "", "password": WRONG}, []),
        ("/account/signup/", {**ADA, "email": "no address"}, ["Ada Byron", "no address"]),
        ("/account/signup/", {**ADA, "password1": "too-few"}, ["Ada Byron", "ada@example.com"]),
        ("/account/password/reset/", {"email": "bea at example"}, ["bea at example"]),
    ],
)
def test_refused_form_of_the_public_pages_is_422_and_comes_back_as_typed(client, address, typed, kept):
    person(email="bea@example.com")

    page = client.post(address, typed)

    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert [text for text in kept if f'value="{text}"' not in page.text] == []
    assert [secret for secret in (WRONG, PASSWORD, "too-few") if f'value="{secret}"' in page.text] == []


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/account/password/change/", {**NEW, "oldpassword": WRONG}),
        ("/account/password/change/", {**NEW, "password1": "too-few"}),
        ("/account/reauthenticate/", {"password": WRONG}),
    ],
)
def test_refused_form_of_a_signed_in_person_is_422(client, address, typed):
    client.force_login(person(email="bea@example.com"))

    page = client.post(address, typed)

    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert not [text for text in typed.values() if f'"{text}"' in page.text]


def test_refused_first_password_is_422(client):
    bea = person(email="bea@example.com")
    bea.set_unusable_password()
    bea.save()
    client.force_login(bea)

    page = client.post("/account/password/set/", {"password1": "too-few"})

    assert page.status_code == 422


def test_refused_new_password_from_a_link_is_422_and_the_link_stays_good(client):
    person(email="bea@example.com")
    client.post("/account/password/reset/", {"email": "bea@example.com"})
    form = client.get(link_in(Notification.objects.get(kind="password_reset"), "reset_button"), follow=True)
    address = form.redirect_chain[-1][0]

    refused = client.post(address, {"password1": "too-few"})
    taken = client.post(address, {"password1": "other unrelated words"})

    assert (refused.status_code, taken.status_code) == (422, 302)


def test_too_many_wrong_passwords_are_429_with_the_address_kept(client):
    person(email="bea@example.com")
    for _ in range(5):
        client.post("/account/login/", {"login": "bea@example.com", "password": WRONG})

    page = client.post("/account/login/", {"login": "bea@example.com", "password": PASSWORD})

    assert (page.status_code, page["Retry-After"]) == (429, "300")
    assert 'value="bea@example.com"' in page.text


def test_shown_page_and_taken_form_are_no_refusals(client):
    person(email="bea@example.com")

    shown = client.get("/account/login/")
    taken = client.post("/account/login/", {"login": "bea@example.com", "password": PASSWORD})

    assert (shown.status_code, taken.status_code) == (200, 302)
