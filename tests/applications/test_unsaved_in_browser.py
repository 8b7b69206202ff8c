"""In Chromium: what was typed when connection or session were lost comes back, to its writer alone."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from accounts import role_groups
from applications.workflow import Status
from tests import browser as browsers
from tests.applications import test_autosave_in_browser as autosaving
from tests.axe import assert_accessible
from tests.make import applications, assessments, people

pytestmark = pytest.mark.slow

site, draft, text_of = autosaving.site, autosaving.draft, autosaving.text_of

PASSWORD = "three unrelated words"


@pytest.fixture
def writer(draft):
    person = draft.started_by
    # The web server knows the product's own hash alone.
    argon = Argon2PasswordHasher()
    person.password = argon.encode(PASSWORD, argon.salt())
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def sign_in(page: Page, person) -> None:
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()


def test_text_typed_while_the_connection_was_lost_is_offered_and_put_back(site, draft):
    address = f"/applications/{draft.reference}/answers/scope/"

    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by)
        page.goto(address)
        page.context.set_offline(True)
        page.locator("#id_text").fill("Gears for ships.")
        page.wait_for_timeout(400)
        page.context.set_offline(False)
        page.route(
            "**/answers/scope/",
            lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
        )
        page.goto(address)
        expect(page.get_by_text("and it was not saved")).to_be_visible()
        shown_before = page.locator("#id_text").input_value()
        assert_accessible(page)
        page.unroute("**/answers/scope/")
        page.get_by_role("button", name="Put it back").click()
        expect(page.get_by_role("status").filter(has_text="Saved")).to_have_text(autosaving.SAVED)
        page.reload()
        expect(page.locator("#id_text")).to_have_value("Gears for ships.")
        expect(page.get_by_text("and it was not saved")).to_have_count(0)

    assert shown_before == ""


def test_kept_text_is_not_offered_to_a_colleague_and_is_gone_after_signing_out(site, draft):
    address = f"/applications/{draft.reference}/costs/materials/"
    colleague = people.member(applications.lead(draft).organisation)

    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by)
        page.goto(address)
        page.locator("#id_description").fill("Steel")
        page.wait_for_timeout(400)
        mine = list(page.context.cookies())
        page.context.add_cookies(site.open(browser, person=colleague).context.cookies())
        page.goto(address)
        offered_to_colleague = page.get_by_text("and it was not saved").count()
        page.context.add_cookies(mine)
        page.goto(address)
        expect(page.get_by_text("and it was not saved")).to_be_visible()
        page.get_by_role("button", name="Sign out").first.click()
        page.wait_for_url("**/")
        kept = page.evaluate("Object.keys(localStorage)")

    assert (offered_to_colleague, kept) == (0, [])


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without script"])
def test_session_that_ends_while_somebody_types_loses_nothing(site, draft, writer, has_script):
    address = f"/applications/{draft.reference}/answers/scope/"

    with browsers.chromium() as browser:
        opened = site.open(browser, person=writer)
        context = browser.new_context(base_url=site.address, java_script_enabled=has_script)
        context.add_cookies(opened.context.cookies())
        page = context.new_page()
        page.goto(address)
        Session.objects.all().delete()
        page.locator("#id_text").fill("Gears for ships.")
        if has_script:
            # The page looks signed in no more.
            dialog = page.get_by_role("dialog")
            expect(dialog).to_contain_text("You have been signed out")
            expect(page).to_have_title("Signed out – Launchpad")
            assert_accessible(page, within="#session")
            dialog.get_by_role("link", name="Sign in again").click()
        else:
            page.get_by_role("button", name="Save and return later").click()
        expect(page.get_by_text("You were signed out before this was saved.")).to_be_visible()
        if has_script:
            assert_accessible(page)
        sign_in(page, writer)
        expect(page.get_by_text("Check it and save.")).to_be_visible()
        expect(page.locator("#id_text")).to_have_value("Gears for ships.")
        if has_script:
            assert_accessible(page)
        page.get_by_role("button", name="Save and return later").click()
        page.wait_for_url(f"**/applications/{draft.reference}/")

    assert text_of(draft) == "Gears for ships."


def test_page_warns_before_the_session_ends_and_says_when_it_has(site, draft, writer):
    address = f"/applications/{draft.reference}/answers/scope/"

    with browsers.chromium() as browser:
        page = site.open(browser, person=writer, width=browsers.NARROW)
        told = {"left": 299, "ends": "2:32pm", "person": writer.pk, "token": "x"}
        page.route("**/account/session/", lambda route: route.fulfill(json=told))
        page.goto(address)
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("You will be signed out at 2:32pm")
        assert_accessible(page)
        told |= {"left": 3600, "ends": "3:32pm"}
        page.get_by_role("button", name="Stay signed in").click()
        expect(dialog).to_have_count(0)
        page.locator("#id_text").fill("Gears for ships.")
        page.unroute("**/account/session/")
        Session.objects.all().delete()
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        expect(dialog).to_contain_text("You have been signed out")
        assert_accessible(page)
        page.keyboard.press("Escape")
        expect(dialog).to_be_visible()
        page.get_by_role("link", name="Sign in again").click()
        sign_in(page, writer)
        expect(page.locator("#id_text")).to_have_value("Gears for ships.")


def test_page_of_the_office_waits_while_its_person_signs_in_in_another_tab(site):
    given = assessments.assessment(applications.application(Status.IN_ASSESSMENT))
    role_groups.sync()

    with browsers.chromium() as browser:
        page = site.open(browser, person=given.assessor)
        page.goto(f"/admin/applications/assessment/{given.pk}/score/")
        page.locator("textarea:visible").first.fill("Sound work.")
        Session.objects.all().delete()
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        expect(page.get_by_role("dialog")).to_contain_text("What you had typed waits on this page")
        assert_accessible(page, within="#session")
        again = site.open(browser, person=given.assessor).context.cookies()
        page.context.add_cookies(again)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator("textarea:visible").first).to_have_value("Sound work.")
