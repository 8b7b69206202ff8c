"""The whole of an allocation: approved as it was recommended, concluded line by line, or refused."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from accounts import audit, roundtrips, written
from accounts.models import User
from accounts.refusals import Refusal
from applications import workflow
from applications.assessment import independence, ranking
from applications.models import Application, Stage
from applications.workflow import Status
from funding import awards, duties, ledger, verdicts
from funding.models import Allocation, AllocationState, Award, LineDecision, Purpose, Verdict
from funding.verdicts import AlreadyDecided, SheetChanged

logger = logging.getLogger(__name__)


#: References that a refusal names; the page shows all of them.
NAMED = 5


class Undecided(Refusal):
    """Some lines have no verdict yet."""

    def __init__(self, references: list[str]):
        self.references = references
        named = ", ".join(references[:NAMED])
        more = f" and {len(references) - NAMED} more" if references[NAMED:] else ""
        super().__init__(f"not decided yet: {named}{more}")


class LinesDecided(Refusal):
    """Some lines are decided, so that the whole cannot be refused."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of an allocation's lines have no verdict, have one, and are open to one."""

    undecided: int
    decided: int
    open: int


def counted(allocation: Allocation) -> Counted:
    status = "application__status__in"
    return Counted(
        **allocation.lines.aggregate(
            undecided=Count("pk", filter=Q(application__status=Status.IN_ASSESSMENT)),
            decided=Count("pk", filter=Q(**{status: workflow.DECISIONS})),
            open=Count("pk", filter=Q(**{status: verdicts.OPEN})),
        )
    )


@audit.action("conclude allocation")
def conclude(allocation: Allocation, *, by: User, at: datetime) -> Allocation:
    """Close the panel's decision once every line has its verdict; then it can be released.

    Raises RoleMissing, SamePerson, OwnOrganisation, AlreadyDecided and Undecided.
    """
    allocation = _held_for_decision(allocation, by)
    independence.check([by], _applications(allocation), by=by)
    held = _hold_applications(allocation)
    undecided = [one.reference for one in held.values() if one.status == Status.IN_ASSESSMENT]
    if undecided:
        raise Undecided(sorted(undecided))
    return _concluded(allocation, by=by, at=at)


@audit.action("approve allocation")
@roundtrips.fewer()
def approve(allocation: Allocation, *, by: User, at: datetime) -> Allocation:
    """Give every line that has no verdict the one that was recommended, and conclude: all or none.

    What is to be funded is awarded, the rest rejected. The budgets are locked at the very end, once
    all that needs no money is written.

    Raises RoleMissing, SamePerson, OwnOrganisation, AlreadyDecided, SheetChanged, InConflict,
    ApprovalsStopped while the ledger does not add up, and NotEnough where a budget has less left than
    when it was proposed.
    """
    allocation = _held_for_decision(allocation, by)
    independence.check([by, allocation.proposed_by], _applications(allocation), by=by)
    ledger.refuse_while_stopped()
    awards.hold_all_budgets(allocation.pk)
    held = _hold_applications(allocation)
    lines = list(verdicts.lines().filter(allocation=allocation).order_by("position"))
    if allocation.purpose == Purpose.ROUND:
        lines = [line for line in lines if held[line.application_id].status not in workflow.DECISIONS]
    if changed := _changed(allocation, lines, held):
        raise SheetChanged(changed)
    verdicts.refuse_in_conflict(line.application_id for line in lines)
    promised = _carried_out(allocation, lines, held, by=by, at=at)
    _concluded(allocation, by=by, at=at)
    audit.note(after={"awards": len(promised)})
    # All is written when the budgets are locked, the audit trail's row too: others wait for them.
    audit.enter(at=at)
    for award in promised:
        awards.reserve(award, by=by, at=at)
    return allocation


def _carried_out(
    allocation: Allocation, lines: list[Any], held: dict[int, Application], *, by: User, at: datetime
) -> list[Award]:
    """Give each line the verdict that was recommended; the awards have no money yet."""
    recommended = [(line, verdicts.recommended(line)) for line in lines]
    numbers = iter(written.ids(LineDecision, len(lines)))
    of_awards = iter(written.ids(Award, sum(verdict == Verdict.FUND for _, verdict in recommended)))
    promised = []
    for line, verdict in recommended:
        line.allocation = allocation
        taken = verdicts.Numbers(next(numbers), next(of_awards) if verdict == Verdict.FUND else None)
        _, award = verdicts.carry_out(line, held[line.application_id], verdict, "", taken, by=by, at=at)
        promised += [award] if award else []
    return promised


@audit.action("refuse allocation")
def refuse(allocation: Allocation, reason: str, *, by: User, at: datetime) -> Allocation:
    """Refuse the allocation, with a reason, so that another can be proposed.

    Raises RoleMissing, SamePerson, OwnOrganisation, AlreadyDecided, LinesDecided where some line has
    its verdict, and ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a refusal has a reason")
    allocation = _held_for_decision(allocation, by)
    independence.check([by], _applications(allocation), by=by)
    held = _hold_applications(allocation)
    if allocation.purpose == Purpose.ROUND and any(one.status in workflow.DECISIONS for one in held.values()):
        raise LinesDecided("Some lines are decided. Take those decisions back first.")
    _close(allocation, AllocationState.REFUSED, by=by, at=at, reason=reason.strip())
    logger.info("allocation refused", extra={"allocation": allocation.pk})
    return allocation


def _held_for_decision(allocation: Allocation, by: User) -> Allocation:
    allocation = (
        Allocation.objects.select_for_update(of=["self"])
        .select_related("proposed_by", "decided_by", "sheet")
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


def _hold_applications(allocation: Allocation) -> dict[int, Application]:
    """Every application as it is, kept so until the end; none is withdrawn between a look and its move."""
    rows = Application.objects.filter(allocation_lines__allocation=allocation).order_by("pk")
    held = rows.select_related("competition__budgets").select_for_update(of=("self",))
    return {one.pk: one for one in held}


def _changed(allocation: Allocation, lines, held: dict[int, Application]) -> list[str]:
    """The references of what is other than proposed: marks, sums, or whether it is in the running at all."""
    if allocation.purpose != Purpose.ROUND:
        return verdicts.changed(lines, held)
    others = Application.objects.filter(competition__allocations=allocation).exclude(pk__in=held)
    entered = others.exclude(status__in=ranking.OUT_OF_THE_RUNNING).values_list("reference", flat=True)
    left = [
        held[line.application_id].reference
        for line in lines
        if held[line.application_id].status != Status.IN_ASSESSMENT
    ]
    return sorted({*verdicts.changed(lines, held), *entered, *left})


def _concluded(allocation: Allocation, *, by: User, at: datetime) -> Allocation:
    _close(allocation, AllocationState.APPROVED, by=by, at=at)
    if allocation.purpose == Purpose.ROUND:
        allocation.competitions.update(stage=Stage.DECIDED)
    logger.info("allocation approved", extra={"allocation": allocation.pk})
    return allocation


def _close(
    allocation: Allocation, state: AllocationState, *, by: User, at: datetime, reason: str = ""
) -> None:
    audit.note(subject=allocation, before={"state": allocation.state}, after={"state": state}, reason=reason)
    allocation.state, allocation.decided_by, allocation.decided_at = state, by, at
    allocation.reason = reason
    allocation.save(update_fields=["state", "decided_by", "decided_at", "reason"])
