"""Puts one notification into words: the wording that holds, with the values as they are now."""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template

from accounts import letters, rewording, wording
from accounts.letters import Paragraph, Part
from accounts.models import Notification, User
from accounts.rewording import Wording, Wordings
from accounts.wording import Example, Kind

#: Stands in for a secret link wherever the text is shown outside the email itself.
KEPT_BACK = Paragraph("(A link that only its reader may have stands here, in the email alone.)")


@dataclass(frozen=True, slots=True)
class Letter:
    """An email's words for one person, before they are text or HTML."""

    recipient: User
    subject: str
    parts: list[Part]
    because: str

    @property
    def text(self) -> str:
        """In lines that every mail program shows."""
        return letters.wrapped(self.unwrapped)

    @property
    def unwrapped(self) -> str:
        """The plain text for a page, which breaks its lines where its reader's screen ends."""
        greeting = [f"Dear {self.recipient.name}"] if self.recipient.name else []
        said = [*greeting, *(str(part) for part in self.parts)]
        return "\n\n".join([*said, "\n".join(["--", *self.foot])]) + "\n"

    @property
    def foot(self) -> tuple[str, ...]:
        return self.because, "This address cannot take replies.", settings.SITE_URL

    @property
    def html(self) -> str:
        return get_template("email/letter.html").render({"letter": self, "site_url": settings.SITE_URL})


class Email(EmailMultiAlternatives):
    """In plain text and in HTML, with the letter itself for a carrier that wants it otherwise."""

    letter: Letter


def compose(
    notification: Notification, *, worded: Wording | None = None, with_secrets: bool = False
) -> Letter:
    """Return the notification in words.

    worded        the wording to put it in; without one, the one that holds
    with_secrets  for the email itself alone: links that let their reader in are made and put in
    """
    kind = wording.of(notification.kind)
    worded = worded or rewording.current(kind, kind.scope(notification))
    values = dict(kind.values(notification))
    if not with_secrets:
        values |= {known.name: KEPT_BACK for known in kind.placeholders if known.is_secret}
    return Letter(
        recipient=notification.recipient if kind.is_to_reader else User(),
        subject=letters.subject(worded.subject, values),
        parts=letters.parts(worded.body, values),
        because=kind.because,
    )


def email(notification: Notification, wordings: Wordings | None = None) -> Email:
    """Return the email with the Message-ID it has on every try."""
    kind = wording.of(notification.kind)
    worded = (wordings or Wordings()).current(kind, kind.scope(notification))
    letter = compose(notification, worded=worded, with_secrets=True)
    message = Email(
        letter.subject,
        letter.text,
        to=[kind.address(notification)],
        headers={"Message-ID": notification.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.letter = letter
    message.attach_alternative(letter.html, "text/html")
    return message


def example(
    kind: Kind, viewer: User, scope: str = rewording.ALL, chosen: int | None = None
) -> Notification | None:
    """A notification of this kind about a real row, to show to ``viewer``; it is not in the database.

    chosen  the id of one of the rows that ``examples`` offers; without one, the first
    """
    offered = kind.examples(viewer, scope)
    found = next((one for one in offered if chosen in (None, one.subject_id)), None)
    return about(kind, viewer, found) if found else None


def about(kind: Kind, viewer: User, found: Example) -> Notification:
    return Notification(
        kind=kind.name,
        recipient=viewer,
        subject_word=kind.subject_word,
        subject_id=found.subject_id,
        facts=found.facts,
    )


def shown(kind: Kind, worded: Wording, viewer: User, found: Example | None) -> Letter:
    """The letter with this wording, as ``viewer`` would get it; without a row its values are invented."""
    if found is not None:
        return compose(about(kind, viewer, found), worded=worded)
    values: dict = {known.name: letters.invented(known, settings.SITE_URL) for known in kind.placeholders}
    values |= {known.name: KEPT_BACK for known in kind.placeholders if known.is_secret}
    return Letter(
        recipient=viewer,
        subject=letters.subject(worded.subject, values),
        parts=letters.parts(worded.body, values),
        because=kind.because,
    )
