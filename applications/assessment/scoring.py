"""Marks, feedback and verdict of one assessor, kept as a draft and locked when submitted."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts import audit, versions
from accounts.models import NOTED, User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import editing, word_count
from applications.assessment import independence
from applications.assessment import versions as kept
from applications.models import VERDICT, Assessment, AssessmentStatus, Conflict, Question, Score
from applications.workflow import ASSESSOR_READS, Status

logger = logging.getLogger(__name__)

#: Words allowed in each feedback, reason and note.
WORD_LIMIT = 100

#: What is said of a text that is too long.
TEXTS = {
    "scope_reason": "The reason for your scope answer",
    "fund_reason": "The reason for your funding answer",
    "note_to_staff": "The note to staff",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where: ``mark-17`` or ``feedback-17`` (a question's id), or a part of the verdict."""

    field: str
    message: str


class ScoringRefused(Refusal):
    """The marks were not taken."""


class NotGiven(ScoringRefused):
    """The assessment is not this person's to mark, or no longer, or they are no assessor there now."""


class OwnOrganisation(independence.OwnOrganisation, NotGiven):
    """The assessor has come to belong to an organisation that takes part in the application."""


class Locked(ScoringRefused):
    """It is submitted; ``submitted_at`` says when."""

    def __init__(self, submitted_at: datetime | None):
        super().__init__("A submitted assessment cannot be changed.")
        self.submitted_at = submitted_at


class NotAMark(ScoringRefused):
    """Marks outside nought to the maximum, or for something that is not a scored question of the form."""

    def __init__(self, problems: list[Problem]):
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


class Incomplete(ScoringRefused):
    """Not everything is there that a submitted assessment needs."""

    def __init__(self, problems: list[Problem]):
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


@audit.action("save assessment")
def save(
    assessment: Assessment,
    scores: Mapping[int, tuple[int | None, str]],
    verdict: Mapping,
    *,
    version: int,
    by: User,
    at: datetime,
    is_autosave: bool = False,
) -> Assessment:
    """Keep a draft, complete or not, and return the assessment as it now stands.

    scores   question id -> (mark or None, feedback); questions not named stay as they are
    verdict  any of ``VERDICT``
    version  the version that was on the assessor's screen

    A draft may hold texts over their limit, so that nothing typed is lost; submitting may not.
    Raises NotGiven, Locked, StaleVersion or NotAMark and writes nothing.
    """
    assessment = _locked_for(by, assessment)
    versions.check(assessment, version)
    questions = scored_questions(assessment)
    if problems := _wrong_marks(scores, questions):
        raise NotAMark(problems)

    Score.objects.bulk_create(
        [
            Score(assessment=assessment, question_id=question_id, mark=mark, feedback=feedback)
            for question_id, (mark, feedback) in scores.items()
        ],
        update_conflicts=True,
        unique_fields=["assessment", "question"],
        update_fields=["mark", "feedback"],
    )
    for name in VERDICT:
        if name in verdict:
            setattr(assessment, name, verdict[name])
    is_ready = not problems_in(assessment)
    assessment.status = AssessmentStatus.READY if is_ready else AssessmentStatus.OPEN
    editing.note_save(assessment, by=by, at=at, is_autosave=is_autosave)
    assessment.save(update_fields=[*VERDICT, "status", *NOTED])
    audit.note(before={"version": version}, after={"version": assessment.version, "questions": len(scores)})
    return assessment


@audit.action("submit assessment")
def submit(assessment: Assessment, *, version: int | None = None, by: User, at: datetime) -> Assessment:
    """Lock the assessment as it is stored; from then on it counts.

    version  the version that the assessor checked; another is not submitted

    Raises NotGiven, Locked, StaleVersion, or Incomplete with every problem, and writes nothing.
    """
    assessment = _locked_for(by, assessment)
    versions.check(assessment, version)
    if problems := problems_in(assessment):
        raise Incomplete(problems)

    audit.note(before={"status": assessment.status}, after={"status": AssessmentStatus.SUBMITTED})
    assessment.status = AssessmentStatus.SUBMITTED
    assessment.submitted_at = at
    assessment.note_save(by=by, at=at)
    assessment.save(update_fields=["status", "submitted_at", *NOTED])
    kept.keep(assessment)
    logger.info("assessment submitted", extra={"assessment": assessment.pk})
    return assessment


def scored_questions(assessment: Assessment) -> list[Question]:
    """Return the questions to be marked, in the order of the form."""
    return list(
        Question.objects.filter(
            question_set__competition__applications=assessment.application_id, max_marks__isnull=False
        ).order_by("position")
    )


def problems_in(assessment: Assessment) -> list[Problem]:
    """Return what keeps the stored assessment from being submitted, in the order of the page."""
    scores = {score.question_id: score for score in Score.objects.filter(assessment=assessment)}
    problems = []
    for question in scored_questions(assessment):
        score = scores.get(question.pk) or Score(question=question)
        problems += _problems_in_score(question, score)
    return problems + _problems_in_verdict(assessment)


def _problems_in_score(question: Question, score: Score) -> list[Problem]:
    problems = []
    if score.mark is None:
        problems.append(
            Problem(
                f"mark-{question.pk}",
                f"Question {question.number}: enter a mark from 0 to {question.max_marks}",
            )
        )
    return problems + problems_of_feedback(question, score.feedback)


def problems_of_feedback(question: Question, text: str) -> list[Problem]:
    field = f"feedback-{question.pk}"
    if not word_count.says_something(text):
        return [Problem(field, f"Question {question.number}: enter feedback")]
    return _too_long(field, f"Question {question.number}: the feedback", text)


def _problems_in_verdict(assessment: Assessment) -> list[Problem]:
    problems = []
    if assessment.in_scope is None:
        problems.append(Problem("in_scope", "Select yes if the project is in scope"))
    if assessment.category_fits is None and assessment.application.research_category:
        problems.append(Problem("category_fits", "Select yes if the research category fits the project"))
    if not word_count.says_something(assessment.scope_reason):
        problems.append(Problem("scope_reason", _why_of_scope(assessment)))
    if assessment.fund is None:
        problems.append(Problem("fund", "Select yes if the project is suitable for funding"))
    if not word_count.says_something(assessment.fund_reason):
        problems.append(Problem("fund_reason", "Enter the reason for your funding answer"))
    for name, title in TEXTS.items():
        problems += _too_long(name, title, getattr(assessment, name))
    return problems


def _why_of_scope(assessment: Assessment) -> str:
    if assessment.in_scope is False:
        return "Enter why the project is not in scope"
    if assessment.category_fits is False:
        return "Enter why the research category does not fit"
    return "Enter the reason for your scope answer"


def _too_long(field: str, title: str, text: str) -> list[Problem]:
    words = word_count.count(text)
    if words > WORD_LIMIT:
        return [Problem(field, f"{title} must be {WORD_LIMIT} words or fewer; it has {words}")]
    most = word_count.most_letters(WORD_LIMIT)
    if len(text) > most:
        return [Problem(field, f"{title} must be {most:,} characters or fewer; it has {len(text):,}")]
    return []


def _wrong_marks(scores: Mapping, questions: list[Question]) -> list[Problem]:
    maximum = {question.pk: question.max_marks or 0 for question in questions}
    problems = []
    for question_id, (mark, _feedback) in scores.items():
        if question_id not in maximum:
            problems.append(Problem(f"mark-{question_id}", "This question is not scored in this competition"))
        elif mark is not None and not (type(mark) is int and 0 <= mark <= maximum[question_id]):
            problems.append(
                Problem(
                    f"mark-{question_id}", f"The mark must be a whole number from 0 to {maximum[question_id]}"
                )
            )
    return problems


def _locked_for(by: User, assessment: Assessment) -> Assessment:
    """Lock the row and return it where it is ``by``'s and can still be marked."""
    assessment = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("application__competition")
        .get(pk=assessment.pk)
    )
    roles = by.roles_in(assessment.application.competition.region_id)
    is_theirs = assessment.assessor_id == by.pk and Role.ASSESSOR in roles
    if not is_theirs or assessment.status not in ASSESSOR_READS:
        raise NotGiven("This assessment is not yours to mark.")
    if Conflict.objects.blocking().filter(assessor=by, application=assessment.application_id).exists():
        raise NotGiven("A conflict of interest keeps you from this application.")
    if assessment.is_submitted:
        raise Locked(assessment.submitted_at)
    if assessment.application.status != Status.IN_ASSESSMENT:
        raise NotGiven("This application is no longer being assessed.")
    independence.check([by], [assessment.application_id], by=by, refusal=OwnOrganisation)
    return assessment
