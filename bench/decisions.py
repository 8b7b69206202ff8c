"""Allocations that wait for a decision, each of one application, by the thousand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import cycle, islice

from django.db import transaction

from accounts.models import User
from applications.assessment import counting, ranking
from applications.assessment.standings import Standing
from applications.models import Application, Assessment, Competition, Participant, Score, Stage
from applications.references import new_reference
from applications.workflow import AssessmentStatus, Status
from bench import copies
from funding import budgets
from funding.models import (
    Allocation,
    AllocationLine,
    AllocationState,
    Budget,
    BudgetKind,
    CompetitionBudgets,
    Outcome,
)
from launchpad.demo.grown.rows import Rows

PLENTY = Decimal("900000000000.00")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposed allocation, its only line and application, and where the money would come from."""

    pk: int
    line: int
    application: int
    competition: int
    participant: int
    amount: Decimal
    percentage: Decimal
    budgets: int
    budget_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """The budgets that some of the allocations draw on together."""

    programme: Budget
    region: Budget
    pot: Budget


def lane(name: str, competition: Competition, *, at: datetime) -> Lane:
    """Open budgets with plenty in them."""

    def opened(kind: BudgetKind, region=None) -> Budget:
        code = f"BENCH-{name}-{kind}"
        return budgets.open_budget(code, code, kind, PLENTY, region, at=at)

    return Lane(
        opened(BudgetKind.PROGRAMME),
        opened(BudgetKind.REGION, competition.region),
        opened(BudgetKind.POT, competition.region),
    )


@transaction.atomic
def supply(count: int, lanes: Sequence[Lane], *, name: str, proposer: User, at: datetime) -> list[Waiting]:
    """Make ``count`` allocations, each of a competition of its own; they share ``lanes`` in turn.

    The applications have no answers: no decision reads them, and copying them is most of the work.
    """
    copies.take_time()
    decided = (
        Application.objects.filter(
            status__in=[Status.SUCCESSFUL, Status.UNSUCCESSFUL], competition__needs_partners=False
        )
        .select_related("competition")
        .order_by("pk")[:200]
    )
    originals = list(islice(cycle(decided), count))
    made = _competitions(originals, lanes, name)
    applications = copies.of_one(
        Application,
        [original.pk for original in originals],
        {
            "reference": ("text", [new_reference() for _ in range(count)]),
            "competition_id": ("bigint", made),
        },
        status=f"'{Status.IN_ASSESSMENT.value}'",
        released_at="NULL",
    )
    pairs = [(original.pk, copy) for original, copy in zip(originals, applications, strict=True)]
    copies.of_rows(Participant, pairs, "application_id")
    _assessments(pairs)
    drawn = _drawn(made, lanes)
    return _proposed(made, drawn, lanes, proposer, at)


def _competitions(originals: list[Application], lanes: Sequence[Lane], name: str) -> list[int]:
    """In their lane's region and pot, as the database asks of whatever draws on a budget."""
    codes = [f"BENCH-{name}-{number}" for number in range(len(originals))]
    drawn = list(islice(cycle(lanes), len(originals)))
    return copies.of_one(
        Competition,
        [original.competition_id for original in originals],
        {
            "code": ("text", codes),
            "region_id": ("bigint", [lane.region.region_id for lane in drawn]),
            "pot": ("text", [lane.pot.code for lane in drawn]),
        },
        stage=f"'{Stage.PANEL.value}'",
        pot_sharing="'alone'",
        pot_part="NULL",
        is_listed="false",
    )


def _assessments(pairs: list[tuple[int, int]]) -> None:
    """Assessments with their marks, submitted only then: the database locks them from there on."""
    unlocked = f"'{AssessmentStatus.READY.value}'"
    copies.of_rows(Assessment, pairs, "application_id", status=unlocked, submitted_at="NULL")
    matched = copies.matched(Assessment, pairs, "application_id", "assessor_id")
    copies.of_rows(Score, matched, "assessment_id")
    of_copies = Assessment.objects.filter(pk__in=[copy for _, copy in matched])
    for assessment in of_copies.values("given_at").distinct():
        moment = assessment["given_at"]
        of_copies.filter(given_at=moment).update(status=AssessmentStatus.SUBMITTED, submitted_at=moment)


def _drawn(competitions: list[int], lanes: Sequence[Lane]) -> dict[int, CompetitionBudgets]:
    rows = [
        CompetitionBudgets(competition_id=pk, programme=lane.programme, region=lane.region, pot=lane.pot)
        for pk, lane in zip(competitions, cycle(lanes), strict=False)
    ]
    return {row.competition_id: row for row in CompetitionBudgets.objects.bulk_create(rows)}


def _proposed(
    competitions: list[int],
    drawn: dict[int, CompetitionBudgets],
    lanes: Sequence[Lane],
    proposer: User,
    at: datetime,
) -> list[Waiting]:
    """Propose each application's own allocation, with the figures of the product's panel sheet."""
    standings = ranking.panel_sheet(Competition.objects.filter(pk__in=competitions))
    by_application = {standing.application_id: standing for standing in standings}
    applications = dict(
        Application.objects.filter(competition__in=competitions).values_list("competition", "pk")
    )
    shares = {
        application: (pk, percentage)
        for application, pk, percentage in Participant.objects.filter(
            application__competition__in=competitions, is_lead=True
        ).values_list("application", "pk", "percentage_asked")
    }
    allocations = Allocation.objects.bulk_create(
        Allocation(state=AllocationState.PROPOSED, proposed_by=proposer, proposed_at=at) for _ in competitions
    )
    covers = Rows(Allocation.competitions.through, "allocation_id competition_id")
    lines = Rows(
        AllocationLine,
        "allocation_id application_id position score spread fund_votes scope_votes assessments amount"
        " marks outcome",
    )
    marks = counting.stamps(by_application)
    found: list[tuple[Allocation, int, Standing, Lane]] = []
    for allocation, competition, lane in zip(allocations, competitions, cycle(lanes), strict=False):
        one = by_application[applications[competition]]
        covers.add(allocation.pk, competition)
        lines.add(
            allocation.pk, one.application_id, 1, one.percentage, one.spread, one.fund_votes,
            one.scope_votes, one.assessments, one.grant_sought, marks[one.application_id], Outcome.FUND,
        )  # fmt: skip
        found.append((allocation, competition, one, lane))
    covers.write()
    lines.write()
    written = dict(AllocationLine.objects.filter(allocation__in=allocations).values_list("allocation", "pk"))
    return [
        Waiting(
            pk=allocation.pk,
            line=written[allocation.pk],
            application=one.application_id,
            competition=competition,
            participant=shares[one.application_id][0],
            amount=one.grant_sought,
            percentage=shares[one.application_id][1],
            budgets=drawn[competition].pk,
            budget_ids=(lane.programme.pk, lane.region.pk, lane.pot.pk),
        )
        for allocation, competition, one, lane in found
    ]
