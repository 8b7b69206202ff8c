"""Where awards stand: each in one line, told apart by whose turn it is and by how it came to its end."""

from dataclasses import replace
from fractions import Fraction

import pytest

from applications.models import Application
from funding import award_endings
from funding.models import AwardStatus, OfferState
from funding.offers import answering, lapsing, making, withdrawing
from funding.reports import covered, delivery, standing
from funding.reports.standing import HOLDING, OVER, Standing
from tests.make import budgets, offers
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

AS_OF = NOON + 400 * DAY


def stands(award) -> Standing:
    """The one line that counts the award, alone in its competition."""
    read = covered.read([award.application.competition], is_whole=True, as_of=AS_OF)
    [found] = [one for one, (number, _) in read.awards.items() if number]
    assert read.awards[found] == (1, award.amount)
    return found


def test_an_offer_that_waits_is_told_from_an_award_that_has_none():
    award = offers.award()
    assert stands(award) is Standing.NO_OFFER

    made = offers.offer(award)
    assert stands(award) is Standing.OFFERED

    withdrawing.withdraw(made, "The dates change.", by=budgets.fund_manager(), at=made.issued_at)
    assert stands(award) is Standing.NO_OFFER

    again = making.make(award, (), days=30, by=budgets.fund_manager(), at=made.issued_at + DAY)
    offers.accepted(again)
    assert stands(award) is Standing.ACCEPTED


def test_what_is_not_released_can_have_no_offer_yet():
    award = budgets.award()
    assert stands(award) is Standing.NOT_RELEASED

    Application.objects.filter(pk=award.application_id).update(released_at=AS_OF + DAY)
    assert stands(award) is Standing.NOT_RELEASED
    Application.objects.filter(pk=award.application_id).update(released_at=AS_OF)
    assert stands(award) is Standing.NO_OFFER


def test_declined_lapsed_withdrawn_and_ended_awards_are_each_counted():
    declined, lapsed, withdrawn = offers.offer(), offers.offer(), offers.offer()
    by, at = offers.signer(declined), declined.issued_at
    answering.decline(declined, name="Ada Lovelace", role="Director", by=by, at=at)
    withdrawing.withdraw(
        withdrawn, "Not eligible.", for_good=True, by=budgets.approver(), at=withdrawn.issued_at
    )
    lapsing.lapse_due(at=lapsed.expires_at + DAY)
    ending = offers.ending()
    award_endings.approve(ending, by=budgets.approver(), at=ending.proposed_at + DAY)

    assert stands(declined.award) is Standing.DECLINED
    assert stands(lapsed.award) is Standing.LAPSED
    assert stands(withdrawn.award) is Standing.WITHDRAWN
    assert stands(ending.award) is Standing.ENDED


def test_each_standing_has_its_line_and_its_definition_and_the_lines_add_up():
    assert {*HOLDING, *OVER} == set(Standing) and not {*HOLDING} & {*OVER}

    read = covered.read([], is_whole=True, as_of=AS_OF)
    read = replace(read, awards={one: (place, covered.NOTHING + place) for place, one in enumerate(Standing)})
    tables = delivery.section(read).tables[:2]
    for table in tables:
        *lines, together = table.rows
        assert all(means for _, means, *_ in lines)
        assert together[2] == sum(number for _, _, number, _ in lines)
        assert Fraction(together[3]) == sum(Fraction(amount) for *_, amount in lines)
        assert table.totals == 1
    assert sum(table.rows[-1][2] for table in tables) == sum(range(len(Standing)))


def test_no_status_of_an_award_or_an_offer_is_without_a_standing():
    found = {
        standing.of(status, is_told=is_told, last_offer=offer)
        for status in AwardStatus
        for is_told in (False, True)
        for offer in (None, *OfferState)
    }

    assert found == set(Standing)
