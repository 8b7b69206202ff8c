"""What assessors wrote for an applicant, question by question, without their names."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from applications.models import Application, Assessment, Score

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class QuestionFeedback:
    """One scored question: the mean of its marks to one decimal, and what each assessor wrote."""

    title: str
    mean: Decimal
    max_marks: int
    comments: list[str]


def by_question(application: Application) -> list[QuestionFeedback]:
    """The feedback of every submitted assessment, in the order of the form.

    Comments stand in one order throughout, so that the first is always the same assessor's; who
    that is stays with the office.
    """
    scores = (
        Score.objects.filter(assessment__in=_submitted(application), question__max_marks__isnull=False)
        .select_related("question")
        .order_by("question__position", "assessment")
    )
    return [
        _of_question(question, list(given))
        for question, given in groupby(scores, key=lambda score: score.question)
    ]


def on_funding(application: Application) -> list[str]:
    """What each assessor wrote on whether to fund it; their notes to staff are not for applicants."""
    reasons = _submitted(application).order_by("pk").values_list("fund_reason", flat=True)
    return [reason for reason in reasons if reason]


def _submitted(application: Application):
    return Assessment.objects.submitted().filter(application=application)


def _of_question(question, scores: list[Score]) -> QuestionFeedback:
    marks = [score.mark for score in scores if score.mark is not None]
    mean = (Decimal(sum(marks)) / max(len(marks), 1)).quantize(TENTH, ROUND_HALF_UP)
    comments = [score.feedback for score in scores if score.feedback]
    return QuestionFeedback(str(question), mean, question.max_marks, comments)
