"""What an email says, as parts: read from a wording, filled with values, written as text or as a page.

A wording is plain text in which ``((reference))`` stands for a value. Nothing in it is carried out:
the structure is read first and the values put in afterwards, once, so that neither what staff write
nor what applicants typed can become anything but words.

    ## A heading
    * a point of a list
    ((facts))            alone in its paragraph: a block, such as a table or a button
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

PLACEHOLDER = re.compile(r"\(\(\s*([a-z][a-z0-9_]*)\s*\)\)")
HEADING, POINT = "## ", "* "
LONGEST_SUBJECT = 200

#: Of plain text, in characters.
LONGEST_LINE = 76


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value that a wording may name.

    is_block     a part of its own, such as a table: it stands alone in its paragraph
    is_required  without it the email would be of no use
    is_secret    a link that lets its reader in: only ever in the email itself
    invented     what stands for it where there is no real row to show
    """

    name: str
    means: str
    is_block: bool = False
    is_required: bool = False
    is_secret: bool = False
    invented: str = ""

    def __str__(self):
        return f"(({self.name}))"


class Shown:
    """A part knows what prints it: in an email and on a page."""

    __slots__ = ()
    name: ClassVar[str]

    @property
    def email_template(self) -> str:
        return f"email/parts/{self.name}.html"

    @property
    def page_template(self) -> str:
        return f"accounts/letter/{self.name}.html"


@dataclass(frozen=True, slots=True)
class Heading(Shown):
    name: ClassVar[str] = "heading"
    text: str

    def __str__(self):
        return self.text


@dataclass(frozen=True, slots=True)
class Paragraph(Shown):
    name: ClassVar[str] = "paragraph"
    text: str

    def __str__(self):
        return self.text


@dataclass(frozen=True, slots=True)
class Points(Shown):
    name: ClassVar[str] = "points"
    items: tuple[str, ...]

    def __str__(self):
        return "\n".join(f"* {item}" for item in self.items)


@dataclass(frozen=True, slots=True)
class Facts(Shown):
    """A table of labels and values."""

    name: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]

    def __str__(self):
        return "\n".join(f"{label}: {value}" for label, value in self.rows)


@dataclass(frozen=True, slots=True)
class Button(Shown):
    name: ClassVar[str] = "button"
    label: str
    url: str

    def __str__(self):
        return f"{self.label}:\n{self.url}"


@dataclass(frozen=True, slots=True)
class Link(Shown):
    """A second way on, less loud than a button."""

    name: ClassVar[str] = "link"
    label: str
    url: str

    def __str__(self):
        return f"{self.label}:\n{self.url}"


@dataclass(frozen=True, slots=True)
class Quotes(Shown):
    """What people wrote, under one title: (title, note, who and what they wrote)."""

    name: ClassVar[str] = "quotes"
    title: str
    sections: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]

    def __str__(self):
        lines = [self.title]
        for title, note, quotes in self.sections:
            lines += ["", f"{title}: {note}" if note else title]
            lines += [f"  {who}: {what}" for who, what in quotes]
        return "\n".join(lines)


Part = Heading | Paragraph | Points | Facts | Button | Link | Quotes
Values = Mapping[str, "str | Part | tuple[Part, ...] | None"]


def paragraphs(body: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()):
        if paragraph.strip():
            yield "\n".join(line.rstrip() for line in paragraph.strip("\n").split("\n"))


def names_in(text: str) -> list[str]:
    """The placeholders of a text in the order in which they come first."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def subject(text: str, values: Values) -> str:
    """The subject line with its values, on one line and not too long for one."""
    return " ".join(_filled(text, values).split())[:LONGEST_SUBJECT]


def parts(body: str, values: Values) -> list[Part]:
    """The body with its values. A block without a value is left out, and so is what stands empty.

    A block may be several parts, such as another letter.
    """
    return [part for paragraph in paragraphs(body) for part in _parts(paragraph, values)]


def _parts(paragraph: str, values: Values) -> tuple[Part, ...]:
    alone = PLACEHOLDER.fullmatch(paragraph.strip())
    if alone and not isinstance(value := values.get(alone[1]), str):
        return value if isinstance(value, tuple) else (value,) if value is not None else ()
    part = _part(paragraph, values)
    return (part,) if part is not None else ()


def _part(paragraph: str, values: Values) -> Part | None:
    lines = paragraph.split("\n")
    if paragraph.startswith(HEADING) and len(lines) == 1:
        return Heading(_filled(paragraph.removeprefix(HEADING), values))
    if all(line.startswith(POINT) for line in lines):
        return Points(tuple(_filled(line.removeprefix(POINT), values) for line in lines))
    text = _filled(paragraph, values)
    return Paragraph(text) if text.strip() else None


def _filled(text: str, values: Values) -> str:
    return PLACEHOLDER.sub(lambda found: _inline(values.get(found[1])), text)


def wrapped(text: str) -> str:
    """The text in lines that every mail program shows; a word longer than one, as a link, stays whole."""
    return "\n".join(_wrapped_line(line) for line in text.split("\n"))


def _wrapped_line(line: str) -> str:
    """As ``textwrap`` would, in a fifth of its time: letters with feedback have a hundred long lines."""
    if len(line) <= LONGEST_LINE or not line.strip():
        return line
    start = line[: len(line) - len(line.lstrip())]
    below = f"{start}  " if start or line.startswith(POINT) else start
    first, *words = line.split()
    filled, current = [], start + first
    for word in words:
        if len(current) + 1 + len(word) > LONGEST_LINE:
            filled.append(current)
            current = below + word
        else:
            current += f" {word}"
    return "\n".join([*filled, current])


def _inline(value) -> str:
    return value if isinstance(value, str) else ""


def invented(placeholder: Placeholder, site_url: str) -> str | Part:
    """What stands for a placeholder's value where there is no real row to show."""
    if not placeholder.is_block:
        return placeholder.invented or f"[{placeholder.means}]"
    if placeholder.name.endswith("_button"):
        return Button("Open the page", f"{site_url}/")
    if placeholder.name.endswith("_link"):
        return Link("Open the page", f"{site_url}/")
    return Facts((("Here stands", placeholder.means), ("Example", "Harbour Robotics Ltd, £74,500")))


def faults(subject: str, body: str, known: Mapping[str, Placeholder]) -> Iterator[tuple[str, str]]:
    """What is wrong with a wording: the field, ``subject`` or ``body``, and a sentence for it."""
    for field, text in (("subject", subject), ("body", body)):
        for name in names_in(text):
            if name not in known:
                yield field, f"There is no (({name})) here. {_offered(known)}"
        left_over = PLACEHOLDER.sub("", text)
        if "((" in left_over or "))" in left_over:
            yield field, "A placeholder is written in small letters between double brackets: ((reference))."
    for name in names_in(subject):
        if name in known and known[name].is_block:
            yield "subject", f"(({name})) is a block of its own and cannot stand in the subject."
        elif name in known and known[name].is_secret:
            yield "subject", f"(({name})) is secret and cannot stand in the subject."
    for paragraph in paragraphs(body):
        for name in names_in(paragraph):
            is_alone = PLACEHOLDER.fullmatch(paragraph.strip())
            if name in known and known[name].is_block and not is_alone:
                yield (
                    "body",
                    f"(({name})) is a block: put empty lines before and after it.",
                )
    for placeholder in known.values():
        if placeholder.is_required and placeholder.name not in names_in(body):
            yield "body", f"{placeholder} is missing. It is {placeholder.means}."


def _offered(known: Mapping[str, Placeholder]) -> str:
    return f"You can use {', '.join(str(placeholder) for placeholder in known.values())}."
