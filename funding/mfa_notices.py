"""What is told of assistance and the subsidy database: to the enterprise, and to the office what is due."""

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.london import day_of
from accounts.models import Notification, User
from accounts.office_notices import BECAUSE_STAFF
from accounts.wording import OFFERED, Example, Kind
from applications.notice_parts import BECAUSE_EDITOR, COMPETITION, PROJECT, REFERENCE, common, page
from funding.models import Award, MfaRecord, MfaState
from funding.subsidy import database, mfa, window
from funding.subsidy.database import Entry
from funding.subsidy.window import LIMIT

TO_ENTERPRISE = "those who may edit for the organisation that the assistance is for"
BY_LAW = "The Subsidy Control Act 2022 asks that the enterprise is told."


def _record(notification: Notification) -> MfaRecord:
    return MfaRecord.objects.with_names().get(pk=notification.subject_id)


def about(notification: Notification) -> Values:
    record = notification.looked_up(_record)
    return {
        **common(record.share.award.application),
        "organisation": record.share.participant.name,
        "amount": formats.pounds(record.amount),
        "limit": formats.pounds(LIMIT),
        "assistance_button": Button("Open the notice", page("assistance:detail", record.pk)),
    }


def notice(notification: Notification) -> Values:
    record = notification.looked_up(_record)
    since = window.begins(day_of(record.notified_at))
    rows = (
        ("Organisation", record.share.participant.name),
        ("What it is", "Minimal Financial Assistance, section 36 of the Subsidy Control Act 2022"),
        ("Gross amount", formats.pounds(record.amount)),
        ("The most for a group", f"{formats.pounds(LIMIT)} since {formats.local_day(since)}"),
    )
    return {**about(notification), "facts": Facts(rows)}


def given(notification: Notification) -> Values:
    record = notification.looked_up(_record)
    rows = (
        ("Organisation", record.share.participant.name),
        ("What it is", "Minimal Financial Assistance, section 36 of the Subsidy Control Act 2022"),
        ("Gross amount", formats.pounds(record.amount)),
        ("Date given", formats.local_day(record.given_on)),
    )
    return {**about(notification), "facts": Facts(rows)}


def is_asked(notification: Notification) -> bool:
    return notification.looked_up(_record).state == MfaState.NOTIFIED


def is_given(notification: Notification) -> bool:
    return notification.looked_up(_record).state == MfaState.GIVEN


def sees(notification: Notification) -> bool:
    visible = MfaRecord.objects.visible_to(notification.recipient)
    return visible.filter(pk=notification.subject_id).exists()


def scope_of(notification: Notification) -> str:
    return notification.looked_up(_record).share.award.application.competition.code


def _latest(*states: MfaState):
    def examples(viewer: User, scope: str) -> list[Example]:
        rows = MfaRecord.objects.visible_to(viewer).filter(state__in=states).with_names()
        if scope:
            rows = rows.filter(share__award__application__competition__code=scope)
        return [
            Example(row.pk, f"{row.share.award.application.reference}, {row.share.participant.name}")
            for row in rows.order_by("-notified_at", "-pk")[:OFFERED]
        ]

    return examples


def _entry(notification: Notification) -> Entry | None:
    share = notification.facts.get("share")
    return next(iter(database.entries(database.needed().filter(pk=share))), None)


def due(notification: Notification) -> Values:
    entry = notification.looked_up(_entry)
    if entry is None:
        return {}
    share = entry.share
    rows = (
        ("Recipient", share.participant.name),
        ("Application", share.award.application.reference),
        ("Subsidy", formats.pounds(share.grant)),
        ("Decision confirmed", formats.local_day(entry.confirmed_on)),
        ("Due", formats.local_day(entry.due_on)),
    )
    return {
        "reference": share.award.application.reference,
        "due_on": formats.local_day(entry.due_on),
        "facts": Facts(rows),
        "entry_button": Button("Open the entry", page("admin:funding_subsidyentry_share", share.pk)),
    }


def is_owed(notification: Notification) -> bool:
    entry = notification.looked_up(_entry)
    return entry is not None and entry.uploaded is None


def sees_award(notification: Notification) -> bool:
    return Award.objects.visible_to(notification.recipient).filter(pk=notification.subject_id).exists()


def latest_entries(viewer: User, scope: str) -> list[Example]:
    return [
        Example(
            one.share.award_id,
            f"{one.share.award.application.reference}, {one.share.participant.name}",
            {"share": one.share.pk},
        )
        for one in database.entries(database.seen_by(viewer))
        if one.uploaded is None
    ][:OFFERED]


ORGANISATION = Placeholder("organisation", "the organisation's name", invented="Aspen Castings Ltd")
AMOUNT = Placeholder("amount", "the gross amount", invented="£56,000")
MOST = Placeholder("limit", "the most that a group may have", invented="£315,000")
FACTS = Placeholder("facts", "a table of the organisation, the amount and the like", is_block=True)
NAMED = (REFERENCE, PROJECT, COMPETITION, ORGANISATION, AMOUNT, MOST, FACTS)

KINDS = (
    Kind(
        name=mfa.MFA_NOTICE,
        title="Assistance to be confirmed",
        to=TO_ENTERPRISE,
        when="when a fund manager asks the enterprises of a released award",
        subject_word="assistance",
        placeholders=(
            *NAMED,
            Placeholder("assistance_button", "the link to confirm it", is_block=True, is_required=True),
        ),
        values=notice,
        examples=_latest(MfaState.NOTIFIED),
        because=BECAUSE_EDITOR,
        still_true=is_asked,
        may_read=sees,
        scope=scope_of,
        required_by=BY_LAW,
    ),
    Kind(
        name=mfa.MFA_GIVEN,
        title="Assistance given",
        to=TO_ENTERPRISE,
        when="at once, when the award is accepted",
        subject_word="assistance",
        placeholders=(*NAMED, Placeholder("assistance_button", "the link to it", is_block=True)),
        values=given,
        examples=_latest(MfaState.GIVEN),
        because=BECAUSE_EDITOR,
        still_true=is_given,
        may_read=sees,
        scope=scope_of,
        required_by=BY_LAW,
    ),
    Kind(
        name=database.SUBSIDY_ENTRY_DUE,
        title="A subsidy database entry is due",
        to="fund managers, of its region where they work for one",
        when="30 and 7 days before an entry in the UK subsidy database is due, and once when it is overdue",
        subject_word="award",
        placeholders=(
            REFERENCE,
            Placeholder("due_on", "the day by which it is due", invented="30 June 2026"),
            Placeholder("facts", "a table of the recipient, the subsidy and the days", is_block=True),
            Placeholder("entry_button", "the link to the entry", is_block=True, is_required=True),
        ),
        values=due,
        examples=latest_entries,
        because=BECAUSE_STAFF,
        still_true=is_owed,
        may_read=sees_award,
        may_wait=True,
    ),
)
