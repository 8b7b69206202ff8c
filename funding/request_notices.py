"""What the office is told of the questions register: what has to be answered soon, or should have been."""

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.office_notices import BECAUSE_STAFF
from accounts.wording import OFFERED, Example, Kind
from applications.notice_parts import page
from funding.models import InformationRequest
from funding.register import reminding


def _request(notification: Notification) -> InformationRequest:
    return InformationRequest.objects.with_names().get(pk=notification.subject_id)


def about(notification: Notification) -> Values:
    """What is asked is not in the email: its words are the asker's."""
    found = notification.looked_up(_request)
    rows = (
        ("Request", str(found.pk)),
        ("Kind", found.get_kind_display()),
        ("About", found.covers),
        ("Received", formats.local_day(found.received_on)),
        ("Due", formats.local_day(found.due_on)),
    )
    return {
        "number": str(found.pk),
        "due_on": formats.local_day(found.due_on),
        "facts": Facts(rows),
        "request_button": Button(
            "Open the request", page("admin:funding_informationrequest_change", found.pk)
        ),
    }


def is_open(notification: Notification) -> bool:
    return notification.looked_up(_request).is_open


def sees(notification: Notification) -> bool:
    visible = InformationRequest.objects.visible_to(notification.recipient)
    return visible.filter(pk=notification.subject_id).exists()


def requests(viewer: User, scope: str) -> list[Example]:
    rows = InformationRequest.objects.visible_to(viewer).open().with_names()
    return [
        Example(row.pk, f"Request {row.pk}, due on {formats.local_day(row.due_on)}")
        for row in rows.order_by("due_on", "pk")[:OFFERED]
    ]


KINDS = (
    Kind(
        name=reminding.INFORMATION_REQUEST_DUE,
        title="An information request is due",
        to="competition managers and fund managers, of its region where it is about one",
        when="5 working days and 1 before an answer is due, and once when it is overdue",
        subject_word="information request",
        placeholders=(
            Placeholder("number", "the number of the request", invented="17"),
            Placeholder("due_on", "the day by which it has to be answered", invented="30 June 2026"),
            Placeholder("facts", "a table of the request, its kind and its days", is_block=True),
            Placeholder("request_button", "the link to the request", is_block=True, is_required=True),
        ),
        values=about,
        examples=requests,
        because=BECAUSE_STAFF,
        still_true=is_open,
        may_read=sees,
        may_wait=True,
    ),
)
