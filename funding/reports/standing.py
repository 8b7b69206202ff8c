"""Where an award stands, as a board asks: whose turn it is, and what became of those that are over."""

from datetime import datetime
from decimal import Decimal
from enum import Enum

from django.db.models import BooleanField, Case, Count, OuterRef, Q, QuerySet, Subquery, Sum, Value, When

from funding.models import Award, AwardStatus, Offer, OfferState


class Standing(Enum):
    """Each award is in one of them. The value is what people read."""

    NOT_RELEASED = "Approved, not released"
    NO_OFFER = "Released, no offer yet"
    OFFERED = "Offer outstanding"
    ACCEPTED = "Accepted"
    DECLINED = "Declined"
    LAPSED = "Lapsed"
    WITHDRAWN = "Withdrawn"
    ENDED = "Ended"
    REVERSED = "Reversed"

    @property
    def label(self) -> str:
        return self.value


#: Those that hold money, and what each means.
HOLDING = {
    Standing.NOT_RELEASED: "Approved; those who applied have not been told. No offer can be made yet.",
    Standing.NO_OFFER: "Those who applied know of it, and no offer of it waits: the office has to make one, "
    "or another where one was taken back.",
    Standing.OFFERED: "An offer was made and waits for the applicants' answer.",
    Standing.ACCEPTED: "The applicants accepted the offer.",
}
#: Those that hold none any more, and what each means.
OVER = {
    Standing.DECLINED: "The applicants declined the offer.",
    Standing.LAPSED: "Nobody answered the offer in time.",
    Standing.WITHDRAWN: "The office withdrew the offer for good before it was answered.",
    Standing.ENDED: "Two people of the office ended it after its release, offered or accepted or neither.",
    Standing.REVERSED: "Taken back before those who applied were told of it.",
}

#: Of what is over by its offer: how that one ended.
BY_OFFER = {OfferState.DECLINED: Standing.DECLINED, OfferState.WITHDRAWN: Standing.WITHDRAWN}


def counted(awards: QuerySet[Award], as_of: datetime) -> dict[Standing, tuple[int, Decimal]]:
    """How many of the awards are in each, and of how many pounds; of none, noughts."""
    found = dict.fromkeys(Standing, (0, Decimal("0.00")))
    offers = Offer.objects.filter(award=OuterRef("pk")).order_by("-issued_at", "-pk")
    is_told = Q(application__released_at__lte=as_of, application__told_status="")
    rows = (
        awards.annotate(
            last_offer=Subquery(offers.values("state")[:1]),
            is_told=Case(When(is_told, then=Value(True)), default=False, output_field=BooleanField()),
        )
        .order_by()
        .values_list("status", "is_told", "last_offer")
        .annotate(Count("pk"), Sum("amount"))
    )
    for status, told, offer, number, amount in rows:
        one = of(status, is_told=told, last_offer=offer)
        before, together = found[one]
        found[one] = (before + number, together + amount)
    return found


def of(status: str, *, is_told: bool, last_offer: str | None) -> Standing:
    """Where an award of this status stands.

    is_told     those who applied know of it
    last_offer  the state of the last offer of it, None where there was none
    """
    match status:
        case AwardStatus.COMMITTED:
            return Standing.ACCEPTED
        case AwardStatus.ENDED:
            return Standing.ENDED
        case AwardStatus.REVERSED:
            return Standing.REVERSED
        case AwardStatus.LAPSED:
            return BY_OFFER.get(OfferState(last_offer), Standing.LAPSED) if last_offer else Standing.LAPSED
    if not is_told:
        return Standing.NOT_RELEASED
    return Standing.OFFERED if last_offer == OfferState.MADE else Standing.NO_OFFER
