"""What the office is told about money: reports that are ready, budgets that fill up."""

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.office_notices import BECAUSE_STAFF
from accounts.wording import OFFERED, Example, Kind
from applications.notice_parts import page
from funding import budget_levels
from funding.models import Budget, ProgrammeReport
from funding.reports import failing
from funding.reports.failing import REPORT_FAILED
from funding.reports.programme import REPORT_READY


def report(notification: Notification) -> Values:
    found = notification.looked_up(_report)
    address = page("admin:funding_programmereport_change", found.pk)
    return {
        "covers": found.covers,
        "requested_at": formats.local_time(found.requested_at),
        "report_button": Button("See the report", address),
    }


def ready(notification: Notification) -> Values:
    as_of = notification.looked_up(_report).as_of
    return {**report(notification), "as_of": formats.local_time(as_of)}


def failed(notification: Notification) -> Values:
    """Of the week or month that it is of, all that have failed, in one."""
    found = notification.looked_up(_report)
    every = failing.told_with(found, notification.recipient)
    rows = [(one.covers, one.last_error or "It could not be compiled.") for one in every]
    return {
        **report(notification),
        "why": found.why,
        "failed": Facts(tuple(rows)),
        "what_to_do": failing.what_to_do(found),
    }


def _report(notification: Notification) -> ProgrammeReport:
    reports = ProgrammeReport.objects.select_related("competition", "region", "requested_by")
    return reports.get(pk=notification.subject_id)


def reports(viewer: User, scope: str) -> list[Example]:
    visible = ProgrammeReport.objects.visible_to(viewer).select_related("competition", "region")
    rows = visible.filter(as_of__isnull=False).order_by("-as_of", "-pk")[:OFFERED]
    return [Example(row.pk, f"{row.covers}, {formats.local_time(row.as_of)}") for row in rows]


def budget_level(notification: Notification) -> Values:
    budget = notification.looked_up(_budget)
    return {
        "budget": budget.name,
        "level": f"{notification.facts['level']}%",
        "facts": Facts(
            (
                ("Budget", budget.name),
                ("Ceiling", formats.pounds(budget.ceiling)),
                ("Allocated", formats.pounds(budget.allocated)),
                ("Left", formats.pounds(budget.available)),
            )
        ),
        "budgets_button": Button("See the budgets", page("admin:funding_budget_changelist")),
    }


def _budget(notification: Notification) -> Budget:
    return Budget.objects.get(pk=notification.subject_id)


def is_at_level(notification: Notification) -> bool:
    """Not where money has come back meanwhile, or the ceiling was raised."""
    return (budget_levels.level_of(notification.looked_up(_budget)) or 0) >= notification.facts["level"]


def budgets(viewer: User, scope: str) -> list[Example]:
    """The fullest first."""
    visible = [budget for budget in Budget.objects.visible_to(viewer).order_by("pk") if budget.ceiling]
    visible.sort(key=lambda budget: budget.allocated / budget.ceiling, reverse=True)
    return [
        Example(budget.pk, budget.name, {"level": budget_levels.level_of(budget) or budget_levels.LEVELS[0]})
        for budget in visible[:OFFERED]
    ]


def sees_report(notification: Notification) -> bool:
    visible = ProgrammeReport.objects.visible_to(notification.recipient)
    return visible.filter(pk=notification.subject_id).exists()


def sees_budget(notification: Notification) -> bool:
    visible = Budget.objects.visible_to(notification.recipient)
    return visible.filter(pk=notification.subject_id).exists()


COVERS = Placeholder("covers", "what the report covers")
REQUESTED_AT = Placeholder("requested_at", "the day and time at which it was asked for")
REPORT_BUTTON = Placeholder("report_button", "the link to the report", is_block=True)

KINDS = (
    Kind(
        name=REPORT_READY,
        title="Report ready",
        to="the one who asked for it",
        when="when a worker has compiled the report",
        subject_word="programme report",
        placeholders=(
            COVERS,
            REQUESTED_AT,
            Placeholder("as_of", "the day and time for which its figures hold"),
            REPORT_BUTTON,
        ),
        values=ready,
        examples=reports,
        may_read=sees_report,
        because=BECAUSE_STAFF,
        may_wait=True,
    ),
    Kind(
        name=REPORT_FAILED,
        title="Report could not be compiled",
        to="the one who asked for it; where nobody did, fund managers and competition managers of it",
        when="when compiling the report has failed; those of one week or month in one",
        subject_word="programme report",
        placeholders=(
            COVERS,
            REQUESTED_AT,
            Placeholder("why", "who asked for it, or the week, month or milestone that it is of"),
            Placeholder("failed", "a table of what failed, each with the reason", is_block=True),
            Placeholder("what_to_do", "what the reader can do about it"),
            REPORT_BUTTON,
        ),
        values=failed,
        examples=reports,
        may_read=sees_report,
        because=BECAUSE_STAFF,
        may_wait=True,
    ),
    Kind(
        name=budget_levels.BUDGET_LEVEL,
        title="A budget fills up",
        to="fund managers and competition managers, of its region where it is of one",
        when="within ten minutes, when 80%, 90% or 100% of a budget is allocated",
        subject_word="budget",
        placeholders=(
            Placeholder("budget", "the budget's name", invented="Liverpool City Region"),
            Placeholder("level", "the level that was reached, in percent", invented="80%"),
            Placeholder("facts", "a table of ceiling, allocated and left", is_block=True),
            Placeholder("budgets_button", "the link to the budgets", is_block=True),
        ),
        values=budget_level,
        examples=budgets,
        may_read=sees_budget,
        because=BECAUSE_STAFF,
        still_true=is_at_level,
        may_wait=True,
    ),
)
