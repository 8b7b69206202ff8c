"""Asking to be let in to an organisation that others have entered, and the answer of its members."""

import logging
from datetime import datetime, timedelta

from accounts import audit, formats, members, outbox
from accounts.models import MembershipRequest, Organisation, RequestState, User
from accounts.refusals import Refusal

logger = logging.getLogger(__name__)

MEMBERSHIP_ASKED = "membership_asked"
MEMBERSHIP_ANSWERED = "membership_answered"

#: So often may one person ask within a day, whatever the organisations.
A_DAY = 5

#: Refused, somebody may ask the same organisation again after so long.
AGAIN_AFTER = timedelta(days=7)

#: Letters and signs that the word beside an answer may have.
LONGEST_WORD = 500


class AskingRefused(Refusal):
    """Nothing is asked for; the message says why."""


class AnswerRefused(Refusal):
    """The request stays as it is; the message says why."""


class AlreadyAnswered(AnswerRefused):
    def __init__(self, request: MembershipRequest):
        word = request.get_state_display().lower()
        super().__init__(f"This was answered at {formats.local_time(request.answered_at)}: {word}.")


@audit.action("ask for membership")
def ask(organisation: Organisation, *, by: User, at: datetime) -> MembershipRequest:
    """Ask those who may edit for the organisation to let ``by`` in, and tell each of them.

    Asked again while it waits, it is the one request. Raises AskingRefused.
    """
    organisation = members.locked(organisation.pk)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if organisation.memberships.filter(person=by).exists():
        raise AskingRefused("You belong to this organisation already.")
    asked = by.membership_requests.filter(organisation=organisation)
    if waiting := asked.waiting().first():
        return waiting
    if asked.filter(state=RequestState.REFUSED, answered_at__gt=at - AGAIN_AFTER).exists():
        raise AskingRefused("Its members have refused this. You can ask again a week after their answer.")
    if by.membership_requests.filter(asked_at__gt=at - timedelta(days=1)).count() >= A_DAY:
        raise AskingRefused(f"You can ask {A_DAY} organisations in a day. Try again tomorrow.")
    request = MembershipRequest.objects.create(organisation=organisation, asked_by=by, asked_at=at)
    editors = organisation.memberships.editors().select_related("person").order_by("person")
    outbox.post_all(
        MEMBERSHIP_ASKED,
        [
            outbox.Post(
                to=editor.person,
                subject_id=request.pk,
                cause=f"membership request {request.pk}: person {editor.person_id}",
            )
            for editor in editors
        ],
        subject_word="membership request",
        at=at,
    )
    audit.note(subject=organisation, after={"request": request.pk})
    logger.info("membership asked for", extra={"organisation": organisation.pk, "request": request.pk})
    return request


@audit.action("answer membership request")
def answer(
    request: MembershipRequest, *, may_edit: bool | None, word: str = "", by: User, at: datetime
) -> MembershipRequest:
    """Let in whoever asked, to edit or to read, or refuse; they are told, with the word if there is one.

    may_edit  None refuses

    Raises NotAnEditor and AnswerRefused, and writes nothing.
    """
    organisation, request = locked(request)
    members.check_editor(organisation, by)
    end(organisation, request, may_edit, word, is_office=False, by=by, at=at)
    return request


def locked(request: MembershipRequest) -> tuple[Organisation, MembershipRequest]:
    """The organisation's row first, as everything that changes its members locks it."""
    organisation = members.locked(request.organisation_id)
    rows = MembershipRequest.objects.select_related("asked_by").select_for_update(of=("self",))
    return organisation, rows.get(pk=request.pk)


def end(
    organisation: Organisation,
    request: MembershipRequest,
    may_edit: bool | None,
    word: str,
    *,
    is_office: bool,
    by: User,
    at: datetime,
) -> None:
    """Write the answer to a request that is locked and tell who asked; one of the actions calls it."""
    word = word.strip()
    if not request.is_waiting:
        raise AlreadyAnswered(request)
    if request.asked_by_id == by.pk:
        raise AnswerRefused("Nobody answers their own request.")
    if len(word) > LONGEST_WORD:
        raise AnswerRefused(f"What you say with it must be {LONGEST_WORD} characters or fewer.")
    request.state = RequestState.REFUSED if may_edit is None else RequestState.LET_IN
    request.may_edit, request.word, request.by_office = may_edit, word, is_office
    request.answered_by, request.answered_at = by, at
    request.save(update_fields=["state", "may_edit", "word", "by_office", "answered_by", "answered_at"])
    audit.note(subject=organisation, after={"request": request.pk, "state": request.state})
    if may_edit is not None:
        members.join(organisation, request.asked_by, may_edit=may_edit, by=by, at=at)
    outbox.post(
        MEMBERSHIP_ANSWERED,
        to=request.asked_by,
        subject_word="membership request",
        subject_id=request.pk,
        cause=f"membership request {request.pk} answered",
        at=at,
    )
