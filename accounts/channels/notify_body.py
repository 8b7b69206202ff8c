"""Writes a letter in GOV.UK Notify's Markdown, in which nothing that people typed is more than words.

Notify knows headings (``#``), lists (``*`` ``-`` ``•`` ``1.``), inset text (``^``), rules (``---``) and
links (``[words](address)``). A backslash makes most signs plain there, and an address that begins with
``https://`` is a link as it stands. Each line ends where its reader's screen does: none is wrapped here.
"""

import re
from collections.abc import Iterator

from accounts.letters import Button, Facts, Heading, Link, Paragraph, Part, Points, Quotes

RULE = "---"

ADDRESS = re.compile(r"(https?://[^\s<]+)")

#: Plain within a line only with a backslash: links, headings' ends, tables, and the backslash itself.
ANYWHERE = re.compile(r"[\\\[#|]")
PLACEHOLDER = re.compile(r"\((?=\()")

#: What begins a list, a rule or a block of code; of a number it is the full stop after it.
FIRST = re.compile(r"^(\d+(?=\.)|(?=[-*+_~`]))")

#: No backslash helps against these as the first sign of a line, so what looks like them stands there.
ALIKE = {"^": "ˆ", "•": "·"}

#: Notify takes some of these for the end of a line and drops others, which would lay bare what follows.
ENDS_OF_LINES = re.compile(r"\r\n?|[\u2028\u2029\u2424\v\f\x85]")
UNSEEN = " \t\u00a0\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u3000"


def written(name: str, parts: list[Part], foot: tuple[str, ...]) -> str:
    """Return the body of the email to ``name``, with ``foot`` as its last lines under a rule."""
    greeting = [f"Dear {plain(name)}"] if name else []
    said = [block for part in parts for block in _blocks(part)]
    end = "\n".join(plain(line) for line in foot)
    return "\n\n".join([*greeting, *(block for block in said if block), RULE, end]) + "\n"


def _blocks(part: Part) -> Iterator[str]:
    match part:
        case Heading(text):
            yield _heading("#", text)
        case Paragraph(text):
            yield plain(text)
        case Points(items):
            yield "\n".join(f"* {_line(item)}" for item in items)
        case Facts(rows):
            yield "\n".join(plain(f"{label}: {value}") for label, value in rows)
        case Button(label, url) | Link(label, url):
            yield f"{_line(label)}:\n{url}"
        case Quotes(title, sections):
            yield _heading("#", title)
            for heading, note, quotes in sections:
                yield _heading("##", heading)
                yield plain(note)
                yield from (plain(f"{who}: {what}") for who, what in quotes)


def _heading(sign: str, text: str) -> str:
    words = _line(text)
    return f"{sign} {words}" if words else ""


def plain(text: str) -> str:
    """The text with its lines, in Markdown that says no more than these words."""
    lines = ENDS_OF_LINES.sub("\n", text).split("\n")
    written = [_plain_line(line) for line in lines]
    # A line of nothing but = would make a heading of the one above it, were they not kept apart.
    return "\n".join(f"\n{line}" if line.startswith("=") else line for line in written).strip("\n")


def _line(text: str) -> str:
    return _plain_line(" ".join(ENDS_OF_LINES.sub(" ", text).split()))


def _plain_line(line: str) -> str:
    line = line.strip(UNSEEN)
    if line[:1] in ALIKE:
        line = ALIKE[line[0]] + line[1:]
    # Of split's answer every second piece is an address, which stays as it is: it shows where it leads.
    pieces = ADDRESS.split(line)
    pieces[::2] = [_escaped(piece) for piece in pieces[::2]]
    return FIRST.sub(r"\1\\", "".join(pieces))


def _escaped(words: str) -> str:
    return PLACEHOLDER.sub(r"(\\", ANYWHERE.sub(r"\\\g<0>", words))
