"""The end of an award at the same moment as another's word on it: a second approval, or its acceptance.

However they come, the award ends once or goes on, and its money stands where the award says. The last
test has no protection left and must be caught.
"""

import pytest

from accounts.models import Notification, User
from funding import award_endings, ledger
from funding.models import (
    Award,
    AwardEnding,
    AwardStatus,
    Budget,
    EndingState,
    Offer,
    OfferState,
    Transfer,
)
from funding.offers import answering, making
from funding.places import Place
from tests import proving
from tests.databases import as_owner
from tests.funding import racing
from tests.funding.racing import Run, rows
from tests.funding.test_race_controls import (
    drop_the_awards_check,
    drop_the_check,
    drop_trigger,
    gate_after,
    locks_on,
    look_at_what_is_left,
    without,
)
from tests.make import budgets, offers

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]

ROUNDS = proving.rounds(2)


def job(ending_id: int, approver_id: int) -> str:
    racing.get_ready()
    ending = AwardEnding.objects.get(pk=ending_id)
    award_endings.approve(ending, by=User.objects.get(pk=approver_id), at=offers.OFFERED_AT)
    return "ended"


def test_of_two_approvals_at_once_one_has_an_effect(committed_database):
    ending = offers.ending(offers.accepted())
    both = [(ending.pk, budgets.approver().pk) for _ in range(2)]

    run = racing.race(job, both, hold=rows(Award.objects.filter(pk=ending.award_id)))

    assert (run.waiters, sorted(run.answers)) == (2, ["EndingDecided", "ended"])
    assert Award.objects.get(pk=ending.award_id).status == AwardStatus.ENDED
    back = Transfer.objects.filter(award=ending.award_id, target=Place.AVAILABLE)
    assert back.count() == len(ending.award.budgets.budget_ids)
    assert Notification.objects.filter(kind="award_ended").count() == 1
    assert ledger.recount() == []


def end_or_accept(ending_id: int | None, offer_id: int | None, person_id: int, seen: str) -> str:
    racing.get_ready()
    person = User.objects.get(pk=person_id)
    if ending_id is not None:
        ending = AwardEnding.objects.get(pk=ending_id)
        award_endings.approve(ending, by=person, at=offers.OFFERED_AT, seen=seen)
        return "ended"
    offer = Offer.objects.get(pk=offer_id)
    answering.accept(offer, name=str(person), role="Director", by=person, at=offers.OFFERED_AT)
    return "accepted"


def raced(
    *taken, seen: str = "", turn: int = 0, hold=None, made: Offer | None = None
) -> tuple[Run, Offer, AwardEnding]:
    """seen  how the award stood on the approver's page, where that is said"""
    made = made or offers.offer()
    ending = offers.ending(made.award)
    both = [
        (ending.pk, None, budgets.approver().pk, seen),
        (None, made.pk, offers.signer(made).pk, seen),
    ]
    hold = hold or rows(Award.objects.filter(pk=made.award_id))
    # The other comes first in the next round, as far as that can be arranged.
    run = racing.race(without(*taken, job=end_or_accept), both[:: -1 if turn % 2 else 1], hold=hold)
    assert run.waiters == len(both)
    for row in (made, made.award, ending):
        row.refresh_from_db()
    return run, made, ending


def returned(award: Award) -> int:
    return Transfer.objects.filter(award=award, target=Place.AVAILABLE).count()


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_an_award_that_is_accepted_while_it_ends_has_ended_with_its_money_back_once(committed_database, turn):
    run, made, _ending = raced(turn=turn)

    signed = "accepted" in run.answers
    assert sorted(run.answers) == (["accepted", "ended"] if signed else ["AlreadyAnswered", "ended"])
    assert made.state == (OfferState.ACCEPTED if signed else OfferState.WITHDRAWN)
    assert made.award.status == AwardStatus.ENDED
    assert returned(made.award) == len(made.award.budgets.budget_ids)
    assert Notification.objects.filter(kind="award_ended").count() == 1
    assert ledger.recount() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_grant_that_was_signed_since_the_page_was_opened_is_not_ended_unseen(committed_database, turn):
    run, made, ending = raced(seen=AwardStatus.RESERVED, turn=turn)

    if "accepted" in run.answers:
        assert sorted(run.answers) == ["EndingRefused", "accepted"]
        assert (made.award.status, ending.state) == (AwardStatus.COMMITTED, EndingState.PROPOSED)
        assert returned(made.award) == 0
    else:
        assert sorted(run.answers) == ["AlreadyAnswered", "ended"]
        assert (made.award.status, ending.state) == (AwardStatus.ENDED, EndingState.APPROVED)
        assert returned(made.award) == len(made.award.budgets.budget_ids)
    assert ledger.recount() == []


WITHOUT_LOCKS = (locks_on(), gate_after(making, "held"))


def test_without_the_locks_the_database_takes_one_of_the_two(committed_database):
    run, made, _ending = raced(*WITHOUT_LOCKS, hold=racing.shut_gate)

    assert sorted(run.answers) in (["IntegrityError", "accepted"], ["IntegrityError", "ended"])
    assert made.state == (OfferState.ACCEPTED if "accepted" in run.answers else OfferState.WITHDRAWN)
    assert ledger.recount() == []


def test_without_the_locks_and_what_the_database_asks_both_have_their_way(committed_database):
    as_owner("ALTER TABLE funding_offeranswer DROP CONSTRAINT funding_offeranswer_offer_id_key")
    drop_trigger("funding_offeranswer", "offer_is_answered_in_time")
    drop_trigger("funding_award", "award_ends_once")
    drop_the_awards_check()
    drop_the_check()
    # Of one that is no Minimal Financial Assistance: that is given once, and would refuse the second itself.
    made = offers.offer(offers.award(budgets.funded_competition(subsidy_basis="subsidy_control")))

    run, made, _ending = raced(*WITHOUT_LOCKS, look_at_what_is_left, hold=racing.shut_gate, made=made)

    assert sorted(run.answers) == ["accepted", "ended"]
    assert returned(made.award) == len(made.award.budgets.budget_ids)
    # The same money went back and was promised: less than nothing stands as reserved.
    assert Budget.objects.filter(reserved__lt=0).count() == returned(made.award)
