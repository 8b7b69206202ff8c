"""Rules on money are said on the pages where the figures are entered, when they break."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from applications import drafting, finances, money_rules, sections
from applications.models import Application, Category, Competition, CostLine, OverheadMethod, Participant
from tests.make import applications

pytestmark = pytest.mark.django_db

BETWEEN = "Total project costs must be between £25,000 and £100,000."
TAKEN_UP = (
    "Other public money for this project (£60,000) takes up the whole grant "
    "(70% of your costs: £56,000). The grant you ask for is £0."
)
STOPS = "As it stands you cannot submit."
TAKES_BACK = "no longer marked as complete. Mark it as complete again when you are done."


PAGES = pytest.mark.parametrize(
    "page", [("costs",), ("cost_lines", "labour"), ("cost_lines", "travel"), ("funding",)]
)


@pytest.fixture
def draft() -> Application:
    """£80,000 of costs, 70% of them asked for, every section complete; its competition is open now."""
    within = applications.open_now()
    return applications.complete_draft(within, at=within.opens_at + timedelta(seconds=1))


@pytest.fixture
def browser(client, draft):
    client.force_login(draft.started_by)
    return client


def doer(draft) -> dict:
    return {"by": draft.started_by, "at": draft.started_at}


def address(draft, name: str, *more) -> str:
    return reverse(f"applications:{name}", args=[draft.reference, *more])


def line_of(draft) -> CostLine:
    return CostLine.objects.get(participant__application=draft, category=Category.LABOUR)


def fewer(draft, pounds: int) -> None:
    inputs = {"description": "Engineer", "annual_cost": Decimal(pounds), "working_days": 1, "days": 1}
    line = line_of(draft)
    finances.save_line(applications.lead(draft), Category.LABOUR, inputs, line=line, **doer(draft))


def other_money(draft, pounds: int) -> None:
    source = {"source": "Council", "secured_on": None, "amount": Decimal(pounds)}
    finances.set_funding(applications.lead(draft), Decimal(70), [source], **doer(draft))


def found(draft) -> list[tuple[str, str, bool]]:
    fresh = Application.objects.get(pk=draft.pk)
    breaches = money_rules.of_entered(fresh, applications.lead(draft))
    return [(breach.rule, breach.message, breach.blocks) for breach in breaches]


def test_nobody_is_told_of_sums_not_entered_yet():
    assert found(applications.draft()) == []


@pytest.mark.parametrize(
    ("pounds", "expected"),
    [(55_999, []), (56_000, ["OTHER-FUNDING"]), (60_000, ["OTHER-FUNDING"]), (90_000, ["OTHER-FUNDING"])],
)
def test_other_public_money_that_leaves_no_grant_is_said_and_stops_nobody(draft, pounds, expected):
    other_money(draft, pounds)

    assert [(rule, blocks) for rule, _, blocks in found(draft)] == [(rule, False) for rule in expected]


@pytest.mark.parametrize("name", ["funding", "costs"])
def test_other_public_money_above_the_grant_is_said_at_once(browser, draft, name):
    before = browser.get(address(draft, name)).text
    other_money(draft, 60_000)

    after = browser.get(address(draft, name)).text

    assert TAKEN_UP not in before
    assert TAKEN_UP in after and STOPS not in after
    assert "£20,000" in after, "the contribution is what neither grant nor other money covers"


@PAGES
def test_costs_outside_the_limits_are_said_on_every_page_of_money(browser, draft, page):
    before = browser.get(address(draft, *page)).text
    fewer(draft, 24_999)

    after = browser.get(address(draft, *page)).text

    assert STOPS not in before
    assert f"{BETWEEN} {STOPS}" in after


def test_costs_outside_the_limits_are_not_marked_as_complete_in_silence(browser, draft):
    fewer(draft, 24_999)

    answer = browser.post(address(draft, "costs"), {"method": "none", "complete": "yes"}, follow=True)

    assert [str(one) for one in answer.context["messages"]] == [
        "Project costs: saved and marked as complete.",
        f"Project costs: {BETWEEN} This stops you from submitting.",
    ]
    assert draft.completed_sections.filter(section=sections.COSTS).exists()


def test_the_way_to_a_waiver_is_shown_while_one_can_be_asked_for(browser, draft):
    fewer(draft, 24_999)
    early = browser.get(address(draft, "costs")).text
    soon = draft.started_at + timedelta(days=33)
    Competition.objects.filter(pk=draft.competition_id).update(closes_at=soon)

    late = browser.get(address(draft, "costs")).text

    assert "Ask for our approval" in early
    assert "Ask for our approval" not in late


def test_a_percentage_above_a_maximum_that_fell_is_said_on_the_page(browser, draft):
    drafting.save_details(draft, {"research_category": "experimental_development"}, **doer(draft))

    page = browser.get(address(draft, "funding")).text

    assert f"The most your organisation can ask for is 45% of its costs. {STOPS}" in page


@PAGES
def test_the_sums_stand_on_every_page_of_money(browser, draft, page):
    shown = browser.get(address(draft, *page)).text

    figures = shown.split('<dl class="launchpad-figures">')[1].split("</dl>")[0]
    assert [amount for amount in ("£80,000", "£56,000", "£24,000") if amount not in figures] == []


def test_the_page_of_a_category_begins_with_its_own_sum(browser, draft):
    shown = [browser.get(address(draft, "cost_lines", name)).text for name in ("labour", "travel")]

    firsts = [page.split('launchpad-figures__value">')[1].split("<")[0] for page in shown]
    assert firsts == ["£80,000", "£0"]


def add_a_line(draft) -> tuple[str, dict]:
    return address(draft, "cost_lines", "other_costs"), {"description": "Course", "amount": "100"}


def change_a_line(draft) -> tuple[str, dict]:
    line = line_of(draft)
    changed = {"description": "Fitter", "annual_cost": "80000", "working_days": "1", "days": "1"}
    return address(draft, "cost_line", "labour", line.pk), {**changed, "version": line.version}


def remove_a_line(draft) -> tuple[str, dict]:
    line = line_of(draft)
    return address(draft, "cost_line_remove", "labour", line.pk), {"version": line.version}


def choose_overheads(draft) -> tuple[str, dict]:
    return address(draft, "costs"), {"method": "twenty", "save": "yes", "version": "1"}


@pytest.mark.parametrize("change", [add_a_line, change_a_line, remove_a_line, choose_overheads])
def test_a_change_that_takes_back_complete_says_so_before_and_after(browser, draft, change):
    where, typed = change(draft)
    before = browser.get(where).text

    answer = browser.post(where, typed, follow=True)

    assert "marked as complete" in before or "Completed" in before
    assert TAKES_BACK in str(list(answer.context["messages"])[-1])
    assert not draft.completed_sections.filter(section=sections.COSTS).exists()
    again = browser.get(address(draft, "cost_lines", "labour")).text
    assert "Project costs are not marked as complete yet." in again


def test_removing_a_line_is_asked_about_first(browser, draft):
    finances.set_overheads(applications.lead(draft), OverheadMethod.TWENTY, **doer(draft))
    line = line_of(draft)
    lines = browser.get(address(draft, "cost_lines", "labour")).text
    where = address(draft, "cost_line_remove", "labour", line.pk)

    asked = browser.get(where).text
    is_there = CostLine.objects.filter(pk=line.pk).exists()
    browser.post(where, {"version": line.version})

    assert f'href="{where}"' in lines
    assert "Do you want to remove this line?" in asked
    assert "Engineer" in asked and "£80,000" in asked and "Overheads of 20% go down with it." in asked
    assert is_there
    assert not CostLine.objects.filter(pk=line.pk).exists()
    assert Participant.objects.get(application=draft).total_costs == 0


def test_a_line_that_is_gone_is_not_asked_about(browser, draft):
    where = address(draft, "cost_line_remove", "labour", line_of(draft).pk)
    browser.post(where, {"version": line_of(draft).version})

    assert browser.get(where).status_code == 404


def test_ones_own_calculation_asks_for_its_explanation_at_the_field(browser, draft):
    typed = {"method": "calculated", "amount": "500", "version": "1", "complete": "yes"}
    refused = browser.post(address(draft, "costs"), typed)
    taken = browser.post(
        address(draft, "costs"), {**typed, "version": "2", "explanation": "Rent by desk"}, follow=True
    )
    whole = browser.get(address(draft, "check")).text

    assert refused.status_code == 422
    assert "Explain how you calculated the overheads." in refused.text
    assert "You cannot add a spreadsheet to this form yet." in refused.text
    assert "Project costs: saved and marked as complete." in taken.text
    assert "Rent by desk" in whole
