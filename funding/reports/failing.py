"""A report that could not be compiled: why, in words to act on, who hears of it, and what to do."""

from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError

from accounts import outbox
from accounts.formats import local_time
from accounts.models import OwedState, User
from accounts.roles import Role
from funding.models import Occasion, ProgrammeReport

REPORT_FAILED = "report_failed"

#: Those who see to the reports that nobody asked for.
KEEPERS = (Role.FUNDS, Role.MANAGER)
#: Reports of the same week or month fail together, and are told of together.
TOGETHER = (Occasion.WEEKLY, Occasion.MONTHLY)

#: Where it failed before its first part, and after its last.
WHAT_IT_COVERS, WHAT_COMES_LAST = "What it covers", "The figures at a glance"


def reason(problem: Exception, part: str) -> str:
    """What became of the part, for people: the name of the fault is in the log alone."""
    if isinstance(problem, SoftTimeLimitExceeded):
        return f"{part}: it took longer than a report may."
    if isinstance(problem, (OperationalError, InterfaceError)):
        return f"{part}: the database did not answer in time, or was started anew."
    return f"{part}: something went wrong."


def what_to_do(report: ProgrammeReport) -> str:
    """What a person can do who reads that it failed."""
    at = f" at {local_time(report.finished_at)}" if report.finished_at else ""
    search = f", and its log has the cause under request {report.request_id}" if report.request_id else ""
    return (
        "Ask for a report on the same once more: nothing is lost by it, and this one is not tried again. If "
        f"that fails too, tell an administrator that report {report.pk} failed{at}{search}."
    )


def tell(report: ProgrammeReport, at: datetime) -> None:
    """Owe the news that it has failed, be it by its worker or for want of one.

    Whoever asked for it hears of it; of one that nobody asked for, those who keep the reports of what it
    covers, each once for its week, month or milestone.
    """
    if report.requested_by is not None:
        posts = [outbox.Post(report.requested_by, report.pk, f"{REPORT_FAILED}: report {report.pk}")]
    else:
        of = f"{report.occasion} {report.milestone}"
        if report.competition_id:
            of = f"{of} of competition {report.competition_id}"
        posts = [
            outbox.Post(person, report.pk, f"{REPORT_FAILED}: {of}: person {person.pk}")
            for person in _keepers(report)
        ]
    outbox.post_all(REPORT_FAILED, posts, subject_word="programme report", at=at)


def told_with(report: ProgrammeReport, person: User) -> list[ProgrammeReport]:
    """All that one message about ``report`` is about, as far as the person sees them, itself first."""
    if report.occasion not in TOGETHER:
        return [report]
    visible = ProgrammeReport.objects.visible_to(person).select_related("competition", "region")
    others = visible.filter(
        occasion=report.occasion, milestone=report.milestone, state=OwedState.FAILED
    ).exclude(pk=report.pk)
    return [report, *others.order_by("pk")]


def _keepers(report: ProgrammeReport) -> list[User]:
    region = report.competition.region_id if report.competition else report.region_id
    # Without a region those alone who keep the whole programme's.
    regions = frozenset({region} if region else ())
    people = {
        person.pk: person for role in KEEPERS for person in User.objects.holding(role, regions).order_by("pk")
    }
    return list(people.values())
