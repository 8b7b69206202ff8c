"""A session that ends while somebody writes: what they sent comes back to them once they have signed in."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.views import unsaved
from applications.models import Application, CostLine
from tests import form_on_page
from tests.applications import test_autosave
from tests.applications.test_conflicts import Form
from tests.make import applications, people

pytestmark = pytest.mark.django_db

draft, form = test_autosave.draft, test_autosave.form

PASSWORD = "three unrelated words"
NOTICE = "You were signed out before this was saved. Check it and save."


def let_in(person: User) -> User:
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


class Writer:
    """A browser that keeps to the protection against forgery, as real ones do."""

    def __init__(self, person: User):
        self.person = person
        self.browser = Client(enforce_csrf_checks=True)
        self.browser.force_login(person)

    def fields(self, page, having: str) -> dict:
        reader = form_on_page.Reader()
        reader.feed(page.text)
        values = next(form.values for form in reader.forms if having in form.names)
        return {name: texts[-1] for name, texts in values.items()}

    def ended(self) -> None:
        """Let the session end, as time or another window does."""
        del self.browser.cookies["session"]

    def sign_in(self, page, password: str = PASSWORD, person: User | None = None):
        typed = {"login": (person or self.person).email, "password": password}
        return self.browser.post("/account/login/", {**self.fields(page, "login"), **typed})


def answer_page(draft: Application) -> str:
    return reverse("applications:answer", args=[draft.reference, "scope"])


@pytest.fixture
def writer(draft) -> Writer:
    return Writer(let_in(draft.started_by))


def test_what_was_sent_after_the_session_ended_comes_back_on_its_page(draft, writer):
    page = answer_page(draft)
    sent = {**writer.fields(writer.browser.get(page), "text"), "text": "Gears <b>for</b> ships.\nAnd trains."}
    writer.ended()

    asked = writer.browser.post(page, {**sent, "complete": "yes"})
    wrong = writer.sign_in(asked, "not the password")
    led = writer.sign_in(wrong)
    shown = writer.browser.get(page)
    kept_meanwhile = draft.answers.exists()
    saved = writer.browser.post(page, {**writer.fields(shown, "text"), "save": "yes"})
    after = writer.browser.get(page)

    assert (asked.status_code, wrong.status_code, led.status_code, led["Location"]) == (403, 422, 302, page)
    assert "Gears" not in asked.text
    assert "Gears" not in wrong.text
    assert NOTICE in shown.text
    assert "Gears &lt;b&gt;for&lt;/b&gt; ships.\nAnd trains.</textarea>" in shown.text
    assert (kept_meanwhile, saved.status_code) == (False, 302)
    assert draft.answers.get().text == "Gears <b>for</b> ships.\nAnd trains."
    assert NOTICE not in after.text


def test_every_page_of_the_form_brings_it_back(form: Form):
    writer = Writer(let_in(form.people[0]))
    version = form.seen(writer.browser)
    sent = {**form.second, "version": version, "writer": unsaved.mark(writer.person)}
    writer.ended()

    token = Writer(writer.person).fields(writer.browser.get("/account/login/"), "login")[
        "csrfmiddlewaretoken"
    ]
    asked = writer.browser.post(form.address, {**sent, "csrfmiddlewaretoken": token})
    writer.sign_in(asked)
    shown = writer.browser.get(form.address)
    again = {**sent, **writer.fields(shown, "version")}
    saved = writer.browser.post(form.address, again)

    assert NOTICE in shown.text
    assert saved.status_code == 302
    assert form.kept() == form.values[1]


def test_cost_line_that_was_typed_comes_back_and_is_not_added(draft, writer):
    page = reverse("applications:cost_lines", args=[draft.reference, "materials"])
    typed = {"description": "Steel", "quantity": "12", "unit_cost": "a lot"}
    sent = {**writer.fields(writer.browser.get(page), "description"), **typed}
    writer.ended()

    writer.sign_in(writer.browser.post(page, sent))
    shown = writer.browser.get(page)

    assert NOTICE in shown.text
    assert {name: writer.fields(shown, "description")[name] for name in typed} == typed
    assert not CostLine.objects.exists()


def test_what_somebody_else_saved_meanwhile_stands_beside_it(draft, writer):
    page = answer_page(draft)
    sent = {**writer.fields(writer.browser.get(page), "text"), "text": "Ships, says Ada."}
    ben = Writer(people.member(applications.lead(draft).organisation, name="Ben Okri"))
    ben.browser.post(page, {**ben.fields(ben.browser.get(page), "text"), "text": "Trains, says Ben."})
    writer.ended()

    writer.sign_in(writer.browser.post(page, sent))
    shown = writer.browser.get(page)
    saved_alone = writer.browser.get(f"{page}?saved")
    chosen = writer.browser.post(page, {**writer.fields(shown, "text")})

    assert [
        text
        for text in ("Ben Okri saved this", "Two versions", "Trains, says Ben.")
        if text not in shown.text
    ] == []
    assert "Ships, says Ada.</textarea>" in shown.text
    assert "data-autosave" not in shown.text
    assert "Trains, says Ben.</textarea>" in saved_alone.text
    assert (chosen.status_code, draft.answers.get().text) == (302, "Ships, says Ada.")


def test_somebody_else_who_signs_in_there_never_sees_it(draft, writer):
    page = answer_page(draft)
    ben = let_in(people.member(applications.lead(draft).organisation, name="Ben Okri"))
    sent = {**writer.fields(writer.browser.get(page), "text"), "text": "Ships, says Ada."}
    writer.ended()

    led = writer.sign_in(writer.browser.post(page, sent), person=ben)
    shown = writer.browser.get(page)

    assert led["Location"] != page
    assert (NOTICE in shown.text, "Ships, says Ada." in shown.text) == (False, False)


def test_somebody_else_who_is_signed_in_already_is_refused_and_may_hand_over(draft, writer):
    page = answer_page(draft)
    ben = people.member(applications.lead(draft).organisation, name="Ben Okri")
    sent = {**writer.fields(writer.browser.get(page), "text"), "text": "Ships, says Ada."}
    writer.browser.force_login(ben)

    refused = writer.browser.post(page, sent)
    asked = writer.browser.post("/account/login/", writer.fields(refused, "unsaved"))
    led = writer.sign_in(asked)

    assert (refused.status_code, "Ships" in refused.text, "Ships" in asked.text) == (403, False, False)
    assert led["Location"] == page
    assert "Ships, says Ada.</textarea>" in writer.browser.get(page).text
    assert not draft.answers.exists()


def test_signed_in_again_in_another_window_the_old_form_is_shown_once_more(draft, writer):
    page = answer_page(draft)
    sent = {**writer.fields(writer.browser.get(page), "text"), "text": "Gears for ships."}
    sent["csrfmiddlewaretoken"] = "x" * 64

    led = writer.browser.post(page, sent)

    assert (led.status_code, led["Location"]) == (302, page)
    assert "Gears for ships.</textarea>" in writer.browser.get(page).text
    assert not draft.answers.exists()


def test_forged_form_brings_nothing_to_anybody(draft, writer):
    sent = {"text": "Forged.", "writer": "1:forged", "version": "0"}

    refused = writer.browser.post(answer_page(draft), sent)

    assert refused.status_code == 403
    assert "Forged.</textarea>" not in writer.browser.get(answer_page(draft)).text


def test_what_was_typed_can_be_discarded(draft, writer):
    page = answer_page(draft)
    sent = {**writer.fields(writer.browser.get(page), "text"), "text": "Gears for ships."}
    writer.ended()
    writer.sign_in(writer.browser.post(page, sent))

    shown = writer.browser.get(page)
    writer.browser.post(page, {**writer.fields(shown, "intent"), "discard": "yes"})

    assert "Gears for ships." not in writer.browser.get(page).text


def test_too_much_to_be_carried_is_shown_to_copy(draft, writer, monkeypatch):
    monkeypatch.setattr(unsaved, "MOST", 100)
    page = answer_page(draft)
    sent = {**writer.fields(writer.browser.get(page), "text"), "text": "Gears for ships. " * 10}
    writer.ended()

    asked = writer.browser.post(page, sent)

    assert "It is too long to be kept while you sign in" in asked.text
    assert "Gears for ships. Gears for ships." in asked.text


def test_a_megabyte_of_any_script_passes_the_sign_in(draft, writer):
    page, text = answer_page(draft), "齿轮" * 150_000
    sent = {**writer.fields(writer.browser.get(page), "text"), "text": text}
    writer.ended()

    writer.sign_in(writer.browser.post(page, sent))

    assert writer.fields(writer.browser.get(page), "text")["text"] == text


def test_text_is_in_no_address_and_what_is_changed_on_the_way_is_not_taken(draft, writer):
    page = answer_page(draft)
    sent = {**writer.fields(writer.browser.get(page), "text"), "text": "Gears for ships."}
    writer.ended()
    asked = writer.browser.post(page, sent)
    fields = writer.fields(asked, "login")
    changed = {**fields, "unsaved": re.sub("^.", "x", fields["unsaved"])}

    led = writer.browser.post(
        "/account/login/", {**changed, "login": writer.person.email, "password": PASSWORD}
    )

    assert "Gears" not in led["Location"]
    assert "Gears for ships." not in writer.browser.get(page).text
