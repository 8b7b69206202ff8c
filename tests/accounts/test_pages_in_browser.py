"""Our own pages in Chromium: accessible and within the window, wide and narrow, errors too."""

import pytest

from accounts import clock, invitations, membership_requests, role_groups
from accounts.roles import OFFICE, Role
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import people
from tests.make.organisations import organisation

pytestmark = pytest.mark.slow

OPEN_TO_ALL = [
    "/account/login/",
    "/account/signup/",
    "/account/confirm-email/",
    "/account/confirm-email/no-such-key/",
    "/account/inactive/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/password/reset/key/1-nothing/",
    "/account/password/reset/key/done/",
    "/contact/",
    "/accessibility/",
    "/privacy/",
    "/cookies/",
    "/nowhere/",
    "/cookies/?q=%00",
]
FOR_MEMBERS = [
    "/organisation/",
    "/organisation/new/",
    "/account/",
    "/account/password/change/",
    "/account/email/",
    "/account/logout/",
]


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as site:
        yield site


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.NARROW])
def test_pages_are_accessible_and_quiet(site, width):
    role_groups.sync()
    firm = organisation(name="Mersey Castings and Precision Engineering (Birkenhead) Ltd")
    member, twin = people.member(firm), organisation(name="Mersey Castings", company_number="")
    invited = invitations.invite(firm, "new@example.com", may_edit=True, by=member, at=clock.now())
    asked = membership_requests.ask(firm, by=people.user(Role.APPLICANT), at=clock.now())
    own, office = f"/organisation/{firm.pk}/", "/admin/accounts/"
    visits = [
        (None, [*OPEN_TO_ALL, f"/invitation/{invitations.key_of(invited)}/", "/invitation/none/"]),
        (
            member,
            [
                *FOR_MEMBERS,
                *(f"{own}{page}" for page in ("", "size/", "people/", "people/invite/")),
                f"{own}people/{member.memberships.get().pk}/",
                f"{own}people/requests/{asked.pk}/",
                f"/organisation/ask/{firm.company_number}/",
            ],
        ),
        (
            people.user(*OFFICE),
            [
                "/admin/",
                *(f"{office}{name}/" for name in ("organisation", "membershiprequest", "user")),
                f"{office}organisation/{twin.pk}/merge/?into={firm.pk}",
                f"{office}membershiprequest/{asked.pk}/change/",
            ],
        ),
    ]
    complaints = []

    with browsers.chromium() as browser:
        for person, addresses in visits:
            page = site.open(browser, width=width, person=person)
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            for address in addresses:
                page.goto(address)
                assert_accessible(page)

    # A refused page is reported by the browser itself; scripts and policy must be silent.
    assert [text for text in complaints if "Failed to load resource" not in text] == []


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.NARROW])
def test_refused_forms_are_accessible_and_focus_the_summary(site, width):
    member = people.user(Role.APPLICANT)
    refusals = [
        (None, "/account/signup/", "Create account"),
        (None, "/account/login/", "Sign in"),
        (None, "/account/password/reset/", "Send the link"),
        (member, "/organisation/new/", "Save and continue"),
    ]

    with browsers.chromium() as browser:
        for person, address, button in refusals:
            page = site.open(browser, width=width, person=person)
            page.goto(address)
            page.locator("main").get_by_role("button", name=button, exact=True).click()
            page.wait_for_selector(".govuk-error-summary")

            assert page.title().startswith("Error: ")
            assert page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
            assert_accessible(page)


def test_error_link_leads_into_the_field(site):
    with browsers.chromium() as browser:
        page = site.open(browser, person=people.user(Role.APPLICANT))
        page.goto("/organisation/new/")
        page.get_by_role("button", name="Save and continue").click()

        page.get_by_role("link", name="Select the type of organisation").click()

        assert page.evaluate("document.activeElement.id") == "id_kind_0"


def test_everything_works_without_scripts(site):
    person = people.user(Role.APPLICANT)
    with browsers.chromium() as browser:
        page = site.open(browser, person=person)
        state = page.context.storage_state()
        plain = browser.new_context(
            java_script_enabled=False, storage_state=state, base_url=site.address
        ).new_page()
        plain.goto("/organisation/new/")

        plain.get_by_label("Organisation name").fill("Mersey Castings Ltd")
        plain.get_by_label("Business", exact=True).check()
        plain.get_by_label("Company number", exact=True).fill("6500244")
        plain.get_by_label("Micro or small").check()
        plain.get_by_label("Registered address").fill("1 Dock Road")
        plain.get_by_label("Postcode").fill("l35tf")
        plain.get_by_role("button", name="Save and continue").click()

        assert plain.get_by_text("Mersey Castings Ltd has been saved.").is_visible()


def test_password_can_be_shown(site):
    with browsers.chromium() as browser:
        page = site.open(browser)
        page.goto("/account/signup/")
        box = page.locator("#id_password1")
        box.fill("three unrelated words")

        page.get_by_role("button", name="Show password").click()

        assert box.get_attribute("type") == "text"
