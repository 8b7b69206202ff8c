"""Who may move an application from where to where. Read top to bottom, it is the process."""

from collections.abc import Set
from dataclasses import dataclass

from django.db.models import TextChoices

from accounts.refusals import Refusal
from accounts.roles import Role


class Status(TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    INELIGIBLE = "ineligible", "Ineligible"
    IN_ASSESSMENT = "in assessment", "In assessment"
    SUCCESSFUL = "successful", "Successful"
    UNSUCCESSFUL = "unsuccessful", "Unsuccessful"
    ON_HOLD = "on hold", "On hold"
    RESERVE = "reserve", "Reserve"
    WITHDRAWN = "withdrawn", "Withdrawn"


#: What applicants may not see before the release: until then each reads as in assessment.
DECISIONS = frozenset({Status.SUCCESSFUL, Status.UNSUCCESSFUL, Status.ON_HOLD, Status.RESERVE})


class AssessmentStatus(TextChoices):
    CREATED = "created", "Created"
    PENDING = "pending", "Given"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    OPEN = "open", "In progress"
    READY = "ready to submit", "Ready to submit"
    SUBMITTED = "submitted", "Submitted"


class DeclineReason(TextChoices):
    """Why an assessor does not assess an application."""

    CONFLICT = "conflict of interest", "I have a conflict of interest"
    EXPERTISE = "not my expertise", "It is not my area of expertise"
    WORKLOAD = "too many assessments", "I have too many assessments"


#: An assessment in one of these is over without a result: nobody owes it and nothing in it counts.
ENDED = frozenset({AssessmentStatus.REJECTED, AssessmentStatus.WITHDRAWN})

#: An assessment in one of these lets its assessor read the application.
ASSESSOR_READS = frozenset(AssessmentStatus) - {AssessmentStatus.CREATED} - ENDED


#: An assessment in one of these is still to be done, and is taken back with its application.
UNFINISHED = ASSESSOR_READS - {AssessmentStatus.SUBMITTED} | {AssessmentStatus.CREATED}


@dataclass(frozen=True, slots=True)
class Move:
    sources: frozenset[Status]
    target: Status
    roles: frozenset[Role]


def move(*sources: Status, to: Status, by: Role) -> Move:
    return Move(frozenset(sources), to, frozenset({by}))


SUBMIT = move(Status.DRAFT, to=Status.SUBMITTED, by=Role.APPLICANT)
REOPEN = move(Status.SUBMITTED, to=Status.DRAFT, by=Role.APPLICANT)
ASSESS = move(Status.SUBMITTED, to=Status.IN_ASSESSMENT, by=Role.MANAGER)
FUND = move(Status.IN_ASSESSMENT, to=Status.SUCCESSFUL, by=Role.APPROVER)
REJECT = move(Status.IN_ASSESSMENT, to=Status.UNSUCCESSFUL, by=Role.APPROVER)
#: Until the release, whatever was decided: were a decided one refused, its applicant would learn of it.
WITHDRAW = move(
    Status.DRAFT,
    Status.SUBMITTED,
    Status.IN_ASSESSMENT,
    *sorted(DECISIONS),
    to=Status.WITHDRAWN,
    by=Role.APPLICANT,
)

MOVES = {
    "submit": SUBMIT,
    "reopen": REOPEN,
    "assess": ASSESS,
    "fund": FUND,
    "reject": REJECT,
    "withdraw": WITHDRAW,
}


class MoveRefused(Refusal):
    """The application is not where this move starts, or the mover lacks the role."""


def check(move: Move, *, status: str, roles: Set[Role]) -> None:
    if status not in move.sources:
        raise MoveRefused(f"an application that is {status} cannot become {move.target}")
    if not roles & move.roles:
        raise MoveRefused(f"only {' or '.join(sorted(move.roles))} may make an application {move.target}")
