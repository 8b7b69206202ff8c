"""What looks like somebody's own address or number in a text for the public, and the text without it."""

import re
from typing import NamedTuple

EMAIL = re.compile(r"[^\s@<>()\[\],;:\"']+@[^\s@<>()\[\],;:\"']+\.[A-Za-z]{2,}")
#: As numbers in the UK are written: 0151 496 0000, (0151) 496-0000, +44 (0)20 7946 0000.
PHONE = re.compile(r"(?<![\w.,£+-])(?:\+\s?44|0044|\(?0)[0-9\s().-]{8,18}[0-9](?![\w%])")
DIGITS = range(10, 16)

EMAIL_REMOVED, PHONE_REMOVED = "[email address removed]", "[phone number removed]"


class Redacted(NamedTuple):
    """A text as it may be published, and what was taken out of it."""

    text: str
    removed: tuple[str, ...]


def redacted(text: str) -> Redacted:
    """Worked: "Ring 0151 496 0000." is "Ring [phone number removed]." with "0151 496 0000" taken out."""
    removed: list[str] = []

    def email(found: re.Match[str]) -> str:
        removed.append(found[0])
        return EMAIL_REMOVED

    def phone(found: re.Match[str]) -> str:
        if sum(map(str.isdigit, found[0])) not in DIGITS:
            return found[0]
        removed.append(found[0])
        return PHONE_REMOVED

    text = PHONE.sub(phone, EMAIL.sub(email, text))
    return Redacted(text, tuple(removed))
