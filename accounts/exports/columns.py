"""One list of columns, from which both CSV and XLSX are written; and what makes a text cell inert."""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import BooleanField, Case, CharField, F, Func, Q, TextChoices, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Collate, Concat
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThan

#: Of rows that Python writes. The writer quotes what ends a line: a bare CR that it did not know of would
#: begin a row, and a formula with it.
LINE_END = "\r\n"


class Kind(StrEnum):
    TEXT = "text"
    MONEY = "money"
    NUMBER = "number"
    DAY = "day"
    #: In percent: 62.5 for 62.5%.
    PERCENT = "percent"
    #: A whole number, and a moment as a clock in the UK showed it: of lists whose cells are read in Python.
    COUNT = "count"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, where its value comes from, and how a spreadsheet should read it."""

    heading: str
    value: Combinable
    kind: Kind = Kind.TEXT
    width: int = 18

    @property
    def name(self) -> str:
        """The name in the query: "Company number" is ``column_company_number``."""
        return "column_" + re.sub(r"[^a-z0-9]+", "_", self.heading.lower()).strip("_")


#: Spaces and invisible characters that a spreadsheet passes over before it looks for a formula.
PASSED_OVER = "[\\s\\u00a0\\u00ad\\u180e\\u200b-\\u200f\\u2028-\\u202f\\u2060-\\u2064\\ufeff]*"

#: What begins a formula or command, with the full-width forms of = + - @ and |.
BEGINS_A_FORMULA = f"^({PASSED_OVER}[-=+@|\\uff1d\\uff0b\\uff0d\\uff20\\uff5c]|[\\t\\r\\n])"


#: Texts from the first of each pair up to the second, byte by byte, begin with a letter or a digit (or with
#: what lies between these): no formula does, and they are nearly all that there are.
PLAIN = (("A", "{"), ("0", "="))


def inert(value: Combinable) -> Case:
    """Return ``value`` with an apostrophe in front where a spreadsheet would take it for a formula.

    To compare a text costs a fraction of looking for the expression in it.
    """
    known = Cast(value, CharField())
    text, bytes_ = Coalesce(known, Value("")), Collate(known, "C")
    plain = [
        Q(GreaterThanOrEqual(bytes_, Value(first))) & Q(LessThan(bytes_, Value(after)))
        for first, after in PLAIN
    ]
    return Case(
        *[When(one, then=known) for one in plain],
        When(Matches(text, Value(BEGINS_A_FORMULA)), then=Concat(Value("'"), text)),
        default=text,
        output_field=CharField(),
    )


def inert_text(text: str) -> str:
    """The same for a text in hand."""
    return f"'{text}" if re.match(BEGINS_A_FORMULA, text) else text


def worded(path: str, choices: type[TextChoices]) -> Case:
    """Return the words that people read for the choice kept under ``path``: "Micro or small"."""
    return Case(
        *[When(Exact(F(path), Value(choice.value)), then=Value(choice.label)) for choice in choices],
        default=F(path),
        output_field=CharField(),
    )


class Matches(Func):
    """PostgreSQL's ``~``: whether the first text matches the second, a regular expression."""

    arity = 2
    arg_joiner = " ~ "
    template = "(%(expressions)s)"
    conditional = True

    output_field = BooleanField()
