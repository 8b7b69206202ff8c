"""What staff, and those who apply, are told of a competition."""

from django.db.models import Sum

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.office_notices import BECAUSE_STAFF
from accounts.wording import OFFERED, Coming, Example, Kind
from applications import closings, deadline
from applications.models import ClosingList, Competition, DeadlineChange
from applications.notice_parts import COMPETITION, TO_APPLICANTS, page
from applications.workflow import Status

BECAUSE_APPLIES = "You get this email because you may edit an application to this competition."


def competition_closed(notification: Notification) -> Values:
    competition = notification.looked_up(_competition)
    list_ = ClosingList.objects.get(competition=competition)
    sums = list_.entries.aggregate(
        costs=Sum("application__total_costs"), grant=Sum("application__grant_sought")
    )
    drafts = competition.applications.filter(status=Status.DRAFT).count()
    closed_at = formats.local_time(list_.closes_at)
    applications = page("admin:applications_application_changelist")
    return {
        "competition": str(competition),
        "closed_at": closed_at,
        "facts": Facts(
            (
                ("Closed", closed_at),
                ("Applications submitted", str(list_.received)),
                ("Drafts that were not submitted", str(drafts)),
                ("Project costs", formats.pounds(sums["costs"] or 0)),
                ("Grant asked for", formats.pounds(sums["grant"] or 0)),
            )
        ),
        "applications_button": Button(
            "See the applications", f"{applications}?competition__id__exact={competition.pk}"
        ),
    }


def _competition(notification: Notification) -> Competition | None:
    return Competition.objects.filter(pk=notification.subject_id).first()


def has_closed(notification: Notification) -> bool:
    """Once its list is drawn, a close stands."""
    return ClosingList.objects.filter(competition=notification.subject_id).exists()


def close_moved(notification: Notification) -> Values:
    change = notification.looked_up(_change)
    before, after = (formats.local_time(moment) for moment in (change.before, change.after))
    return {
        "competition": str(change.competition),
        "closes_at": after,
        "facts": Facts((("Closes now", after), ("Would have closed", before), ("Why", change.reason))),
        "competition_button": Button(
            "See the competition", page("applications:competition", change.competition.code)
        ),
    }


def _change(notification: Notification) -> DeadlineChange:
    changes = DeadlineChange.objects.select_related("competition")
    return changes.get(pk=notification.facts["change"])


def is_the_last_move(notification: Notification) -> bool:
    """Nobody is told of a close that has been moved again since."""
    change = notification.looked_up(_change)
    return change.after == change.competition.closes_at


def code_of_change(notification: Notification) -> str:
    return notification.looked_up(_change).competition.code


def moved_closes(viewer: User, scope: str) -> list[Example]:
    changes = DeadlineChange.objects.filter(competition__in=Competition.objects.visible_to(viewer))
    rows = changes.filter(competition__code=scope) if scope else changes
    latest = rows.select_related("competition").order_by("-made_at", "-pk")[:OFFERED]
    return [Example(row.competition_id, str(row.competition), {"change": row.pk}) for row in latest]


def works_on_competition(notification: Notification) -> bool:
    run = Competition.objects.run_by(notification.recipient)
    return run.filter(pk=notification.subject_id).exists()


def code_of_competition(notification: Notification) -> str:
    return notification.looked_up(_competition).code


def closed_competitions(viewer: User, scope: str) -> list[Example]:
    run = Competition.objects.run_by(viewer).filter(closing_list__isnull=False)
    rows = run.filter(code=scope) if scope else run
    return [Example(row.pk, str(row)) for row in rows.order_by("-closes_at", "pk")[:OFFERED]]


KINDS = (
    Kind(
        name=closings.COMPETITION_CLOSED,
        title="Competition closed",
        to="competition managers and fund managers of its region",
        when="a few minutes after the close, with the numbers of what came in",
        subject_word="competition",
        placeholders=(
            COMPETITION,
            Placeholder("closed_at", "the day and time of the close"),
            Placeholder("facts", "a table of the numbers", is_block=True),
            Placeholder("applications_button", "the link to the list in the office", is_block=True),
        ),
        values=competition_closed,
        examples=closed_competitions,
        because=BECAUSE_STAFF,
        still_true=has_closed,
        may_read=works_on_competition,
        scope=code_of_competition,
        may_wait=True,
    ),
    Kind(
        name=deadline.COMPETITION_CHANGED,
        title="A competition closes later",
        to=TO_APPLICANTS,
        when="at once, when the office moves the close of a competition that is published",
        subject_word="competition",
        placeholders=(
            COMPETITION,
            Placeholder("closes_at", "the new day and time of the close", is_required=True),
            Placeholder("facts", "a table of both closes and the reason", is_block=True),
            Placeholder("competition_button", "the link to the competition", is_block=True),
        ),
        values=close_moved,
        examples=moved_closes,
        because=BECAUSE_APPLIES,
        still_true=is_the_last_move,
        scope=code_of_change,
        required_by="Everybody who applies works to the same close.",
    ),
)

COMING = (
    Coming(
        "competition_rules_changed",
        "The rules of a competition changed",
        "changing the rules of a published competition",
    ),
)
