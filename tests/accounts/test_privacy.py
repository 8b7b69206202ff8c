"""The pages about privacy and cookies say what the code does: each personal field, each cookie."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.test import Client

from accounts.views import known_browsers
from applications.models import EqualityAnswer
from tests.accounts.test_sign_in import ADA, PASSWORD, person
from tests.architecture import ROOT
from tests.make import competitions

pytestmark = pytest.mark.django_db

#: What a column is called that may hold something about a person.
TELLING = re.compile(r"(^|_)(email|name|phone|ip|address|agent|postcode|born|birth|gender)(_|$)")
#: Who did what: named so wherever it is kept.
DOER = re.compile(r"(^|_)by$")

#: Each personal column, with the words by which the page tells of it.
TOLD = {
    "accounts.User.name": "your name",
    "accounts.User.email": "your email address",
    "account.EmailAddress.email": "your email address, and whether you confirmed it",
    "account.EmailAddress.user": "your email address, and whether you confirmed it",
    "account.EmailConfirmation.email_address": "whether you confirmed it",
    "accounts.EmailChange.person": "changes of your email address",
    "accounts.EmailChange.old_email": "changes of your email address: the old one, the new one",
    "accounts.EmailChange.new_email": "changes of your email address: the old one, the new one",
    "accounts.User.password": "a scrambled form of your password",
    "accounts.User.joined_at": "when you joined",
    "accounts.User.last_login": "when you last signed in",
    "accounts.User.is_active": "whether you may sign in",
    "accounts.User.roles_changed_at": "when they changed",
    "accounts.User.groups": "which roles you hold",
    "accounts.Holding.person": "which roles you hold, where",
    "accounts.RoleChange.person": "with who asked for that and who agreed",
    "accounts.User.wants_summary": "whether you want your emails at once or once a day",
    "accounts.Membership.person": "which organisations you belong to",
    "accounts.Invitation.email": "the address at which a colleague invites somebody",
    "accounts.Notification.recipient": "which emails and notifications we owed you",
    "accounts.ApiToken.person": "tokens by which another system acts for you",
    "accounts.ApiToken.name": "their name, when they were made and last used",
    "accounts.Intent.person": "the keys of the forms you sent",
    "accounts.Organisation.name": "Your organisation's name",
    "accounts.Organisation.address": "company number, address and size",
    "accounts.Organisation.postcode": "company number, address and size",
    "applications.AssessorInvitation.email": "the address at which the programme office invites somebody",
    "applications.Participant.name": "Your organisation's name",
    "applications.Participant.work_postcode": "what you and your colleagues write in applications",
    "applications.Assessment.assessor": "for everything that is saved, submitted, assessed, decided",
    "applications.AgreementAcceptance.person": "the agreement you accepted and the declarations you made",
    "applications.AssessorProfile.address": "first line and the postcode of your address",
    "applications.AssessorProfile.person": "what you know, how much you take on",
    "applications.AssessorProfile.postcode": "first line and the postcode of your address",
    "applications.Conflict.assessor": "what was found to tie you to an application",
    "applications.Declaration.person": "the agreement you accepted and the declarations you made",
    "applications.Interest.organisation_name": "interests of your own and of your close family",
    "funding.OfferAnswer.person": "who accepted or declined an offer",
    "funding.OfferAnswer.signed_name": "the name and role of who signed",
    "funding.MfaRecord.signed_name": "the name of who confirmed",
    "admin.LogEntry.user": "for everything that is saved, submitted, assessed, decided",
}
DONE = "who did it, and when"

#: About no person, whatever they are called.
OF_NOBODY = {
    "funding.Scenario.name",
    "funding.ScenarioRequest.name",
    "accounts.Heartbeat.name",
    "accounts.Region.name",
    # Answers that lead to nobody (``tests/applications/test_equality.py``).
    "applications.EqualityAnswer.gender",
    "accounts.User.id",
    "accounts.User.is_superuser",
    "accounts.User.user_permissions",
    "accounts.User_user_permissions.user",
    "applications.Area.name",
    "applications.Skill.name",
    "auth.Group.name",
    "auth.Permission.name",
    "funding.Budget.name",
    "funding.SavedView.name",
    "funding.LetterTemplate.name",
    "funding.PublishedFile.name",
}


def page(address: str) -> str:
    text = Client().get(address).text.split("<main")[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def personal() -> set[str]:
    """Every column that is about a person by its table, by what it points to or by its name."""
    person = get_user_model()
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in (*model._meta.concrete_fields, *model._meta.local_many_to_many)
        if model is person
        or getattr(field, "related_model", None) is person
        or (TELLING.search(field.name) and isinstance(field, models.CharField | models.TextField))
        or isinstance(field, models.EmailField | models.GenericIPAddressField)
    }


def test_the_privacy_page_tells_of_every_personal_column():
    found = {name for name in personal() if not DOER.search(name.rsplit(".", 1)[1])}

    # A new one is told of on templates/accounts/privacy.html, and stands in TOLD above.
    assert found - TOLD.keys() - OF_NOBODY == set()
    assert (TOLD.keys() | OF_NOBODY) - found - {"account.EmailConfirmation.email_address"} == set()


@pytest.mark.parametrize("words", sorted({*TOLD.values(), DONE}))
def test_the_privacy_page_says(words):
    assert words in page("/privacy/")


def test_the_privacy_page_tells_of_the_equality_questions():
    said = page("/privacy/")

    assert "age, disability, neurodiversity, education, ethnicity, gender and background" in said
    assert "nobody can tell which answers are yours" in said


def test_what_the_page_says_is_not_kept_has_no_column():
    names = {
        field.name
        for model in apps.get_models()
        if model._meta.app_label in ("accounts", "applications", "funding") and model is not EqualityAnswer
        for field in model._meta.concrete_fields
    }

    assert not {name for name in names if re.search(r"birth|born|phone|bank|sort_code|ethnic|gender", name)}


def rows() -> dict[str, str]:
    """What the page about cookies lists: the name of each, and how long it is kept."""
    text = Client().get("/cookies/").text
    cells = re.findall(r"<tr[^>]*><td[^>]*>(.*?)</td><td[^>]*>.*?</td><td[^>]*>(.*?)</td></tr>", text)
    return {unescape(name): unescape(kept) for name, kept in cells}


def test_the_page_about_cookies_lists_those_that_are_set_and_no_other(client):
    """All that a visitor does who looks around, checks a project, signs up, signs in and out."""
    opened, firm = competitions.open_now(), person(email="grace@example.com")
    visits = [
        client.get("/"),
        client.get(f"/competitions/{opened.code}/check/"),
        client.post(f"/competitions/{opened.code}/check/", {}),
        client.post("/account/signup/", ADA),
        client.post("/account/login/", {"login": firm.email, "password": PASSWORD}),
        client.get("/applications/"),
        client.get(f"/competitions/{opened.code}/start/"),
        client.post("/account/logout/"),
        client.get("/"),
    ]

    cookies = {name: cookie for answer in visits for name, cookie in answer.cookies.items() if cookie.value}
    assert cookies.keys() == rows().keys()
    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in cookies.values())


def test_the_page_about_cookies_says_how_long_each_is_kept():
    kept = rows()

    hours = [
        limit / timedelta(hours=1) for limit in (*settings.SESSION_LIMITS, *settings.SESSION_LIMITS_OFFICE)
    ]
    assert hours == [4, 24, 0.5, 12]
    assert kept["session"] == (
        "At most 24 hours, or until you sign out or do nothing for 4 hours; "
        "in the programme office 12 hours and 30 minutes"
    )
    assert settings.CSRF_COOKIE_AGE == 52 * 7 * 86400 and kept["csrf"] == "1 year"
    assert known_browsers.YEAR == 365 * 86400 and kept["known"] == "1 year"


def test_a_store_in_the_browser_is_told_of():
    used = any(
        re.search(r"\b(local|session)Storage\b", script.read_text())
        for script in (ROOT / "launchpad" / "static" / "js").glob("*.js")
    )

    assert ("your browser keeps what you have typed and not saved" in page("/cookies/")) is used
