"""The tables of a kept report that an answer quotes, and the words that a draft begins with."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from accounts.formats import listed, local_time
from funding.models import InformationRequest, ProgrammeReport
from funding.register import exemptions
from funding.reports import contents, shown
from funding.reports.contents import Section, Table
from funding.reports.shown import ShownTable

#: Rows of a table on a page; all of them are in its file.
MOST_ROWS = 50
#: What single assessors gave is for the office alone, numbered or not.
NEVER = frozenset({"marks"})


def tables(report: ProgrammeReport) -> list[Table]:
    """What may be quoted of a compiled report, in its order; of another none."""
    sections = contents.from_json(report.contents) if report.contents else []
    return [table for section in sections for table in section.tables if table.name not in NEVER]


def names(report: ProgrammeReport) -> dict[str, str]:
    """The title of each table by its name."""
    return {table.name: table.title for table in tables(report)}


def on_a_page(chosen: Iterable[Table]) -> list[tuple[ShownTable, int]]:
    """The tables as a page shows them, each with how many of its rows it leaves out."""
    found = []
    for table in chosen:
        cut = replace(table, rows=table.rows[:MOST_ROWS], is_long=False, is_annex=False)
        [section] = shown.shown([Section(name="quoted", title="", tables=[cut])])
        found.append((section.tables[0], len(table.rows) - len(cut.rows)))
    return found


def draft(request: InformationRequest, chosen: Collection[str], noted: dict[str, str]) -> str:
    """An answer to begin with: whose figures, as of when, and what is left out under which section."""
    lines, report = [], request.report
    if report is not None and report.contents:
        known = names(report)
        titles = [f"“{known[name]}”" for name in known if name in chosen]
        word = "table" if len(titles) == 1 else "tables"
        lines.append(
            f"The figures are those of {report.covers} as of {local_time(report.as_of)}, from programme "
            f"report {report.pk}."
        )
        if titles:
            lines.append(f"Please see the {word} {listed(titles)}, enclosed.")
    for section, note in exemptions.in_words(noted):
        lines.append(f"Some information is withheld. {section}. {note}")
    return "\n\n".join(lines)
