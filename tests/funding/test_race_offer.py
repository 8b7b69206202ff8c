"""An offer answered twice at once: by two who may sign, and by one of them against the job that ends it.

Each protection is taken away in turn; the last test has none left and must be caught.
"""

import pytest

from accounts.models import User
from funding import ledger
from funding.models import Award, AwardStatus, Offer, OfferAnswer, OfferState
from funding.offers import answering
from tests.databases import as_owner
from tests.funding import racing
from tests.funding.racing import Run, rows
from tests.funding.test_race_controls import drop_trigger, gate_after, locks_on, without
from tests.make import budgets, offers, people

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]


def job(offer_id: int, person_id: int | None) -> str:
    """Sign in the last moment, or end it at its first moment over."""
    racing.get_ready()
    offer = Offer.objects.get(pk=offer_id)
    if person_id is None:
        answering.lapse(offer, at=offer.expires_at)
        return "lapsed"
    person = User.objects.get(pk=person_id)
    answering.accept(offer, name=str(person), role="Director", by=person, at=offers.OFFERED_AT)
    return "accepted"


WITHOUT_LOCKS = (locks_on(), gate_after(answering, "held"))


def raced(*taken, by_job: bool, hold=None, made: Offer | None = None) -> tuple[Run, Offer]:
    made = made or offers.offer()
    colleague = people.member(made.award.application.participants.get().organisation)
    both = [(made.pk, offers.signer(made).pk), (made.pk, None if by_job else colleague.pk)]
    hold = hold or rows(Award.objects.filter(pk=made.award_id))
    run = racing.race(without(*taken, job=job), both, hold=hold)
    assert run.waiters == len(both)
    made.refresh_from_db()
    made.award.refresh_from_db()
    return run, made


@pytest.mark.parametrize("by_job", [False, True], ids=["two sign", "one signs and it lapses"])
def test_one_answer_stands_and_its_money_with_it(committed_database, by_job):
    run, made = raced(by_job=by_job)

    stands = made.answer.kind
    refused = "AlreadyAnswered" if stands != OfferState.ACCEPTED or not by_job else "NotOver"
    assert sorted(run.answers) == sorted([refused, stands])
    assert (made.state, made.award.status) in [
        (OfferState.ACCEPTED, AwardStatus.COMMITTED),
        (OfferState.LAPSED, AwardStatus.LAPSED),
    ]
    assert ledger.recount() == []


@pytest.mark.parametrize("by_job", [False, True], ids=["two sign", "one signs and it lapses"])
def test_without_the_locks_the_database_takes_one_answer(committed_database, by_job):
    run, made = raced(*WITHOUT_LOCKS, by_job=by_job, hold=racing.shut_gate)

    assert sorted(run.answers) == sorted(["IntegrityError", made.state])
    assert OfferAnswer.objects.count() == 1
    assert ledger.recount() == []


def test_without_the_locks_and_what_the_database_asks_two_have_signed(committed_database):
    as_owner("ALTER TABLE funding_offeranswer DROP CONSTRAINT funding_offeranswer_offer_id_key")
    # Else whoever comes after the other's COMMIT is refused by it, and the test would hang on the moment.
    drop_trigger("funding_offeranswer", "offer_is_answered_in_time")

    # Of one that is no Minimal Financial Assistance: that is given once, and would refuse the second itself.
    made = offers.offer(offers.award(budgets.funded_competition(subsidy_basis="subsidy_control")))

    run, _made = raced(*WITHOUT_LOCKS, by_job=False, hold=racing.shut_gate, made=made)

    assert run.answers == ["accepted", "accepted"]
    assert OfferAnswer.objects.count() == 2
