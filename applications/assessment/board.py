"""How far the assessment of a competition is: by assessor and by application."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.models import User
from applications.assessment.apart import kept_apart
from applications.models import Application, Competition
from applications.workflow import ENDED, AssessmentStatus, Status

#: What is counted, in the order of the work, with the states that it means.
COLUMNS = {
    "given": ("Offered", (AssessmentStatus.PENDING,)),
    "accepted": ("Accepted", (AssessmentStatus.ACCEPTED,)),
    "begun": ("In progress", (AssessmentStatus.OPEN, AssessmentStatus.READY)),
    "submitted": ("Submitted", (AssessmentStatus.SUBMITTED,)),
}
#: What is still to be done, for the count of what is late.
OWED = (*COLUMNS["given"][1], *COLUMNS["accepted"][1], *COLUMNS["begun"][1])

#: Whom the list names: as a person is named everywhere.
CALLED = Coalesce(NullIf("name", Value("")), "email", output_field=CharField())

SHORT, LATE = "short", "late"
#: Assessments that are counted, and what is out of the running.
ALIVE = [one for one in AssessmentStatus if one not in ENDED and one != AssessmentStatus.CREATED]
OUT = (Status.WITHDRAWN, Status.INELIGIBLE)
#: Not those that a later conflict of interest has stopped: their places are empty, and nothing is late.
WORKED_ON = ~kept_apart("assessments__")

FILTERS = {"": "All", SHORT: "Need more assessors", LATE: "Have an overdue assessment"}


@dataclass(frozen=True, slots=True)
class Line:
    """One assessor, or all of them: how many of their assessments are where."""

    person: int | None
    name: str
    total: int
    given: int
    accepted: int
    begun: int
    submitted: int
    overdue: int

    @property
    def counts(self) -> list[int]:
        return [self.given, self.accepted, self.begun, self.submitted, self.overdue]


def by_assessor(competition: Competition, at: datetime) -> QuerySet[User]:
    """Those who were given something with their counts, whoever is latest first."""
    return (
        User.objects.filter(
            assessments__application__competition=competition,
            assessments__status__in=ALIVE,
            assessments__application__status__in=[one for one in Status if one not in OUT],
        )
        .annotate(total=Count("assessments", filter=WORKED_ON), **_counts(_is_late(competition, at)))
        .annotate(called=CALLED, lacking=F("total") - F("submitted"))
        .order_by("-overdue", "-lacking", "called", "pk")
    )


def assessors(competition: Competition, at: datetime) -> list[Line]:
    """One line for each assessor, in one query."""
    rows = by_assessor(competition, at).values_list("pk", "called", "total", *COLUMNS, "overdue")
    return [Line(*row) for row in rows]


def total(lines: list[Line]) -> Line:
    sums = [sum(getattr(line, name) for line in lines) for name in ("total", *COLUMNS, "overdue")]
    return Line(None, "All", *sums)


def applications(competition: Competition, at: datetime, only: str = "") -> QuerySet[Application]:
    """Those in the running with the same counts, whatever lacks most first."""
    rows = (
        Application.objects.filter(
            competition=competition, status__in=(Status.SUBMITTED, Status.IN_ASSESSMENT)
        )
        .annotate(
            total=Count("assessments", filter=Q(assessments__status__in=ALIVE) & WORKED_ON),
            **_counts(_is_late(competition, at)),
        )
        .annotate(lacking=competition.assessors_each - F("total"))
    )
    if only == SHORT:
        rows = rows.filter(lacking__gt=0)
    elif only == LATE:
        rows = rows.filter(overdue__gt=0)
    return rows.order_by("-overdue", "-lacking", "submitted", "reference")


def _counts(is_late: bool) -> dict[str, Count]:
    counts = {name: _of(states) for name, (_, states) in COLUMNS.items()}
    return {**counts, "overdue": _of(OWED if is_late else ())}


def _of(states: Iterable[str]) -> Count:
    return Count("assessments", filter=Q(assessments__status__in=states) & WORKED_ON)


def _is_late(competition: Competition, at: datetime) -> bool:
    return competition.assessments_due_at is not None and competition.assessments_due_at <= at
