"""The assessments of one application, written on the sheets of its block."""

from datetime import datetime, timedelta
from random import Random

from applications.assessment_notices import ASSESSMENT_GIVEN
from applications.models import AssessmentStatus
from applications.workflow import ENDED, DeclineReason
from launchpad.demo.grown import marks, notifications
from launchpad.demo.grown.entries import Entry
from launchpad.demo.grown.marks import Opinion
from launchpad.demo.grown.plan import Fate
from launchpad.demo.grown.sheets import Sheets

#: How far assessors have come in a round that is being assessed, in turn.
PROGRESS = (
    AssessmentStatus.SUBMITTED,
    AssessmentStatus.SUBMITTED,
    AssessmentStatus.OPEN,
    AssessmentStatus.SUBMITTED,
    AssessmentStatus.PENDING,
    AssessmentStatus.READY,
    AssessmentStatus.SUBMITTED,
    AssessmentStatus.ACCEPTED,
    AssessmentStatus.REJECTED,
    AssessmentStatus.SUBMITTED,
    AssessmentStatus.WITHDRAWN,
    AssessmentStatus.CREATED,
)
#: These have marks, the first of them not all.
MARKED = (AssessmentStatus.OPEN, AssessmentStatus.READY, AssessmentStatus.SUBMITTED)


def write(entry: Entry, sheets: Sheets) -> None:
    """Put what its assessors did on the sheets; nothing where nobody was asked."""
    if entry.fate not in (Fate.BEING_ASSESSED, Fate.ASSESSED):
        return
    opinions = marks.opinions(entry.plan, entry.number, entry.competition.assessors_each)
    for place, opinion in enumerate(opinions):
        status = AssessmentStatus.SUBMITTED
        if entry.fate is Fate.BEING_ASSESSED:
            status = PROGRESS[(entry.number + 5 * place) % len(PROGRESS)]
        _assessment(entry, place, opinion, status, sheets)


def _assessment(entry: Entry, place: int, opinion: Opinion, status: AssessmentStatus, sheets: Sheets) -> None:
    plan, pk = entry.plan, entry.plan.assessment_id(entry.number, place)
    given_at = entry.looked_at + timedelta(minutes=place)
    has_verdict = status in (AssessmentStatus.READY, AssessmentStatus.SUBMITTED)
    assessor = plan.assessor_id(opinion.assessor)
    sheets.assessments.add(
        pk,
        entry.pk,
        assessor,
        AssessmentStatus.READY if status is AssessmentStatus.SUBMITTED else status,
        opinion.in_scope if has_verdict else None,
        True if has_verdict else None,
        opinion.scope_reason if has_verdict else "",
        opinion.fund if has_verdict else None,
        opinion.fund_reason if has_verdict else "",
        opinion.note if has_verdict else "",
        plan.staff.manager,
        given_at,
        DeclineReason.WORKLOAD if status is AssessmentStatus.REJECTED else "",
        "Given to somebody else." if status is AssessmentStatus.WITHDRAWN else "",
        given_at + timedelta(hours=6) if status in ENDED else None,
    )
    if status in MARKED:
        _scores(entry, pk, opinion, status, sheets)
    if status is AssessmentStatus.SUBMITTED:
        sheets.submitted.append((pk, _submitted_at(entry, given_at, place)))
    if status is not AssessmentStatus.CREATED:
        notifications.add(
            sheets.notifications,
            plan,
            entry.number,
            kind=ASSESSMENT_GIVEN,
            to=assessor,
            about=("assessment", pk),
            cause=f"assessment {pk} given",
            at=given_at,
        )


def _scores(entry: Entry, pk: int, opinion: Opinion, status: AssessmentStatus, sheets: Sheets) -> None:
    questions = entry.plan.scored
    if status is AssessmentStatus.OPEN:
        questions = questions[: 1 + entry.number % (len(questions) - 1)]
    for question, mark, feedback in zip(questions, opinion.marks, opinion.feedback, strict=False):
        sheets.scores.add(pk, question.pk, mark, feedback)


def _submitted_at(entry: Entry, given_at: datetime, place: int) -> datetime:
    """Within four weeks, most of them late."""
    days = Random(f"{entry.plan.seed} days {entry.number} {place}").triangular(2, 28, 24)
    return entry.plan.not_after_now(given_at + timedelta(seconds=int(days * 86_400)))
