"""A conflict of interest found after the assessor has submitted: it is flagged and nothing is proposed."""

import pytest
from django.urls import reverse

from applications.assessment import moderation, rulings
from applications.assessment.ties import ConflictKind
from funding import allocation
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
