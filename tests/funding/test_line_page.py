"""The page of one line of an allocation."""

import pytest
from django.urls import reverse

from applications.models import Application
from applications.workflow import Status
from funding import line_decisions
from funding.models import Verdict
from tests.make import assessments, budgets, office
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def within():
    return budgets.funded_competition(ceiling="120000.00")


@pytest.fixture
def made(within):
    """Two that fit, one below the line, one below the threshold."""
    for mark in (9, 8, 7, 5):
        budgets.assessed(within, mark)
    return budgets.proposed(within)


@pytest.fixture
def browser():
    return office.sign_in(budgets.approver())


def lines(made):
    return list(made.lines.order_by("position"))


def line_page(line) -> str:
    return reverse("admin:funding_allocation_line", args=[line.allocation_id, line.pk])


def status(line) -> str:
    return Application.objects.get(pk=line.application_id).status


def test_one_line_is_decided_on_its_page(made, browser):
    line = lines(made)[0]

    shown = browser.get(line_page(line)).text
    answer = browser.post(line_page(line), {"verdict": "fund", "reason": ""}, follow=True)

    assert "£56,000" in shown and 'value="fund"' in shown and 'value="taken back"' not in shown
    assert f"{line.application.reference}: fund." in answer.text
    assert 'value="taken back"' in answer.text and 'value="fund"' not in answer.text
    assert status(line) == Status.SUCCESSFUL


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"verdict": "hold"}, "Give the reason"),
        ({"verdict": "taken back", "reason": "Why not."}, "There is no decision on this line to take back."),
        ({"reason": "Kept text"}, "Choose a decision"),
        ({"verdict": "eat", "reason": "Kept text"}, "Choose a decision from the list"),
    ],
)
def test_a_verdict_that_cannot_be_is_told_at_its_field(made, browser, sent, says):
    answer = browser.post(line_page(lines(made)[0]), sent)

    assert answer.status_code == 422
    assert answer.text.count(says) >= 2
    assert sent.get("reason", "") in answer.text


def test_a_second_verdict_on_the_page_names_who_decided(made, browser):
    line, approver = lines(made)[0], budgets.approver()
    line_decisions.decide(line, Verdict.FUND, by=approver, at=NOON + DAY)

    answer = browser.post(line_page(line), {"verdict": "fund"}, follow=True)

    assert f"Already decided: fund by {approver}" in answer.text


def test_marks_and_money_refuse_a_line_on_its_page(within, made, browser):
    first, second, *_ = lines(made)
    assessments.submitted(first.application, mark=1)
    budgets.with_ceiling(within.budgets.pot, 60_000)
    line_decisions.decide(second, Verdict.FUND, by=budgets.approver(), at=NOON + DAY)

    changed = browser.post(line_page(first), {"verdict": "fund"})
    dear = browser.post(line_page(lines(made)[2]), {"verdict": "fund", "reason": "The next."})

    assert (changed.status_code, dear.status_code) == (409, 409)
    assert "The panel sheet has changed" in changed.text
    assert "has £4,000 left; £56,000 is needed." in dear.text


def test_a_long_reason_is_kept_whole(made, browser):
    line, reason = lines(made)[0], "a" * 2000

    browser.post(line_page(line), {"verdict": "hold", "reason": reason})

    assert line.decisions.get().reason == reason
    assert line.application.status_changes.latest("pk").reason == "a" * 500
