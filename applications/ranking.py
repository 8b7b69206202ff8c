"""The panel sheet: what assessors' marks make of each application, and the order that follows."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum

from applications.models import Application, Assessment, AssessmentStatus, Competition, Participant, Score
from applications.workflow import Status

#: Applications that are not, or no longer, in the running.
OUT_OF_THE_RUNNING = (Status.DRAFT, Status.INELIGIBLE, Status.WITHDRAWN)

#: Assessments that somebody still owes.
OUTSTANDING = (
    AssessmentStatus.CREATED,
    AssessmentStatus.PENDING,
    AssessmentStatus.ACCEPTED,
    AssessmentStatus.OPEN,
    AssessmentStatus.READY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One application's line on the panel sheet.

    ``percentage`` and ``rank`` are None while no assessment of it has been submitted. ``tied_with``
    are the references of those with the same percentage, whichever rule set them apart.
    """

    application_id: int
    reference: str
    title: str
    lead_name: str
    competition_code: str
    percentage: Decimal | None
    spread: Decimal
    assessments: int
    scope_votes: int
    fund_votes: int
    has_scope_majority: bool
    has_fund_majority: bool
    is_vote_tied: bool
    passes_threshold: bool
    is_wide: bool
    grant_sought: Decimal
    outstanding: int = 0
    rank: int | None = None
    tied_with: tuple[str, ...] = ()

    @property
    def is_assessed(self) -> bool:
        return self.percentage is not None

    @property
    def passes(self) -> bool:
        """Whether it may be funded where money allows: both majorities and the threshold."""
        return self.has_scope_majority and self.has_fund_majority and self.passes_threshold


@dataclass(frozen=True, slots=True)
class Verdict:
    """One submitted assessment: its total as an exact percentage, and its two votes."""

    total: Fraction
    questions: int
    in_scope: bool
    fund: bool

    @property
    def percentage(self) -> Fraction:
        return self.total / self.questions


def one_decimal(value: Fraction) -> Decimal:
    """Round half up to one decimal: 69.95 is 70.0, 69.94999… is 69.9."""
    tenths = math.floor(value * 10 + Fraction(1, 2))
    return Decimal(tenths).scaleb(-1)


def order(standings: Iterable[Standing]) -> list[Standing]:
    """Return the standings ranked from 1, whatever order they came in.

    Score first, then more votes to fund, then the smaller spread, then the reference. What nobody
    has assessed comes last, by reference, without a rank.
    """
    standings = list(standings)
    level = defaultdict(set)
    for standing in standings:
        if standing.is_assessed:
            level[standing.percentage].add(standing.reference)

    ranked = sorted((s for s in standings if s.is_assessed), key=_place)
    unassessed = sorted((s for s in standings if not s.is_assessed), key=lambda s: s.reference)
    return [
        replace(
            standing, rank=rank, tied_with=tuple(sorted(level[standing.percentage] - {standing.reference}))
        )
        for rank, standing in enumerate(ranked, start=1)
    ] + [replace(standing, rank=None, tied_with=()) for standing in unassessed]


def _place(standing: Standing) -> tuple:
    return -(standing.percentage or 0), -standing.fund_votes, standing.spread, standing.reference


def panel_sheet(competitions: Iterable[Competition]) -> list[Standing]:
    """Return one ranked list of everything in the running in these competitions.

    Two queries, however many applications. Counts submitted assessments only.
    """
    competitions = list(competitions)
    verdicts = _verdicts(competitions)
    return order(
        _standing(application, verdicts[application.pk]) for application in _in_the_running(competitions)
    )


def unfinished(competitions: Iterable[Competition]) -> set[int]:
    """Return the ids of those competitions whose panel sheet still lacks an assessment, in one query."""
    submitted = Count("assessments", filter=Q(assessments__status=AssessmentStatus.SUBMITTED))
    lacking = (
        _in_the_running(list(competitions))
        .annotate(submitted=submitted)
        .filter(Q(outstanding__gt=0) | Q(submitted=0) | Q(submitted__lt=F("competition__assessors_each")))
    )
    return set(lacking.order_by().values_list("competition", flat=True))


def scores(competitions: Iterable[Competition]) -> dict[int, Decimal]:
    """Return the mean percentage of every application that has been marked, by its id.

    Also of those no longer in the running: one withdrawn after its assessment keeps its score.
    """
    means = {pk: mean(verdicts) for pk, verdicts in _verdicts(list(competitions)).items()}
    return {pk: percentage for pk, percentage in means.items() if percentage is not None}


def _in_the_running(competitions: list[Competition]):
    lead = Participant.objects.filter(application=OuterRef("pk"), is_lead=True).values("name")
    return (
        Application.objects.filter(competition__in=competitions)
        .exclude(status__in=OUT_OF_THE_RUNNING)
        .select_related("competition")
        .annotate(
            lead_name=Subquery(lead),
            outstanding=Count("assessments", filter=Q(assessments__status__in=OUTSTANDING)),
        )
    )


def _verdicts(competitions: list[Competition]) -> dict[int, list[Verdict]]:
    """Return the submitted assessments of each application, by its id.

    Marks are added up in the database for each question maximum, so that sums stay whole numbers
    and the percentages exact.
    """
    sums = (
        Score.objects.filter(
            assessment__in=Assessment.objects.submitted().filter(application__competition__in=competitions),
            question__max_marks__isnull=False,
        )
        .values(
            "assessment_id",
            application_id=F("assessment__application"),
            in_scope=F("assessment__in_scope"),
            fund=F("assessment__fund"),
            maximum=F("question__max_marks"),
        )
        .annotate(marks=Sum("mark"), questions=Count("pk"))
    )
    of_assessment: dict[tuple[int, int], Verdict] = {}
    for row in sums:
        key = row["application_id"], row["assessment_id"]
        so_far = of_assessment.get(key) or Verdict(Fraction(0), 0, row["in_scope"], row["fund"])
        of_assessment[key] = replace(
            so_far,
            total=so_far.total + Fraction(row["marks"] * 100, row["maximum"]),
            questions=so_far.questions + row["questions"],
        )
    verdicts = defaultdict(list)
    for (application_id, _assessment_id), verdict in of_assessment.items():
        verdicts[application_id].append(verdict)
    return verdicts


def _standing(application, verdicts: list[Verdict]) -> Standing:
    """Make one line: the percentage by the dossier's section 6.2, the majorities by its section 7."""
    competition = application.competition
    votes = len(verdicts)
    scope_votes = sum(verdict.in_scope for verdict in verdicts)
    fund_votes = sum(verdict.fund for verdict in verdicts)
    percentage = mean(verdicts)
    spread = widest_difference(verdicts)
    return Standing(
        application_id=application.pk,
        reference=application.reference,
        title=application.title,
        lead_name=application.lead_name or "",  # type: ignore[attr-defined]
        competition_code=competition.code,
        percentage=percentage,
        spread=spread,
        assessments=votes,
        scope_votes=scope_votes,
        fund_votes=fund_votes,
        has_scope_majority=is_majority(scope_votes, of=votes),
        has_fund_majority=is_majority(fund_votes, of=votes),
        is_vote_tied=votes > 0 and votes in (2 * scope_votes, 2 * fund_votes),
        passes_threshold=percentage is not None and percentage >= competition.threshold,
        is_wide=spread > competition.spread_limit,
        grant_sought=application.grant_sought,
        outstanding=application.outstanding,  # type: ignore[attr-defined]
    )


def mean(verdicts: list[Verdict]) -> Decimal | None:
    """Return the mean of every mark as a percentage of its maximum; None where there is no mark."""
    questions = sum(verdict.questions for verdict in verdicts)
    if not questions:
        return None
    return one_decimal(sum((verdict.total for verdict in verdicts), Fraction(0)) / questions)


def widest_difference(verdicts: list[Verdict]) -> Decimal:
    """Return the highest less the lowest assessor's total, in percentage points."""
    totals = [verdict.percentage for verdict in verdicts]
    return one_decimal(max(totals) - min(totals)) if totals else Decimal("0.0")


def is_majority(votes: int, *, of: int) -> bool:
    """More than half: two of four is no majority (assumed; the panel sheet flags it)."""
    return 2 * votes > of
