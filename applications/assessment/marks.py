"""All submitted marks of one application, side by side: what counts, what does not, and what it comes to."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

from applications.assessment import verdicts
from applications.assessment.verdicts import Verdict
from applications.models import Application, Assessment, Exclusion, Question, Score


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark; ``counts`` is False where it, or its whole assessment, is excluded."""

    mark: int | None
    counts: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One question: the marks in the order of the assessors, and the mean of those that count."""

    question: Question
    marks: list[Mark]
    mean: Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """One assessor: the percentage given by what counts, and how far it is from the mean of the others'.

    is_outlier  whether the marks are wide and nobody is further from the others
    """

    assessment: Assessment
    counts: bool
    percentage: Decimal | None
    distance: Decimal | None
    is_outlier: bool


@dataclass(frozen=True, slots=True)
class Marks:
    rows: list[Row]
    columns: list[Column]
    percentage: Decimal | None
    spread: Decimal
    deviation: Decimal | None
    is_wide: bool


def of(application: Application) -> Marks:
    """Read them in four queries. The order of assessors is that of the applicant's feedback."""
    given = list(
        Assessment.objects.submitted()
        .filter(application=application)
        .select_related("assessor", "application__competition")
        .order_by("pk")
    )
    questions = list(
        Question.objects.filter(
            question_set=application.competition.question_set_id, max_marks__isnull=False
        ).order_by("position")
    )
    scores = Score.objects.filter(assessment__in=given, question__in=questions)
    found = {(one.assessment_id, one.question_id): one.mark for one in scores}
    force = Exclusion.objects.in_force().filter(assessment__in=given)
    excluded = set(force.values_list("assessment", "question"))
    rows = [_row(question, given, found, excluded) for question in questions]
    scale = lcm(*{question.max_marks or 1 for question in questions})
    counted = {
        one.pk: verdict
        for position, one in enumerate(given)
        if (one.pk, None) not in excluded and (verdict := _verdict(one, position, rows, scale)).questions
    }
    all_counted = list(counted.values())
    distances = verdicts.distances(all_counted)
    is_wide = verdicts.is_wide(all_counted, application.competition.spread_limit)
    outliers = verdicts.furthest(all_counted) if is_wide else frozenset()
    columns = [
        Column(
            one,
            one.pk in counted,
            verdicts.one_decimal(counted[one.pk].percentage) if one.pk in counted else None,
            distances.get(one.assessor_id) if one.pk in counted else None,
            one.pk in counted and one.assessor_id in outliers,
        )
        for one in given
    ]
    return Marks(
        rows,
        columns,
        verdicts.mean(all_counted),
        verdicts.spread(all_counted),
        verdicts.deviation(all_counted),
        is_wide,
    )


def _row(question: Question, given: list[Assessment], found: dict, excluded: set) -> Row:
    marks = [
        Mark(
            found.get((one.pk, question.pk)),
            (one.pk, None) not in excluded and (one.pk, question.pk) not in excluded,
        )
        for one in given
    ]
    counted = [one.mark for one in marks if one.counts and one.mark is not None]
    mean = verdicts.one_decimal(Fraction(sum(counted), len(counted))) if counted else None
    return Row(question, marks, mean)


def _verdict(assessment: Assessment, position: int, rows: list[Row], scale: int) -> Verdict:
    marks = [(row.marks[position], row.question.max_marks or 1) for row in rows]
    counted = [(one.mark, most) for one, most in marks if one.counts and one.mark is not None]
    return Verdict(
        assessment_id=assessment.pk,
        assessor_id=assessment.assessor_id,
        shares=sum(mark * (scale // most) for mark, most in counted),
        scale=scale,
        questions=len(counted),
        in_scope=bool(assessment.in_scope),
        fund=bool(assessment.fund),
    )
