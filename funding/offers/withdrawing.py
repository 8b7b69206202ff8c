"""Offers that the office takes back before they are answered."""

from datetime import datetime

from accounts import audit
from accounts.models import User
from applications.assessment import independence
from funding import awards, duties
from funding.models import AnswerKind, Offer
from funding.offers import answering


@audit.action("withdraw grant offer")
def withdraw(offer: Offer, reason: str, *, for_good: bool = False, by: User, at: datetime) -> Offer:
    """Take an offer back before it is answered, and tell those who applied.

    for_good  the award ends and its money returns; this takes an approver who did not make the offer.
              Otherwise the money stays reserved for another offer.

    Raises RoleMissing, OwnOrganisation, SamePerson, NotSigned without a reason, and AlreadyAnswered.
    """
    offer = answering.held(offer)
    region = offer.award.application.competition.region_id
    duties.check(duties.END_OFFER if for_good else duties.OFFER, roles=by.roles_in(region))
    independence.check([by], [offer.award.application_id], by=by)
    if for_good and by.pk == offer.issued_by_id:
        raise duties.SamePerson(by)
    answering.refuse_answered(offer)
    reason = reason.strip()
    if not reason or len(reason) > answering.LONGEST_REASON:
        raise answering.NotSigned(
            "reason", f"Give the reason, in {answering.LONGEST_REASON:,} characters or fewer"
        )
    answering.end(offer, AnswerKind.WITHDRAWN, by=by, at=at, reason=reason)
    audit.note(after={"for good": for_good}, reason=reason)
    if for_good:
        awards.end(offer.award, "withdrawn", by=by, at=at)
    return offer
