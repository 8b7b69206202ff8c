"""What looks like somebody's own address or number in a text for the public, and the text without it.

A number that is none, such as a telephone number that was never given out, may be taken out as well: what
is taken out stands in the preview, what is not stands in the world.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from phonenumbers import Leniency, PhoneNumberMatcher

WHO = r"""(?:"[^"\n]{1,64}"|[^\s@＠<>()\[\],;:"']{1,64})"""
LABEL, DOT = r"[\w-]{1,63}", r"[.．。]"
#: As people write them to be read by people alone: jo (at) mersey [dot] example.
SAID_AT, SAID_DOT = r"\s*[\[({]\s*(?:at|@)\s*[\])}]\s*", r"\s*[\[({]\s*(?:dot|\.)\s*[\])}]\s*|\s+dot\s+"
ENDING = r"[^\W\d_]{2,}"
#: "look at the dot matrix" is no address: said in plain words it is one with such an ending alone.
USUAL = r"(?:uk|com|org|net|eu|info|biz|io|ai|co|ac|gov|edu|tech|dev|london|wales|scot|example)\b"
HOST = rf"{LABEL}(?:(?:{DOT}|{SAID_DOT}){LABEL}){{0,8}}"
EMAIL = re.compile(
    rf"{WHO}(?:[ \u00a0]?[@＠﹫][ \u00a0]?|%40|{SAID_AT}){LABEL}(?:(?:{DOT}|{SAID_DOT}){LABEL}){{0,8}}"
    rf"(?:{DOT}|{SAID_DOT}){ENDING}"
    rf"|{WHO}\s+at\s+{HOST}(?:{SAID_DOT}){USUAL}",
    re.IGNORECASE,
)
#: As numbers in the UK are written, given out or not: 0151 496 0000, (0151) 496-0000, +44 (0)20 7946 0000.
PHONE = re.compile(r"(?<![\w.,£+-])(?:\+\s?44|0044|\(?0)[0-9\s().-]{8,18}[0-9](?![\w%])")
DIGITS = range(10, 16)
#: Where a number has no country's prefix.
REGION = "GB"
#: So many places of a text are looked at more closely, which none that a form takes comes to.
TRIES = 10_000

EMAIL_REMOVED, PHONE_REMOVED = "[email address removed]", "[phone number removed]"


class Redacted(NamedTuple):
    """A text as it may be published, and what was taken out of it."""

    text: str
    removed: tuple[str, ...]


class Span(NamedTuple):
    begins: int
    ends: int


def redacted(text: str) -> Redacted:
    """Worked: "Ring 0151 496 0000." is "Ring [phone number removed]." with "0151 496 0000" taken out."""
    text, emails = _without(text, (Span(*found.span()) for found in EMAIL.finditer(text)), EMAIL_REMOVED)
    text, phones = _without(text, _phones(text), PHONE_REMOVED)
    return Redacted(text, (*emails, *phones))


def _phones(text: str) -> Iterator[Span]:
    for found in PHONE.finditer(text):
        if sum(map(str.isdigit, found[0])) in DIGITS:
            yield Span(*found.span())
    for number in PhoneNumberMatcher(text, REGION, leniency=Leniency.VALID, max_tries=TRIES):
        yield Span(number.start, number.end)


def _without(text: str, spans: Iterable[Span], instead: str) -> tuple[str, list[str]]:
    """The text with ``instead`` for each span, those that overlap as one, and what stood there."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.begins <= joined[-1].ends:
            joined[-1] = Span(joined[-1].begins, max(joined[-1].ends, span.ends))
        else:
            joined.append(span)
    kept, after = [], 0
    for span in joined:
        kept += [text[after : span.begins], instead]
        after = span.ends
    return "".join([*kept, text[after:]]), [text[span.begins : span.ends] for span in joined]
