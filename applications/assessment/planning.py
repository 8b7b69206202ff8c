"""Plans of who assesses what in a competition: worked out, shown, and carried out as they were shown."""

from collections.abc import Iterable, Set
from datetime import datetime

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import competition_lock
from applications.assessment import assignment, conflicts, declining, flow, matching, shortfall, topics, turns
from applications.assessment.staffing import Situation, situation
from applications.models import Application, Assessment, AssignmentPlan, Competition
from applications.workflow import UNFINISHED, AssessmentStatus, Status

#: What an assessor is taken off with, in a plan that moves them.
MOVED = "Given to somebody else so that every application has its assessors."
CONFLICT = "A conflict of interest was found."


class PlanRefused(Refusal):
    """The plan is not drawn up, or not carried out; the message says why."""


class NotAManager(PlanRefused):
    pass


class NotClosed(PlanRefused):
    pass


class NothingToGive(PlanRefused):
    pass


class AlreadyCarriedOut(PlanRefused):
    pass


class Stale(PlanRefused):
    """Something that it was worked out from has changed."""

    def __init__(self):
        super().__init__("Something has changed since this was worked out. Work it out again.")


@audit.action("draw up assignment plan")
def draw_up(competition: Competition, *, by: User, at: datetime) -> AssignmentPlan:
    """Work out the best assignment of all places that are empty, and keep it to be looked at.

    Raises NotAManager, NotClosed or NothingToGive.
    """
    _check(competition, by, at)
    competition_lock.hold_alone(competition.pk)
    conflicts.refresh_competition(competition, at=at)
    running = competition.applications.filter(status__in=[Status.SUBMITTED, Status.IN_ASSESSMENT])
    topics.note(running.values_list("pk", flat=True))
    found = situation(competition, manager=by, at=at)
    if not found.empty:
        raise NothingToGive("Every application has its assessors.")
    best = flow.best(found.problem)
    plan = AssignmentPlan.objects.create(
        competition=competition,
        basis=found.basis,
        content=_content(found, best),
        drawn_up_by=by,
        drawn_up_at=at,
    )
    audit.note(after={"competition": competition.code, "pairs": len(best.pairs), "short": best.worth.short})
    return plan


def is_open(competition: Competition, at: datetime) -> bool:
    """Whether its applications may be given out now."""
    has_closed = competition.closes_at is not None and competition.closes_at <= at
    return has_closed and competition.stage in assignment.STAGES


def _check(competition: Competition, by: User, at: datetime) -> None:
    if Role.MANAGER not in by.roles_in(competition.region_id):
        raise NotAManager(f"Only a {Role.MANAGER} of the region gives applications out.")
    if competition.closes_at is None or at < competition.closes_at:
        raise NotClosed("The competition has not closed yet. Applications are given out after the close.")
    if competition.stage not in assignment.STAGES:
        raise NotClosed(f"The competition is at the stage {competition.get_stage_display().lower()}.")


def _content(found: Situation, best: matching.Assignment) -> dict:
    """Write the plan down: ids and figures alone, names are looked up when it is shown."""
    problem, block = found.problem, shortfall.block(best)
    return {
        "pairs": [_pair(found, best, pair) for pair in sorted(best.pairs, key=lambda pair: pair[::-1])],
        "moved": sorted(problem.stands - best.pairs),
        "tied": list(found.tied),
        "own": list(found.own),
        "loads": [
            {"assessor": one.id, "before": one.load, "after": best.loads[one.id], "capacity": one.capacity}
            for one in problem.readers
        ],
        "short": sorted(best.short.items()),
        "block": block
        and {
            "applications": block.applications,
            "full": block.full,
            "needed": block.needed,
            "available": block.available,
            "is_smallest": block.is_smallest,
        },
        "is_proven": best.is_proven,
        "points": sum(problem.points[pair] for pair in best.pairs),
    }


def _pair(found: Situation, best: matching.Assignment, pair: matching.Pair) -> dict:
    assessor, application = pair
    match, other = found.matches[pair], matching.next_best(best, pair)
    return {
        "assessor": assessor,
        "application": application,
        "stood": pair in found.problem.stands,
        "points": match.points,
        "had": match.had,
        "near": match.near,
        "asked": found.asked[application],
        "next": other
        and {
            "assessor": other.assessor,
            "points": other.points,
            "is_full": other.is_full,
            "is_busier": other.is_busier,
        },
    }


@audit.action("carry out assignment plan")
def carry_out(plan: AssignmentPlan, *, by: User, at: datetime) -> AssignmentPlan:
    """Give out what the plan shows, take back what it moves, and tell each assessor once.

    Raises NotAManager, NotClosed, AlreadyCarriedOut or Stale, and writes nothing.
    """
    competition = Competition.objects.get(pk=plan.competition_id)
    _check(competition, by, at)
    competition_lock.hold_alone(competition.pk)
    plan = AssignmentPlan.objects.select_for_update().get(pk=plan.pk)
    if plan.carried_out_at is not None:
        raise AlreadyCarriedOut("This plan was carried out already.")
    # Nobody gives one of these to anybody meanwhile, nor withdraws it.
    rows = Application.objects.filter(competition=competition).order_by("pk").select_for_update(of=("self",))
    applications = {row.pk: row for row in rows.select_related("competition")}
    conflicts.refresh_competition(competition, at=at)
    if situation(competition, manager=by, at=at).basis != plan.basis:
        raise Stale

    for pk in _assessments(plan.content["moved"]):
        _take_back(pk, MOVED, {AssessmentStatus.PENDING}, by=by, at=at)
    for pk in plan.content["tied"]:
        _take_back(pk, CONFLICT, UNFINISHED, by=by, at=at)
    fresh = [one for one in plan.content["pairs"] if not one["stood"]]
    assignment.give_together(
        [(applications[one["application"]], one["assessor"]) for one in fresh], plan, by=by, at=at
    )
    plan.carried_out_by, plan.carried_out_at = by, at
    plan.save(update_fields=["carried_out_by", "carried_out_at"])
    audit.note(after={"competition": competition.code, "plan": plan.pk, "given": len(fresh)})
    return plan


def _take_back(pk: int, why: str, wanted: Set[AssessmentStatus], *, by: User, at: datetime) -> None:
    """Take one back that nobody has answered or ended since the plan was compared; else it is stale."""
    assessment = turns.hold(Assessment.objects.get(pk=pk))
    if assessment.status not in wanted:
        raise Stale
    declining.take_back(assessment, why, by=by, at=at)


def _assessments(pairs: Iterable[list[int]]) -> list[int]:
    return [
        Assessment.objects.get(assessor=assessor, application=application, ended_with_application=False).pk
        for assessor, application in pairs
    ]
