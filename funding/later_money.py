"""Later money: an application that the round did not fund is proposed again, for another person to decide.

The proposal is an allocation of one line. ``deciding.approve`` and ``deciding.refuse`` decide it, and
its applicants go on reading what they were told until it is released.
"""

import logging
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal
from applications import workflow
from applications.assessment import counting, independence
from applications.models import Application, Stage
from applications.workflow import Status
from funding import duties, ledger, reserve_rule
from funding.ledger import NotEnough
from funding.models import (
    Allocation,
    AllocationLine,
    AllocationState,
    Budget,
    Outcome,
    Purpose,
    Release,
)
from funding.places import Place
from funding.sheet import drawn_on_by
from funding.verdicts import LONGEST_REASON, ReasonRefused

logger = logging.getLogger(__name__)

#: In these the round's own decision is closed.
CLOSED = (Stage.DECIDED, Stage.RELEASED)
#: What a line keeps of the figures it was decided by.
FIGURES = ("score", "spread", "fund_votes", "scope_votes", "assessments")


class NotRaisable(Refusal):
    """It cannot be proposed for later money; the text says why."""


class NothingFits(Refusal):
    """No application in reserve fits what the budgets have left."""


def obstacle(application: Application) -> str:
    """Why it cannot be proposed, in a sentence; nothing where it can, money aside.

    application  read with its competition
    """
    if application.status not in workflow.RAISABLE:
        return f"It is {Status(application.status).label.lower()}: later money funds what the round did not."
    if application.competition.stage not in CLOSED:
        return "The round is not decided yet. Decide the application's line there."
    if Release.objects.waiting().filter(allocation__lines__application=application).exists():
        return "The outcomes are about to be released. Wait until they are, or recall that first."
    waiting = proposals().filter(lines__application=application, state=AllocationState.PROPOSED).first()
    if waiting is not None:
        return f"It is proposed already, in allocation {waiting.pk}, which waits for a decision."
    if application.grant_sought == 0:
        return "It seeks no grant."
    return ""


def proposals() -> QuerySet[Allocation]:
    return Allocation.objects.filter(purpose=Purpose.LATER_MONEY)


def shortage(application: Application) -> NotEnough | None:
    """The first budget without enough left for the whole grant; None where every one has enough."""
    for budget in budgets_of(application):
        if budget.available < application.grant_sought:
            return NotEnough(budget, Place.AVAILABLE, application.grant_sought)
    return None


def budgets_of(application: Application) -> list[Budget]:
    return drawn_on_by([application.competition])[application.competition.code]


@audit.action("raise application")
def raise_up(application: Application, reason: str, *, by: User, at: datetime) -> Allocation:
    """Propose to fund one that the round did not, with later money: for all that it asks.

    The line keeps the figures it was last decided by, where there are any. Nothing moves.

    Raises RoleMissing, OwnOrganisation, ReasonRefused, NotRaisable, and NotEnough where a budget has
    less left than it seeks.
    """
    return _proposed(_locked(application), reason, by=by, at=at)


@audit.action("raise next of reserve")
def raise_next(allocation: Allocation, reason: str, *, by: User, at: datetime) -> Allocation:
    """Propose the next of a concluded list's reserve, under the rule that the round was decided by.

    Raises as ``raise_up``, and NothingFits.
    """
    duties.check(duties.PROPOSE, roles=by.roles_in_all(allocation.region_ids()))
    for line in reserve_rule.allowed(allocation):
        application = _locked(line.application)
        if obstacle(application):
            continue
        if shortage(application) is None:
            return _proposed(application, reason, by=by, at=at)
        if not reserve_rule.is_portfolio(allocation):
            raise NothingFits(
                f"{application.reference} is next from the top and asks for more than the budgets have left. "
                "A later, smaller one is not taken instead."
            )
    raise NothingFits(
        "Nothing in reserve can be next under the rule of the round: it does not fit, is proposed already "
        "or is left out by its rules. One can be proposed by its own page, with the reason."
    )


def next_that_fit(allocations: QuerySet[Allocation]) -> dict[int, Application]:
    """The first in reserve that may be next, of each of these that has one, by the allocation's id.

    Asked of all in two queries: from the top down the first alone, and of a portfolio the first that
    fits, whether or not its rules take it, which is worked out when it is asked for.

    allocations  concluded lists of which none is about to be released and nothing is proposed
    """
    lines = AllocationLine.objects.filter(
        allocation__in=allocations,
        application__status=Status.RESERVE,
        application__competition__stage__in=CLOSED,
        application__grant_sought__gt=0,
    )
    lines = lines.select_related("application__competition", "allocation__scenario")
    rows = list(lines.order_by("allocation", "position"))
    budgets = drawn_on_by({row.application.competition for row in rows})
    found: dict[int, Application] = {}
    passed: set[int] = set()
    for row in rows:
        if row.allocation_id in passed:
            continue
        if not reserve_rule.is_portfolio(row.allocation):
            passed.add(row.allocation_id)
        application = row.application
        left = [one.available for one in budgets[application.competition.code]]
        if all(available >= application.grant_sought for available in left):
            found.setdefault(row.allocation_id, application)
    return found


def _locked(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("competition")
    return rows.get(pk=application.pk)


def _proposed(application: Application, reason: str, *, by: User, at: datetime) -> Allocation:
    duties.check(duties.PROPOSE, roles=by.roles_in(application.competition.region_id))
    reason = reason.strip()
    if not reason:
        raise ReasonRefused("Give the reason for funding it with later money.")
    if len(reason) > LONGEST_REASON:
        raise ReasonRefused(f"The reason must be {LONGEST_REASON:,} characters or fewer.")
    independence.check([by], [application.pk], by=by)
    if why := obstacle(application):
        raise NotRaisable(why)
    ledger.refuse_while_stopped()
    if (short := shortage(application)) is not None:
        raise short
    made = Allocation.objects.create(purpose=Purpose.LATER_MONEY, why=reason, proposed_by=by, proposed_at=at)
    made.competitions.set([application.competition])
    AllocationLine.objects.create(
        allocation=made,
        application=application,
        position=1,
        outcome=Outcome.FUND,
        amount=application.grant_sought,
        marks=counting.stamps([application.pk])[application.pk],
        **_figures(application),
    )
    audit.note(
        subject=made,
        after={"application": application.reference, "total": str(application.grant_sought)},
        reason=reason,
    )
    logger.info("application raised", extra={"allocation": made.pk, "reference": application.reference})
    return made


def _figures(application: Application) -> dict[str, Decimal | int | None]:
    last = application.allocation_lines.order_by("-pk").values(*FIGURES).first()
    return dict(last) if last else {}
