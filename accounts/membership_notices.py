"""What is told of requests to be let in to an organisation: to who may answer, and to who asked."""

from accounts import formats, membership_requests
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import MembershipRequest, Notification, Organisation, User
from accounts.organisation_notices import BECAUSE_EDITOR, FACTS, ORGANISATION, RIGHTS, page
from accounts.wording import OFFERED, Example, Kind


def asked(notification: Notification) -> Values:
    request = notification.looked_up(_request)
    person = request.asked_by
    rows = (
        ("Organisation", request.organisation.name),
        ("Asked by", str(person)),
        ("Their email address", person.email),
        ("When", formats.local_time(request.asked_at)),
    )
    return {
        "organisation": request.organisation.name,
        "person": str(person),
        "facts": Facts(rows),
        "answer_button": Button(
            "Answer", page("accounts:answer_request", request.organisation_id, request.pk)
        ),
    }


def answered(notification: Notification) -> Values:
    request = notification.looked_up(_request)
    is_in = request.may_edit is not None
    rows = [("Organisation", request.organisation.name), ("Answer", request.get_state_display())]
    if is_in:
        rows.append(("What you may do", RIGHTS[request.may_edit]))
    if request.answered_by:
        by = "The programme office" if request.by_office else str(request.answered_by)
        rows.append(("Answered by", by))
    if request.word:
        rows.append(("They say", request.word))
    return {
        "organisation": request.organisation.name,
        "answer": "you are let in" if is_in else "you are not let in",
        "facts": Facts(tuple(rows)),
        "organisation_button": Button("See your organisation", page("accounts:organisation"))
        if is_in
        else None,
    }


def _request(notification: Notification) -> MembershipRequest:
    rows = MembershipRequest.objects.select_related("organisation", "asked_by", "answered_by")
    return rows.get(pk=notification.subject_id)


def waits(notification: Notification) -> bool:
    return notification.looked_up(_request).is_waiting


def edits_for_it(notification: Notification) -> bool:
    editable = Organisation.objects.editable_by(notification.recipient)
    return editable.filter(membership_requests=notification.subject_id).exists()


def latest(viewer: User, scope: str) -> list[Example]:
    seen = MembershipRequest.objects.filter(organisation__in=Organisation.objects.visible_to(viewer))
    rows = seen.select_related("organisation").order_by("-pk")[:OFFERED]
    return [Example(row.pk, row.organisation.name) for row in rows]


KINDS = (
    Kind(
        name=membership_requests.MEMBERSHIP_ASKED,
        title="Somebody asks to be let in to an organisation",
        to="those who may edit for it",
        when="at once, when somebody who entered its company number asks",
        subject_word="membership request",
        placeholders=(
            ORGANISATION,
            Placeholder("person", "the name of the one who asks"),
            FACTS,
            Placeholder("answer_button", "the link to the answer", is_block=True, is_required=True),
        ),
        values=asked,
        examples=latest,
        because=BECAUSE_EDITOR,
        still_true=waits,
        may_read=edits_for_it,
        required_by="Nobody but they, or the office, can let somebody in.",
    ),
    Kind(
        name=membership_requests.MEMBERSHIP_ANSWERED,
        title="Your request to be let in was answered",
        to="the one who asked",
        when="at once, when a member or the office answers",
        subject_word="membership request",
        placeholders=(
            ORGANISATION,
            Placeholder("answer", "“you are let in” or “you are not let in”"),
            FACTS,
            Placeholder(
                "organisation_button", "the link to their organisation, where they were let in", is_block=True
            ),
        ),
        values=answered,
        examples=latest,
        required_by="Whoever asks is told the answer.",
    ),
)
