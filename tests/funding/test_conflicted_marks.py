"""A conflict of interest found after the assessor has submitted: it is flagged and nothing is proposed."""

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from applications.assessment import moderation, rulings
from applications.assessment.ties import ConflictKind
from applications.workflow import Status
from funding import allocation, deciding, foreseen, line_decisions, panel_sheets, verdicts
from funding.models import Verdict
from tests.make import assessors, budgets, office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def test_nothing_is_proposed_while_an_assessment_in_conflict_counts():
    within = budgets.funded_competition()
    application, other = budgets.assessed(within), budgets.assessed(within)
    one, two, _ = application.assessments.order_by("pk")
    # Tied in two ways, and by a flag to another.
    assessors.conflict(application, one.assessor)
    row = assessors.conflict(application, one.assessor, kind=ConflictKind.INTEREST)
    assessors.conflict(other, other.assessments.first().assessor, kind=ConflictKind.ADDRESS, blocks=False)

    with pytest.raises(allocation.NotReady) as refusal:
        budgets.proposed(within)
    assert refusal.value.lacks == [
        f"{application.reference}: 1 assessment by somebody in a conflict of interest counts. "
        "Exclude it or clear the conflict."
    ]

    assessors.conflict(application, two.assessor)
    with pytest.raises(allocation.NotReady, match="2 assessments by people in a conflict of interest count"):
        budgets.proposed(within)

    for tied in application.conflicts.exclude(pk=row.pk):
        rulings.rule(tied, is_cleared=True, reason="Namesakes.", by=people.manager(), at=NOON)
    with pytest.raises(allocation.NotReady, match="1 assessment by somebody"):
        budgets.proposed(within)
    proposed = moderation.propose(one, reason="Tied to it.", by=people.manager(), at=NOON)
    moderation.decide(proposed, confirm=True, by=budgets.fund_manager(), at=NOON)
    assert budgets.proposed(within).lines.count() == 2


def test_the_sheet_flags_an_assessment_in_conflict_that_counts():
    within = budgets.funded_competition()
    application = budgets.assessed(within)
    browser = office.sign_in(budgets.fund_manager())
    address = reverse("admin:funding_panel_sheet", args=[within.code])
    assert "in conflict</span>" not in browser.get(address).content.decode()

    assessors.conflict(application, application.assessments.first().assessor)

    assert "1 in conflict</span>" in browser.get(address).content.decode()


@pytest.fixture
def found_late():
    """A proposed allocation of two lines, and a conflict found since in the marks of the first."""
    within = budgets.funded_competition()
    budgets.assessed(within, 9)
    budgets.assessed(within, 8)
    made = budgets.proposed(within)
    first, second = made.lines.order_by("position")
    row = assessors.conflict(first.application, first.application.assessments.first().assessor)
    return made, first, second, row


def test_a_line_is_not_decided_while_marks_in_conflict_count(found_late):
    made, first, second, row = found_late
    approver = budgets.approver()
    prospect = foreseen.foresee(made, [first, second], foreseen.Choice.RECOMMENDED, "", by=approver)

    with pytest.raises(verdicts.InConflict, match=first.application.reference):
        line_decisions.decide(first, Verdict.FUND, by=approver, at=NOON)
    line_decisions.decide(second, Verdict.FUND, by=approver, at=NOON)
    rulings.rule(row, is_cleared=True, reason="Namesakes.", by=people.manager(), at=NOON)
    line_decisions.decide(first, Verdict.FUND, by=approver, at=NOON)

    assert [bool(row.refused) for row in prospect.rows] == [True, False]
    assert "A conflict of interest was found since this was proposed" in prospect.rows[0].refused


def test_an_allocation_is_not_approved_while_marks_in_conflict_count(found_late):
    made, first, _second, _row = found_late

    with pytest.raises(verdicts.InConflict) as refusal:
        deciding.approve(made, by=budgets.approver(), at=NOON)

    assert refusal.value.references == [first.application.reference]
    first.application.refresh_from_db()
    assert first.application.status == Status.IN_ASSESSMENT


def test_the_frozen_sheet_and_its_files_say_how_many_are_in_conflict():
    within = budgets.funded_competition()
    application = budgets.assessed(within)
    funds = budgets.fund_manager()
    before = panel_sheets.freeze([within], by=funds, at=NOON)
    assessors.conflict(application, application.assessments.first().assessor)
    after = panel_sheets.freeze([within], by=funds, at=NOON)

    browser = office.sign_in(funds)
    shown = [
        browser.get(reverse("admin:funding_panel_version", args=[one.pk])).text for one in (before, after)
    ]
    address = reverse("admin:funding_panel_sheet_csv", args=[within.code])
    heading, line = csv.reader(io.StringIO(browser.get(f"{address}?version={after.number}").text))
    book = reverse("admin:funding_panel_sheet_xlsx", args=[within.code])
    sheet = load_workbook(io.BytesIO(b"".join(browser.get(book).streaming_content)))["Panel sheet"]
    cells = dict(zip(*sheet.iter_rows(min_row=1, max_row=2, values_only=True), strict=True))

    assert ["1 in conflict" in page for page in shown] == [False, True]
    assert "assessments in conflict that count 0 then, 1 now" in shown[0]
    assert dict(zip(heading, line, strict=True))["In conflict"] == "1"
    assert cells["In conflict"] == 1
