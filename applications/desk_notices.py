"""What applicants are told of the check for eligibility: that it went against them, or was taken back."""

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.wording import Example, Kind
from applications.desk import ineligibility
from applications.models import Application, RuleDecision, StatusChange
from applications.notice_parts import (
    BECAUSE_EDITOR,
    COMPETITION,
    FACTS,
    PROJECT,
    REFERENCE,
    application_of,
    common,
    competition_of,
    latest,
    naming,
    page,
    sees_application,
)
from applications.workflow import Status

TO_ALL = "those who may edit for an organisation that takes part"


def ineligible(notification: Notification) -> Values:
    application = application_of(notification)
    rows = RuleDecision.objects.filter(pk__in=notification.facts["decisions"]).order_by("rule")
    return {
        **common(application),
        "facts": Facts((*naming(application), ("Decided", formats.local_time(notification.happened_at)))),
        "reasons": Facts(tuple(ineligibility.told(row) for row in rows)),
        "application_button": _button(application),
    }


def reinstated(notification: Notification) -> Values:
    application = application_of(notification)
    change = StatusChange.objects.filter(pk=notification.facts["change"]).first()
    why = (("Why", change.reason),) if change else ()
    return {
        **common(application),
        "facts": Facts(
            (*naming(application), ("Reinstated", formats.local_time(notification.happened_at)), *why)
        ),
        "application_button": _button(application),
    }


def _button(application: Application) -> Button:
    return Button("Go to your application", page("applications:detail", application.reference))


def is_ineligible(notification: Notification) -> bool:
    return Application.objects.filter(pk=notification.subject_id, status=Status.INELIGIBLE).exists()


def is_in_again(notification: Notification) -> bool:
    out = (Status.INELIGIBLE, Status.WITHDRAWN)
    return Application.objects.filter(pk=notification.subject_id).exclude(status__in=out).exists()


def latest_ineligible(viewer: User, scope: str) -> list[Example]:
    """Those that were, with the reasons of then; any other that is checked where there is none."""
    seen = Application.objects.visible_to(viewer)
    found = latest(seen.filter(rule_decisions__isnull=False).distinct(), scope, "-submitted_at")
    against = RuleDecision.objects.against().filter(application__in=[one.subject_id for one in found])
    rows: dict[int, list[RuleDecision]] = {}
    for row in against.latest_of_each().order_by("decided_at", "pk"):
        rows.setdefault(row.application_id, []).append(row)
    return [
        Example(
            one.subject_id,
            one.label,
            {
                "decisions": [row.pk for row in rows[one.subject_id]],
                "at": rows[one.subject_id][-1].decided_at.isoformat(),
            },
        )
        for one in found
        if one.subject_id in rows
    ]


def latest_reinstated(viewer: User, scope: str) -> list[Example]:
    found = latest(Application.objects.visible_to(viewer).received(), scope, "-submitted_at")
    changes = StatusChange.objects.filter(
        application__in=[one.subject_id for one in found], before=Status.INELIGIBLE
    )
    by_application = {row.application_id: row for row in changes.order_by("pk")}
    return [
        Example(one.subject_id, one.label, {"change": row.pk, "at": row.made_at.isoformat()})
        for one in found
        if (row := by_application.get(one.subject_id))
    ]


KINDS = (
    Kind(
        name=ineligibility.APPLICATION_INELIGIBLE,
        title="Not eligible, with reasons",
        to=TO_ALL,
        when="at once, when a competition manager finds it ineligible after the close",
        subject_word="application",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            Placeholder(
                "reasons", "a table of the rules not met and the reasons", is_block=True, is_required=True
            ),
            Placeholder("application_button", "the link to the application", is_block=True),
        ),
        values=ineligible,
        examples=latest_ineligible,
        because=BECAUSE_EDITOR,
        still_true=is_ineligible,
        may_read=sees_application,
        scope=competition_of,
        required_by="Ineligible applicants are told the reasons.",
    ),
    Kind(
        name=ineligibility.APPLICATION_REINSTATED,
        title="Application reinstated",
        to=TO_ALL,
        when="at once, when another competition manager lets it in again",
        subject_word="application",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            Placeholder("application_button", "the link to the application", is_block=True),
        ),
        values=reinstated,
        examples=latest_reinstated,
        because=BECAUSE_EDITOR,
        still_true=is_in_again,
        may_read=sees_application,
        scope=competition_of,
        required_by="They had been told that it was not eligible.",
    ),
)
