"""What is told of waivers: to the office that somebody asks, to who asked how it was decided."""

from django.db.models import QuerySet

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.office_notices import BECAUSE_STAFF
from accounts.wording import OFFERED, Example, Kind
from applications import rules, waivers
from applications.models import Waiver
from applications.notice_parts import (
    BECAUSE_EDITOR,
    COMPETITION,
    FACTS,
    PROJECT,
    REFERENCE,
    TO_EDITORS,
    common,
    naming,
    page,
    sees_application,
)

ANSWER = Placeholder("answer", "granted or refused", is_required=True, invented="granted")


def asked(notification: Notification) -> Values:
    waiver = notification.looked_up(_waiver)
    return {
        **common(waiver.application),
        "facts": Facts((*naming(waiver.application), *_asked_for(waiver), ("Why", waiver.reason))),
        "waiver_button": Button("Decide it", page("admin:applications_waiver_change", waiver.pk)),
    }


def decided(notification: Notification) -> Values:
    waiver = notification.looked_up(_waiver)
    rows = (
        *naming(waiver.application),
        *_asked_for(waiver),
        ("Answer", waiver.get_state_display()),
        ("Why", waiver.decision_reason),
    )
    return {
        **common(waiver.application),
        "answer": waiver.get_state_display().lower(),
        "facts": Facts(rows),
        "application_button": Button(
            "Go to your application", page("applications:detail", waiver.application.reference)
        ),
    }


def _asked_for(waiver: Waiver) -> list[tuple[str, str]]:
    rows = []
    if waiver.amount is not None:
        label = rules.AMOUNTS[waiver.application.competition.limit_basis]
        rows.append((label, formats.pounds(waiver.amount)))
    if waiver.months is not None:
        rows.append(("Duration", f"{waiver.months} months"))
    return rows


def _waiver(notification: Notification) -> Waiver:
    return Waiver.objects.select_related("application__competition").get(pk=notification.facts["waiver"])


def waits_for(notification: Notification) -> bool:
    """Whether it is still there and waits: drafts are deleted, and somebody else may have decided."""
    return Waiver.objects.waiting().filter(pk=notification.facts["waiver"]).exists()


def is_there(notification: Notification) -> bool:
    return Waiver.objects.filter(pk=notification.facts["waiver"]).exists()


def sees_waiver(notification: Notification) -> bool:
    visible = Waiver.objects.visible_to(notification.recipient)
    return visible.filter(pk=notification.facts["waiver"]).exists()


def code_of_waiver(notification: Notification) -> str:
    return notification.looked_up(_waiver).application.competition.code


def latest_waivers(viewer: User, scope: str) -> list[Example]:
    return _latest(Waiver.objects.visible_to(viewer), scope)


def latest_decided(viewer: User, scope: str) -> list[Example]:
    return _latest(Waiver.objects.visible_to(viewer).exclude(decided_at=None), scope)


def _latest(waivers_seen: QuerySet[Waiver], scope: str) -> list[Example]:
    of_scope = waivers_seen.filter(application__competition__code=scope) if scope else waivers_seen
    rows = of_scope.select_related("application").order_by("-asked_at", "-pk")[:OFFERED]
    return [Example(row.application_id, str(row), {"waiver": row.pk}) for row in rows]


KINDS = (
    Kind(
        name=waivers.WAIVER_ASKED,
        title="A waiver is asked for",
        to="competition managers of its region",
        when="at once, when an applicant asks for a size or duration outside the limits",
        subject_word="application",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            Placeholder("waiver_button", "the link to decide it", is_block=True, is_required=True),
        ),
        values=asked,
        examples=latest_waivers,
        because=BECAUSE_STAFF,
        still_true=waits_for,
        may_read=sees_waiver,
        scope=code_of_waiver,
        may_wait=True,
    ),
    Kind(
        name=waivers.WAIVER_DECIDED,
        title="A waiver was decided",
        to=TO_EDITORS,
        when="at once, when a competition manager grants or refuses it",
        subject_word="application",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            ANSWER,
            FACTS,
            Placeholder("application_button", "the link to the application", is_block=True),
        ),
        values=decided,
        examples=latest_decided,
        because=BECAUSE_EDITOR,
        still_true=is_there,
        may_read=sees_application,
        scope=code_of_waiver,
        required_by="Without the waiver the application cannot be submitted as it is.",
    ),
)
