"""Offers: made of what is released, answered once, and their money where the answer says."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from accounts import composing
from accounts.models import Notification
from accounts.roles import Role
from applications import closing
from funding import duties, ledger
from funding.models import (
    Award,
    AwardStatus,
    Budget,
    Offer,
    OfferAnswer,
    OfferCondition,
    OfferState,
    Transfer,
)
from funding.offers import answering, lapsing, making
from tests.databases import disarmed
from tests.make import applications, assistance, budgets, competitions, offers, people
from tests.make.times import DAY

pytestmark = pytest.mark.django_db

AT = offers.OFFERED_AT
SIGNED = {"name": "Asha Rao", "role": "Managing director"}


def accept(made: Offer, *, by=None, at=AT + DAY) -> Offer:
    return answering.accept(made, **SIGNED, by=by or offers.signer(made), at=at)


def decline(made: Offer, reason: str = "", *, by=None, at=AT + DAY) -> Offer:
    return answering.decline(made, **SIGNED, reason=reason, by=by or offers.signer(made), at=at)


def standing(award: Award) -> set[tuple[Decimal, Decimal]]:
    """What is reserved and committed in each budget of the award."""
    drawn = Budget.objects.filter(pk__in=award.budgets.budget_ids)
    return set(drawn.values_list("reserved", "committed"))


@pytest.fixture(autouse=True)
def adds_up():
    yield
    assert ledger.recount() == []


@pytest.mark.tells("offer_ready")
def test_an_offer_keeps_its_letter_and_tells_who_may_edit():
    award = offers.award()
    colleague = people.member(award.application.participants.get().organisation)
    people.member(award.application.participants.get().organisation, may_edit=False)

    made = offers.offer(award, ["Send the   collaboration agreement.", "", "Name a project manager."])

    assert (made.state, made.expires_at) == (OfferState.MADE, making.expiry(AT))
    assert list(made.conditions.order_by("position").values_list("position", "text")) == [
        (1, "Send the collaboration agreement."),
        (2, "Name a project manager."),
    ]
    told = Notification.objects.filter(kind="offer_ready").values_list("recipient", "subject_id")
    assert set(told) == {(offers.signer(made).pk, made.pk), (colleague.pk, made.pk)}
    assert standing(award) == {(award.amount, 0)}


def test_the_time_to_answer_ends_with_the_last_day_in_london():
    # 28 March 2023 is in winter's time here, and the last day in summer's.
    made = offers.offer()

    assert made.expires_at.astimezone(making.london.LONDON).time().isoformat() == "00:00:00"
    assert making.london.day_of(made.expires_at - timedelta(seconds=1)) == making.london.day_of(AT) + 30 * DAY


def test_nothing_is_offered_before_the_release():
    award = budgets.award()

    with pytest.raises(making.OfferRefused, match="not released"):
        making.make(award, by=budgets.fund_manager(), at=AT)

    assert not Offer.objects.exists()


def test_nothing_is_offered_before_the_release_by_the_database_either():
    award = budgets.award()
    letter = "{}"

    with pytest.raises(IntegrityError, match="released"), transaction.atomic():
        Offer.objects.create(
            award=award, issued_by=budgets.fund_manager(), issued_at=AT, expires_at=AT + DAY,
            letter=letter, fingerprint=making.letter.fingerprint(letter),
        )  # fmt: skip


@pytest.mark.parametrize("role", sorted(set(Role) - duties.OFFER))
def test_only_a_fund_manager_makes_an_offer(role):
    with pytest.raises(duties.RoleMissing):
        making.make(offers.award(), by=people.user(role), at=AT)


def test_an_award_has_one_live_offer():
    made = offers.offer()

    with pytest.raises(making.AlreadyOffered) as refusal:
        offers.offer(made.award)

    assert refusal.value.offer == made
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.create(
            award=made.award, issued_by=made.issued_by, issued_at=AT, expires_at=AT + DAY,
            letter=made.letter, fingerprint=made.fingerprint,
        )  # fmt: skip


def test_no_offer_is_made_before_every_enterprise_was_asked_about_its_assistance():
    """Else it could lapse while those who applied wait to be asked."""
    award = assistance.released()
    name = award.shares.get().participant.name

    with pytest.raises(making.OfferRefused, match=f"Not asked yet: {name}"):
        making.make(award, by=budgets.fund_manager(), at=AT)

    assistance.asked(award, at=AT)
    assert making.make(award, by=budgets.fund_manager(), at=AT).award == award


@pytest.mark.parametrize(
    "conditions", [["x" * (making.LONGEST_CONDITION + 1)], ["x"] * (making.MOST_CONDITIONS + 1)]
)
def test_too_many_or_too_long_conditions_are_refused(conditions):
    with pytest.raises(making.ConditionsRefused):
        offers.offer(conditions=conditions)


@pytest.mark.tells("offer_accepted", "offer_answered")
def test_accepting_commits_the_money_in_every_budget():
    made, fund_manager = offers.offer(), budgets.fund_manager()

    accept(made)

    answer = OfferAnswer.objects.get()
    assert (answer.kind, answer.signed_name, answer.signed_role, answer.person, answer.answered_at) == (
        "accepted", *SIGNED.values(), offers.signer(made), AT + DAY,
    )  # fmt: skip
    made.award.refresh_from_db()
    assert (Offer.objects.get().state, made.award.status) == (OfferState.ACCEPTED, AwardStatus.COMMITTED)
    assert standing(made.award) == {(0, made.award.amount)}
    assert Notification.objects.filter(kind="offer_answered", recipient=offers.signer(made)).exists()
    assert Notification.objects.filter(kind="offer_accepted", recipient=fund_manager).exists()


@pytest.mark.tells("offer_declined", "offer_answered")
def test_declining_gives_the_money_back_to_every_budget():
    made, fund_manager = offers.offer(), budgets.fund_manager()

    decline(made, "We have other funding.")

    made.award.refresh_from_db()
    assert (Offer.objects.get().state, made.award.status) == (OfferState.DECLINED, AwardStatus.LAPSED)
    assert standing(made.award) == {(0, 0)}
    assert OfferAnswer.objects.get().reason == "We have other funding."
    assert set(
        Transfer.objects.filter(target="available").exclude(source="outside").values_list("cause")
    ) == {(f"award {made.award_id} declined",)}
    letter = composing.compose(Notification.objects.get(kind="offer_declined", recipient=fund_manager))
    assert "We have other funding." in letter.text and "Asha Rao, Managing director" in letter.text


@pytest.mark.tells("offer_lapsed", "offer_unanswered")
def test_an_offer_that_nobody_answers_lapses_once():
    made, fund_manager = offers.offer(), budgets.fund_manager()

    early = lapsing.lapse_due(at=made.expires_at)
    said = [lapsing.lapse_due(at=made.expires_at + closing.REQUEST_LIMIT) for _ in range(2)]

    made.award.refresh_from_db()
    assert (early, said) == (
        "Every offer has time left",
        ["1 offers have lapsed", "Every offer has time left"],
    )
    assert (Offer.objects.get().state, made.award.status) == (OfferState.LAPSED, AwardStatus.LAPSED)
    assert standing(made.award) == {(0, 0)}
    assert Notification.objects.filter(kind="offer_lapsed", recipient=offers.signer(made)).count() == 1
    assert Notification.objects.filter(kind="offer_unanswered", recipient=fund_manager).count() == 1


def test_an_answer_that_came_in_before_the_end_stands():
    made = offers.offer()

    accept(made, at=made.expires_at - timedelta(microseconds=1))

    assert Offer.objects.get().state == OfferState.ACCEPTED


@pytest.mark.parametrize("answer", [accept, decline])
def test_at_its_end_an_offer_can_no_longer_be_answered(answer):
    made = offers.offer()

    with pytest.raises(answering.TooLate):
        answer(made, at=made.expires_at)

    assert Offer.objects.get().state == OfferState.MADE
    with pytest.raises(IntegrityError, match="its time is over"), transaction.atomic():
        OfferAnswer.objects.create(
            offer=made, kind="accepted", answered_at=made.expires_at, person=offers.signer(made),
            signed_name="A", signed_role="B",
        )  # fmt: skip


@pytest.mark.parametrize("answer", [accept, decline])
def test_an_offer_is_answered_once(answer):
    made = accept(offers.offer())

    with pytest.raises(answering.AlreadyAnswered, match="accepted by Asha Rao"):
        answer(made)

    assert standing(made.award) == {(0, made.award.amount)}


def reader(made: Offer):
    return people.member(made.award.application.participants.get().organisation, may_edit=False)


def partner(made: Offer):
    return people.member(applications.partner(made.award.application).organisation)


@pytest.mark.parametrize(
    "who", [reader, partner, lambda made: applications.stranger(), lambda made: budgets.fund_manager()]
)
@pytest.mark.parametrize("answer", [accept, decline])
def test_only_who_may_edit_for_the_lead_answers(who, answer):
    made = offers.offer()

    with pytest.raises(answering.NotTheirs):
        answer(made, by=who(made))


@pytest.mark.parametrize(("name", "role", "field"), [(" ", "Director", "name"), ("Asha Rao", "", "role")])
def test_an_answer_is_signed(name, role, field):
    made = offers.offer()

    with pytest.raises(answering.NotSigned) as refusal:
        answering.accept(made, name=name, role=role, by=offers.signer(made), at=AT + DAY)

    assert refusal.value.field == field
    with pytest.raises(IntegrityError), transaction.atomic():
        OfferAnswer.objects.create(
            offer=made, kind="accepted", answered_at=AT + DAY, person=offers.signer(made)
        )


def run(statement: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_ends_no_offer_without_an_answer():
    made = offers.offer()

    with pytest.raises(IntegrityError, match="ends by its answer alone"):
        run("UPDATE funding_offer SET state = 'accepted' WHERE id = %s", made.pk)
    with pytest.raises(IntegrityError, match="stays as it was made"):
        run("UPDATE funding_offer SET expires_at = expires_at + interval '1 day' WHERE id = %s", made.pk)
    with pytest.raises(InternalError, match="Cannot delete"):
        run("DELETE FROM funding_offer WHERE id = %s", made.pk)


def test_an_offered_award_is_committed_by_an_accepted_offer_alone():
    made = offers.offer()

    with pytest.raises(IntegrityError, match="say different things"), transaction.atomic():
        making.held(made.award)
        from_reserved(made.award)


def from_reserved(award: Award) -> None:
    """Commit it behind the offer's back."""
    answering.awards.commit(award, by=budgets.approver(), at=AT + DAY)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_without_the_trigger_it_could_be_committed():
    """The negative control."""
    made = offers.offer()

    with disarmed("funding_award"):
        from_reserved(made.award)

    assert standing(made.award) == {(0, made.award.amount)}


def test_an_accepted_offer_has_its_award_committed():
    made = offers.offer()

    with pytest.raises(IntegrityError, match="say different things"):
        run(
            "INSERT INTO funding_offeranswer"
            " (offer_id, kind, answered_at, person_id, signed_name, signed_role, reason)"
            " VALUES (%s, 'accepted', %s, %s, 'A', 'B', '')",
            made.pk, AT + DAY, offers.signer(made).pk,
        )  # fmt: skip


def test_a_condition_is_one_of_the_letter():
    made = offers.offer(conditions=["Send the plan."])

    with pytest.raises(IntegrityError, match="does not name this condition"), transaction.atomic():
        OfferCondition.objects.create(offer=made, position=2, text="Pay us.")


@pytest.mark.tells("offer_expiring")
def test_the_lead_is_reminded_a_week_and_two_days_before_the_end():
    made = offers.offer()
    reader(made)
    days = [made.expires_at - number * DAY for number in (8, 7, 6, 2, 1)]

    said = [lapsing.remind(at=at)[0] for at in [*days, days[-1]]]

    assert said == ["0", "1", "0", "1", "0", "0"]
    told = Notification.objects.filter(kind="offer_expiring").order_by("pk")
    assert list(told.values_list("recipient", "facts")) == [
        (offers.signer(made).pk, {"days": 7}),
        (offers.signer(made).pk, {"days": 2}),
    ]


def test_after_a_stop_only_the_last_reminder_is_made_up_for():
    made = offers.offer()

    lapsing.remind(at=made.expires_at - DAY)

    assert Notification.objects.get(kind="offer_expiring").facts == {"days": 2}


def test_an_answered_offer_is_not_reminded_of():
    made = accept(offers.offer())

    assert lapsing.remind(at=made.expires_at - DAY).startswith("0")


def test_strangers_and_other_regions_see_no_offer():
    made = offers.offer()
    elsewhere = people.user(Role.FUNDS, region=competitions.region("TV", "Tees Valley"))

    for person in (applications.stranger(), elsewhere, people.assessor()):
        assert not Offer.objects.visible_to(person).exists()
    for person in (offers.signer(made), reader(made), budgets.fund_manager()):
        assert Offer.objects.visible_to(person).get() == made
