"""Decided rounds: the product's own panel sheet and line, written down as an allocation.

It leaves the rows that ``funding.allocation`` and ``funding.release`` would write one by one, for
a whole list in one transaction, the budgets last.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from django.db import connection, transaction

from accounts.models import Notification, Organisation
from applications.assessment import counting, ranking
from applications.models import Application, Competition, Participant, PotSharing, Stage, StatusChange
from applications.workflow import Status
from funding import ledger, line, release, sheet
from funding.models import (
    EXPLAINED,
    Allocation,
    AllocationLine,
    AllocationState,
    Budget,
    BudgetChange,
    ChangeState,
    CompetitionBudgets,
    LineDecision,
    Outcome,
    Verdict,
)
from launchpad.demo.grown import blocks, grants, notifications, trail
from launchpad.demo.grown.entries import editors
from launchpad.demo.grown.organisations import body
from launchpad.demo.grown.plan import Call, Plan
from launchpad.demo.grown.rows import Rows
from launchpad.demo.grown.sheets import CHANGE, NOTIFICATION
from launchpad.demo.grown.trail import Deed

#: What the first ones below the line wait as.
WAITING = (Status.RESERVE, Status.ON_HOLD, Status.RESERVE, Status.RESERVE, Status.ON_HOLD)
#: What is left in a pot that was raised so that the line parts two of one score.
LEFT_OVER = Decimal("12400.00")
#: Days after the close.
PROPOSED, APPROVED, RELEASED = timedelta(days=40), timedelta(days=45), timedelta(days=50)
CANDIDATES = (Outcome.FUND, Outcome.BELOW_LINE)


def lists(plan: Plan) -> list[tuple[Call, ...]]:
    """The decided calls, those together that share one merged list."""
    together: dict[str, list[Call]] = {}
    for call in plan.calls:
        if call.is_decided:
            is_merged = call.competition.pot_sharing == PotSharing.MERGED
            together.setdefault(call.competition.pot if is_merged else call.competition.code, []).append(call)
    return [tuple(calls) for calls in together.values()]


@transaction.atomic
def decide(plan: Plan, calls: tuple[Call, ...]) -> int:
    """Rank, draw the line and write what followed, as if months ago; return how many rows that took."""
    competitions = [call.competition for call in calls]
    closes_at = max(competition.closes_at for competition in competitions)
    is_released = calls[0].is_released
    standings = ranking.panel_sheet(competitions)
    drawn = _raised_to_a_tie(plan, competitions, standings, at=closes_at)
    blocks.check_at_once()
    decided_at = closes_at + APPROVED
    released_at = closes_at + RELEASED if is_released else None
    made = Allocation.objects.create(
        pk=plan.ids[Allocation].of(plan.calls.index(calls[0])),
        state=AllocationState.APPROVED,
        proposed_by_id=plan.staff.funds,
        proposed_at=closes_at + PROPOSED,
        decided_by_id=plan.staff.approver,
        decided_at=decided_at,
        released_by_id=plan.staff.funds if is_released else None,
        released_at=released_at,
    )
    made.competitions.set(competitions)
    written = _lines(made, drawn.lines)
    outcomes = _outcomes(drawn.lines)
    written += _move(plan, outcomes, decided_at, released_at)
    if released_at:
        written += _tell(plan, outcomes, released_at)
    stage = Stage.RELEASED if is_released else Stage.DECIDED
    Competition.objects.filter(pk__in=[one.pk for one in competitions]).update(stage=stage)
    written += _note(plan, calls, made)
    funded = [one.standing for one in drawn.funded]
    written += grants.write(plan, competitions, funded, is_released=is_released, at=decided_at)
    return written + _verdicts(made)


def _raised_to_a_tie(plan: Plan, competitions: list[Competition], standings, *, at: datetime) -> line.Plan:
    """Draw the line; where a pot is the competitions' own, add to it until the line parts a tie."""
    drawn = line.plan(standings, sheet.drawn_on_by(competitions))
    if drawn.is_tied_across_line or competitions[0].pot_sharing == PotSharing.PARTS:
        return drawn
    candidates = [one.standing for one in drawn.lines if one.outcome in CANDIDATES]
    taken, first_below = drawn.total, len(drawn.funded)
    for above, below in pairwise(candidates[max(first_below - 1, 0) :]):
        if above.percentage == below.percentage:
            pot = Budget.objects.get(pk__in=CompetitionBudgets.pot_of(competitions[0]))
            ceiling = taken + min(LEFT_OVER, below.grant_sought - 1)
            _raise(plan, pot, ceiling, at)
            return line.plan(standings, sheet.drawn_on_by(competitions))
        taken += below.grant_sought
    return drawn


def _raise(plan: Plan, pot: Budget, ceiling: Decimal, at: datetime) -> None:
    """As two people would raise it, with nobody told."""
    with connection.cursor() as cursor:
        # An approved change is looked at for its money, which follows it.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    change = BudgetChange.objects.create(
        budget=pot,
        amount=ceiling,
        reason="Raised when the round closed.",
        proposed_by_id=plan.staff.funds,
        proposed_at=at,
    )
    change.state, change.decided_by_id, change.decided_at = ChangeState.APPROVED, plan.staff.approver, at
    change.save()
    ledger.set_ceiling(pot, ceiling, by=None, at=at, cause=f"{change} approved", change=change)
    blocks.check_at_once()


def _lines(made: Allocation, lines: list[line.Line]) -> int:
    rows = Rows(
        AllocationLine,
        "allocation_id application_id position score spread fund_votes scope_votes assessments amount"
        " marks outcome is_tied_across_line",
    )
    marks = counting.stamps(one.standing.application_id for one in lines)
    for position, one in enumerate(lines, start=1):
        standing = one.standing
        rows.add(
            made.pk,
            standing.application_id,
            position,
            standing.percentage,
            standing.spread,
            standing.fund_votes,
            standing.scope_votes,
            standing.assessments,
            standing.grant_sought,
            marks[standing.application_id],
            one.outcome,
            one.is_tied_across_line,
        )
    return rows.write()


#: The verdict on each line, by what its application has become.
VERDICTS = {
    Status.SUCCESSFUL: Verdict.FUND,
    Status.UNSUCCESSFUL: Verdict.REJECT,
    Status.ON_HOLD: Verdict.HOLD,
    Status.RESERVE: Verdict.RESERVE,
}
#: Why one waits, as the panel would have said it.
WHY_IT_WAITS = "It passed, and the money of this round has run out."


def _verdicts(made: Allocation) -> int:
    """Keep the decision on each line, with the award where there is one."""
    rows = Rows(LineDecision, "line_id verdict award_id reason proposed_by_id decided_by_id decided_at")
    lines = made.lines.order_by("position").values_list("pk", "application__status", "application__awards")
    for line_id, status, award in lines:
        verdict = VERDICTS[Status(status)]
        reason = WHY_IT_WAITS if verdict in EXPLAINED else ""
        rows.add(line_id, verdict, award, reason, made.proposed_by_id, made.decided_by_id, made.decided_at)
    return rows.write()


def _outcomes(lines: list[line.Line]) -> dict[int, Status]:
    """What each application becomes."""
    below = [one.standing.application_id for one in lines if one.outcome == Outcome.BELOW_LINE]
    waiting = dict(zip(below, WAITING, strict=False))
    return {
        one.standing.application_id: Status.SUCCESSFUL
        if one.is_funded
        else waiting.get(one.standing.application_id, Status.UNSUCCESSFUL)
        for one in lines
    }


def _move(plan: Plan, outcomes: dict[int, Status], at: datetime, released_at: datetime | None) -> int:
    """Bring every application to its outcome, and keep the move."""
    changes = Rows(StatusChange, CHANGE)
    for pk, status in outcomes.items():
        changes.add(pk, Status.IN_ASSESSMENT, status, plan.staff.approver, at)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE applications_application AS application SET status = given.status,"
            " released_at = CASE WHEN given.status = ANY(%s) THEN %s::timestamptz END"
            " FROM unnest(%s::bigint[], %s::text[]) AS given (id, status) WHERE application.id = given.id",
            [
                [str(status) for status in release.KINDS],
                released_at,
                list(outcomes),
                [str(status) for status in outcomes.values()],
            ],
        )
    return changes.write()


def _note(plan: Plan, calls: tuple[Call, ...], made: Allocation) -> int:
    """What the trail says of the whole list."""
    rows, codes = trail.rows(), [call.competition.code for call in calls]
    deeds: list[tuple[Deed, int, datetime, dict, dict]] = [
        (Deed.PROPOSE, plan.staff.funds, made.proposed_at, {}, {"competitions": codes}),
        (
            Deed.APPROVE,
            plan.staff.approver,
            made.decided_at,
            {"state": AllocationState.PROPOSED},
            {"state": AllocationState.APPROVED},
        ),
    ]
    if made.released_at:
        deeds.append((Deed.RELEASE, plan.staff.funds, made.released_at, {}, {"competitions": codes}))
    for deed, by, at, before, after in deeds:
        trail.add(rows, plan, calls[0].first, deed, by=by, about=made.pk, at=at, before=before, after=after)
    return rows.write()


def _tell(plan: Plan, outcomes: dict[int, Status], at: datetime) -> int:
    """Owe each editor of each organisation that takes part what the release would have owed them."""
    rows = Rows(Notification, NOTIFICATION)
    told = [pk for pk, status in outcomes.items() if status in release.KINDS]
    members = Participant.objects.filter(application__in=told).order_by("application", "pk")
    for application, organisation in members.values_list("application", "organisation"):
        one = body(plan.seed, plan.ids[Organisation].number_of(organisation))
        for person in editors(plan, one):
            notifications.add(
                rows,
                plan,
                plan.ids[Application].number_of(application),
                kind=release.KINDS[outcomes[application]],
                to=person,
                about=("application", application),
                cause=f"outcome of application {application} released: person {person}",
                at=at,
            )
    return rows.write()
