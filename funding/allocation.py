"""Allocating money along the panel sheet: one person proposes, another decides."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts import audit
from accounts.formats import local_time
from accounts.refusals import Refusal
from applications import independence, progress, ranking, workflow
from applications.models import Application, Competition, PotSharing, Stage, State
from applications.ranking import Standing
from funding import awards, duties, ledger
from funding.line import Cut, Plan, plan
from funding.models import Allocation, AllocationLine, AllocationState, Budget, CompetitionBudgets, Outcome

logger = logging.getLogger(__name__)

NOUGHT = Decimal("0.00")

#: Stages in which an allocation may be proposed.
UNDECIDED = (Stage.PUBLISHED, Stage.IN_ASSESSMENT, Stage.PANEL)


class NotReady(Refusal):
    """No allocation can be proposed yet; ``lacks`` says in sentences why not."""

    def __init__(self, lacks: list[str]):
        self.lacks = lacks
        super().__init__(" ".join(lacks))


class AlreadyDecided(Refusal):
    """Somebody approved or refused it before; ``allocation`` says who and when."""

    def __init__(self, allocation: Allocation):
        self.allocation = allocation
        self.by = allocation.decided_by
        self.at = allocation.decided_at
        super().__init__(f"{allocation} is {allocation.state} already")


class SheetChanged(Refusal):
    """The panel sheet is no longer the one that the allocation was proposed from."""

    def __init__(self, references: list[str]):
        self.references = references
        super().__init__(f"the panel sheet has changed for {', '.join(references)}")


def allocated_with(competition: Competition) -> list[Competition]:
    """The competitions whose applications make one list with this one's.

    All those that draw on the same pot where its list is merged; otherwise the competition alone,
    which has the pot or its stated part to itself.
    """
    if competition.pot_sharing != PotSharing.MERGED:
        return [competition]
    return list(
        Competition.objects.filter(
            pot_sharing=PotSharing.MERGED, budgets__pot__in=CompetitionBudgets.pot_of(competition)
        ).order_by("code")
    ) or [competition]


def lacks(competitions: Iterable[Competition], standings: Iterable[Standing], *, at: datetime) -> list[str]:
    """What is still to be done before an allocation can be proposed, in sentences."""
    competitions = list(competitions)
    sentences = [sentence for competition in competitions for sentence in _competition_lacks(competition, at)]
    wanted = {competition.code: competition.assessors_each for competition in competitions}
    for standing in standings:
        if standing.outstanding:
            given = "1 assessment" if standing.outstanding == 1 else f"{standing.outstanding} assessments"
            sentences.append(f"{standing.reference}: {given} given and not submitted.")
        elif not standing.is_assessed:
            sentences.append(f"{standing.reference}: no assessment has been submitted.")
        elif standing.assessments < (promised := wanted[standing.competition_code]):
            sentences.append(
                f"{standing.reference}: {standing.assessments} of the {promised} assessments that the "
                "competition promises."
            )
    return sentences


def draft(competitions: Iterable[Competition], standings: Iterable[Standing]) -> Plan:
    """The plan that an allocation proposed now would follow. Reads the budgets and writes nothing."""
    return plan(standings, drawn_on_by(competitions))


def drawn_on_by(competitions: Iterable[Competition]) -> dict[str, list[Budget]]:
    """The budgets of each competition, by its code, the programme's first."""
    rows = CompetitionBudgets.objects.filter(competition__in=competitions).select_related(
        "competition", "programme", "region", "pot", "part"
    )
    return {
        row.competition.code: [budget for budget in (row.programme, row.region, row.pot, row.part) if budget]
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Effect:
    """What approving would do: ``funded`` awards of ``total`` pounds, and what each budget gives."""

    funded: int
    total: Decimal
    cuts: list[Cut]


def effect(allocation: Allocation) -> Effect:
    """Add up the lines to be funded, in every budget their competitions draw on, as the budgets stand now."""
    drawn = drawn_on_by(allocation.competitions.all())
    funded = list(
        allocation.lines.filter(outcome=Outcome.FUND).values_list("application__competition__code", "amount")
    )
    taken: dict[int, Decimal] = {}
    for code, amount in funded:
        for budget in drawn[code]:
            taken[budget.pk] = taken.get(budget.pk, NOUGHT) + amount
    budgets = {budget.pk: budget for of_one in drawn.values() for budget in of_one}
    cuts = [
        Cut(budget=budget, available=budget.available, taken=taken.get(pk, NOUGHT))
        for pk, budget in budgets.items()
    ]
    return Effect(len(funded), sum((amount for _, amount in funded), NOUGHT), cuts)


@audit.action("propose allocation")
def propose(competitions: Iterable[Competition], *, by, at: datetime) -> Allocation:
    """Propose to fund from the top of the panel sheet until the money does not fit.

    Keeps each application's figures in a line. Nothing is decided and no money moves.

    Raises RoleMissing, OwnOrganisation, and NotReady naming what lacks.
    """
    competitions = _held(competitions)
    duties.check(duties.PROPOSE, roles=by.roles_in_all(one.region_id for one in competitions))
    standings = ranking.panel_sheet(competitions)
    independence.check([by], [standing.application_id for standing in standings], by=by)
    missing = lacks(competitions, standings, at=at) + _not_one_list(competitions)
    if not standings:
        missing.append("There is no application to allocate money to.")
    if missing:
        raise NotReady(missing)

    planned = draft(competitions, standings)
    allocation = Allocation.objects.create(proposed_by=by, proposed_at=at)
    allocation.competitions.set(competitions)
    AllocationLine.objects.bulk_create(
        AllocationLine(
            allocation=allocation,
            application_id=line.standing.application_id,
            position=position,
            outcome=line.outcome,
            is_tied_across_line=line.is_tied_across_line,
            **_figures(line.standing),
        )
        for position, line in enumerate(planned.lines, start=1)
    )
    audit.note(
        after={
            "competitions": [one.code for one in competitions],
            "funded": len(planned.funded),
            "total": str(planned.total),
        }
    )
    Competition.objects.filter(pk__in=[one.pk for one in competitions]).update(stage=Stage.PANEL)
    logger.info("allocation proposed", extra={"allocation": allocation.pk, "funded": len(planned.funded)})
    return allocation


@audit.action("approve allocation")
def approve(allocation: Allocation, *, by, at: datetime) -> Allocation:
    """Award what the allocation funds and reject the rest: every status, award and budget, or none.

    The budgets are locked at the very end, once all that needs no money is written.

    Raises RoleMissing, SamePerson, OwnOrganisation, AlreadyDecided, SheetChanged, ApprovalsStopped
    while the ledger does not add up, and NotEnough where a budget has less left than when it was proposed.
    """
    allocation = _held_for_decision(allocation, by)
    independence.check([by, allocation.proposed_by], _applications(allocation), by=by)
    ledger.refuse_while_stopped()
    _hold_applications(allocation)
    _check_sheet(allocation)
    lines = allocation.lines.select_related("application__competition").order_by("position")
    promised = []
    for line in lines:
        if line.outcome == Outcome.FUND:
            shares = awards.shares_asked_for(line.application)
            recommended_by = allocation.proposed_by
            promised.append(
                awards.promise(line.application, shares, recommended_by=recommended_by, by=by, at=at)
            )
        else:
            progress.advance(line.application_id, workflow.REJECT, by=by, at=at)
    _decide(allocation, AllocationState.APPROVED, by=by, at=at)
    allocation.competitions.update(stage=Stage.DECIDED)
    for award in promised:
        awards.reserve(award, by=by, at=at)
    logger.info("allocation approved", extra={"allocation": allocation.pk, "awards": len(promised)})
    return allocation


@audit.action("refuse allocation")
def refuse(allocation: Allocation, reason: str, *, by, at: datetime) -> Allocation:
    """Refuse the allocation, with a reason, so that another can be proposed.

    Raises RoleMissing, SamePerson, OwnOrganisation and AlreadyDecided; ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a refusal has a reason")
    allocation = _held_for_decision(allocation, by)
    independence.check([by], _applications(allocation), by=by)
    _decide(allocation, AllocationState.REFUSED, by=by, at=at, reason=reason.strip())
    logger.info("allocation refused", extra={"allocation": allocation.pk})
    return allocation


def _competition_lacks(competition: Competition, at: datetime) -> list[str]:
    if competition.stage not in UNDECIDED:
        words = competition.get_stage_display().lower()
        return [f"{competition.code} is at the stage “{words}”: nothing can be allocated in it now."]
    if competition.state_at(at) != State.CLOSED:
        return [f"{competition.code} closes at {local_time(competition.closes_at)}."]
    sentences = []
    if not competition.pot_sharing:
        sentences.append(f"{competition.code} does not say how its pot is shared.")
    if not CompetitionBudgets.objects.filter(competition=competition).exists():
        sentences.append(f"{competition.code} draws on no budget.")
    if Allocation.objects.standing().of(competition).exists():
        sentences.append(f"{competition.code} has an allocation that waits for a decision.")
    return sentences


def _not_one_list(competitions: list[Competition]) -> list[str]:
    """What is wrong with allocating to just these together."""
    wanted = {competition.code for competition in allocated_with(competitions[0])}
    given = {competition.code for competition in competitions}
    if wanted == given:
        return []
    return [f"These are allocated in one list: {', '.join(sorted(wanted))}."]


def _held(competitions: Iterable[Competition]) -> list[Competition]:
    """The competitions, locked, so that two people do not propose at once."""
    ids = [competition.pk for competition in competitions]
    return list(Competition.objects.filter(pk__in=ids).order_by("pk").select_for_update())


def _held_for_decision(allocation: Allocation, by) -> Allocation:
    allocation = (
        Allocation.objects.select_for_update(of=["self"])
        .select_related("proposed_by", "decided_by")
        .get(pk=allocation.pk)
    )
    duties.check(duties.DECIDE, roles=by.roles_in_all(allocation.region_ids()))
    if not allocation.is_proposed:
        raise AlreadyDecided(allocation)
    if by == allocation.proposed_by:
        raise duties.SamePerson(by)
    return allocation


def _applications(allocation: Allocation):
    """The ids of its applications, as a subquery."""
    return allocation.lines.values("application")


def _hold_applications(allocation: Allocation) -> None:
    """Keep every application as it is, so that none is withdrawn between this look and its move."""
    applications = Application.objects.filter(allocation_lines__allocation=allocation)
    list(applications.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _check_sheet(allocation: Allocation) -> None:
    """Refuse to decide on figures that are no longer so."""
    now = {
        standing.application_id: standing
        for standing in ranking.panel_sheet(allocation.competitions.order_by("pk"))
    }
    kept = {line.application_id: line for line in allocation.lines.select_related("application")}
    changed = [
        kept[pk].application.reference if pk in kept else now[pk].reference
        for pk in sorted(kept.keys() | now.keys())
        if pk not in kept or pk not in now or _figures(now[pk]) != _kept_figures(kept[pk])
    ]
    if changed:
        raise SheetChanged(changed)


def _figures(standing: Standing) -> dict:
    return {
        "score": standing.percentage,
        "spread": standing.spread,
        "fund_votes": standing.fund_votes,
        "scope_votes": standing.scope_votes,
        "assessments": standing.assessments,
        "amount": standing.grant_sought,
    }


def _kept_figures(line: AllocationLine) -> dict:
    names = ("score", "spread", "fund_votes", "scope_votes", "assessments", "amount")
    return {name: getattr(line, name) for name in names}


def _decide(allocation: Allocation, state: AllocationState, *, by, at: datetime, reason: str = "") -> None:
    audit.note(before={"state": allocation.state}, after={"state": state}, reason=reason)
    allocation.state, allocation.decided_by, allocation.decided_at = state, by, at
    allocation.reason = reason
    allocation.save(update_fields=["state", "decided_by", "decided_at", "reason"])
