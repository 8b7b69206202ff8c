"""Awards ended after their release: proposed by one, approved by another, and the money comes back once."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry, Membership, Notification
from accounts.roles import Role
from applications import outcome
from applications.assessment.independence import OwnOrganisation
from funding import award_endings, duties, later_money, ledger, to_do
from funding.models import (
    AllocationLine,
    AnswerKind,
    Award,
    AwardEnding,
    AwardStatus,
    Budget,
    EndingState,
    MfaRecord,
    MfaState,
    OfferState,
    Transfer,
)
from funding.places import Place
from funding.subsidy import database
from funding.verdicts import ReasonRefused
from tests import decision_presses
from tests.databases import disarmed
from tests.make import assistance, budgets, offers, office, people
from tests.make.times import DAY

pytestmark = pytest.mark.django_db

AT = offers.OFFERED_AT + DAY


def approve(ending: AwardEnding, by=None) -> Award:
    award_endings.approve(ending, by=by or budgets.approver(), at=AT)
    # What is asked at COMMIT is asked here.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return Award.objects.get(pk=ending.award_id)


def standing(award: Award) -> set[tuple]:
    rows = Budget.objects.filter(pk__in=award.budgets.budget_ids)
    return set(rows.values_list("reserved", "committed"))


def committed() -> Award:
    """Accepted, as in an earlier transaction: what is asked at its COMMIT has been asked."""
    award = offers.accepted()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return award


def waiting() -> Award:
    return offers.offer().award


@pytest.mark.tells("award_ending_proposed", "award_ending_decided", "award_ended")
@pytest.mark.parametrize("make", [offers.award, waiting, committed])
def test_an_award_that_two_people_end_gives_its_money_back(make):
    award = make()
    approver, ending = budgets.approver(), offers.ending(award)
    assert award_endings.PROPOSED in Notification.objects.filter(recipient=approver).values_list(
        "kind", flat=True
    )
    assert standing(award) != {(0, 0)}

    ended = approve(ending, by=approver)

    assert (ended.status, standing(award), ledger.recount()) == (AwardStatus.ENDED, {(0, 0)}, [])
    moved = Transfer.objects.filter(cause=f"award {award.pk} ended")
    assert {one.target for one in moved} == {Place.AVAILABLE}
    assert {one.budget_id for one in moved} == set(award.budgets.budget_ids)
    assert set(MfaRecord.objects.filter(share__award=award).values_list("state", flat=True)) == {
        MfaState.UNDONE
    }
    assert not award.offers.filter(state=OfferState.MADE).exists()
    application = ended.application
    told = Notification.objects.filter(kind="award_ended", recipient=application.started_by)
    assert told.count() == 1
    assert not Notification.objects.filter(kind="offer_withdrawn").exists()
    entry = AuditEntry.objects.filter(action="approve end of award").get()
    assert (entry.by, entry.reason) == (approver, ending.reason)
    [step] = outcome.steps(application)
    assert "Your award ended" in step.says and ending.reason in step.says


def test_assistance_that_was_given_counts_no_more():
    award = committed()
    record = MfaRecord.objects.get(share__award=award)
    assert record.state == MfaState.GIVEN

    approve(offers.ending(award))

    record.refresh_from_db()
    assert (record.state, record.given_on is not None, record.undone_at) == (MfaState.UNDONE, True, AT)
    assert not MfaRecord.objects.given().exists()


def test_a_subsidy_entry_that_was_uploaded_is_owed_again_with_nothing():
    within = budgets.funded_competition(subsidy_basis="subsidy_control")
    award = offers.award(within, grant="120000.00")
    share = award.shares.get()
    database.record_upload(share, "SC-17", AT.date(), by=budgets.fund_manager(), at=AT)

    award_endings.approve(offers.ending(award), by=budgets.approver(), at=AT + DAY)

    [entry] = database.entries(database.needed())
    assert (entry.amount, entry.uploaded, entry.ended_on) == (Decimal("0.00"), None, (AT + DAY).date())


def test_the_reserve_list_may_propose_the_next_one():
    made = budgets.released(decision_presses.with_reserve())
    award = Award.objects.get(application=made.lines.get(position=1).application)
    manager = budgets.fund_manager()
    assert list(to_do.raising(manager, AT)) == []

    award_endings.approve(offers.ending(award), by=budgets.approver(), at=AT)

    [asked] = to_do.raising(manager, AT)
    assert asked.of == made.pk
    raised = later_money.raise_next(made, "Money came back.", by=manager, at=AT)
    assert AllocationLine.objects.get(allocation=raised).application == made.lines.get(position=2).application


def test_nobody_approves_their_own_and_only_the_roles_do():
    both = people.user(Role.FUNDS)
    people.give(both, Role.APPROVER)
    ending = award_endings.propose(offers.award(), "They cannot begin.", by=both, at=AT)

    with pytest.raises(award_endings.OwnProposal):
        award_endings.approve(ending, by=both, at=AT)
    with pytest.raises(duties.RoleMissing):
        award_endings.approve(ending, by=budgets.fund_manager(), at=AT)
    with pytest.raises(duties.RoleMissing):
        award_endings.propose(ending.award, "Why.", by=budgets.approver(), at=AT)
    assert [one.of for one in to_do.ending(budgets.approver(), AT)] == [ending.pk]
    assert list(to_do.ending(both, AT)) == []


def test_whoever_belongs_to_an_organisation_of_it_neither_proposes_nor_approves():
    award = offers.award()
    organisation = award.application.participants.get().organisation
    approver, ending = budgets.approver(), offers.ending(award)
    Membership.objects.create(organisation=organisation, person=approver, may_edit=True, joined_at=AT)

    with pytest.raises(OwnOrganisation):
        award_endings.approve(ending, by=approver, at=AT)
    with pytest.raises(IntegrityError, match="belongs to an organisation"), transaction.atomic():
        AwardEnding.objects.filter(pk=ending.pk).update(
            state=EndingState.REFUSED, decided_by=approver, decided_at=AT, answer="No."
        )
    with pytest.raises(OwnOrganisation):
        award_endings.refuse(ending, "No.", by=approver, at=AT)


def test_what_cannot_be_ended_is_refused_with_the_reason():
    untold = budgets.award()
    told = offers.award()

    with pytest.raises(award_endings.EndingRefused, match="not released yet"):
        award_endings.propose(untold, "Why.", by=budgets.fund_manager(), at=AT)
    with pytest.raises(ReasonRefused):
        award_endings.propose(told, "  ", by=budgets.fund_manager(), at=AT)
    ending = offers.ending(told)
    with pytest.raises(award_endings.EndingRefused, match="waits for a decision"):
        offers.ending(told)
    award_endings.refuse(ending, "It goes on.", by=budgets.approver(), at=AT)
    with pytest.raises(award_endings.EndingDecided):
        award_endings.approve(ending, by=budgets.approver(), at=AT)
    assert Award.objects.get(pk=told.pk).status == AwardStatus.RESERVED
    # Refused once, it may be proposed again.
    approve(offers.ending(told))
    with pytest.raises(award_endings.EndingRefused, match="holds no money"):
        offers.ending(told)


def test_what_has_been_paid_is_not_ended():
    award = committed()
    ending = offers.ending(award)
    places = {"source": Place.COMMITTED, "target": Place.PAID}
    ledger.transfer(award, Decimal("10000.00"), **places, cause="claim 1 paid", by=None, at=AT)

    with pytest.raises(award_endings.EndingRefused, match="£10,000 of it has been paid"):
        approve(ending)

    assert Award.objects.get(pk=award.pk).status == AwardStatus.COMMITTED


def test_the_database_ends_an_award_by_two_people_alone():
    award = committed()
    with pytest.raises(IntegrityError, match="approved end alone"), transaction.atomic():
        _ended_by_hand(award)
    ending = offers.ending(award)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        AwardEnding.objects.filter(pk=ending.pk).update(
            state=EndingState.APPROVED, decided_by=ending.proposed_by, decided_at=AT
        )
    with pytest.raises(IntegrityError, match="has ended nothing"), transaction.atomic():
        AwardEnding.objects.filter(pk=ending.pk).update(
            state=EndingState.APPROVED, decided_by=budgets.approver(), decided_at=AT
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert award.offers.get().state == AnswerKind.ACCEPTED

    # Without what the database asks, one hand is enough.
    with disarmed("funding_award"):
        _ended_by_hand(award)
    assert Award.objects.get(pk=award.pk).status == AwardStatus.ENDED


def _ended_by_hand(award: Award) -> None:
    Award.objects.filter(pk=award.pk).update(status=AwardStatus.ENDED)
    ledger.transfer(
        award,
        award.amount,
        source=Place.COMMITTED,
        target=Place.AVAILABLE,
        cause=f"award {award.pk} ended",
        by=None,
        at=AT,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_both_people_end_it_in_their_pages():
    award = committed()
    manager, approver = budgets.fund_manager(), budgets.approver()
    first, second = office.sign_in(manager), office.sign_in(approver)
    page = first.get(f"/admin/funding/award/{award.pk}/change/")
    address = f"/admin/funding/awardending/propose/{award.pk}/"
    assert f'href="{address}"' in page.text

    empty = first.post(address, {"intent": "a", "reason": ""})
    made = first.post(address, {"intent": "b", "reason": "They cannot begin."})
    ending = AwardEnding.objects.get()
    own = first.get(made["Location"]).text
    nothing = second.post(f"/admin/funding/awardending/{ending.pk}/decide/", {"intent": "c", "reason": ""})
    sent = {"intent": "d", "decision": "approve", "reason": ""}
    done = second.post(f"/admin/funding/awardending/{ending.pk}/decide/", sent)
    again = second.post(f"/admin/funding/awardending/{ending.pk}/decide/", {**sent, "intent": "e"})

    assert [one.status_code for one in (empty, nothing, done, again)] == [422, 422, 302, 409]
    assert "Give the reason for ending this award" in empty.text
    assert "You proposed this" in own and "Choose a decision" in nothing.text
    assert Award.objects.get(pk=award.pk).status == AwardStatus.ENDED
    offer = award.offers.get()
    assert "The award ended on" in office.sign_in(offers.signer(offer)).get(f"/offers/{offer.pk}/").text
    assert not assistance.MfaRecord.objects.given().exists()


def test_a_proposal_of_somebody_who_joined_its_organisation_since_can_be_refused_and_nothing_else():
    ending = offers.ending()
    organisation = ending.award.application.participants.get().organisation
    Membership.objects.create(
        organisation=organisation, person=ending.proposed_by, may_edit=True, joined_at=AT
    )

    with pytest.raises(OwnOrganisation):
        award_endings.approve(ending, by=budgets.approver(), at=AT)
    refused = award_endings.refuse(ending, "Proposed by one of them.", by=budgets.approver(), at=AT)

    assert refused.state == EndingState.REFUSED


def test_the_trail_says_that_the_end_was_approved_where_an_offer_was_withdrawn_with_it():
    offer = offers.offer()
    ending = offers.ending(offer.award)

    award_endings.approve(ending, by=budgets.approver(), at=AT)

    row = AuditEntry.objects.get(action="approve end of award")
    assert (row.before["state"], row.after["state"]) == (EndingState.PROPOSED, EndingState.APPROVED)


def test_a_proposal_whose_award_has_lapsed_waits_for_nobody():
    ending, approver = offers.ending(), budgets.approver()
    assert [one.of for one in to_do.ending(approver, AT)] == [ending.pk]

    with disarmed("funding_award"):
        Award.objects.filter(pk=ending.award_id).update(status=AwardStatus.LAPSED)

    assert list(to_do.ending(approver, AT)) == []


def test_a_grant_that_was_signed_since_the_page_was_opened_is_not_ended_unseen():
    offer = offers.offer()
    ending, seen = offers.ending(offer.award), offer.award.status
    offers.accepted(offer)

    with pytest.raises(award_endings.EndingRefused, match="since this page was opened"):
        award_endings.approve(ending, by=budgets.approver(), at=AT, seen=seen)
