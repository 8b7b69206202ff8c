"""Answers to an offer: accepted or declined by who signs, or lapsed.

Each ends it once, in the transaction that moves its money; whoever comes second is told how it ended.
"""

import logging
from datetime import datetime

from accounts import audit, outbox
from accounts.formats import local_time
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import audience
from applications.models import Application
from funding import awards
from funding.models import AnswerKind, Award, Offer, OfferAnswer
from funding.offers import making

logger = logging.getLogger(__name__)

#: Told to those who may edit for an organisation in the application.
OFFER_ANSWERED, OFFER_LAPSED, OFFER_WITHDRAWN = "offer_answered", "offer_lapsed", "offer_withdrawn"
#: Told to fund managers, by what has come of it.
TO_OFFICE = {
    AnswerKind.ACCEPTED: "offer_accepted",
    AnswerKind.DECLINED: "offer_declined",
    AnswerKind.LAPSED: "offer_unanswered",
}

LONGEST_NAME, LONGEST_REASON = 200, 2_000


class AnswerRefused(Refusal):
    """Nothing was done; the text says why."""


class NotTheirs(AnswerRefused):
    """Only somebody who may edit for the lead organisation answers."""


class AlreadyAnswered(AnswerRefused):
    """It has ended: the text says how and when."""

    def __init__(self, answer: OfferAnswer):
        self.answer = answer
        how = answer.get_kind_display().lower()
        who = f" by {answer.signed_name}" if answer.signed_name else ""
        verb = "" if answer.kind == AnswerKind.LAPSED else "was "
        super().__init__(f"This offer {verb}{how}{who} at {local_time(answer.answered_at)}.")

    @property
    def facts(self) -> dict:
        return {"answer": self.answer.kind}


class TooLate(AnswerRefused):
    """Its time is over."""

    def __init__(self, offer: Offer):
        self.expired_at = offer.expires_at
        super().__init__(f"The time to answer this offer ended at {local_time(offer.expires_at)}.")


class NotSigned(AnswerRefused):
    """A name, a role or a reason is missing or too long; ``field`` says which."""

    def __init__(self, field: str, text: str):
        self.field = field
        super().__init__(text)


class NotOver(AnswerRefused):
    """Somebody may still answer it, or has."""


@audit.action("accept grant offer")
def accept(offer: Offer, *, name: str, role: str, by: User, at: datetime) -> Offer:
    """Accept the offer for the lead organisation: from now on its money is committed.

    name, role  of who signs, as they typed it

    Raises NotTheirs, NotSigned, AlreadyAnswered, TooLate, and as ``awards.commit``.
    """
    offer = _held_for(offer, by, at)
    name, role = _signed(name, role)
    end(offer, AnswerKind.ACCEPTED, by=by, at=at, signed_name=name, signed_role=role)
    awards.commit(offer.award, by=by, at=at)
    return offer


@audit.action("decline grant offer")
def decline(offer: Offer, *, name: str, role: str, reason: str = "", by: User, at: datetime) -> Offer:
    """Decline the offer for the lead organisation: its money returns to the budgets.

    Raises as ``accept``.
    """
    offer = _held_for(offer, by, at)
    name, role = _signed(name, role)
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise NotSigned("reason", f"The reason must be {LONGEST_REASON:,} characters or fewer")
    end(offer, AnswerKind.DECLINED, by=by, at=at, signed_name=name, signed_role=role, reason=reason)
    awards.end(offer.award, "declined", by=by, at=at)
    return offer


@audit.action("lapse grant offer")
def lapse(offer: Offer, *, by: User | None = None, at: datetime) -> Offer:
    """End an offer that nobody answered in time: its money returns to the budgets. Raises NotOver."""
    offer = held(offer)
    if not offer.is_waiting or at < offer.expires_at:
        raise NotOver(f"{offer} was answered, or its time is not over")
    end(offer, AnswerKind.LAPSED, by=by, at=at)
    awards.end(offer.award, "lapsed", by=by, at=at)
    return offer


def held(offer: Offer) -> Offer:
    """The offer as it stands, with its award under its lock: whoever makes or ends one holds that."""
    award = making.held(Award(pk=offer.award_id, application_id=_application_of(offer)))
    found = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    found.award = award
    return found


def _application_of(offer: Offer) -> int:
    return Award.objects.values_list("application", flat=True).get(pk=offer.award_id)


def _held_for(offer: Offer, by: User, at: datetime) -> Offer:
    offer = held(offer)
    if not Application.objects.led_by(by).filter(pk=offer.award.application_id).exists():
        raise NotTheirs("Only somebody who may edit for the lead organisation can answer this offer.")
    refuse_answered(offer)
    if at >= offer.expires_at:
        raise TooLate(offer)
    return offer


def refuse_answered(offer: Offer) -> None:
    if not offer.is_waiting:
        raise AlreadyAnswered(offer.answer)


def _signed(name: str, role: str) -> tuple[str, str]:
    name, role = name.strip(), role.strip()
    for field, text, asked in (("name", name, "Enter your full name"), ("role", role, "Enter your role")):
        if not text:
            raise NotSigned(field, asked)
        if len(text) > LONGEST_NAME:
            raise NotSigned(field, f"Enter {LONGEST_NAME} characters or fewer")
    return name, role


def end(offer: Offer, kind: AnswerKind, *, by: User | None, at: datetime, tells: bool = True, **said) -> None:
    """Write the answer, which ends the offer in the database, and owe the news of it.

    tells  not where its award ends with it: of that the applicants are told instead
    """
    OfferAnswer.objects.create(offer=offer, kind=kind, answered_at=at, person=by, **said)
    audit.note(before={"state": offer.state}, after={"state": kind})
    offer.state = kind
    told = {AnswerKind.LAPSED: OFFER_LAPSED, AnswerKind.WITHDRAWN: OFFER_WITHDRAWN}.get(kind, OFFER_ANSWERED)
    if tells:
        making.tell_applicants(offer, told, kind, at=at)
    if kind in TO_OFFICE:
        _tell_office(offer, TO_OFFICE[kind], kind, at)
    logger.info("offer ended", extra={"offer": offer.pk, "how": kind})


def _tell_office(offer: Offer, kind: str, what: str, at: datetime) -> None:
    people = audience.staff_of(offer.award.application.competition, Role.FUNDS).order_by("pk")
    posts = [outbox.Post(one, offer.pk, f"offer {offer.pk} {what}: fund manager {one.pk}") for one in people]
    outbox.post_all(kind, posts, subject_word="offer", at=at)
