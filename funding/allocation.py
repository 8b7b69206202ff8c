"""Proposing whom to fund, along the panel sheet; ``deciding`` has what another person makes of it."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models.functions import Coalesce

from accounts import audit
from accounts.formats import local_time
from accounts.refusals import Refusal
from applications.assessment import counting, independence
from applications.assessment.standings import Standing
from applications.models import Competition, Stage, State
from applications.workflow import Status
from funding import duties, one_list, panel_sheets
from funding.line import Cut
from funding.models import (
    Allocation,
    AllocationLine,
    Budget,
    LineShare,
    Method,
    Outcome,
    Purpose,
    Scenario,
)
from funding.scenarios import making
from funding.sheet import Sheet, drawn_on_by, read

logger = logging.getLogger(__name__)

NOUGHT = Decimal("0.00")

#: Stages in which an allocation may be proposed.
UNDECIDED = (Stage.PUBLISHED, Stage.IN_ASSESSMENT, Stage.PANEL)


class NotReady(Refusal):
    """No allocation can be proposed yet; ``lacks`` says in sentences why not."""

    def __init__(self, lacks: list[str]):
        self.lacks = lacks
        super().__init__(" ".join(lacks))


class ScenarioStale(Refusal):
    """The panel sheet or a budget is no longer what the scenario was made from: make it again."""


def lacks(
    competitions: Iterable[Competition],
    standings: Iterable[Standing],
    *,
    drawn: Mapping[str, list[Budget]],
    allocated: Collection[int],
    at: datetime,
) -> list[str]:
    """What is still to be done before an allocation can be proposed, in sentences.

    drawn      the budgets of each competition, by its code
    allocated  the ids of competitions with an allocation that stands
    """
    competitions = list(competitions)
    sentences = [
        sentence
        for one in competitions
        for sentence in _competition_lacks(one, at, bool(drawn.get(one.code)), one.pk in allocated)
    ]
    wanted = {competition.code: competition.assessors_each for competition in competitions}
    for standing in standings:
        if standing.outstanding:
            given = "1 assessment" if standing.outstanding == 1 else f"{standing.outstanding} assessments"
            sentences.append(f"{standing.reference}: {given} given and not submitted.")
        elif not standing.is_assessed:
            sentences.append(f"{standing.reference}: no assessment has been submitted.")
        elif (made := standing.assessments + standing.excluded) < (
            promised := wanted[standing.competition_code]
        ):
            sentences.append(
                f"{standing.reference}: {made} of the {promised} assessments that the competition promises."
            )
        if standing.proposed_exclusions:
            sentences.append(f"{standing.reference}: an exclusion of marks waits for a second person.")
        if standing.conflicted:
            sentences.append(f"{standing.reference}: {_conflicted(standing.conflicted)}")
    return sentences


@dataclass(frozen=True, slots=True)
class Effect:
    """What approving would do: ``funded`` awards of ``total`` pounds, and what each budget gives."""

    funded: int
    total: Decimal
    cuts: list[Cut]


def effect(allocation: Allocation) -> Effect:
    """Add up what is left to be funded, in every budget that it draws on, as the budgets stand now."""
    drawn = drawn_on_by(allocation.competitions.all())
    left = allocation.lines.filter(outcome=Outcome.FUND)
    if allocation.purpose == Purpose.ROUND:
        left = left.filter(application__status=Status.IN_ASSESSMENT)
    given = Coalesce("awarded", "amount")
    funded = list(left.annotate(given=given).values_list("application__competition__code", "given"))
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
def propose(
    competitions: Iterable[Competition], scenario: Scenario | None = None, *, by, at: datetime
) -> Allocation:
    """Propose what a scenario funds; without one, from the top of the sheet until the money does not fit.

    Names the scenario and the frozen panel sheet that it was made from, and keeps each application's
    figures in a line. Nothing is decided and no money moves.

    Raises RoleMissing, OwnOrganisation, NotReady naming what lacks, and ScenarioStale where the sheet
    or a budget is no longer what the scenario was made from.
    """
    competitions = _held(competitions)
    duties.check(duties.PROPOSE, roles=by.roles_in_all(one.region_id for one in competitions))
    sheet = read(competitions)
    standings = sheet.standings
    independence.check([by], [standing.application_id for standing in standings], by=by)
    allocated = {one.covers for one in Allocation.objects.standing().covering(competitions)}
    missing = lacks(competitions, standings, drawn=sheet.drawn, allocated=allocated, at=at)
    missing += _not_one_list(competitions)
    if not standings:
        missing.append("There is no application to allocate money to.")
    if missing:
        raise NotReady(missing)

    if scenario is None:
        scenario = making.keep(sheet, making.Definition("Top-down to the line"), by=by, at=at)
    else:
        _check_fresh(scenario, sheet, by, at)
    question, found = making.question_and_answer(scenario)
    allocation = Allocation.objects.create(
        proposed_by=by, proposed_at=at, sheet=scenario.sheet, scenario=scenario
    )
    allocation.competitions.set(competitions)
    marks = counting.stamps(standing.application_id for standing in standings)
    lines = {line.standing.reference: line for line in sheet.plan.lines}
    parts = {line["reference"]: line for line in question["lines"] if line["part"]}
    made = AllocationLine.objects.bulk_create(
        AllocationLine(
            allocation=allocation,
            application_id=lines[reference].standing.application_id,
            position=position,
            outcome=found["outcomes"][reference],
            awarded=Decimal(parts[reference]["grant"]) if reference in parts else None,
            marks=marks[lines[reference].standing.application_id],
            is_tied_across_line=scenario.method == Method.TOP_DOWN and lines[reference].is_tied_across_line,
            **_figures(lines[reference].standing),
        )
        for position, reference in enumerate(found["order"], start=1)
    )
    LineShare.objects.bulk_create(
        LineShare(line=line, participant_id=int(participant), grant=Decimal(grant))
        for line, reference in zip(made, found["order"], strict=True)
        for participant, grant in parts.get(reference, {"shares": {}})["shares"].items()
    )
    audit.note(
        after={
            "competitions": [one.code for one in competitions],
            "funded": len(found["awards"]),
            "total": str(sum((Decimal(one["amount"]) for one in found["awards"]), NOUGHT)),
            "sheet": scenario.sheet.number,
            "scenario": scenario.pk,
        }
    )
    Competition.objects.filter(pk__in=[one.pk for one in competitions]).update(stage=Stage.PANEL)
    logger.info("allocation proposed", extra={"allocation": allocation.pk, "funded": len(found["awards"])})
    return allocation


def _check_fresh(scenario: Scenario, sheet: Sheet, by, at: datetime) -> None:
    question, _ = making.question_and_answer(scenario)
    available = {budget.code: str(budget.available) for of_one in sheet.drawn.values() for budget in of_one}
    if panel_sheets.keep(sheet, by, at).pk != scenario.sheet_id or question["budgets"] != available:
        raise ScenarioStale("The panel sheet or a budget has changed since the scenario was made.")


def _competition_lacks(
    competition: Competition, at: datetime, has_budgets: bool, has_allocation: bool
) -> list[str]:
    if competition.stage not in UNDECIDED:
        words = competition.get_stage_display().lower()
        return [f"{competition.code} is at the stage “{words}”: nothing can be allocated in it now."]
    if competition.state_at(at) != State.CLOSED:
        return [f"{competition.code} closes at {local_time(competition.closes_at)}."]
    sentences = []
    if not competition.pot_sharing:
        sentences.append(f"{competition.code} does not say how its pot is shared.")
    if not has_budgets:
        sentences.append(f"{competition.code} draws on no budget.")
    if has_allocation:
        sentences.append(f"{competition.code} has an allocation that waits for a decision.")
    return sentences


def _conflicted(number: int) -> str:
    if number == 1:
        return "1 assessment by somebody in a conflict of interest counts. Exclude it or clear the conflict."
    return (
        f"{number} assessments by people in a conflict of interest count. Exclude them or clear the "
        "conflicts."
    )


def _not_one_list(competitions: list[Competition]) -> list[str]:
    """What is wrong with allocating to just these together."""
    wanted = {competition.code for competition in one_list.allocated_with(competitions[0])}
    given = {competition.code for competition in competitions}
    if wanted == given:
        return []
    return [f"These are allocated in one list: {', '.join(sorted(wanted))}."]


def _held(competitions: Iterable[Competition]) -> list[Competition]:
    """The competitions by their codes, locked, so that two people do not propose at once."""
    ids = [competition.pk for competition in competitions]
    held = list(Competition.objects.filter(pk__in=ids).order_by("pk").select_for_update())
    return sorted(held, key=lambda one: one.code)


def _figures(standing: Standing) -> dict:
    return {
        "score": standing.score,
        "spread": standing.spread,
        "fund_votes": standing.fund_votes,
        "scope_votes": standing.scope_votes,
        "assessments": standing.assessments,
        "amount": standing.grant_sought,
    }
