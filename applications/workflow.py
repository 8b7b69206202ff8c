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
    PENDING = "pending", "Offered"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Not answered"
    OPEN = "open", "In progress"
    READY = "ready to submit", "Ready to submit"
    SUBMITTED = "submitted", "Submitted"


class DeclineReason(TextChoices):
    """Why an assessor does not assess an application."""

    CONFLICT = "conflict of interest", "I have a conflict of interest"
    EXPERTISE = "not my expertise", "It is not my area of expertise"
    WORKLOAD = "too many assessments", "I have too many assessments"


#: An assessment in one of these is over without a result: nobody owes it and nothing in it counts.
ENDED = frozenset({AssessmentStatus.REJECTED, AssessmentStatus.WITHDRAWN, AssessmentStatus.EXPIRED})

#: An assessment in one of these is its assessor's to see: offered to them, or taken on.
ASSESSOR_SEES = frozenset(AssessmentStatus) - {AssessmentStatus.CREATED} - ENDED

#: An assessment in one of these lets its assessor read the application. Of an offer they see a summary,
#: so that a conflict of interest is declared before the text is read.
ASSESSOR_READS = ASSESSOR_SEES - {AssessmentStatus.PENDING}

#: An assessment in one of these is still to be done, and is taken back with its application.
UNFINISHED = ASSESSOR_SEES - {AssessmentStatus.SUBMITTED} | {AssessmentStatus.CREATED}


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
#: Until it is decided: money that was promised is not taken back by this.
INELIGIBLE = move(Status.SUBMITTED, Status.IN_ASSESSMENT, to=Status.INELIGIBLE, by=Role.MANAGER)
REINSTATE = move(Status.INELIGIBLE, to=Status.SUBMITTED, by=Role.MANAGER)
#: Where assessors had it when it was found ineligible.
REINSTATE_TO_ASSESSMENT = move(Status.INELIGIBLE, to=Status.IN_ASSESSMENT, by=Role.MANAGER)
#: The panel's verdicts. Later money may raise one that was told no; one on hold or in reserve is still open.
FUND = move(
    Status.IN_ASSESSMENT,
    Status.ON_HOLD,
    Status.RESERVE,
    Status.UNSUCCESSFUL,
    Status.INELIGIBLE,
    to=Status.SUCCESSFUL,
    by=Role.APPROVER,
)
#: Where later money may raise one from, once the round is decided.
RAISABLE = FUND.sources - {Status.IN_ASSESSMENT}
REJECT = move(Status.IN_ASSESSMENT, Status.ON_HOLD, Status.RESERVE, to=Status.UNSUCCESSFUL, by=Role.APPROVER)
HOLD = move(Status.IN_ASSESSMENT, Status.RESERVE, to=Status.ON_HOLD, by=Role.APPROVER)
KEEP_IN_RESERVE = move(Status.IN_ASSESSMENT, Status.ON_HOLD, to=Status.RESERVE, by=Role.APPROVER)
#: Before the release alone: afterwards applicants have been told.
TAKE_DECISION_BACK = move(*sorted(DECISIONS), to=Status.IN_ASSESSMENT, by=Role.APPROVER)
#: What later money raised goes back to where it stood, before the release alone.
PUT_BACK = {status: move(Status.SUCCESSFUL, to=status, by=Role.APPROVER) for status in sorted(RAISABLE)}
#: Until the release, whatever was decided: were a decided one refused, its applicant would learn of it.
WITHDRAW = move(
    Status.DRAFT,
    Status.SUBMITTED,
    Status.IN_ASSESSMENT,
    *sorted(DECISIONS),
    to=Status.WITHDRAWN,
    by=Role.APPLICANT,
)
#: Where its lead has left after the close and nobody takes the lead.
WITHDRAW_BY_OFFICE = move(Status.SUBMITTED, Status.IN_ASSESSMENT, to=Status.WITHDRAWN, by=Role.MANAGER)

MOVES = {
    "submit": SUBMIT,
    "reopen": REOPEN,
    "assess": ASSESS,
    "find ineligible": INELIGIBLE,
    "reinstate": REINSTATE,
    "reinstate to assessment": REINSTATE_TO_ASSESSMENT,
    "fund": FUND,
    "reject": REJECT,
    "hold": HOLD,
    "keep in reserve": KEEP_IN_RESERVE,
    "take the decision back": TAKE_DECISION_BACK,
    **{f"put back to {status}": taken_back for status, taken_back in PUT_BACK.items()},
    "withdraw": WITHDRAW,
    "withdraw by the office": WITHDRAW_BY_OFFICE,
}


class MoveRefused(Refusal):
    """The application is not where this move starts, or the mover lacks the role."""


def check(move: Move, *, status: str, roles: Set[Role]) -> None:
    if status not in move.sources:
        raise MoveRefused(f"an application that is {status} cannot become {move.target}")
    if not roles & move.roles:
        raise MoveRefused(f"only {' or '.join(sorted(move.roles))} may make an application {move.target}")
