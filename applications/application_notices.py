"""What applicants are told of their applications, from the first draft to the receipt."""

from datetime import datetime

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.wording import Coming, Example, Kind
from applications import deadlines
from applications.models import Application, Receipt
from applications.notice_parts import (
    BECAUSE_EDITOR,
    CLOSES_AT,
    COMPETITION,
    FACTS,
    PROJECT,
    REFERENCE,
    TO_EDITORS,
    application_of,
    common,
    competition_of,
    latest,
    naming,
    page,
    sees_application,
)
from applications.workflow import Status

APPLICATION_STARTED = "application_started"
APPLICATION_SUBMITTED = "application_submitted"


def started(notification: Notification) -> Values:
    application = application_of(notification)
    closes_at = formats.local_time(application.competition.closes_at)
    return {
        **common(application),
        "closes_at": closes_at,
        "facts": Facts(
            (
                ("Reference", application.reference),
                ("Competition", str(application.competition)),
                ("Closes", closes_at),
            )
        ),
        "application_button": Button(
            "Go to your application", page("applications:detail", application.reference)
        ),
    }


def is_draft(notification: Notification) -> bool:
    """Whether it is still there, and not submitted: a draft may be deleted before the email leaves."""
    return Application.objects.filter(pk=notification.subject_id, status=Status.DRAFT).exists()


def drafts_of(notification: Notification) -> list[Application]:
    """The drafts of a reminder that its reader may still submit. An example shows what it is given."""
    rows = Application.objects.filter(pk__in=notification.facts["drafts"]).select_related("competition")
    if notification.pk:
        rows = rows.editable_by(notification.recipient)
    if notification.claimed_at:
        rows = rows.filter(competition__closes_at__gt=notification.claimed_at)
    return list(rows.order_by("competition__closes_at", "pk"))


def deadline(notification: Notification) -> Values:
    drafts = notification.looked_up(drafts_of)
    first = min(drafts, key=lambda draft: draft.competition.closes_at)
    return {
        "what": _how_many(drafts, first),
        "closes_at": formats.local_time(first.competition.closes_at),
        "drafts": Facts(
            tuple(
                (
                    draft.title or "Not named yet",
                    f"{draft.reference}, {draft.competition}\n"
                    f"Closes at {formats.local_time(draft.competition.closes_at)}",
                )
                for draft in drafts
            )
        ),
        "applications_button": Button("Go to your applications", page("applications:dashboard")),
    }


def _how_many(drafts: list[Application], first: Application) -> str:
    """Those that the close which is named is the close of; of several with others, the first."""
    if len(drafts) == 1:
        return f"application {first.reference}"
    is_one_close = len({draft.competition.closes_at for draft in drafts}) == 1
    return f"{len(drafts)} applications" if is_one_close else f"the first of {len(drafts)} applications"


def has_drafts(notification: Notification) -> bool:
    return bool(notification.looked_up(drafts_of))


def submitted(notification: Notification) -> Values:
    application = application_of(notification)
    at = _moment_submitted(notification, application)
    received = formats.exact_time(at, places=0)
    asked_for = formats.pounds(application.grant_sought)
    receipt = Receipt.objects.filter(application=application, received_at=at).first()
    code = (("Receipt code", receipt.fingerprint),) if receipt else ()
    return {
        **common(application),
        "facts": Facts(
            (*naming(application), ("Submitted", received), ("Grant asked for", asked_for), *code)
        ),
        "receipt_button": Button("See your receipt", page("applications:receipt", application.reference)),
    }


def is_submitted(notification: Notification) -> bool:
    """No receipt leaves for what was reopened meanwhile; submitted again, it has a receipt of its own."""
    application = application_of(notification)
    submitted_at = application.submitted_at
    return submitted_at is not None and submitted_at == _moment_submitted(notification, application)


def _moment_submitted(notification: Notification, application: Application) -> datetime:
    """The submission that the notification tells of, which need not be the last."""
    if noted := notification.facts.get("submitted_at"):
        return datetime.fromisoformat(noted)
    return application.submitted_at or notification.created_at


def latest_submitted(viewer: User, scope: str) -> list[Example]:
    return latest(Application.objects.visible_to(viewer).received(), scope, "-submitted_at")


def applications_not_submitted(viewer: User, scope: str) -> list[Example]:
    """Staff see no drafts: an application that was submitted shows what its reminder would have said."""
    return [
        Example(found.subject_id, found.label, {"drafts": [found.subject_id], "told": [], "scope": scope})
        for found in latest_submitted(viewer, scope)
    ]


def scope_of_drafts(notification: Notification) -> str:
    return notification.facts["scope"]


KINDS = (
    Kind(
        name=APPLICATION_STARTED,
        title="Application started",
        to="the one who started it",
        when="at once, when the application is started",
        subject_word="application",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            CLOSES_AT,
            FACTS,
            Placeholder("application_button", "the link to the application", is_block=True),
        ),
        values=started,
        examples=latest_submitted,
        because=BECAUSE_EDITOR,
        still_true=is_draft,
        may_read=sees_application,
        scope=competition_of,
    ),
    Kind(
        name=deadlines.APPLICATION_DEADLINE,
        title="Not submitted yet",
        to="those who may edit for the lead organisation of a draft",
        when="14, 3 and 1 days and 2 hours before the close, or as the competition has it; all drafts in one",
        subject_word="competition",
        placeholders=(
            Placeholder("what", "the application, or how many there are"),
            CLOSES_AT,
            Placeholder(
                "drafts", "a table of the drafts and when each closes", is_block=True, is_required=True
            ),
            Placeholder("applications_button", "the link to their applications", is_block=True),
        ),
        values=deadline,
        examples=applications_not_submitted,
        because=BECAUSE_EDITOR,
        still_true=has_drafts,
        scope=scope_of_drafts,
        required_by="Nobody misses a close for want of a word.",
    ),
    Kind(
        name=APPLICATION_SUBMITTED,
        title="Application submitted",
        to=TO_EDITORS,
        when="at once, when the application is submitted",
        subject_word="application",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            Placeholder("receipt_button", "the link to the receipt", is_block=True, is_required=True),
        ),
        values=submitted,
        examples=latest_submitted,
        because=BECAUSE_EDITOR,
        still_true=is_submitted,
        may_read=sees_application,
        scope=competition_of,
        required_by="It is the receipt for what was entered.",
    ),
)

COMING = (
    Coming("partner_invitation", "You are invited to be a partner", "partners in an application"),
    Coming("partner_late", "A partner's part is not finished", "partners in an application"),
)
