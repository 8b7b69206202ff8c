"""One line of an allocation: its verdict, and the verdict taken back."""

import logging
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, When

from accounts import audit, roundtrips
from accounts.composed import Composed, Given, NextId
from accounts.models import Membership, User
from applications.assessment import independence
from applications.models import Application, Conflict
from funding import awards, duties, verdicts
from funding.models import (
    Allocation,
    AllocationLine,
    Award,
    AwardStatus,
    BudgetKind,
    LineDecision,
    Release,
    Verdict,
)
from funding.verdicts import SheetChanged, VerdictRefused

logger = logging.getLogger(__name__)

#: By its key alone: lines are decided side by side, but not while their release begins or they are concluded.
ALLOCATION = Composed(
    lambda: Allocation.objects.filter(
        pk__in=AllocationLine.objects.filter(pk=Given("line")).values("allocation")
    ).only("pk"),
    share=True,
)
#: A statement of its own, before the line is read: one that waits for a lock goes on with what it saw.
HELD = Composed(lambda: Application.objects.filter(pk=Given("application")).only("pk").select_for_update())
#: A line as it stands under its application's lock, and what else has to be asked of it. Nearly nobody
#: in the office belongs to an organisation, and in hardly any application is a conflict.
LINE = Composed(
    lambda: (
        verdicts.lines()
        .filter(pk=Given("line"))
        .annotate(
            is_by_members=Exists(
                Membership.objects.filter(person__id__in=[Given("by"), OuterRef("allocation__proposed_by")])
            ),
            decision_number=NextId(LineDecision),
            award_number=Case(When(Given("is_funded", BooleanField()), then=NextId(Award))),
            is_in_conflict=Exists(Conflict.objects.blocking().filter(application=OuterRef("application"))),
        )
        .select_related("allocation", "application__competition__budgets")
        .only(
            "amount",
            "awarded",
            "marks",
            "outcome",
            "allocation__purpose",
            "allocation__state",
            "allocation__proposed_by",
            "application__reference",
            "application__status",
            "application__told_status",
            "application__released_at",
            "application__grant_sought",
            "application__competition__region",
            "application__competition__subsidy_basis",
            *(f"application__competition__budgets__{kind}" for kind in BudgetKind.values),
        )
    )
)


@audit.action("decide line")
@roundtrips.fewer()
def decide(
    line: AllocationLine, verdict: Verdict, reason: str = "", *, by: User, at: datetime
) -> LineDecision:
    """Give one line its verdict, and with Fund its award and its money, in one transaction.

    reason  needed for Hold and Reserve, and wherever the verdict is not what was recommended

    Locks the application's row, and the budgets at the very end. Two lines of one allocation are
    decided side by side; its own row is held by its key, which ``conclude`` and a release wait for.

    Raises RoleMissing, SamePerson, OwnOrganisation, AlreadyDecided, SheetChanged, InConflict,
    VerdictRefused, ApprovalsStopped while the ledger does not add up, and NotEnough where a budget has
    less left.
    """
    line, numbers = _held(line, by, verdict)
    application = line.application
    _check_decider(line, by)
    reason = verdicts.check(line, application, verdict, reason, latest=lambda: _latest(line))
    refuse_while_released(line)
    _refuse_members(line, by)
    if changed := verdicts.changed([line], {application.pk: application}):
        raise SheetChanged(changed)
    if line.is_in_conflict:
        verdicts.refuse_in_conflict([application.pk])
    decided, award = verdicts.carry_out(line, application, verdict, reason, numbers, by=by, at=at)
    if award:
        # All is written when the budgets are locked, the audit trail's row too: others wait for them.
        audit.enter(at=at)
        awards.reserve(award, by=by, at=at)
    return decided


@audit.action("take line back")
@roundtrips.fewer()
def take_back(line: AllocationLine, reason: str, *, by: User, at: datetime) -> LineDecision:
    """Take a decision back before anybody was told of it; what was promised returns to its budgets.

    The decision stays in the record; this is a further entry. The line waits for a verdict again.

    Raises RoleMissing, SamePerson, OwnOrganisation, VerdictRefused without a reason, and
    AlreadyDecided where it is released or undecided.
    """
    line, numbers = _held(line, by, Verdict.TAKEN_BACK)
    application = line.application
    _check_decider(line, by)
    reason = verdicts.check(line, application, Verdict.TAKEN_BACK, reason, latest=lambda: _latest(line))
    refuse_while_released(line)
    refuse_if_raised(line)
    _refuse_members(line, by)
    award = Award.objects.filter(application=application, status=AwardStatus.RESERVED).first()
    decided, _ = verdicts.carry_out(line, application, Verdict.TAKEN_BACK, reason, numbers, by=by, at=at)
    if award:
        awards.reverse(award, by=by, at=at)
    return decided


def refuse_while_released(line: AllocationLine) -> None:
    """What is about to be told stands; only an approved allocation can have begun to be."""
    if (
        line.allocation.is_approved
        and Release.objects.waiting().filter(allocation=line.allocation_id).exists()
    ):
        raise VerdictRefused("The outcomes are about to be released. Recall that first.")


def _check_decider(line: AllocationLine, by: User) -> None:
    if not by.roles_in(None) & duties.DECIDE:
        duties.check(duties.DECIDE, roles=by.roles_in_all(line.allocation.region_ids()))
    if by.pk == line.allocation.proposed_by_id:
        raise duties.SamePerson(by)


def _latest(line: AllocationLine) -> LineDecision | None:
    return line.decisions.select_related("decided_by").order_by("-pk").first()


def refuse_if_raised(line: AllocationLine) -> None:
    """Where later money raised it, that is the decision that holds, and this one is past."""
    of_all = LineDecision.objects.filter(line__application=line.application_id).order_by("-pk")
    if of_all.values_list("line", flat=True).first() != line.pk:
        raise VerdictRefused("A later allocation has decided this application. Take that decision back.")


def _refuse_members(line: AllocationLine, by: User) -> None:
    if line.is_by_members:
        independence.check([by, line.allocation.proposed_by], [line.application_id], by=by)


def _held(line: AllocationLine, by: User, verdict: Verdict) -> tuple[AllocationLine, verdicts.Numbers]:
    """The line as it is once its application's row is locked, with the ids of what is about to be written.

    For Fund its competition's budgets are held too. All of it is asked in one go.
    """
    is_funded = verdict == Verdict.FUND
    ALLOCATION.later(line=line.pk)
    HELD.later(application=line.application_id)
    if is_funded:
        awards.hold_budgets(line.application_id)
    found: Any = LINE.get(line=line.pk, by=by.pk, is_funded=is_funded)
    return found, verdicts.Numbers(found.decision_number, found.award_number)
