"""Assessments that end because their application does, and what is left of them for a second beginning."""

from collections.abc import Collection
from datetime import datetime

from accounts import audit, outbox
from applications.models import VERDICT, Application, Assessment, AssessmentStatus, Score
from applications.workflow import UNFINISHED


def with_application(
    application: Application, kind: str, why: str, *, at: datetime, is_final: bool = True
) -> int:
    """Withdraw what is not submitted, tell its assessors ``kind``, and return how many there were.

    They lose sight of the application.

    why       is read by staff alone
    is_final  whether it is over for good: else each may be given to the same assessor anew
    """
    unfinished = application.assessments.filter(status__in=UNFINISHED).order_by("pk")
    rows = list(unfinished.select_for_update(of=("self",)).select_related("assessor"))
    Assessment.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=AssessmentStatus.WITHDRAWN, end_comment=why, ended_at=at, ended_with_application=not is_final
    )
    # One that was only prepared has not been heard of.
    posts = [
        outbox.Post(row.assessor, row.pk, f"assessment {row.pk} withdrawn with its application")
        for row in rows
        if row.status != AssessmentStatus.CREATED
    ]
    outbox.post_all(kind, posts, subject_word="assessment", at=at)
    audit.note(after={"assessments_withdrawn": len(rows)})
    return len(rows)


def take_up(given: Collection[Assessment]) -> None:
    """Put into each what its assessor had saved of the same application before it was found ineligible."""
    wanted = {(one.application_id, one.assessor_id): one for one in given}
    ended = Assessment.objects.filter(
        ended_with_application=True,
        application__in={application for application, _ in wanted},
        assessor__in={assessor for _, assessor in wanted},
    )
    last = {(one.application_id, one.assessor_id): one for one in ended.order_by("ended_at", "pk")}
    taken = {old.pk: wanted[pair] for pair, old in last.items() if pair in wanted}
    for old in last.values():
        for name in VERDICT if old.pk in taken else ():
            setattr(taken[old.pk], name, getattr(old, name))
    Assessment.objects.bulk_update(taken.values(), VERDICT)
    Score.objects.bulk_create(
        Score(
            assessment=taken[row.assessment_id],
            question_id=row.question_id,
            mark=row.mark,
            feedback=row.feedback,
        )
        for row in Score.objects.filter(assessment__in=taken).order_by("pk")
    )
