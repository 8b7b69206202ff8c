"""The forms about marks and the panel sheet, each ready to be sent."""

from collections.abc import Callable

from django.test import Client

from accounts.models import User
from accounts.roles import Role
from applications.assessment import moderation
from applications.models import Assessment
from applications.workflow import Status
from funding.models import Method, Objective
from funding.scenarios import making
from tests import form_on_page
from tests.make import applications, assessments, budgets, office, people, scenarios
from tests.make.times import NOON

Press = tuple[Client, str, dict]


def filled_in(person: User, page: str, verb: str, *, having: str = "intent", **typed) -> Press:
    """The page's form whose address ends with ``verb``, as its fields stand but for those named.

    having  a field that tells it from others of that address
    """
    browser, reader = office.sign_in(person), form_on_page.Reader()
    reader.feed(browser.get(page).text)
    form = next(
        one for one in reader.forms if one.action.rstrip("/").endswith(f"/{verb}") and having in one.values
    )
    return browser, form.action, {**form.values, **typed}


def marked() -> tuple[Assessment, str]:
    given = assessments.submitted(applications.application(Status.IN_ASSESSMENT))
    return given, f"/admin/applications/application/{given.application_id}/marks/"


def propose_exclusion() -> Press:
    given, page = marked()
    return filled_in(people.manager(), page, "exclude", what=str(given.pk), reason="No reason.")


def decide_exclusion() -> Press:
    given, page = marked()
    moderation.propose(given, reason="No reason.", by=people.manager(), at=NOON)
    return filled_in(people.manager(), page, "decide-exclusion", decision="confirm")


def lift_exclusion() -> Press:
    given, page = marked()
    proposed = moderation.propose(given, reason="No reason.", by=people.manager(), at=NOON)
    moderation.decide(proposed, confirm=True, by=people.manager(), at=NOON)
    return filled_in(people.manager(), page, "exclude", having="exclusion", reason="It has its reasons.")


def write_note() -> Press:
    _given, page = marked()
    return filled_in(people.manager(), page, "note", text="Two say the same.")


def on_sheet(verb: str, **typed) -> Callable[[], Press]:
    def press() -> Press:
        within = budgets.funded_competition()
        budgets.assessed(within)
        page = f"/admin/funding/allocation/panel-sheet/{within.code}/"
        return filled_in(people.user(Role.MANAGER), page, verb, **typed)

    return press


def make_scenario() -> Press:
    within = budgets.funded_competition()
    budgets.assessed(within)
    page = f"/admin/funding/allocation/panel-sheet/{within.code}/scenarios/"
    asked = {"name": "From the top", "method": Method.TOP_DOWN, "objective": Objective.SCORE}
    return filled_in(budgets.fund_manager(), page, "scenarios", **asked)


def propose_scenario() -> Press:
    within = budgets.funded_competition()
    budgets.assessed(within)
    made = making.make([within], making.Definition("From the top"), by=budgets.fund_manager(), at=NOON)
    return filled_in(budgets.fund_manager(), f"/admin/funding/allocation/scenario/{made.pk}/", "propose")


def cancel_scenario() -> Press:
    owed = scenarios.owed(scenarios.list_of())
    page = f"/admin/funding/allocation/scenario-request/{owed.pk}/"
    return filled_in(budgets.fund_manager(), page, "cancel")


PRESSES: dict[str, Callable[[], Press]] = {
    "propose to exclude": propose_exclusion,
    "decide an exclusion": decide_exclusion,
    "propose to lift an exclusion": lift_exclusion,
    "write a note on marks": write_note,
    "choose what ranks": on_sheet("choose", ranks_by="corrected", reason="Assessors differ."),
    "write a note of the panel": on_sheet("note", text="Seen twice."),
    "freeze a panel sheet": on_sheet("freeze"),
    "make a scenario": make_scenario,
    "propose a scenario": propose_scenario,
    "cancel a scenario": cancel_scenario,
}

GO_TO = {
    "propose to exclude": "admin:applications_application_exclude",
    "propose to lift an exclusion": "admin:applications_application_exclude",
    "decide an exclusion": "admin:applications_application_decide_exclusion",
    "write a note on marks": "admin:applications_application_note",
    "choose what ranks": "admin:funding_panel_sheet_choose",
    "write a note of the panel": "admin:funding_panel_sheet_note",
    "freeze a panel sheet": "admin:funding_panel_sheet_freeze",
    "make a scenario": "admin:funding_scenarios",
    "propose a scenario": "admin:funding_scenario_propose",
    "cancel a scenario": "admin:funding_scenario_request_cancel",
}
