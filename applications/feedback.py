"""What assessors wrote for an applicant, question by question, without their names."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import Prefetch, prefetch_related_objects

from accounts import formats
from applications import comparison
from applications.assessment import counting
from applications.models import FEWEST_FUNDED, Application, Comparison, Question, Score


@dataclass(frozen=True, slots=True)
class QuestionFeedback:
    """One scored question: the mean of its marks to one decimal, and what each assessor wrote.

    compared  how that mean stood against the funded applications when the decision was told; None
              before that
    """

    title: str
    mean: Decimal
    max_marks: int
    comments: list[str]
    compared: Comparison | None = None


def fetch(applications: Iterable[Application]) -> None:
    """Ask once for what the assessors of all of these wrote, instead of for each."""
    prefetch_related_objects(list(applications), _submitted(), "comparisons")


def by_question(application: Application) -> list[QuestionFeedback]:
    """The feedback of every assessment that counts, in the order of the form.

    Comments stand in one order throughout, so that the first is always the same assessor's; who
    that is stays with the office.
    """
    scores = [score for assessment in _assessments(application) for score in assessment.marked]
    scores.sort(key=lambda score: (score.question.position, score.assessment_id))
    compared = {one.question_id: one for one in application.comparisons.all()}
    return [
        _of_question(question, list(given), compared.get(question.pk))
        for question, given in groupby(scores, key=lambda score: score.question)
    ]


def on_comparison(application: Application) -> str:
    """What the comparison with the funded is, or why there is none; nothing before one was kept."""
    fetch([application])
    kept = next(iter(application.comparisons.all()), None)
    if kept is None:
        return ""
    if not kept.is_shown:
        return f"Fewer than {FEWEST_FUNDED} applications were funded, so yours is not compared with them."
    return (
        "Beside each mean mark stand the lowest, median and highest mean marks of the applications funded in "
        f"this competition, as they stood on {formats.local_day(kept.kept_at)}. They are not updated."
    )


def on_funding(application: Application) -> list[str]:
    """What each assessor wrote on whether to fund it; their notes to staff are not for applicants."""
    return [one.fund_reason for one in _assessments(application) if one.fund_reason]


def without_comment(application: Application, questions: Iterable[Question]) -> list[str]:
    """Which of these questions no assessment that counts says anything on."""
    said = {title.title for title in by_question(application) if title.comments}
    return [str(question) for question in questions if str(question) not in said]


def _assessments(application: Application) -> list:
    fetch([application])  # asks nothing where it has been asked
    return application.submitted_assessments  # type: ignore[attr-defined]


def _submitted() -> Prefetch:
    marked = counting.scores().filter(question__max_marks__isnull=False).select_related("question")
    assessments = counting.assessments().order_by("pk")
    return Prefetch(
        "assessments",
        assessments.prefetch_related(Prefetch("scores", marked, to_attr="marked")),
        to_attr="submitted_assessments",
    )


def _of_question(question, scores: list[Score], compared: Comparison | None) -> QuestionFeedback:
    marks = [score.mark for score in scores if score.mark is not None]
    mean = comparison.mean(sum(marks), len(marks))
    comments = [score.feedback for score in scores if score.feedback]
    return QuestionFeedback(str(question), mean, question.max_marks, comments, compared)
