"""Assessments, given or done, without the steps that lead there."""

from applications.models import Application, Assessment, AssessmentStatus, Score
from applications.workflow import DeclineReason
from tests.make import people
from tests.make.times import NOON


def assessment(
    application: Application, assessor=None, status=AssessmentStatus.ACCEPTED, **fields
) -> Assessment:
    return Assessment.objects.create(
        **{
            "application": application,
            "assessor": assessor or people.assessor(),
            "status": status,
            "given_by": people.manager(),
            "given_at": NOON,
            **ending(status),
            **fields,
        }
    )


def offered(application: Application, assessor=None, **fields) -> Assessment:
    """Make one that its assessor has neither accepted nor declined."""
    return assessment(application, assessor, AssessmentStatus.PENDING, **fields)


def ending(status: str) -> dict:
    """What the database asks of an assessment that was declined or taken back."""
    return {
        AssessmentStatus.EXPIRED: {"ended_at": NOON},
        AssessmentStatus.REJECTED: {"decline_reason": DeclineReason.CONFLICT, "ended_at": NOON},
        AssessmentStatus.WITHDRAWN: {"end_comment": "Given to somebody else.", "ended_at": NOON},
    }.get(AssessmentStatus(status), {})


def marked(application: Application, assessor=None, mark: int = 8, marks=None, **fields) -> Assessment:
    """Make one that is ready to submit; ``marks`` has one for each scored question, in order."""
    made = assessment(
        application,
        assessor,
        **{
            "status": AssessmentStatus.READY,
            "in_scope": True,
            "category_fits": True,
            "scope_reason": "It is about advanced manufacturing.",
            "fund": True,
            "fund_reason": "A strong team with a clear market.",
            **fields,
        },
    )
    questions = application.competition.question_set.questions.filter(max_marks__isnull=False).order_by(
        "position"
    )
    marks = marks or [mark] * len(questions)
    Score.objects.bulk_create(
        Score(assessment=made, question=question, mark=given, feedback="Clear, with some evidence.")
        for question, given in zip(questions, marks, strict=True)
    )
    return made


def submitted(application: Application, assessor=None, mark: int = 8, marks=None, **fields) -> Assessment:
    made = marked(application, assessor, mark, marks, **fields)
    Assessment.objects.filter(pk=made.pk).update(status=AssessmentStatus.SUBMITTED, submitted_at=NOON)
    made.refresh_from_db()
    return made
