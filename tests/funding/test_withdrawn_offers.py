"""Offers taken back before they are answered, and what the clock does where one of them cannot be ended."""

import pytest
from django.db import IntegrityError

from accounts.models import Notification
from accounts.roles import Role
from applications import closing
from applications.assessment.independence import OwnOrganisation
from funding import duties, ledger
from funding.models import AwardStatus, Offer, OfferState
from funding.offers import answering, lapsing, making, withdrawing
from tests.funding.test_offers import AT, SIGNED, accept, standing
from tests.make import budgets, offers, people
from tests.make.times import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def adds_up():
    """Whatever a test has done, the ledger is what its transfers say."""
    yield
    assert ledger.recount() == []


@pytest.mark.tells("offer_withdrawn")
def test_a_withdrawn_offer_leaves_its_money_for_another():
    made = offers.offer()

    withdrawing.withdraw(made, "A condition was wrong.", by=budgets.fund_manager(), at=AT + DAY)

    assert standing(made.award) == {(made.award.amount, 0)}
    assert Notification.objects.filter(kind="offer_withdrawn", recipient=offers.signer(made)).count() == 1
    again = offers.offer(made.award, at=AT + 2 * DAY)
    accept(again, at=AT + 3 * DAY)
    assert standing(made.award) == {(0, made.award.amount)}


def test_an_offer_withdrawn_for_good_takes_a_second_person_and_gives_the_money_back():
    made = offers.offer()
    both = people.user(Role.FUNDS, Role.APPROVER)

    with pytest.raises(duties.RoleMissing):
        withdrawing.withdraw(made, "Not viable.", for_good=True, by=budgets.fund_manager(), at=AT + DAY)
    withdrawing.withdraw(made, "Not viable.", for_good=True, by=both, at=AT + DAY)

    made.award.refresh_from_db()
    assert (made.award.status, standing(made.award)) == (AwardStatus.LAPSED, {(0, 0)})


def test_who_belongs_to_the_enterprise_takes_no_offer_to_it_back():
    made = offers.offer()
    within = people.member(made.award.shares.get().participant.organisation, True, Role.FUNDS)

    with pytest.raises(OwnOrganisation):
        withdrawing.withdraw(made, "A mistake.", by=within, at=AT + DAY)


def test_an_offer_that_cannot_be_ended_keeps_no_other_from_its_end(monkeypatch):
    broken, other = offers.offer(), offers.offer()
    over = other.expires_at + closing.REQUEST_LIMIT

    def breaks(offer, *, at):
        if offer == broken:
            raise IntegrityError("a rule of the table")
        return lapse(offer, at=at)

    lapse = answering.lapse
    monkeypatch.setattr(answering, "lapse", breaks)

    with pytest.raises(lapsing.NotAllEnded, match="1 offers could not be ended; 1 were"):
        lapsing.lapse_due(at=over)

    assert {one.state for one in Offer.objects.filter(pk=other.pk)} == {OfferState.LAPSED}
    assert Offer.objects.get(pk=broken.pk).is_waiting


def test_who_made_an_offer_does_not_end_its_award():
    both = people.user(Role.FUNDS, Role.APPROVER)
    made = making.make(offers.award(), by=both, at=AT)

    with pytest.raises(duties.SamePerson):
        withdrawing.withdraw(made, "Not viable.", for_good=True, by=both, at=AT + DAY)


@pytest.mark.parametrize("withdraw", [answering.accept, answering.decline])
def test_a_withdrawn_offer_is_not_answered(withdraw):
    made = offers.offer()
    withdrawing.withdraw(made, "A mistake.", by=budgets.fund_manager(), at=AT + DAY)

    with pytest.raises(answering.AlreadyAnswered):
        withdraw(made, **SIGNED, by=offers.signer(made), at=AT + 2 * DAY)
