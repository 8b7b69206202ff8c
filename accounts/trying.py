"""Sending a wording to oneself before anybody else gets it, marked as a test."""

from datetime import datetime

from accounts import audit, composing, outbox, rewording, wording
from accounts.letters import Placeholder, Values
from accounts.models import Notification, User
from accounts.rewording import Wording
from accounts.wording import Example, Kind

WORDING_TEST = "wording_test"


@audit.action("send wording to oneself")
def send_to_oneself(
    kind: Kind, subject: str, body: str, *, scope: str, about: Example | None, by: User, at: datetime
) -> Notification | None:
    """Owe ``by`` an email with this wording, which is not in use, about a row or with invented values.

    Raises NotAnEditor or FaultyWording and writes nothing.
    """
    subject, body = rewording.checked(kind, subject, body, scope=scope, by=by)
    audit.note(after={"kind": kind.name, "scope": scope})
    return outbox.post(
        WORDING_TEST,
        to=by,
        subject_word="person",
        subject_id=by.pk,
        cause=f"test of {kind.name} at {at.isoformat()}: person {by.pk}",
        # The draft itself: it has no row of its own, and names nobody.
        facts={
            "kind": kind.name,
            "scope": scope,
            "subject": subject,
            "body": body,
            "about": [about.subject_id, about.facts] if about else None,
        },
        at=at,
    )


def tried(notification: Notification) -> composing.Letter:
    facts = notification.facts
    about = _row(facts["about"]) if facts["about"] else None
    worded = Wording(facts["subject"], facts["body"])
    return composing.shown(wording.of(facts["kind"]), worded, notification.recipient, about)


def _row(about: list) -> Example:
    """The row that the wording is tried on, by its id: what it is called is not kept."""
    subject_id, *_, facts = about
    return Example(subject_id, "", facts)


def may_edit(notification: Notification) -> bool:
    """Whether its reader still edits that wording: then they see the rows, too, that it is shown with."""
    return rewording.may_edit(notification.recipient, notification.facts.get("scope", rewording.ALL))


def values(notification: Notification) -> Values:
    letter = notification.looked_up(tried)
    return {
        "subject": letter.subject,
        "kind": wording.title_of(notification.facts["kind"]),
        "letter": tuple(letter.parts),
    }


def oneself(viewer: User, scope: str) -> list[Example]:
    """A test of the first kind that needs no row of its own."""
    subject, body = wording.standing_text("account_exists")
    facts = {
        "kind": "account_exists", "scope": rewording.ALL, "subject": subject, "body": body, "about": None,
    }  # fmt: skip
    return [Example(viewer.pk, str(viewer), facts)]


KINDS = (
    Kind(
        name=WORDING_TEST,
        title="Test of a wording",
        to="the competition manager who edits it",
        when="at once, when they press “Send it to me first”",
        subject_word="person",
        placeholders=(
            Placeholder("subject", "the subject of the wording", invented="Application submitted"),
            Placeholder("kind", "what the wording is of", invented="Application submitted"),
            Placeholder("letter", "the whole text of the wording", is_block=True, is_required=True),
        ),
        values=values,
        examples=oneself,
        may_read=may_edit,
        because="You get this email because you asked for a test of this wording.",
    ),
)
