"""Selection: how the received were chosen from, so that rounds can be compared and asked about."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from django.db.models import Count, Q

from applications.assessment import counting, ranking
from applications.models import Competition, Exclusion
from applications.workflow import Status
from funding.models import Allocation, AllocationState
from funding.reports import figures
from funding.reports.contents import Cell, Column, Kind, Section, Table
from funding.reports.covered import Covered, Received

TOP_DOWN, NOT_DECIDED = "Top-down to the line", "Not decided yet"

TITLE = "Selection"


def section(covered: Covered) -> Section:
    return Section(
        name="selection",
        title=TITLE,
        about="Scores are the means of the assessments that count, in percent with one decimal.",
        tables=[_rounds(covered), _bands(covered), _methods(covered), _votes(covered)],
    )


def _rounds(covered: Covered) -> Table:
    return Table(
        name="scores",
        title="Success rates and scores",
        note="Unfunded above: unsuccessful applications whose score is above the lowest that was funded.",
        columns=[
            Column("Competition"),
            Column("Assessed", Kind.COUNT),
            Column("Funded", Kind.COUNT),
            Column("Success rate, of assessed", Kind.PERCENT),
            Column("Lowest funded", Kind.SCORE),
            Column("Highest funded", Kind.SCORE),
            Column("Mean of the funded", Kind.SCORE),
            Column("Mean of the unsuccessful", Kind.SCORE),
            Column("Unfunded above the lowest funded", Kind.COUNT),
        ],
        rows=[[one.code, *_scores(covered.of(one))] for one in covered.competitions],
    )


def _scores(received: Sequence[Received]) -> list[Cell]:
    funded = [one.score for one in received if one.is_funded and one.score is not None]
    refused = [one.score for one in received if one.status == Status.UNSUCCESSFUL and one.score is not None]
    lowest = min(funded, default=None)
    assessed, number = sum(one.is_assessed for one in received), sum(one.is_funded for one in received)
    return [
        assessed,
        number,
        figures.rate(number, assessed),
        figures.text(lowest),
        figures.text(max(funded, default=None)),
        figures.text(figures.mean(funded, figures.TENTH)),
        figures.text(figures.mean(refused, figures.TENTH)),
        0 if lowest is None else sum(score > lowest for score in refused),
    ]


def _bands(covered: Covered) -> Table:
    """The funded and the others in each band of scores."""
    funded = figures.bands([one.score for one in covered.received if one.is_funded and one.score is not None])
    others = figures.bands(
        [one.score for one in covered.received if not one.is_funded and one.score is not None]
    )
    return Table(
        name="bands",
        title="Scores by band",
        note="Every assessed application that has a score.",
        columns=[Column("Mean score, %"), Column("Funded", Kind.COUNT), Column("Not funded", Kind.COUNT)],
        charted=("Funded", "Not funded"),
        rows=[[one["band"], one["number"], two["number"]] for one, two in zip(funded, others, strict=True)],  # type: ignore[list-item]
    )


def _methods(covered: Covered) -> Table:
    methods = method_of_each(covered.competitions)
    excluded = _excluded(covered)
    return Table(
        name="methods",
        title="How it was decided",
        note="Flagged: applications whose assessments lie further apart than the competition's rule allows. "
        "Excluded assessments and marks do not count, and are kept.",
        columns=[
            Column("Competition"),
            Column("Selection"),
            Column("Threshold, %", Kind.SCORE),
            Column("Flagged above a spread of", Kind.SCORE),
            Column("Flagged", Kind.COUNT),
            Column("Assessments excluded", Kind.COUNT),
            Column("Marks excluded", Kind.COUNT),
        ],
        rows=[
            [
                one.code,
                methods.get(one.pk, NOT_DECIDED),
                str(one.threshold),
                str(one.spread_limit),
                sum(standing.is_wide for standing in ranking.panel_sheet([one])),
                *excluded[one.pk],
            ]
            for one in covered.competitions
        ],
    )


def method_of_each(competitions: Sequence[Competition]) -> dict[int, str]:
    """By the last allocation of the round that was decided."""
    rows = Allocation.objects.of_rounds().filter(state=AllocationState.APPROVED)
    found = {}
    for allocation in rows.covering(competitions).select_related("scenario").reverse():
        scenario = allocation.scenario
        found[allocation.covers] = scenario.get_method_display() if scenario else TOP_DOWN
    return found


def _excluded(covered: Covered) -> dict[int, tuple[int, int]]:
    rows = (
        Exclusion.objects.in_force()
        .filter(assessment__application__competition__in=covered.competitions)
        .values_list("assessment__application__competition", "question")
    )
    found = Counter((competition, question is None) for competition, question in rows)
    return defaultdict(
        lambda: (0, 0),
        {one.pk: (found[one.pk, True], found[one.pk, False]) for one in covered.competitions},
    )


def _votes(covered: Covered) -> Table:
    rows = (
        counting.assessments()
        .filter(application__competition__in=covered.competitions)
        .values_list("application__competition")
        .annotate(
            all=Count("pk"),
            scope=Count("pk", filter=Q(in_scope=True)),
            fund=Count("pk", filter=Q(fund=True)),
        )
        .order_by()
    )
    found = {pk: counts for pk, *counts in rows}
    return Table(
        name="recommendations",
        title="What assessors recommended",
        columns=[
            Column("Competition"),
            *(
                Column(heading, Kind.COUNT)
                for heading in ("Assessments that count", "In scope", "Fund", "Do not fund")
            ),
            Column("Fund, %", Kind.PERCENT),
        ],
        rows=[_vote(one, *found.get(one.pk, (0, 0, 0))) for one in covered.competitions],
    )


def _vote(competition: Competition, every: int, scope: int, fund: int) -> list[Cell]:
    return [competition.code, every, scope, fund, every - fund, figures.rate(fund, every)]
