"""The panel sheet as a file: every line, from one list of columns, as CSV or XLSX."""

import csv
import io
import re
import tempfile
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Value
from django.http import FileResponse, HttpResponse

from accounts import exporting
from accounts.exports import workbook
from accounts.exports.columns import LINE_END, Column, Kind, inert_text
from accounts.london import LONDON
from accounts.models import User
from applications.models import Application, Competition
from funding import fragility
from funding.frozen import in_words
from funding.models import PanelSheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: Heading, what of a line it is, and its kind.
COLUMNS = (
    ("Rank", "rank", Kind.NUMBER),
    ("Application", "reference", Kind.TEXT),
    ("Project", "title", Kind.TEXT),
    ("Lead organisation", "lead", Kind.TEXT),
    ("Competition", "competition", Kind.TEXT),
    ("Mean %", "mean", Kind.NUMBER),
    ("Rank by mean", "rank_by_mean", Kind.NUMBER),
    ("Corrected mean %", "corrected", Kind.NUMBER),
    ("Corrected, plus or minus", "margin", Kind.NUMBER),
    ("Rank corrected", "rank_corrected", Kind.NUMBER),
    ("Spread", "spread", Kind.NUMBER),
    ("Standard deviation", "deviation", Kind.NUMBER),
    ("Furthest from the others", "furthest", Kind.NUMBER),
    ("Assessments", "assessments", Kind.NUMBER),
    ("Excluded", "excluded", Kind.NUMBER),
    ("In conflict", "conflicted", Kind.NUMBER),
    ("In scope", "scope_votes", Kind.NUMBER),
    ("Fund", "fund_votes", Kind.NUMBER),
    ("Grant sought", "grant_sought", Kind.MONEY),
    ("Grant sought when submitted", "grant_submitted", Kind.MONEY),
    ("Running total", "running_total", Kind.MONEY),
    ("Outcome", "outcome", Kind.TEXT),
    ("Marked", "marked", Kind.TEXT),
)

#: Flags of a line, with the words that mark it.
FLAGS = {
    "is_wide": "wide",
    "is_tied": "tied",
    "is_vote_tied": "tied vote",
    "is_tied_across_line": "tied across the line",
}
FRAGILE = {
    fragility.MARK: "fragile by a mark",
    fragility.ASSESSOR: "fragile by an assessment",
    fragility.EVERYWHERE: "fragile by an assessor",
}


def answer(
    lines: list[dict[str, Any]], what: Competition | PanelSheet, ending: str, by: User, at: datetime
) -> HttpResponse | FileResponse:
    """The file of a competition's sheet as it stands, or of a frozen version; the export is noted."""
    rows = Application.objects.filter(pk__in=[line["application"] for line in lines])
    chosen, moment = _named(what, at)
    exporting.note("panel sheet", rows, as_=ending, filters=chosen, by=by, at=at)
    name = f"panel-sheet-{'-'.join(chosen.values())}-{moment.astimezone(LONDON):%Y-%m-%d-%H%M}.{ending}"
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", name)
    kept = {"Cache-Control": "no-store"}
    if ending == "csv":
        headers = {**kept, "Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(as_csv(lines), content_type="text/csv; charset=utf-8", headers=headers)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        sheets = [("Panel sheet", _columns(), values(lines))]
        workbook.write(file.name, sheets, as_of=moment, title="Panel sheet")
        # Stays readable for the answer after its name is gone.
        content = open(file.name, "rb")  # noqa: SIM115
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX, headers=kept)


def as_csv(lines: list[dict[str, Any]]) -> str:
    """Headings quoted, text inert, numbers and sums in plain digits."""
    text = io.StringIO()
    heads = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=LINE_END)
    heads.writerow(heading for heading, *_ in COLUMNS)
    writer = csv.writer(text, lineterminator=LINE_END)
    for row in values(lines):
        writer.writerow(inert_text(one) if isinstance(one, str) else one for one in row)
    return text.getvalue()


def values(lines: Iterable[dict[str, Any]]) -> Iterable[tuple[str | Decimal | None, ...]]:
    for line in lines:
        said = {**line, "outcome": in_words(line["outcome"]), "marked": _marked(line)}
        yield tuple(
            said[name] if kind is Kind.TEXT else None if said.get(name) is None else Decimal(said[name])
            for _heading, name, kind in COLUMNS
        )


def _marked(line: dict[str, Any]) -> str:
    words = [word for name, word in FLAGS.items() if line[name]]
    return ", ".join(words + [FRAGILE[kind] for kind in line["fragile"]])


def _columns() -> list[Column]:
    return [Column(heading, Value(""), kind) for heading, _name, kind in COLUMNS]


def _named(what: Competition | PanelSheet, at: datetime) -> tuple[dict[str, str], datetime]:
    if isinstance(what, PanelSheet):
        return {"competition": what.competition.code, "version": str(what.number)}, what.frozen_at
    return {"competition": what.code}, at
