"""The public facts of a round as one CSV, a figure to a line, so that rounds can be put under each other."""

import csv
import io
from collections.abc import Iterator

from accounts.exports.columns import LINE_END, inert_text
from funding.reports.contents import Cell, Kind
from funding.reports.facts import Facts
from funding.reports.suppression import Hidden

HEADINGS = ("measure", "group", "value", "suppressed")


def as_csv(facts: Facts) -> bytes:
    """Plain numbers; no value where it is suppressed, and the words that the page has in its place."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator=LINE_END)
    rows.writerow(HEADINGS)
    for measure, group, value in _figures(facts):
        is_hidden = isinstance(value, Hidden)
        shown = "" if value is None or is_hidden else value
        rows.writerow([inert_text(measure), inert_text(group), shown, value if is_hidden else "no"])
    return text.getvalue().encode()


def _figures(facts: Facts) -> Iterator[tuple[str, str, Cell]]:
    yield "How it was decided", "", facts.method
    for fact in [*facts.rates, *facts.scores]:
        yield fact.label, "", fact.value
    for table in facts.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row, strict=True):
                if column.kind is not Kind.TEXT:
                    yield f"{table.title}: {column.heading}", str(row[0]), cell
