"""The forms on which an allocation is decided line by line, each ready to be sent."""

from collections.abc import Callable

from django.test import Client

from funding import deciding, line_decisions
from funding.models import Allocation, Verdict
from tests import form_on_page
from tests.make import budgets, office
from tests.make.times import DAY, NOON

Press = tuple[Client, str, dict]


def undecided() -> Allocation:
    within = budgets.funded_competition()
    for _ in range(2):
        budgets.assessed(within)
    return budgets.proposed(within)


def decided() -> Allocation:
    made, approver = undecided(), budgets.approver()
    for line in made.lines.order_by("position"):
        line_decisions.decide(line, Verdict.FUND, by=approver, at=NOON + DAY)
    return made


def address(made: Allocation) -> str:
    return f"/admin/funding/allocation/{made.pk}/"


def undecided_one() -> Allocation:
    """Of one line: each line of several leaves a row about the same allocation."""
    within = budgets.funded_competition()
    budgets.assessed(within)
    return budgets.proposed(within)


def on_line(make: Callable[[], Allocation], **typed) -> Callable[[], Press]:
    def press() -> Press:
        made = make()
        page = f"{address(made)}line/{made.lines.get(position=1).pk}/"
        browser = office.sign_in(budgets.approver())
        action, sent = form_on_page.find(browser, page, having="reason")
        return browser, action, {**sent, **typed}

    return press


def on_lines(make: Callable[[], Allocation], choice: str, reason: str = "") -> Callable[[], Press]:
    """The last form of the two: the first shows what it will do."""

    def press() -> Press:
        made, browser = make(), office.sign_in(budgets.approver())
        return browser, *preview(browser, made, choice, reason)

    return press


def preview(browser: Client, made: Allocation, choice: str, reason: str = "") -> tuple[str, dict]:
    """Choose every line, and read the form on the page that shows what this does."""
    chosen = {"lines": [line.pk for line in made.lines.order_by("position")], "choice": choice}
    page = browser.post(f"{address(made)}lines/", {**chosen, "reason": reason})
    reader = form_on_page.Reader()
    reader.feed(page.text)
    [form] = [one for one in reader.forms if one.action.endswith("/lines/decide/")]
    return form.action, form.values


def conclude() -> Press:
    page = f"{address(decided())}change/"
    return form_on_page.form_of(office.sign_in(budgets.approver()), page, "conclude")


def with_reserve() -> Allocation:
    """Concluded, with the second line in reserve and the third refused."""
    within = budgets.funded_competition()
    for mark in (9, 8, 7):
        budgets.assessed(within, mark)
    made, approver = budgets.proposed(within), budgets.approver()
    verdicts = [(Verdict.FUND, ""), (Verdict.RESERVE, "The next."), (Verdict.REJECT, "Not this time.")]
    for line, (verdict, reason) in zip(made.lines.order_by("position"), verdicts, strict=True):
        line_decisions.decide(line, verdict, reason, by=approver, at=NOON + DAY)
    return deciding.conclude(made, by=approver, at=NOON + DAY)


def raise_one() -> Press:
    application = with_reserve().lines.get(position=3).application
    page = f"/admin/funding/allocation/raise/{application.pk}/"
    return form_on_page.form_of(office.sign_in(budgets.fund_manager()), page, reason="Money came back.")


def raise_next() -> Press:
    page, browser = f"{address(with_reserve())}change/", office.sign_in(budgets.fund_manager())
    return form_on_page.form_of(browser, page, "next-in-reserve", reason="Money came back.")


def on_budget(verb: str, **typed) -> Callable[[], Press]:
    def press() -> Press:
        pot, other = budgets.pots_of_one_region()
        chosen = {"into": other.code} if verb == "move" else {}
        page, browser = f"/admin/funding/budget/{pot.pk}/change/", office.sign_in(budgets.fund_manager())
        return form_on_page.form_of(browser, page, verb, **chosen, **typed)

    return press


def on_change(decision: str) -> Callable[[], Press]:
    def press() -> Press:
        change = budgets.proposed_ceiling(budgets.budget(), "60000.00")
        page = f"/admin/funding/budgetchange/{change.pk}/change/"
        browser = office.sign_in(budgets.approver())
        return form_on_page.form_of(browser, page, "decide", decision=decision, reason="As agreed.")

    return press


PRESSES: dict[str, Callable[[], Press]] = {
    "decide a line": on_line(undecided, verdict="hold", reason="A question is open."),
    "take a line back": on_line(decided, verdict="taken back", reason="By mistake."),
    "decide several lines": on_lines(undecided_one, "recommended"),
    "take several lines back": on_lines(decided, "taken back", "By mistake."),
    "conclude an allocation": conclude,
    "raise an application": raise_one,
    "raise the next of the reserve": raise_next,
    "propose a ceiling": on_budget("ceiling", ceiling="60,000", reason="The round."),
    "propose a move between pots": on_budget("move", amount="10,000", reason="Round 2."),
    "approve a budget change": on_change("approve"),
    "refuse a budget change": on_change("refuse"),
}

GO_TO = {
    "decide a line": "admin:funding_allocation_line",
    "take a line back": "admin:funding_allocation_line",
    "decide several lines": "admin:funding_allocation_decide_lines",
    "take several lines back": "admin:funding_allocation_decide_lines",
    "conclude an allocation": "admin:funding_allocation_conclude",
    "raise an application": "admin:funding_allocation_raise",
    "raise the next of the reserve": "admin:funding_allocation_next",
    "propose a ceiling": "admin:funding_budget_ceiling",
    "propose a move between pots": "admin:funding_budget_move",
    "approve a budget change": "admin:funding_budgetchange_decide",
    "refuse a budget change": "admin:funding_budgetchange_decide",
}
