"""Signing up, confirming, signing in and out, and a forgotten password: the pages over allauth."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client

from accounts import wording
from accounts.models import Notification, User
from accounts.roles import Role
from tests.make import people
from tests.make.organisations import organisation

pytestmark = pytest.mark.django_db

PASSWORD = "three unrelated words"
ADA = {"name": "Ada Byron", "email": "ada@example.com", "password1": PASSWORD}


def person(password: str = PASSWORD, **fields) -> User:
    """An applicant with a confirmed address and a password."""
    made = people.user(Role.APPLICANT, **fields)
    made.set_password(password)
    made.save()
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def link_in(notification: Notification, button: str) -> str:
    return (
        wording.of(notification.kind).values(notification)[button].url.removeprefix("http://127.0.0.1:8000")
    )


def test_signing_up_makes_an_applicant_who_is_owed_a_confirmation(client):
    answer = client.post("/account/signup/", ADA)

    ada = User.objects.get()
    owed = Notification.objects.get()
    assert answer["Location"] == "/account/confirm-email/"
    assert (ada.name, ada.email, ada.roles) == ("Ada Byron", "ada@example.com", {Role.APPLICANT})
    assert (owed.kind, owed.recipient, owed.state) == ("account_confirmation", ada, "waiting")
    assert mail.outbox == []


def test_confirmation_link_opens_the_account(client):
    client.post("/account/signup/", ADA)
    link = link_in(Notification.objects.get(), "confirm_button")

    shown = client.get(link)
    before = EmailAddress.objects.get().verified
    client.post(link)

    assert "ada@example.com" in shown.text
    assert (before, EmailAddress.objects.get().verified) == (False, True)


def test_who_signs_up_on_the_way_to_an_application_comes_back_to_it(client):
    wanted = "/competitions/LCR-R1-MFA/start/"
    client.post(f"/account/signup/?next={wanted}", ADA)
    client.post(link_in(Notification.objects.get(), "confirm_button"))
    client.post("/account/login/", {"login": ADA["email"], "password": ADA["password1"]})

    first = client.get("/welcome/")

    # The organisation first, and from there on.
    assert first["Location"] == "/organisation/new/?next=%2Fcompetitions%2FLCR-R1-MFA%2Fstart%2F"
    assert client.get("/welcome/")["Location"] == "/organisation/new/"


def test_the_way_back_survives_confirming_in_another_browser(client):
    wanted = "/competitions/LCR-R1-MFA/start/"
    client.post(f"/account/signup/?next={wanted}", ADA)
    other = Client()

    confirmed = other.post(link_in(Notification.objects.get(), "confirm_button"))
    asked = other.get(confirmed["Location"])
    signed_in = other.post(asked["Location"], {"login": ADA["email"], "password": ADA["password1"]})

    assert confirmed["Location"] == signed_in["Location"] == wanted


def test_a_link_that_names_another_site_leads_to_no_other(client):
    client.post("/account/signup/", ADA)
    link = link_in(Notification.objects.get(), "confirm_button")

    confirmed = client.post(f"{link}?next=https://elsewhere.example/")

    assert "elsewhere" not in confirmed["Location"]


def test_a_way_longer_than_an_address_of_ours_is_not_sent(client):
    client.post(f"/account/signup/?next=/{'a' * 500}", ADA)

    assert Notification.objects.get().facts.get("next") is None


def test_what_asked_to_confirm_is_settled_once_it_is_done(client):
    client.post("/account/signup/", ADA)
    told = Notification.objects.get()
    before = told.read_at
    client.post(link_in(told, "confirm_button"))
    told.refresh_from_db()

    assert before is None and told.read_at is not None


def test_nobody_is_sent_on_to_another_site(client):
    client.post("/account/signup/?next=https://elsewhere.example/", ADA)
    client.post(link_in(Notification.objects.get(), "confirm_button"))
    client.post("/account/login/", {"login": ADA["email"], "password": ADA["password1"]})

    assert client.get("/welcome/")["Location"] == "/organisation/new/"


def test_secrets_of_links_are_not_in_the_database(client):
    client.post("/account/signup/", ADA)
    person(email="bea@example.com")
    client.post("/account/password/reset/", {"email": "bea@example.com"})

    keys = [
        link_in(Notification.objects.get(kind="account_confirmation"), "confirm_button").split("/")[-2],
        link_in(Notification.objects.get(kind="password_reset"), "reset_button").split("-")[-1].strip("/"),
    ]

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(n)::text FROM accounts_notification n")
        stored = "".join(row for (row,) in cursor.fetchall())
    assert not [key for key in keys if key in stored]


def test_signing_up_again_gives_the_same_answer_and_tells_the_owner(client):
    person(email="ada@example.com")

    unknown = client.post("/account/signup/", {**ADA, "email": "new@example.com"})
    known = client.post("/account/signup/", {**ADA, "email": "ADA@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert User.objects.count() == 2
    assert Notification.objects.filter(kind="account_exists", recipient__email="ada@example.com").count() == 1


@pytest.mark.parametrize("typed", ["KIM@EXAMPLE.COM", "\u212aim@example.com", " kim@example.com "])
def test_address_that_looks_alike_makes_no_second_account(client, typed):
    person(email="kim@example.com")

    client.post("/account/signup/", {**ADA, "email": typed})

    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": ""}, "email"),
        ({"email": "ada"}, "email"),
        ({"password1": ""}, "password1"),
        ({"password1": "eleven char"}, "password1"),
        ({"password1": "password1234"}, "password1"),
        ({"password1": "ada@example.com"}, "password1"),
        ({"email": "a" * 250 + "@example.com"}, "email"),
        ({"name": "A" * 151}, "name"),
    ],
)
def test_refused_sign_up_says_why_at_the_field_and_keeps_the_rest(client, change, field):
    typed = {**ADA, **change}

    page = client.post("/account/signup/", typed)

    assert list(page.context["form"].errors) == [field]
    assert f'href="#id_{field}"' in page.text
    assert "<title>Error: Create an account – Launchpad</title>" in page.text
    assert all(typed[name] in page.text for name in ("name", "email"))
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["any length " * 12, "⚙ Привет, κόσμε — 你好", "  blanks are kept  "])
def test_long_and_foreign_passwords_work(client, password):
    person(password, email="ada@example.com")

    answer = client.post("/account/login/", {"login": "ada@example.com", "password": password})

    assert answer["Location"] == "/welcome/"


def test_wrong_password_and_unknown_address_get_the_same_answer(client):
    person(email="ada@example.com")

    wrong = client.post("/account/login/", {"login": "ada@example.com", "password": "wrong words here"})
    unknown = client.post("/account/login/", {"login": "eve@example.com", "password": "wrong words here"})

    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert "The email address or the password is not right" in wrong.text
    assert "ada@example.com" in wrong.text


def test_five_wrong_passwords_make_one_wait(client):
    person(email="ada@example.com")
    for _ in range(5):
        client.post("/account/login/", {"login": "ada@example.com", "password": "wrong words here"})

    page = client.post("/account/login/", {"login": "ada@example.com", "password": PASSWORD})

    assert "There were too many tries. Wait 5 minutes, then try again" in page.text


def test_too_many_requests_are_a_plain_page(client):
    pages = [client.post("/account/password/reset/", {"email": "ada@example.com"}) for _ in range(6)]

    assert pages[-1].status_code == 429
    assert "Too many tries" in pages[-1].text
    assert pages[-1]["Retry-After"] == "300"


def test_unconfirmed_person_is_sent_to_their_email(client):
    client.post("/account/signup/", ADA)

    answer = client.post("/account/login/", {"login": "ada@example.com", "password": PASSWORD})

    assert answer["Location"] == "/account/confirm-email/"


def test_closed_account_cannot_sign_in(client):
    closed = person(email="ada@example.com")
    User.objects.filter(pk=closed.pk).update(is_active=False)

    answer = client.post("/account/login/", {"login": "ada@example.com", "password": PASSWORD}, follow=True)

    assert "_auth_user_id" not in client.session
    assert answer.status_code == 200


def test_forgotten_password_is_replaced_by_link_once(client):
    ada = person(email="ada@example.com")
    client.post("/account/password/reset/", {"email": "ada@example.com"})
    link = link_in(Notification.objects.get(kind="password_reset"), "reset_button")

    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "other unrelated words"})
    again = client.get(link)

    ada.refresh_from_db()
    assert ada.check_password("other unrelated words")
    assert "This link does not work any more" in again.text


def test_reset_answers_alike_for_an_unknown_address_and_sends_nothing(client):
    person(email="ada@example.com")

    known = client.post("/account/password/reset/", {"email": "ada@example.com"})
    unknown = client.post("/account/password/reset/", {"email": "eve@example.com"})

    assert known["Location"] == unknown["Location"]
    assert [owed.recipient.email for owed in Notification.objects.all()] == ["ada@example.com"]


def test_new_password_ends_other_sessions(client):
    ada = person(email="ada@example.com")
    client.force_login(ada)
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "other unrelated words"})

    page = client.get("/account/")
    ada.set_password("changed on another machine")
    ada.save()
    later = client.get("/account/")

    assert page.status_code == 200
    assert later.status_code == 302


@pytest.mark.parametrize(
    ("roles", "has_organisation", "address"),
    [
        ([Role.APPLICANT], False, "/organisation/new/"),
        ([Role.APPLICANT], True, "/applications/"),
        ([Role.MANAGER], False, "/admin/"),
        ([Role.ASSESSOR, Role.APPLICANT], False, "/admin/"),
        ([Role.ASSESSOR, Role.APPLICANT], True, "/applications/"),
    ],
)
def test_each_person_is_sent_to_where_their_work_is(client, roles, has_organisation, address):
    somebody = people.member(organisation(), True, *roles) if has_organisation else people.user(*roles)
    client.force_login(somebody)

    answer = client.get("/welcome/")

    assert answer["Location"] == address


@pytest.mark.parametrize(
    "address",
    [
        "/account/login/",
        "/account/signup/",
        "/account/logout/",
        "/account/inactive/",
        "/account/confirm-email/",
        "/account/confirm-email/no-such-key/",
        "/account/password/reset/",
        "/account/password/reset/done/",
        "/account/password/reset/key/1-nothing/",
        "/account/password/reset/key/done/",
    ],
)
def test_page_is_in_our_house_style(client, address):
    page = client.get(address, follow=True)

    assert page.status_code == 200
    assert "launchpad-header" in page.text
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", page.text)


def in_the_office() -> User:
    made = person(email="staff@example.com")
    people.give(made, Role.MANAGER)
    return made


def sign_in(client, who: User):
    return client.post("/account/login/", {"login": who.email, "password": PASSWORD})


@pytest.mark.tells("new_sign_in")
def test_staff_are_told_of_a_sign_in_with_a_browser_that_is_new_to_them(client):
    staff = in_the_office()

    sign_in(client, staff)
    client.post("/account/logout/")
    sign_in(client, staff)

    [told] = Notification.objects.filter(kind="new_sign_in")
    assert told.recipient == staff
    assert told.facts["at"] == told.created_at.isoformat()


def test_another_browser_is_another_sign_in(client):
    staff = in_the_office()
    sign_in(client, staff)
    # As though a minute had gone by: of one minute they are told once.
    Notification.objects.update(cause="a while ago")

    sign_in(Client(), staff)

    assert Notification.objects.filter(kind="new_sign_in").count() == 2


def test_a_forged_cookie_makes_no_browser_known(client):
    staff = in_the_office()
    client.cookies["known"] = f"[{staff.pk}]"

    sign_in(client, staff)

    assert Notification.objects.filter(kind="new_sign_in").count() == 1


def test_applicants_are_not_told_of_their_sign_ins(client):
    sign_in(client, person(email="ada@example.com"))

    assert not Notification.objects.exists()
