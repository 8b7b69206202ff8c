"""The hour of a close in Chromium: in its last second and in the first one after, reopened and forgotten,
withdrawn. The clock is the test's, which every process obeys."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from accounts import clock, clock_setting, role_groups
from accounts.roles import Role
from applications import closing, submission
from applications.models import Application, ClosingList, Competition
from applications.workflow import Status
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications, organisations, people
from tests.make.times import NOON

pytestmark = pytest.mark.slow

SECOND = timedelta(seconds=1)
TELEPHONE, DESK = 375, 1280
#: The pages on which a draft is read and changed.
OF_A_DRAFT = (
    "",
    "all/",
    "details/",
    "answers/scope/",
    "organisation/",
    "costs/",
    "costs/labour/",
    "costs/travel/",
    "funding/",
    "declarations/",
    "check/",
    "waiver/",
)
NO_ENTRY = "It is not an entry until you submit it again before 11am on 1 July 2026"


class Applicant:
    """Somebody with an application, at a browser of their own."""

    def __init__(self, site: browsers.Website, browser: Browser, entry: Application, width: int = DESK):
        self.entry, self.home = entry, f"/applications/{entry.reference}/"
        self.page: Page = site.open(browser, person=entry.started_by, width=width)

    def goes_to(self, page: str = "") -> None:
        self.page.goto(self.home + page)
        assert_accessible(self.page)

    def presses(self, name: str, shows: str) -> None:
        """Press a button, and wait for what the next page says."""
        self.page.get_by_role("button", name=name, exact=True).click()
        self.sees(shows)
        assert_accessible(self.page)

    def sees(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def as_it_stands(self) -> Application:
        return Application.objects.get(pk=self.entry.pk)


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as running:
        yield running


def set_clock(moment: datetime) -> None:
    clock_setting.set_to(moment, at=clock.real())


def ready(within: Competition, title: str) -> Application:
    draft = applications.complete_draft(within, organisations.organisation(), at=NOON)
    Application.objects.filter(pk=draft.pk).update(title=title)
    draft.refresh_from_db()
    return draft


def entered(within: Competition, title: str) -> Application:
    draft = ready(within, title)
    return submission.submit(draft, by=draft.started_by, at=NOON)


def test_the_hour_of_a_close(site):
    role_groups.sync()
    within = applications.competition()
    drafts = [ready(within, title) for title in ("In time", "Too late")]
    entries = [entered(within, title) for title in ("Forgotten", "Withdrawn")]
    set_clock(within.closes_at - timedelta(hours=1))

    with browsers.chromium() as browser:
        in_time, late = (Applicant(site, browser, draft) for draft in drafts)
        forgetful, leaving = (Applicant(site, browser, entry, TELEPHONE) for entry in entries)
        withdraws(leaving)
        reopens(forgetful)
        submits_at(in_time, within.closes_at - SECOND)
        has_a_receipt(in_time, within)
        submits_at(late, within.closes_at)
        is_refused(late)
        finds_out(forgetful)
        set_clock(within.closes_at + closing.REQUEST_LIMIT)
        closing.draw_due(at=clock.now())
        the_office_sees(site, browser, {"In time"}, {"Too late", "Forgotten"})

    listed = ClosingList.objects.get(competition=within).entries
    assert list(listed.values_list("application", flat=True)) == [in_time.entry.pk]


def withdraws(one: Applicant) -> None:
    one.goes_to()
    one.page.get_by_role("link", name="Withdraw the application").click()
    one.sees("It cannot be brought back.")
    assert_accessible(one.page)
    one.page.locator("[name=reason]").fill("Our partner has pulled out.")
    one.presses("Withdraw the application", "Our partner has pulled out.")
    one.sees("It is not considered any further.")
    assert one.as_it_stands().status == Status.WITHDRAWN


def reopens(one: Applicant) -> None:
    one.goes_to()
    one.page.get_by_role("link", name="Reopen to change it").click()
    one.sees("this is not an entry until you submit it again")
    assert_accessible(one.page)
    one.presses("Reopen the application", NO_ENTRY)
    for page in OF_A_DRAFT:
        one.goes_to(page)
        warning = one.page.locator(".govuk-warning-text", has_text=NO_ENTRY)
        assert warning.count() == 1, f"nothing on {page or 'the task list'} says that this is no entry"
        expect(warning).to_be_visible()


def submits_at(one: Applicant, moment: datetime) -> None:
    """The clock is set once the request is on its way, so that it comes in within the second named."""

    def on_its_way(route: Route) -> None:
        if route.request.method == "POST":
            set_clock(moment)
        route.continue_()

    set_clock(moment - timedelta(minutes=1))
    one.goes_to("check/")
    one.page.locator("[name=is_true]").check()
    one.page.route(f"**{one.home}check/", on_its_way)
    with one.page.expect_navigation():
        one.page.get_by_role("button", name="Submit the application").click()
    assert_accessible(one.page)


def has_a_receipt(one: Applicant, within: Competition) -> None:
    one.sees("Application submitted")
    one.sees("10:59:59")
    one.page.get_by_role("link", name="Check this receipt").click()
    one.sees("unchanged")
    assert_accessible(one.page)
    kept = one.as_it_stands()
    assert within.closes_at - SECOND <= kept.submitted_at < within.closes_at


def is_refused(one: Applicant) -> None:
    one.sees("This competition closed at 11am on 1 July 2026. We received this at 11:00:00")
    one.sees("The application was not submitted. Your draft is kept.")
    one.goes_to()
    one.sees("had not been submitted. It is kept for you to read; it cannot be entered any more.")
    one.sees("What we say about scope.")
    assert one.as_it_stands().status == Status.DRAFT


def finds_out(one: Applicant) -> None:
    one.goes_to()
    one.sees("had been reopened and was not submitted again")
    assert NO_ENTRY not in one.page.content()
    one.page.goto("/applications/")
    one.sees("Not submitted in time")
    one.sees("Forgotten")


def the_office_sees(site, browser, titles: set[str], hidden: set[str]) -> None:
    page = site.open(browser, person=people.user(Role.MANAGER))
    page.goto("/admin/applications/application/")
    text = page.locator("#changelist").inner_text()
    assert [title for title in titles if title not in text] == []
    assert [title for title in hidden if title in text] == []
