"""Marks per question by assessor, who has a number here and no name."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, Max, Min, Sum
from django.utils.crypto import salted_hmac

from applications.assessment import counting
from funding.reports import figures
from funding.reports.contents import Column, Kind, Section, Table
from funding.reports.covered import Covered

TITLE = "Marks by assessor"


def section(covered: Covered) -> Section:
    return Section(name="marking", title=TITLE, tables=[_marks(covered)])


def _marks(covered: Covered) -> Table:
    rows = (
        counting.scores()
        .filter(
            assessment__in=counting.assessments().filter(application__competition__in=covered.competitions),
            question__max_marks__isnull=False,
        )
        .values_list(
            "assessment__application__competition__code",
            "question__number",
            "question__title",
            "question__max_marks",
            "assessment__assessor",
        )
        .annotate(Count("mark"), Sum("mark"), Min("mark"), Max("mark"))
        .order_by("assessment__application__competition__code", "question__number")
    )
    found = list(rows)
    numbers = pseudonyms({(row[0], row[4]) for row in found}, of=covered.as_of.isoformat())
    lines = [
        [
            code,
            number,
            title,
            most,
            numbers[code, assessor],
            count,
            figures.text(figures.mean([Decimal(total) / count], figures.TENTH)),
            low,
            high,
        ]
        for code, number, title, most, assessor, count, total, low, high in found
    ]
    return Table(
        name="marks",
        title="Marks per question, by assessor",
        note="Each assessor has a number within a competition, drawn anew for each report: it cannot be "
        "followed from one report or competition to another.",
        columns=[
            Column("Competition"),
            Column("Question", Kind.COUNT),
            Column("Title"),
            Column("Most marks", Kind.COUNT),
            Column("Assessor"),
            Column("Marks given", Kind.COUNT),
            Column("Mean mark", Kind.SCORE),
            Column("Lowest", Kind.COUNT),
            Column("Highest", Kind.COUNT),
        ],
        rows=sorted(lines, key=lambda line: (line[0], line[1], line[4])),
        is_long=True,
    )


def pseudonyms(assessors: Iterable[tuple[str, int]], *, of: str) -> dict[tuple[str, int], str]:
    """Number the assessors of each competition in an order that says nothing of who they are.

    assessors  the competition's code and the assessor's id
    of         what the order is drawn from: the same gives the same numbers
    """
    drawn = defaultdict(list)
    for code, assessor in assessors:
        # Keyed by the installation's secret: who knows the ids cannot work the order out again.
        drawn[code].append((salted_hmac("pseudonyms", f"{of}/{code}/{assessor}").digest(), assessor))
    return {
        (code, assessor): f"Assessor {place:03}"
        for code, found in drawn.items()
        for place, (_, assessor) in enumerate(sorted(found), start=1)
    }
