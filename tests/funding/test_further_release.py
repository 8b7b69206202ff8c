"""The to-do list of the office names what was decided after a release and waits for one of its own."""

import pytest

from accounts.formats import local_time
from applications.models import Application, Score
from funding import deciding, later_money, line_decisions, release, to_do
from funding.models import Verdict
from tests import decision_presses
from tests.databases import disarmed
from tests.make import budgets, office
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


def test_who_may_release_is_asked_for_what_was_decided_after_the_release():
    within = budgets.funded_competition()
    winner, _ = budgets.assessed(within, 9), budgets.assessed(within, 8)
    made = budgets.proposed(within)
    first, second = made.lines.order_by("position")
    approver, manager = budgets.approver(), budgets.fund_manager()
    line_decisions.decide(first, Verdict.HOLD, "An open question.", by=approver, at=NOON)
    line_decisions.decide(second, Verdict.REJECT, "Not this time.", by=approver, at=NOON)
    deciding.conclude(made, by=approver, at=NOON)
    budgets.released(made)
    assert list(to_do.releasing(manager, NOON + 3 * DAY)) == []

    line_decisions.decide(first, Verdict.FUND, by=approver, at=NOON + 3 * DAY)

    [asked] = to_do.releasing(manager, NOON + 3 * DAY)
    assert asked.says == f"Release 1 further outcome of allocation {made.pk}"
    assert (asked.of, asked.since) == (made.pk, NOON + 3 * DAY)
    assert list(to_do.releasing(approver, NOON + 3 * DAY)) == []
    assert {one.application for one in release.untold_lines()} == set(release.untold(made)) == {winner}
    begun = release.release(made, by=manager, at=NOON + 4 * DAY)
    [going] = to_do.releasing(manager, NOON + 4 * DAY)
    assert going.says == (
        f"The outcomes of allocation {made.pk} go out at {local_time(begun.goes_at)}: see or recall them"
    )
    assert (going.of, list(to_do.releasing(approver, NOON + 4 * DAY))) == (made.pk, [])
    release.recall(begun, "A figure is wrong.", by=manager, at=NOON + 4 * DAY)
    assert len(list(to_do.releasing(manager, NOON + 4 * DAY))) == 1
    budgets.released(made, at=NOON + 5 * DAY)
    assert list(to_do.releasing(manager, NOON + 5 * DAY)) == []


def test_what_later_money_raised_is_asked_for_once():
    """Its own release tells it; the round, which is released, has nothing more to tell."""
    made = budgets.released(decision_presses.with_reserve(), at=NOON + 2 * DAY)
    manager, in_reserve = budgets.fund_manager(), made.lines.get(position=2).application
    raised = later_money.raise_up(in_reserve, "Money came back.", by=manager, at=NOON + 3 * DAY)
    deciding.approve(raised, by=budgets.approver(), at=NOON + 4 * DAY)

    assert [one.of for one in to_do.releasing(manager, NOON + 5 * DAY)] == [raised.pk]


def test_where_feedback_is_missing_the_page_leads_to_what_mends_it():
    within = budgets.funded_competition(ceiling="56000.00")
    budgets.assessed(within, 9)
    loser, made = budgets.assessed(within, 8), budgets.approved(within)
    with disarmed("applications_score"):
        Score.objects.filter(assessment__application=loser, question=within.questions[3]).update(feedback="")
    page = office.sign_in(budgets.fund_manager()).get(f"/admin/funding/allocation/{made.pk}/release/").text
    line = made.lines.get(application=loser)

    line_decisions.take_back(line, "Its feedback is missing.", by=budgets.approver(), at=NOON + 2 * DAY)
    budgets.released(made, at=NOON + 3 * DAY)

    assert f'href="/admin/funding/allocation/{made.pk}/line/{line.pk}/"' in page
    told = Application.objects.filter(released_at__isnull=False)
    assert loser not in told and told.count() == 1
