"""Unfinished assessments that a conflict of interest, found after they were given, keeps from their assessor.

Nobody works on them, so their places are empty and nothing of them is late, until staff clear the conflict
or replace the assessor.
"""

from datetime import datetime

from django.db.models import Count, Exists, F, Min, Q, QuerySet, Subquery

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Assessment, Competition, Conflict, Stage
from applications.workflow import ENDED, UNFINISHED, AssessmentStatus, Status

#: Stages in which somebody else may still be put in their place.
STAGES = (Stage.PUBLISHED, Stage.IN_ASSESSMENT)


def kept_apart(within: str = "") -> Q:
    """The condition by which they are found.

    within  the path to the assessments, as "assessments__"; none where they are asked for themselves
    """
    found = Exists(Conflict.objects.blocking().between(within))
    return Q(**{f"{within}status__in": UNFINISHED}) & Q(found)


def short_of_assessors(applications: QuerySet[Application], at: datetime) -> QuerySet[Application]:
    """Those to be assessed, after the close, that fewer people work on than the competition promises."""
    kept = Count("assessments", filter=~Q(assessments__status__in=ENDED) & ~kept_apart("assessments__"))
    return (
        applications.filter(
            status__in=[Status.SUBMITTED, Status.IN_ASSESSMENT],
            competition__stage__in=STAGES,
            competition__closes_at__lte=at,
        )
        .annotate(kept=kept)
        .filter(kept__lt=F("competition__assessors_each"))
    )


def to_replace(manager: User):
    """Those in whose place this manager may put somebody else, with ``found_at``, the earliest first."""
    managed = Competition.objects.run_by(manager, {Role.MANAGER}).filter(stage__in=STAGES)
    first = (
        Conflict.objects.blocking()
        .between()
        .order_by()
        .values("application")
        .annotate(at=Min("found_at"))
        .values("at")
    )
    return (
        Assessment.objects.filter(
            kept_apart(),
            application__competition__in=managed.values("pk"),
            application__status=Status.IN_ASSESSMENT,
        )
        .exclude(status=AssessmentStatus.CREATED)
        .exclude(application__participants__organisation__memberships__person=manager)
        .annotate(found_at=Subquery(first))
        .select_related("application__competition", "assessor")
        .order_by("found_at", "pk")
    )
