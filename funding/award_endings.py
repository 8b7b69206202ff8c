"""The end of an award after its release: one person proposes it, another decides.

Nothing moves until it is approved; then the award, its offer, its assistance and its money change
together, and those who applied are told.
"""

import logging
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, DecimalField, F, Sum, Value, When

from accounts import audit, formats, outbox
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import audience
from applications.assessment import independence
from funding import duties, ledger
from funding.models import (
    LIVE,
    AnswerKind,
    Award,
    AwardEnding,
    AwardStatus,
    EndingState,
    OfferState,
    Transfer,
)
from funding.offers import answering, making
from funding.places import Place
from funding.subsidy import mfa
from funding.verdicts import ReasonRefused, within_length

#: Told to approvers, to whoever proposed it, and to those who applied.
PROPOSED, DECIDED, AWARD_ENDED = "award_ending_proposed", "award_ending_decided", "award_ended"

logger = logging.getLogger(__name__)

#: Where the money of a living award stands.
STANDS_IN = {AwardStatus.RESERVED: Place.RESERVED, AwardStatus.COMMITTED: Place.COMMITTED}


class EndingRefused(Refusal):
    """It cannot be ended; the text says why."""


class EndingDecided(Refusal):
    def __init__(self, ending: AwardEnding):
        word = ending.get_state_display().lower()
        super().__init__(
            f"This was {word} at {formats.local_time(ending.decided_at)} by {ending.decided_by}."
        )


class OwnProposal(Refusal):
    """The one who proposed it may not decide it."""

    def __init__(self) -> None:
        super().__init__("You proposed this. Another person has to decide it.")


def obstacle(award: Award) -> str:
    """Why it cannot be ended in this way, in a sentence; nothing where it can.

    award  read with its application
    """
    if award.status not in LIVE:
        return f"The award is {award.get_status_display().lower()}: it holds no money."
    if award.application.released_at is None or award.application.told_status:
        return "Its decision is not released yet. Take the decision on its line back instead."
    if (paid := paid_of(award)) > 0:
        return (
            f"{formats.pounds(paid)} of it has been paid. An award ends only while nothing of it is paid: "
            "what was paid would have to come back first."
        )
    return ""


def paid_of(award: Award) -> Decimal:
    """Pounds of it that stand as paid: the most in any of its budgets, which say the same."""
    signed = Case(
        When(target=Place.PAID, then=F("amount")),
        When(source=Place.PAID, then=-F("amount")),
        default=Value(Decimal(0)),
        output_field=DecimalField(),
    )
    rows = Transfer.objects.filter(award=award).values("budget").annotate(paid=Sum(signed))
    return max((row["paid"] for row in rows), default=Decimal(0))


@audit.action("propose end of award")
def propose(award: Award, reason: str, *, by: User, at: datetime) -> AwardEnding:
    """Propose that an award of which its applicants know be ended. Nothing moves.

    Raises RoleMissing, OwnOrganisation, ReasonRefused and EndingRefused.
    """
    award = making.held(award)
    application = award.application
    duties.check(duties.PROPOSE, roles=by.roles_in(application.competition.region_id))
    independence.check([by], [application.pk], by=by)
    reason = within_length(reason)
    if not reason:
        raise ReasonRefused("Give the reason for ending this award.")
    if why := obstacle(award):
        raise EndingRefused(why)
    if award.endings.waiting().exists():
        raise EndingRefused("Its end is proposed already and waits for a decision.")
    made = AwardEnding.objects.create(award=award, reason=reason, proposed_by=by, proposed_at=at)
    audit.note(subject=made, after={"award": award.pk, "reference": application.reference}, reason=reason)
    approvers = audience.staff_of(application.competition, Role.APPROVER).exclude(pk=by.pk)
    for person in approvers.order_by("pk"):
        _tell(PROPOSED, made, person, at)
    logger.info("end of award proposed", extra={"ending": made.pk, "award": award.pk})
    return made


@audit.action("approve end of award")
def approve(ending: AwardEnding, answer: str = "", *, by: User, at: datetime, seen: str = "") -> AwardEnding:
    """End the award: its money returns to every budget it came from, and those who applied are told.

    seen  how the award stood on the page that is answered: a grant that was signed since is not ended unseen

    An offer that waits is withdrawn with the same reason, one that was accepted stays as it was signed,
    and assistance that was asked for, confirmed or given is undone.

    Locks the application, the award and the proposal, and the budgets at the very end.

    Raises RoleMissing, OwnProposal, OwnOrganisation, EndingDecided, EndingRefused and ReasonRefused.
    """
    ending = _to_decide(ending, by)
    award = ending.award
    independence.check([by, ending.proposed_by], [award.application_id], by=by)
    if why := obstacle(award):
        raise EndingRefused(why)
    if seen and seen != award.status:
        raise EndingRefused(
            f"The award is {award.get_status_display().lower()} since this page was opened. Look at it again."
        )
    live = making.live_of(award)
    if live is not None and live.state == OfferState.MADE:
        live.award = award
        # Made by somebody whose request came later and was first at the lock, it ends no sooner than that.
        ended_at = max(at, live.issued_at)
        answering.end(live, AnswerKind.WITHDRAWN, by=by, at=ended_at, tells=False, reason=ending.reason)
    # After the offer's end: what the trail says of the state is the proposal's.
    _decided(ending, EndingState.APPROVED, answer, by=by, at=at)
    source = STANDS_IN[AwardStatus(award.status)]
    audit.note(after={"award": award.pk, "money back": str(award.amount), "assistance": mfa.undo(award, at)})
    award.status = AwardStatus.ENDED
    award.save(update_fields=["status"])
    for person in audience.editors_of_each([award.application])[award.application_id]:
        _tell(AWARD_ENDED, ending, person, at)
    ledger.transfer(
        award,
        award.amount,
        source=source,
        target=Place.AVAILABLE,
        cause=f"award {award.pk} ended",
        by=by,
        at=at,
    )
    logger.info("award ended", extra={"ending": ending.pk, "award": award.pk, "amount": str(award.amount)})
    return ending


@audit.action("refuse end of award")
def refuse(ending: AwardEnding, answer: str, *, by: User, at: datetime) -> AwardEnding:
    """Refuse it with a reason: the award goes on. Raises RoleMissing, OwnProposal, OwnOrganisation of
    who decides, EndingDecided and ReasonRefused.

    Whose proposer has joined an organisation of the award since can be refused, and nothing else.
    """
    ending = _to_decide(ending, by)
    independence.check([by], [ending.award.application_id], by=by)
    if not answer.strip():
        raise ReasonRefused("Give the reason for refusing it.")
    _decided(ending, EndingState.REFUSED, answer, by=by, at=at)
    logger.info("end of award refused", extra={"ending": ending.pk})
    return ending


def may_propose(award: Award, person: User) -> bool:
    return bool(person.roles_in(award.application.competition.region_id) & duties.PROPOSE)


def may_decide(ending: AwardEnding, person: User) -> bool:
    roles = person.roles_in(ending.award.application.competition.region_id)
    return ending.is_waiting and ending.proposed_by_id != person.pk and bool(roles & duties.DECIDE)


def _to_decide(ending: AwardEnding, by: User) -> AwardEnding:
    """The proposal as it stands, its award held first, as everybody locks them."""
    award = making.held(ending.award)
    rows = AwardEnding.objects.select_related("proposed_by", "decided_by")
    ending = rows.select_for_update(of=("self",)).get(pk=ending.pk)
    ending.award = award
    duties.check(duties.DECIDE, roles=by.roles_in(award.application.competition.region_id))
    if ending.proposed_by_id == by.pk:
        raise OwnProposal
    if not ending.is_waiting:
        raise EndingDecided(ending)
    return ending


def _decided(ending: AwardEnding, state: EndingState, answer: str, *, by: User, at: datetime) -> None:
    ending.state, ending.answer, ending.decided_by, ending.decided_at = state, within_length(answer), by, at
    ending.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    reason = ending.answer or ending.reason
    audit.note(before={"state": EndingState.PROPOSED}, after={"state": state}, reason=reason)
    _tell(DECIDED, ending, ending.proposed_by, at)


def _tell(kind: str, ending: AwardEnding, person: User, at: datetime) -> None:
    outbox.post(
        kind,
        to=person,
        subject_word="award ending",
        subject_id=ending.pk,
        cause=f"{kind} {ending.pk}: person {person.pk}",
        at=at,
    )
