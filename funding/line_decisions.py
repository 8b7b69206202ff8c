"""One line of an allocation: its verdict, and the verdict taken back."""

import logging
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from accounts import audit
from accounts.models import User
from applications.assessment import independence
from applications.models import Application, Competition
from funding import awards, duties, verdicts
from funding.models import AllocationLine, Award, AwardStatus, LineDecision, Release, Verdict
from funding.verdicts import SheetChanged, VerdictRefused

logger = logging.getLogger(__name__)


@audit.action("decide line")
def decide(
    line: AllocationLine, verdict: Verdict, reason: str = "", *, by: User, at: datetime
) -> LineDecision:
    """Give one line its verdict, and with Fund its award and its money, in one transaction.

    reason  needed for Hold and Reserve, and wherever the verdict is not what was recommended

    Locks the application's row, and the budgets at the very end. Two lines of one allocation are
    decided side by side; the allocation's own row is not touched until ``conclude``.

    Raises RoleMissing, SamePerson, OwnOrganisation, AlreadyDecided, SheetChanged, InConflict,
    VerdictRefused, ApprovalsStopped while the ledger does not add up, and NotEnough where a budget has
    less left.
    """
    application = _locked(line.application_id)
    line = _read(line.pk)
    allocation = line.allocation
    _check_decider(line, by)
    reason = verdicts.check(line, application, verdict, reason, latest=_latest(line))
    refuse_while_released(line)
    independence.check([by, allocation.proposed_by], [application.pk], by=by)
    if changed := verdicts.changed([line], {application.pk: application}):
        raise SheetChanged(changed)
    verdicts.refuse_in_conflict([application.pk])
    decided, award = verdicts.carry_out(line, application, verdict, reason, by=by, at=at)
    if award:
        awards.reserve(award, by=by, at=at)
    return decided


@audit.action("take line back")
def take_back(line: AllocationLine, reason: str, *, by: User, at: datetime) -> LineDecision:
    """Take a decision back before anybody was told of it; what was promised returns to its budgets.

    The decision stays in the record; this is a further entry. The line waits for a verdict again.

    Raises RoleMissing, SamePerson, OwnOrganisation, VerdictRefused without a reason, and
    AlreadyDecided where it is released or undecided.
    """
    application = _locked(line.application_id)
    line = _read(line.pk)
    _check_decider(line, by)
    reason = verdicts.check(line, application, Verdict.TAKEN_BACK, reason, latest=_latest(line))
    refuse_while_released(line)
    refuse_if_raised(line)
    independence.check([by, line.allocation.proposed_by], [application.pk], by=by)
    award = Award.objects.filter(application=application, status=AwardStatus.RESERVED).first()
    decided, _ = verdicts.carry_out(line, application, Verdict.TAKEN_BACK, reason, by=by, at=at)
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
    duties.check(duties.DECIDE, roles=by.roles_in_all(line.regions))
    if by.pk == line.allocation.proposed_by_id:
        raise duties.SamePerson(by)


def _latest(line: AllocationLine) -> LineDecision | None:
    return line.decisions.select_related("decided_by").order_by("-pk").first()


def refuse_if_raised(line: AllocationLine) -> None:
    """Where later money raised it, that is the decision that holds, and this one is past."""
    of_all = LineDecision.objects.filter(line__application=line.application_id).order_by("-pk")
    if of_all.values_list("line", flat=True).first() != line.pk:
        raise VerdictRefused("A later allocation has decided this application. Take that decision back.")


def _locked(application_id: int) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("competition")
    return rows.get(pk=application_id)


def _read(pk: int) -> AllocationLine:
    covered = Competition.objects.filter(allocations=OuterRef("allocation"))
    regions = ArraySubquery(covered.order_by("region").values("region").distinct())
    return verdicts.lines().annotate(regions=regions).select_related("allocation__proposed_by").get(pk=pk)
