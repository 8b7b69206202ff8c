"""What the funders' panel may say of a line, and what each verdict moves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts import audit, written
from accounts.models import User
from accounts.refusals import Refusal
from applications import progress, workflow
from applications.assessment import counting
from applications.models import Application
from applications.workflow import Status
from funding import awards
from funding.models import (
    EXPLAINED,
    Allocation,
    AllocationLine,
    AllocationState,
    Award,
    LineDecision,
    Outcome,
    Purpose,
    Verdict,
)

#: Letters and signs of a reason.
LONGEST_REASON = 2_000
#: Of those, how many the history of the application keeps.
LONGEST_MOVE = 500

#: How an application moves by each verdict.
MOVES = {
    Verdict.REJECT: workflow.REJECT,
    Verdict.HOLD: workflow.HOLD,
    Verdict.RESERVE: workflow.KEEP_IN_RESERVE,
    Verdict.TAKEN_BACK: workflow.TAKE_DECISION_BACK,
}

#: The panel may fund these: they passed both majorities and the threshold.
FUNDABLE = frozenset({Outcome.FUND, Outcome.BELOW_LINE, Outcome.NOT_IN_PORTFOLIO, Outcome.LEFT_OUT})

#: A line in one of these waits for a first or a further verdict.
OPEN = frozenset({Status.IN_ASSESSMENT, Status.ON_HOLD, Status.RESERVE})


class AlreadyDecided(Refusal):
    """Somebody decided it before: ``word`` says what ("approved", "decided: hold"), and who and when."""

    def __init__(self, decided: Allocation | LineDecision):
        self.by = decided.decided_by
        self.at = decided.decided_at
        if isinstance(decided, Allocation):
            self.word = decided.get_state_display().lower()
        else:
            self.word = f"decided: {decided.get_verdict_display().lower()}"
        super().__init__(f"{decided} is {self.word} already")


class SheetChanged(Refusal):
    """The marks or the sums are no longer those that the allocation was proposed from."""

    def __init__(self, references: list[str]):
        self.references = references
        super().__init__(f"the panel sheet has changed for {', '.join(references)}")


class InConflict(Refusal):
    """Marks count of somebody whom a conflict of interest keeps from the application."""

    def __init__(self, references: list[str]):
        self.references = references
        super().__init__(
            "A conflict of interest was found since this was proposed, and the marks of somebody in it "
            f"count for {', '.join(references)}. Clear the conflict, or refuse the allocation, exclude those "
            "marks and propose again."
        )


class VerdictRefused(Refusal):
    """It is no verdict that this line can have; the text says why."""


class ReasonRefused(VerdictRefused):
    """The verdict needs a reason, or a shorter one."""


def within_length(reason: str) -> str:
    """The reason without the spaces around it; raises ReasonRefused where it is too long."""
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise ReasonRefused(f"The reason must be {LONGEST_REASON:,} characters or fewer.")
    return reason


def recommended(line: AllocationLine) -> Verdict:
    return Verdict.FUND if line.outcome == Outcome.FUND else Verdict.REJECT


@dataclass(frozen=True, slots=True)
class Numbers:
    """The ids taken for what a verdict writes; ``award`` None where it funds nothing."""

    decision: int
    award: int | None = None


def carry_out(
    line: AllocationLine,
    application: Application,
    verdict: Verdict,
    reason: str,
    numbers: Numbers,
    *,
    by: User,
    at: datetime,
) -> tuple[LineDecision, Award | None]:
    """Move the application and keep the decision; an award is written without its money.

    line         of ``lines``
    application  read under its lock, with its competition and that one's budgets, which are held for Fund
    """
    award, before = None, application.status
    if verdict == Verdict.FUND:
        award = awards.promise(
            application,
            awards.shares_of(line, application),
            recommended_by_id=line.allocation.proposed_by_id,
            by=by,
            at=at,
            budgets=getattr(application.competition, "budgets", None),
            number=numbers.award,
        )
    else:
        # The whole reason stands in the decision itself.
        way, fields = _way(line, application, verdict)
        progress.move_on(application, way, by=by, at=at, reason=reason[:LONGEST_MOVE], **fields)
    decided = LineDecision(
        pk=numbers.decision,
        line=line,
        verdict=verdict,
        award=award,
        reason=reason,
        proposed_by_id=line.allocation.proposed_by_id,
        decided_by=by,
        decided_at=at,
    )
    written.insert_numbered_later(decided)
    audit.note(
        subject=line.allocation,
        before={application.reference: before},
        after={application.reference: application.status},
        reason=reason,
    )
    if award:
        audit.note(after={f"award {award.pk}": str(award.amount)})
    return decided, award


def _way(
    line: AllocationLine, application: Application, verdict: Verdict
) -> tuple[workflow.Move, dict[str, str]]:
    """The move that a verdict makes; what later money raised goes back to what it was, and was told as."""
    if verdict != Verdict.TAKEN_BACK or line.allocation.purpose == Purpose.ROUND:
        return MOVES[verdict], {}
    raised = application.status_changes.filter(after=Status.SUCCESSFUL).latest("pk")
    return workflow.PUT_BACK[Status(raised.before)], {"told_status": ""}


def check(
    line: AllocationLine,
    application: Application,
    verdict: Verdict,
    reason: str,
    *,
    latest: Callable[[], LineDecision | None],
) -> str:
    """Whether this line can have the verdict, whatever its marks and budgets are; returns the reason.

    latest  finds the last decision on it; asked where that matters alone

    Raises AlreadyDecided, VerdictRefused and ReasonRefused.
    """
    if line.allocation.purpose != Purpose.ROUND and verdict != Verdict.TAKEN_BACK:
        raise VerdictRefused("What later money raises is approved or refused as a whole.")
    if application.status == Status.WITHDRAWN:
        raise VerdictRefused("The application has been withdrawn.")
    if verdict == Verdict.TAKEN_BACK:
        last = latest()
        if last is None or last.verdict == Verdict.TAKEN_BACK:
            raise VerdictRefused("There is no decision on this line to take back.")
        if _is_told(application) or application.status not in workflow.DECISIONS:
            raise AlreadyDecided(last)
    elif line.allocation.state == AllocationState.REFUSED or application.status not in OPEN:
        raise AlreadyDecided(latest() or line.allocation)
    elif verdict in MOVES and application.status not in MOVES[verdict].sources:
        raise VerdictRefused(f"It is {Status(application.status).label.lower()} already.")
    return checked_reason(line, verdict, reason)


def _is_told(application: Application) -> bool:
    """Whether its applicants know what it is: not one that was raised since they were told."""
    return application.released_at is not None and not application.told_status


def checked_reason(line: AllocationLine, verdict: Verdict, reason: str) -> str:
    reason = reason.strip()
    if verdict == Verdict.FUND and line.outcome not in FUNDABLE:
        raise VerdictRefused("Only what passed both majorities and the threshold can be funded.")
    if len(reason) > LONGEST_REASON:
        raise ReasonRefused(f"The reason must be {LONGEST_REASON:,} characters or fewer.")
    if not reason and verdict == Verdict.TAKEN_BACK:
        raise ReasonRefused("Give the reason for taking the decision back.")
    if not reason and (verdict in EXPLAINED or verdict != recommended(line)):
        raise ReasonRefused("Give the reason: this is not what was recommended.")
    return reason


def lines():
    """With the stamp of their marks as it is now, and all that an award is made of.

    Ask under the applications' locks.
    """
    return AllocationLine.objects.annotate(
        marks_now=counting.stamp("application"), asked_for=awards.asked_for("application")
    )


def refuse_in_conflict(applications: Iterable[int]) -> None:
    """Raise InConflict where marks in conflict count for one of these applications; one query."""
    tied = counting.in_conflict().filter(application__in=list(applications))
    if found := set(tied.values_list("application__reference", flat=True)):
        raise InConflict(sorted(found))


def changed(lines: Iterable[AllocationLine], held: Mapping[int, Application]) -> list[str]:
    """The references of those whose marks or sums are other than when they were proposed."""
    return sorted(
        held[line.application_id].reference
        for line in lines
        if line.marks != line.marks_now or line.amount != held[line.application_id].grant_sought
    )
