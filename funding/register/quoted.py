"""The tables of a kept report that an answer quotes, and the words that a draft begins with."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from accounts.formats import listed, local_time
from funding.models import Award, AwardStatus, InformationRequest, ProgrammeReport
from funding.models.award import AwardQuerySet
from funding.places import Place
from funding.register import exemptions
from funding.reports import contents, programme, shown, suppression
from funding.reports.contents import Kind, Section, Table
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


def on_a_page(report: ProgrammeReport, chosen: Collection[str]) -> list[tuple[ShownTable, int]]:
    """The chosen tables as a page shows them, each with how many of its rows it leaves out."""
    found = []
    for table in tables(report):
        if table.name in chosen:
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


def counts_untold(report: ProgrammeReport) -> bool:
    """Whether it counts awards of which nobody outside had been told when it was compiled.

    Also those that were taken back since: the report counts them.
    """
    made = _awards(report).filter(made_at__lte=report.as_of)
    given_back = made.filter(
        status=AwardStatus.REVERSED,
        transfers__target=Place.AVAILABLE,
        transfers__made_at__lte=report.as_of,
    )
    told = made.filter(application__released_at__lte=report.as_of, application__told_status="")
    return made.exclude(pk__in=given_back.values("pk")).exclude(pk__in=told.values("pk")).exists()


def counts_embargoed(report: ProgrammeReport, today: date) -> int:
    """How many of its awards that were told of are under embargo, so that nobody may publish them yet."""
    told = _awards(report).live().filter(application__released_at__lte=report.as_of)
    return told.exclude(embargo_until__isnull=False, embargo_until__lte=today).count()


def has_small_counts(report: ProgrammeReport, chosen: Collection[str]) -> bool:
    """Whether a chosen table has a count from 1 to 4, which the public facts of a round would hide."""
    return any(
        column.kind is Kind.COUNT and isinstance(cell, int) and suppression.is_small(cell)
        for table in tables(report)
        if table.name in chosen
        for row in table.rows
        for column, cell in zip(table.columns, row, strict=True)
    )


def _awards(report: ProgrammeReport) -> AwardQuerySet:
    return Award.objects.filter(application__competition__in=programme.covered_by(report))
