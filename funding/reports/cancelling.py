"""A report that nobody waits for any more is stopped, also while a worker compiles it."""

from datetime import datetime

from accounts import audit
from accounts.models import OwedState, User
from accounts.refusals import Refusal
from accounts.roles import Role, held_in
from funding.models import ProgrammeReport

CANCELLERS = frozenset({Role.MANAGER, Role.FUNDS})


class NotTheirs(Refusal):
    def __init__(self) -> None:
        super().__init__("A report is cancelled by a competition manager or fund manager of what it covers.")


class HasEnded(Refusal):
    def __init__(self) -> None:
        super().__init__("The report has come to its end meanwhile: there is nothing to cancel.")


def may_cancel(report: ProgrammeReport, by: User) -> bool:
    region = report.competition.region_id if report.competition else report.region_id
    return bool(held_in(by, region) & CANCELLERS)


@audit.action("cancel programme report")
def cancel(report: ProgrammeReport, *, by: User, at: datetime) -> ProgrammeReport:
    """End it without figures. Its worker stops before the next part, and what it has read is thrown away.

    Raises NotTheirs, and HasEnded where it is compiled, has failed or was cancelled already.
    """
    report = ProgrammeReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not may_cancel(report, by):
        raise NotTheirs
    if not report.is_under_way:
        raise HasEnded
    report.state, report.cancelled_by, report.finished_at = OwedState.VOID, by, at
    report.leased_until = None
    report.save(update_fields=["state", "cancelled_by", "finished_at", "leased_until"])
    audit.note(subject=report)
    return report
