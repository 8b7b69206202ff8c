"""Awards: the promise of money to an application, with its place in every budget."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import CharField, OuterRef
from django.db.models.functions import Cast, JSONObject

from accounts import audit, money, written
from accounts.composed import Composed, Given
from accounts.models import User
from accounts.refusals import Refusal
from applications import progress, workflow
from applications.assessment import independence
from applications.models import Application, Competition, Participant
from applications.workflow import Status
from funding import duties, ledger
from funding.models import Award, AwardShare, AwardStatus, CompetitionBudgets
from funding.places import Place
from funding.subsidy import mfa

logger = logging.getLogger(__name__)

#: To which a percentage of an award is kept.
HUNDREDTH = Decimal("0.01")

TAKING_PART = Composed(
    lambda: (
        Participant.objects.filter(application=Given("application"), departure=None)
        .order_by("-is_lead", "pk")
        .only("application", "grant_sought", "percentage_asked")
    )
)
#: By their key alone: awards of one competition do not wait for each other, but ``budgets.draw`` for all.
DRAWN_ON = Composed(
    lambda: CompetitionBudgets.objects.filter(
        competition__in=Application.objects.filter(pk=Given("application")).values("competition")
    ),
    share=True,
)
DRAWN_ON_BY_ALL = Composed(
    lambda: CompetitionBudgets.objects.filter(
        competition__in=Competition.objects.filter(allocations=Given("allocation")).values("pk")
    ),
    share=True,
)


@dataclass(frozen=True, slots=True)
class Share:
    """One organisation's part of an award: ``grant`` pounds at ``percentage`` of its costs."""

    participant_id: int
    grant: Decimal
    percentage: Decimal
    subsidy_basis: str


class NoBudget(Refusal):
    """The competition draws on no budget, so nothing can be awarded in it."""


class NothingToAward(Refusal):
    """The shares come to nought."""


def shares_asked_for(application: Application) -> list[Share]:
    """What each organisation that still takes part asked for: the shares of an award in full."""
    basis = application.competition.subsidy_basis
    return [
        Share(one.pk, one.grant_sought, one.percentage_asked or Decimal(0), basis)
        for one in TAKING_PART.all(application=application.pk)
    ]


def asked_for(application: str) -> ArraySubquery:
    """An expression for ``shares_of``: what each organisation that still takes part asked for.

    application  the name of the field that leads to it
    """
    of_it = Participant.objects.filter(application=OuterRef(application), departure=None)
    sums = {name: Cast(name, CharField()) for name in ("grant_sought", "percentage_asked")}
    return ArraySubquery(of_it.order_by("-is_lead", "pk").values_list(JSONObject(pk="pk", **sums)))


def shares_of(line: Any, application: Application) -> list[Share]:
    """What each organisation is given by funding a line: of a part award what it names, else all it asks for.

    line  with ``asked_for`` as it was read under the application's lock

    Of a part award the percentage is what the grant is of the organisation's costs, half up.
    Worked: 128,000 pounds of costs of 350,000 are 36.57%.
    """
    basis = application.competition.subsidy_basis
    if line.awarded is None:
        return [
            Share(one["pk"], Decimal(one["grant_sought"]), Decimal(one["percentage_asked"] or 0), basis)
            for one in line.asked_for
        ]
    parts = line.parts.filter(grant__gt=0).select_related("participant")
    return [
        Share(
            part.participant_id,
            part.grant,
            (100 * part.grant / part.participant.total_costs).quantize(HUNDREDTH, ROUND_HALF_UP),
            basis,
        )
        for part in parts.order_by("-participant__is_lead", "participant")
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
    award = promise(application, shares, recommended_by_id=recommended_by.pk, by=by, at=at)
    reserve(award, by=by, at=at)
    return award


def promise(
    application: Application,
    shares: Iterable[Share],
    *,
    recommended_by_id: int,
    by: User,
    at: datetime,
    budgets: CompetitionBudgets | None = None,
    number: int | None = None,
) -> Award:
    """Write the award without its money; ``reserve`` must follow in the same transaction.

    application  read, with its competition, under its lock
    budgets      its competition's, where the caller holds them (``hold_budgets``)
    number       the id that was taken for it, where the caller took one

    Apart, so that many awards made at once hold the budgets only at the very end. Whether one of the
    two belongs to an organisation in it, the caller has asked for all of them together; the database
    asks again.
    """
    shares = list(shares)
    amount = money.exact(sum((share.grant for share in shares), Decimal(0)))
    if by.pk == recommended_by_id:
        raise duties.SamePerson(by)
    if amount == 0:
        raise NothingToAward(application.reference)
    told = {}
    if application.released_at is not None or application.status == Status.INELIGIBLE:
        # Until this is released too, its applicants go on reading what they were told.
        told = {"told_status": application.status}
    progress.move_on(application, workflow.FUND, by=by, at=at, **told)
    award = Award(
        pk=number,
        application=application,
        budgets=budgets or _drawn_on(application),
        amount=amount,
        recommended_by_id=recommended_by_id,
        approved_by=by,
        made_at=at,
    )
    if number is None:
        written.insert(award)
    else:
        written.insert_numbered_later(award)
    written.insert_later(
        AwardShare,
        *(
            {
                "award_id": award.pk,
                "participant_id": share.participant_id,
                "grant": share.grant,
                "percentage": share.percentage,
                "subsidy_basis": share.subsidy_basis,
            }
            for share in shares
        ),
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


@audit.action("commit award")
def commit(award: Award, *, by: User, at: datetime) -> Award:
    """Keep the award's money, in every budget it draws on, for claims: its offer has been accepted.

    award  held, and reserved; its offer has its answer

    Its Minimal Financial Assistance is given by it: raises ``mfa.NotConfirmed`` and ``mfa.PastTheLimit``.
    """
    mfa.give(award, by=by, at=at)
    audit.note(before={"status": award.status}, after={"status": AwardStatus.COMMITTED})
    award.status = AwardStatus.COMMITTED
    award.save(update_fields=["status"])
    _moved(award, Place.COMMITTED, "accepted", by=by, at=at)
    return award


@audit.action("end award")
def end(award: Award, why: str, *, by: User | None, at: datetime) -> Award:
    """Give the award's money back to every budget it draws on: it was offered, and is not taken.

    award  held, and reserved; its offer has its answer
    why    "declined", "lapsed" or "withdrawn": the ledger names it
    by     None where a job does it
    """
    audit.note(before={"status": award.status}, after={"status": AwardStatus.LAPSED})
    award.status = AwardStatus.LAPSED
    award.save(update_fields=["status"])
    _moved(award, Place.AVAILABLE, why, by=by, at=at)
    return award


def _moved(award: Award, target: Place, why: str, *, by: User | None, at: datetime) -> None:
    ledger.transfer(
        award,
        award.amount,
        source=Place.RESERVED,
        target=target,
        cause=f"award {award.pk} {why}",
        by=by,
        at=at,
    )
    logger.info("award answered", extra={"award": award.pk, "how": why, "amount": str(award.amount)})


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


def hold_budgets(application_id: int) -> None:
    """Keep its competition's budgets from ``budgets.draw`` until the end; read them after it."""
    DRAWN_ON.later(application=application_id)


def hold_all_budgets(allocation_id: int) -> None:
    """The same for all of an allocation."""
    DRAWN_ON_BY_ALL.later(allocation=allocation_id)


def _drawn_on(application: Application) -> CompetitionBudgets:
    """The competition's budgets, kept so too."""
    drawn = DRAWN_ON.first(application=application.pk)
    if drawn is None:
        raise NoBudget(application.reference)
    return drawn
