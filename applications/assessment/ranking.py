"""The panel sheet of competitions: the submitted assessments that count are read, and put in order."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import lcm

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Subquery, Sum

from applications.assessment import counting, standings, verdicts
from applications.assessment.standings import Entry, RanksBy, Standing
from applications.assessment.strictness import Estimate
from applications.assessment.verdicts import Step, Verdict
from applications.models import (
    Application,
    AssessmentStatus,
    Competition,
    Conflict,
    Departure,
    Exclusion,
    ExclusionState,
    Participant,
)
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


@dataclass(frozen=True, slots=True)
class Ranked:
    """One ranked list, and the strictness that was found over it."""

    standings: list[Standing]
    estimate: Estimate


def panel_sheet(competitions: Iterable[Competition], *, ranks_by: str = RanksBy.MEAN) -> list[Standing]:
    """Return one ranked list of everything in the running in these competitions.

    Three queries, however many applications. Counts submitted assessments only, and of those not what
    is excluded.
    """
    return ranked(competitions, ranks_by=ranks_by).standings


def ranked(competitions: Iterable[Competition], *, ranks_by: str = RanksBy.MEAN) -> Ranked:
    competitions = list(competitions)
    counted = _verdicts(competitions)
    proposed, excluded = _exclusions(competitions)
    entries = [
        Entry(
            application_id=application.pk,
            reference=application.reference,
            title=application.title,
            lead_name=application.lead_name or "",
            competition_code=application.competition.code,
            grant_sought=application.grant_sought,
            grant_submitted=_other_than(application.grant_submitted, application.grant_sought),
            threshold=application.competition.threshold,
            spread_limit=application.competition.spread_limit,
            outstanding=application.outstanding,
            excluded=excluded[application.pk],
            proposed_exclusions=proposed[application.pk],
            conflicted=application.conflicted,
        )
        for application in _in_the_running(competitions).annotate(conflicted=_conflicted())
    ]
    return Ranked(*standings.rank(entries, counted, ranks_by=ranks_by))


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
    means = {pk: verdicts.mean(counted) for pk, counted in _verdicts(list(competitions)).items()}
    return {pk: percentage for pk, percentage in means.items() if percentage is not None}


def _in_the_running(competitions: list[Competition]):
    lead = Participant.objects.filter(application=OuterRef("pk"), is_lead=True).values("name")
    left = Departure.objects.filter(participant__application=OuterRef("pk")).order_by("pk")
    return (
        Application.objects.filter(competition__in=competitions)
        .exclude(status__in=OUT_OF_THE_RUNNING)
        .select_related("competition")
        .annotate(
            lead_name=Subquery(lead),
            grant_submitted=Subquery(left.values("grant_before")[:1]),
            outstanding=Count("assessments", filter=Q(assessments__status__in=OUTSTANDING)),
        )
    )


def _conflicted() -> Count:
    """How many assessments count by somebody whom a conflict keeps from the application."""
    # Asked first, as it is nearly always empty: a long list is read as fast as without it.
    tied = Conflict.objects.blocking().filter(
        assessor=OuterRef("assessments__assessor"), application=OuterRef("pk")
    )
    counted = counting.assessments().filter(pk=OuterRef("assessments"))
    return Count("assessments", filter=Q(Exists(tied)) & Q(Exists(counted)))


def _other_than(before: Decimal | None, now: Decimal) -> Decimal | None:
    return before if before != now else None


def _verdicts(competitions: list[Competition]) -> dict[int, list[Verdict]]:
    """Return the assessments that count of each application, by its id.

    Marks are added up in the database for each question maximum, so that sums stay whole numbers.
    """
    rows = list(
        counting.scores()
        .filter(
            assessment__in=counting.assessments().filter(application__competition__in=competitions),
            question__max_marks__isnull=False,
        )
        .values_list(
            "assessment__application",
            "assessment",
            "assessment__assessor",
            "assessment__in_scope",
            "assessment__fund",
            "question__max_marks",
        )
        .annotate(Sum("mark"), Count("pk"), Min("mark"), Max("mark"))
    )
    scale = lcm(*{row[5] for row in rows})
    of_assessment: dict[int, list] = defaultdict(list)
    for row in rows:
        of_assessment[row[1]].append(row)
    counted = defaultdict(list)
    for parts in of_assessment.values():
        application, assessment, assessor, in_scope, fund = parts[0][:5]
        counted[application].append(
            Verdict(
                assessment_id=assessment,
                assessor_id=assessor,
                shares=sum(marks * (scale // most) for *_, most, marks, _n, _low, _high in parts),
                scale=scale,
                questions=sum(part[7] for part in parts),
                in_scope=in_scope,
                fund=fund,
                steps=tuple(
                    Step(scale // most, up=low < most, down=high > 0)
                    for *_, most, _marks, _n, low, high in parts
                ),
            )
        )
    return counted


def _exclusions(competitions: list[Competition]) -> tuple[dict[int, int], dict[int, int]]:
    """By application: how many exclusions wait for a second person, and how many assessments do not count."""
    proposed: dict[int, int] = defaultdict(int)
    excluded: dict[int, int] = defaultdict(int)
    rows = Exclusion.objects.filter(assessment__application__competition__in=competitions)
    for pk, question, is_waiting in (
        rows.waiting_or_in_force()
        .annotate(waits=Q(state=ExclusionState.WAITING))
        .values_list("assessment__application", "question", "waits")
    ):
        if is_waiting:
            proposed[pk] += 1
        elif question is None:
            excluded[pk] += 1
    return proposed, excluded
