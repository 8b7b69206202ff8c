"""Awards: the promise of money to an application, with its place in every budget."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts import audit, money
from accounts.refusals import Refusal
from applications import progress, workflow
from applications.assessment import independence
from applications.models import Application, Participant
from applications.workflow import Status
from funding import duties, ledger
from funding.models import Award, AwardShare, AwardStatus, CompetitionBudgets
from funding.places import Place

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Share:
    """One organisation's part of an award: ``grant`` pounds at ``percentage`` of its costs."""

    participant: Participant
    grant: Decimal
    percentage: Decimal
    subsidy_basis: str


class NoBudget(Refusal):
    """The competition draws on no budget, so nothing can be awarded in it."""


class NothingToAward(Refusal):
    """The shares come to nought."""


def shares_asked_for(application: Application) -> list[Share]:
    """What each organisation that still takes part asked for: the shares of an award in full."""
    return [
        Share(
            participant=participant,
            grant=participant.grant_sought,
            percentage=participant.percentage_asked or Decimal(0),
            subsidy_basis=application.competition.subsidy_basis,
        )
        for participant in application.participants.filter(departure=None).order_by("-is_lead", "pk")
    ]


@transaction.atomic
def make(application: Application, shares: Iterable[Share], *, recommended_by, by, at: datetime) -> Award:
    """Award the sum of ``shares``: status, award and ledger, or none of them.

    Nobody outside the office sees it before the competition's release.

    Raises SamePerson, OwnOrganisation, MoveRefused, NoBudget, NothingToAward and NotEnough.
    """
    independence.check([by, recommended_by], [application.pk], by=by)
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("competition")
        .get(pk=application.pk)
    )
    award = promise(application, shares, recommended_by=recommended_by, by=by, at=at)
    reserve(award, by=by, at=at)
    return award


def promise(application: Application, shares: Iterable[Share], *, recommended_by, by, at: datetime) -> Award:
    """Write the award without its money; ``reserve`` must follow in the same transaction.

    application  read, with its competition, under its lock

    Apart, so that many awards made at once hold the budgets only at the very end. Whether one of the
    two belongs to an organisation in it, the caller has asked for all of them together; the database
    asks again.
    """
    shares = list(shares)
    amount = money.exact(sum((share.grant for share in shares), Decimal(0)))
    if by == recommended_by:
        raise duties.SamePerson(by)
    if amount == 0:
        raise NothingToAward(application.reference)
    told = {}
    if application.released_at is not None or application.status == Status.INELIGIBLE:
        # Until this is released too, its applicants go on reading what they were told.
        told = {"told_status": application.status}
    progress.move_on(application, workflow.FUND, by=by, at=at, **told)
    award = Award.objects.create(
        application=application,
        budgets=_drawn_on(application),
        amount=amount,
        recommended_by=recommended_by,
        approved_by=by,
        made_at=at,
    )
    AwardShare.objects.bulk_create(
        AwardShare(
            award=award,
            participant=share.participant,
            grant=share.grant,
            percentage=share.percentage,
            subsidy_basis=share.subsidy_basis,
        )
        for share in shares
    )
    return award


@audit.action("reverse award")
def reverse(award: Award, *, by, at: datetime) -> Award:
    """Give the award's money back to every budget it draws on; only before anybody was told of it."""
    award = Award.objects.select_for_update(of=("self",)).select_related("budgets").get(pk=award.pk)
    audit.note(before={"status": award.status}, after={"status": AwardStatus.REVERSED})
    award.status = AwardStatus.REVERSED
    award.save(update_fields=["status"])
    ledger.transfer(
        award,
        award.amount,
        source=Place.RESERVED,
        target=Place.AVAILABLE,
        cause=f"award {award.pk} reversed",
        by=by,
        at=at,
    )
    logger.info("award reversed", extra={"award": award.pk, "amount": str(award.amount)})
    return award


def reverse_of_withdrawn(application: Application, *, by, at: datetime) -> None:
    """Reverse what was approved for an application that is withdrawn before its decision is released."""
    for award in Award.objects.filter(application=application, status=AwardStatus.RESERVED):
        reverse(award, by=by, at=at)


def reserve(award: Award, *, by, at: datetime) -> None:
    """Move the award's money from available to reserved in every budget it draws on."""
    ledger.transfer(
        award,
        award.amount,
        source=Place.AVAILABLE,
        target=Place.RESERVED,
        cause=f"award {award.pk} approved",
        by=by,
        at=at,
    )
    logger.info("award made", extra={"award": award.pk, "amount": str(award.amount)})


def _drawn_on(application: Application) -> CompetitionBudgets:
    """The competition's budgets, kept from ``budgets.draw`` until the end, which waits for them.

    By their key alone, which Django has no word for: awards of one competition do not wait for each other.
    """
    rows = CompetitionBudgets.objects.raw(
        "SELECT * FROM funding_competitionbudgets WHERE competition_id = %s FOR KEY SHARE",
        [application.competition_id],
    )
    drawn = next(iter(rows), None)
    if drawn is None:
        raise NoBudget(application.reference)
    return drawn
