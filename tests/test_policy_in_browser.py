"""The content security policy in Chromium: pages with scripts of their own work, and nothing is stopped."""

import pytest

from accounts import role_groups
from accounts.roles import Role
from tests import browser as browsers
from tests.make import applications, assessments, budgets, competitions, people

pytestmark = pytest.mark.slow

STOPPED = """
    window.stopped = [];
    addEventListener("securitypolicyviolation", (event) =>
        window.stopped.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`));
"""


#: One thing of each kind that the policy keeps out.
INLINE = """() => {
    const made = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
    made("script", {text: "window.ran = 1"});
    made("img", {src: "data:image/gif;base64,AA"});
    document.body.setAttribute("style", "color: red");
}"""


@pytest.fixture
def site(committed_database, tmp_path):
    role_groups.sync()
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def opened(site, browser, person=None):
    page = site.open(browser, person=person)
    page.add_init_script(STOPPED)
    return page


def stopped(page) -> list[str]:
    return page.evaluate("window.stopped")


def test_the_office_s_pages_and_their_widgets_are_not_stopped(site):
    within = budgets.funded_competition()
    budgets.assessed(within)
    assessor, manager = people.assessor(), people.user(Role.MANAGER)
    marking = assessments.assessment(applications.application(), assessor)
    visits = [
        (manager, "/admin/"),
        (manager, "/admin/applications/application/"),
        (manager, "/admin/applications/competition/?_popup=1"),
        (manager, f"/admin/funding/allocation/panel-sheet/{within.code}/"),
        (
            assessor,
            f"/admin/applications/assessment/{marking.pk}/score/",
        ),
        (people.user(Role.AUDITOR), "/admin/accounts/user/"),
    ]

    with browsers.chromium() as browser:
        for person, address in visits:
            page = opened(site, browser, person)
            assert page.goto(address).status == 200, address
            assert stopped(page) == [], address

        page = opened(site, browser, manager)
        page.goto("/admin/applications/competition/add/")
        page.locator("#id_latest_start_on ~ .datetimeshortcuts a").first.click()
        page.locator("#id_latest_end_on ~ .datetimeshortcuts a").nth(1).click()
        today = page.locator("#id_latest_start_on").input_value()
        calendar = page.locator(".calendarbox").locator("visible=true").count()
        assert stopped(page) == []

    assert today
    assert calendar == 1


def test_the_public_pages_and_the_api_s_are_not_stopped(site):
    draft = applications.complete_draft(opens := competitions.open_now(), at=opens.opens_at)
    own = f"/applications/{draft.reference}/"

    with browsers.chromium() as browser:
        for person, address in [
            (None, "/"),
            (None, "/api/docs/"),
            (None, "/account/signup/"),
            (draft.started_by, own),
            (draft.started_by, f"{own}answers/scope/"),
            (draft.started_by, f"{own}check/"),
        ]:
            page = opened(site, browser, person)
            assert page.goto(address).status == 200, address
            assert stopped(page) == [], address


def test_what_is_inline_is_stopped_and_seen(site):
    """The negative control: the browser holds the page to the policy, and this test hears of it."""
    with browsers.chromium() as browser:
        page = opened(site, browser)
        page.goto("/cookies/")
        page.evaluate(INLINE)
        page.wait_for_function("window.stopped.length >= 3")
        found, ran = stopped(page), page.evaluate("window.ran")

    assert ran is None
    assert {line.split(":")[0] for line in found} == {"script-src-elem", "style-src-attr", "img-src"}
