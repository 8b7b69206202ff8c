"""Offers made: the letter of an award, to those who applied, once its decision is released."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from accounts import audit, london, outbox
from accounts.models import User
from accounts.refusals import Refusal
from applications import audience
from applications.assessment import independence
from applications.models import Application
from funding import duties
from funding.models import LIVE_OFFERS, Award, AwardStatus, Offer, OfferCondition, OfferState
from funding.offers import letter, letter_templates
from funding.subsidy import mfa

logger = logging.getLogger(__name__)

OFFER_READY = "offer_ready"

#: Calendar days to answer, and the least and the most that may be given. The dossier names no number; a
#: month is what it gives to confirm the start date, so thirty days is assumed.
DAYS, FEWEST_DAYS, MOST_DAYS = 30, 7, 90

MOST_CONDITIONS, LONGEST_CONDITION = 30, 1_000


class OfferRefused(Refusal):
    """No offer can be made of this award; the text says why."""


class AlreadyOffered(OfferRefused):
    """An offer of it waits for its answer, or was accepted: ``offer``."""

    def __init__(self, offer: Offer):
        self.offer = offer
        state = "accepted" if offer.state == OfferState.ACCEPTED else "made"
        super().__init__(f"An offer of this award has been {state} already.")


class ConditionsRefused(Refusal):
    """There are too many conditions, or one is too long or says nothing."""


def expiry(at: datetime, days: int = DAYS) -> datetime:
    """The first moment at which an offer made at ``at`` stands no more: the end of the last day, in London.

    Worked: 30 days from 1 March, at whatever hour, is the midnight that ends 31 March.
    """
    last = london.day_of(at) + timedelta(days=days)
    return london.moment_of(datetime.combine(last + timedelta(days=1), time()))


def obstacles(award: Award) -> list[str]:
    """Why no offer can be made of it now, each in a sentence; nothing where one can.

    award  read with its application
    """
    application = award.application
    if award.status != AwardStatus.RESERVED:
        return [f"The award is {award.get_status_display().lower()}."]
    if application.released_at is None or application.told_status:
        return ["Its decision is not released yet. Applicants see nothing before."]
    if unasked := mfa.unasked(award):
        # Else the offer could lapse before those who applied are even asked for what it waits for.
        return [
            "Its enterprises have to be asked about Minimal Financial Assistance first. Not asked yet: "
            f"{', '.join(unasked)}."
        ]
    return []


def clean(conditions: Iterable[str]) -> list[str]:
    """The conditions without what is blank. Raises ConditionsRefused."""
    found = [" ".join(one.split()) for one in conditions]
    found = [one for one in found if one]
    if len(found) > MOST_CONDITIONS:
        raise ConditionsRefused(f"An offer can have {MOST_CONDITIONS} conditions; this has {len(found)}.")
    if any(len(one) > LONGEST_CONDITION for one in found):
        raise ConditionsRefused(f"A condition must be {LONGEST_CONDITION:,} characters or fewer.")
    return found


@audit.action("make grant offer")
def make(
    award: Award,
    conditions: Sequence[str] = (),
    *,
    days: int = DAYS,
    seen: str = "",
    by: User,
    at: datetime,
) -> Offer:
    """Offer the award to those who applied, and tell them. The money stays reserved until they answer.

    seen  the version of the letter that was looked at before; empty where none was: what holds is taken

    Raises RoleMissing, OwnOrganisation, ConditionsRefused, AlreadyOffered and OfferRefused.
    """
    award = held(award)
    application = award.application
    duties.check(duties.OFFER, roles=by.roles_in(application.competition.region_id))
    independence.check([by], [application.pk], by=by)
    conditions = clean(conditions)
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise OfferRefused(f"Give {FEWEST_DAYS} to {MOST_DAYS} days to answer.")
    if (live := live_of(award)) is not None:
        raise AlreadyOffered(live)
    if why := obstacles(award):
        raise OfferRefused(" ".join(why))
    expires_at = expiry(at, days)
    template = letter_templates.current()
    if seen not in ("", template.name):
        raise OfferRefused("The letter was set anew since you looked at it. Look at it again.")
    text = letter.text(award, conditions, template=template, issued_at=at, expires_at=expires_at)
    made = Offer.objects.create(
        award=award,
        issued_by=by,
        issued_at=at,
        expires_at=expires_at,
        template_version=template.name,
        letter=text,
        fingerprint=letter.fingerprint(text),
    )
    OfferCondition.objects.bulk_create(
        OfferCondition(offer=made, position=position, text=condition)
        for position, condition in enumerate(conditions, start=1)
    )
    tell_applicants(made, OFFER_READY, "made", at=at)
    audit.note(after={"award": award.pk, "amount": str(award.amount), "conditions": len(conditions)})
    logger.info("offer made", extra={"offer": made.pk, "reference": application.reference})
    return made


def live_of(award: Award) -> Offer | None:
    """The offer of it that waits or was accepted."""
    live = award.offers.filter(state__in=LIVE_OFFERS)
    return live.select_related("issued_by").first()


def held(award: Award) -> Award:
    """The award under its lock, the application's row first, as everybody locks them."""
    Application.objects.select_for_update(of=("self",)).get(pk=award.application_id)
    rows = Award.objects.select_for_update(of=("self",))
    return rows.select_related("application__competition", "budgets").get(pk=award.pk)


def tell_applicants(offer: Offer, kind: str, what: str, *, at: datetime) -> None:
    """Owe it to those who may edit for an organisation that takes part."""
    application = offer.award.application
    for person in audience.editors_of_each([application])[application.pk]:
        outbox.post(
            kind,
            to=person,
            subject_word="offer",
            subject_id=offer.pk,
            cause=f"offer {offer.pk} {what}: person {person.pk}",
            at=at,
        )
