"""What each way in which a mail server does not take an email means: never, not now, or a fault of ours."""

import re
import smtplib
import ssl

from accounts.channels.answers import NotNow, OurSetUp, Refused

#: Said to a recipient or an email, but about us: sign in first, sign in better.
ABOUT_US = frozenset({503, 530, 534, 535, 538})
NO_RELAY = re.compile(r"relay(ing)? (access |is )?(denied|not (permitted|allowed))|unable to relay", re.I)

TOO_LARGE = 552


def meaning(problem: Exception) -> Refused | NotNow:
    """Sort one of the errors of ``smtplib``, or of the line under it, once a conversation was opened."""
    match problem:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            # Of several the mildest: what one mailbox may take later is not over.
            return _of_email(*min(refused.values()))
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=said):
            return _of_email(code, said)
        case smtplib.SMTPSenderRefused(smtp_code=code, smtp_error=said) if code == TOO_LARGE:
            # Its size is told beside the sender, and looked at before a word of it is sent.
            return _of_email(code, said)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=said) if code >= 500:
            # Sender, sign-in or greeting refused: not this person's mailbox.
            return OurSetUp(words(code, said))
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=said):
            return NotNow(words(code, said))
        case smtplib.SMTPServerDisconnected():
            return _not_reached(problem)
        case smtplib.SMTPException() | ssl.SSLCertVerificationError():
            # It has no TLS or no way to sign in where we ask for them, or is not who we take it for.
            return OurSetUp(f"The mail server cannot be used as we are set up: {problem}")
        case _:
            return _not_reached(problem)


def _of_email(code: int, said: bytes | str) -> Refused | NotNow:
    text = words(code, said)
    if code in ABOUT_US or (code >= 500 and NO_RELAY.search(text)):
        return OurSetUp(text)
    return Refused(text) if 500 <= code < 600 else NotNow(text)


def _not_reached(problem: Exception) -> NotNow:
    return NotNow(f"The mail server could not be reached, or broke off: {problem}")


def words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' '.join(text.split())}"[:500]
