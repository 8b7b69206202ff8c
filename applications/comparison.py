"""How each applicant's marks stand against those of the funded, kept when the decision is told."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from django.db.models import Count, Q, Sum

from applications.assessment import counting
from applications.models import FEWEST_FUNDED, Application, Comparison, FundedBand
from applications.workflow import Status

TENTH = Decimal("0.1")

#: By application, then by question.
Means = Mapping[int, Mapping[int, Decimal]]


@dataclass(frozen=True, slots=True)
class FundedMarks:
    """The mean marks of one question in the funded applications: marks to one decimal."""

    lowest: Decimal
    median: Decimal
    highest: Decimal


def mean(total: int, number: int) -> Decimal:
    """To one decimal, halves up: marks of 22 in all by 3 assessors are 7.3; of none, 0.0."""
    return (Decimal(total) / max(number, 1)).quantize(TENTH, ROUND_HALF_UP)


def spread(means: Collection[Decimal]) -> FundedMarks | None:
    """What is shown of the funded; None where they are fewer than five.

    The median of an even number is halfway between the middle two, halves up: of 6.0, 6.8, 7.3, 7.4,
    8.0 and 9.0 it is 7.35, shown as 7.4; the lowest is 6.0 and the highest 9.0.
    """
    if len(means) < FEWEST_FUNDED:
        return None
    return FundedMarks(min(means), median(means).quantize(TENTH, ROUND_HALF_UP), max(means))


def band(own: Decimal, funded: FundedMarks | None) -> FundedBand:
    """From the median up is the upper half. Of the six above, 7.3 is in the lower, 7.4 in the upper."""
    if funded is None:
        return FundedBand.NOT_SHOWN
    if own < funded.lowest:
        return FundedBand.BELOW
    if own > funded.highest:
        return FundedBand.ABOVE
    return FundedBand.LOWER if own < funded.median else FundedBand.UPPER


def keep(told: Collection[Application], *, at: datetime) -> None:
    """Keep for those whose decision is told now how they stand against the funded of their competition.

    The funded are those that have been told that they are. One that was compared before keeps what
    it has. It takes as many statements for a thousand as for one.
    """
    compared = Comparison.objects.filter(application__in=told).values_list("application", flat=True)
    known = set(compared.distinct())
    new = [application for application in told if application.pk not in known]
    competitions = {application.competition_id for application in new}
    funded = Application.objects.filter(
        competition__in=competitions, status=Status.SUCCESSFUL, released_at__isnull=False, told_status=""
    )
    of_competition = dict(funded.values_list("pk", "competition"))
    means = _means({application.pk for application in new} | set(of_competition))
    of_funded: dict[tuple[int, int], list[Decimal]] = defaultdict(list)
    for pk, competition in of_competition.items():
        for question, own in means[pk].items():
            of_funded[competition, question].append(own)
    figures = {key: (len(each), spread(each)) for key, each in of_funded.items()}
    Comparison.objects.bulk_create(
        (
            _comparison(application, question, own, figures.get((application.competition_id, question)), at)
            for application in new
            for question, own in means[application.pk].items()
        ),
        batch_size=5_000,
    )


def _comparison(
    application: Application,
    question: int,
    own: Decimal,
    figures: tuple[int, FundedMarks | None] | None,
    at: datetime,
) -> Comparison:
    number, funded = figures or (0, None)
    return Comparison(
        application=application,
        question_id=question,
        funded=number,
        mean=own,
        lowest=funded and funded.lowest,
        median=funded and funded.median,
        highest=funded and funded.highest,
        band=band(own, funded),
        kept_at=at,
    )


def _means(applications: Collection[int]) -> Means:
    """The mean of the marks that count, of every scored question."""
    counted = counting.scores().filter(
        Q(mark__isnull=False),
        assessment__in=counting.assessments().filter(application__in=applications),
        question__max_marks__isnull=False,
    )
    rows = counted.order_by().values_list("assessment__application", "question")
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for application, question, total, number in rows.annotate(Sum("mark"), Count("mark")):
        found[application][question] = mean(total, number)
    return found
