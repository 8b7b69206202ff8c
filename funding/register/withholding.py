"""What an answer may not give: it is left out of the tables that are enclosed, under a noted exemption.

Three things are never enclosed, whoever asks: counts that tell of fewer than five, outcomes that are not
released, and what would give the grant of an award that is not public. The answer is taken only with a
section of the Act noted for each that was left out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from django.db.models import Count

from funding.models import InformationRequest, ProgrammeReport
from funding.models.award import AwardQuerySet
from funding.open_data.redaction import redacted
from funding.register import few, quoted, unpublished
from funding.reports import contents, programme, suppression
from funding.reports.contents import Cell, Kind, Section, Table
from funding.reports.suppression import Hidden


class Reason(StrEnum):
    """Why something is left out, as people read it."""

    FEW = "counts of fewer than 5, and what they could be worked out from"
    UNTOLD = "outcomes that are not released yet"
    EMBARGOED = "awards under a publicity embargo or not accepted, and sums that would give their grants"


#: The sections of the Act that can cover each: personal data, future publication, confidence, commerce.
COVERED_BY: Mapping[Reason, tuple[str, ...]] = {
    Reason.FEW: ("40", "41", "43"),
    Reason.UNTOLD: ("22", "41", "43"),
    Reason.EMBARGOED: ("22", "41", "43"),
}
PROJECTS = "projects"
#: What counts no decision; the projects funded are those that were told of. All other tables do, or may: an
#: application that is ineligible is one the fewer to be decided.
WITHOUT_UNTOLD = frozenset({PROJECTS, "first-time", "partnership"})
EQUALITY = "equality-"
BUDGETS, OVER = "budgets", "awards-over"
#: Each row is of whole competitions, so that it has the hidden awards of each, or none of them.
OF_WHOLE_COMPETITIONS = frozenset({BUDGETS, "by-region", "by-competition", "by-strand", "by-theme", "goals"})
#: Of these tables, the sums of all awards that hold money. A part of them, such as what is committed, may
#: be of a single one.
OF_ALL_AWARDS = frozenset(
    {"Available", "Grant awarded", "Project costs of the funded", "Costs of the funded projects"}
)
#: By the years of each project: all rows but the last may be of a single one.
BY_YEAR = "by-financial-year"
#: Sums that no award is part of.
NOT_AWARDED = frozenset({"Grant sought", "Ceiling"})


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The chosen tables as they may be given, and in which of them what is left out."""

    tables: list[Table]
    left_out: dict[Reason, list[str]]

    @property
    def text(self) -> str:
        """As a request keeps it."""
        return contents.as_json([Section(name="enclosed", title="Enclosed", tables=self.tables)])

    def uncovered(self, noted: Collection[str]) -> list[Reason]:
        """Those for which no section that can cover them is noted."""
        return [reason for reason in self.left_out if not set(COVERED_BY[reason]) & set(noted)]


def enclosed(report: ProgrammeReport, chosen: Collection[str], today: date) -> Enclosed:
    """What an answer that quotes the ``chosen`` tables of the report gives on that day."""
    held = _Held(report, today)
    found, left_out = [], dict[Reason, list[str]]()
    for table in quoted.tables(report):
        if table.name not in chosen:
            continue
        safe = table
        for reason, taken in (
            (Reason.UNTOLD, held.without_untold),
            (Reason.EMBARGOED, held.without_embargoed),
            (Reason.FEW, lambda one: one if one.name == PROJECTS else few.hidden(one)),
        ):
            before, safe = safe, taken(safe)
            if safe.rows != before.rows:
                left_out.setdefault(reason, []).append(table.title)
        found.append(_redacted(safe) if safe.name == PROJECTS else safe)
    return Enclosed(found, left_out)


def given(request: InformationRequest, chosen: Collection[str], today: date) -> Enclosed:
    """What an answered request enclosed, as it is kept; of an open one what it would today of ``chosen``.

    Of one that was answered before its tables were kept nothing: today's would be others.
    """
    if request.enclosed:
        [section] = contents.from_json(request.enclosed)
        return Enclosed(list(section.tables), {})
    report = request.report if request.is_open else None
    return enclosed(report, chosen, today) if report and report.contents else Enclosed([], {})


@dataclass(frozen=True, slots=True)
class _Hidden:
    """How many awards that are not public were in sums, in each of their competitions."""

    numbers: Sequence[int]

    @property
    def are_many(self) -> bool:
        return not any(map(suppression.is_small, self.numbers))


class _Held:
    """What nobody may be told of in a report's tables."""

    def __init__(self, report: ProgrammeReport, today: date):
        assert report.as_of is not None
        own = {one.pk for one in programme.covered_by(report)}
        # A budget is drawn on by others as well, and its sums are theirs too.
        beside = unpublished.drawing_with(own, is_whole=report.is_whole)
        self.is_untold = unpublished.are_untold(own, report.as_of)
        self.is_untold_beside = unpublished.are_untold(beside, report.as_of)
        rows = unpublished.embargoed(own, report.as_of, today)
        holding = unpublished.holding(rows, report.as_of)
        self.references = frozenset(rows.values_list("application__reference", flat=True))
        self.holding = _hidden(holding)
        self.over = _hidden(rows.exclude(pk__in=holding.values("pk")))
        of_budgets = unpublished.embargoed(beside, report.as_of, today)
        self.beside = _hidden(unpublished.holding(of_budgets, report.as_of))

    def without_untold(self, table: Table) -> Table:
        if table.name in WITHOUT_UNTOLD or table.name.startswith(EQUALITY):
            return table
        is_untold = self.is_untold_beside if table.name == BUDGETS else self.is_untold
        return replace(table, rows=[]) if is_untold else table

    def without_embargoed(self, table: Table) -> Table:
        """Of the projects the rows; of sums all in which one to four of a competition may stand alone.

        A sum over part of a competition may have one of them among many that are public.
        """
        if table.name == PROJECTS:
            return replace(table, rows=[row for row in table.rows if row[0] not in self.references])
        hidden = {BUDGETS: self.beside, OVER: self.over}.get(table.name, self.holding)
        if not hidden.numbers:
            return table
        sums = [column.kind is Kind.MONEY and column.heading not in NOT_AWARDED for column in table.columns]
        if hidden.are_many and table.name in OF_WHOLE_COMPETITIONS:
            sums = [
                is_sum and column.heading not in OF_ALL_AWARDS
                for is_sum, column in zip(sums, table.columns, strict=True)
            ]
        keeps_last = hidden.are_many and table.name == BY_YEAR
        rows = [row if keeps_last and row[0] == few.TOGETHER else _without(row, sums) for row in table.rows]
        if rows == table.rows:
            return table
        # A chart or a map of sums that are not there would be empty.
        return replace(table, rows=rows, charted=(), mapped="")


def _hidden(rows: AwardQuerySet) -> _Hidden:
    of_each = rows.order_by().values("application__competition").annotate(number=Count("pk"))
    return _Hidden([one["number"] for one in of_each])


def _without(row: Sequence[Cell], sums: Sequence[bool]) -> list[Cell]:
    return [
        Hidden.WITHHELD if is_sum and cell is not None else cell
        for cell, is_sum in zip(row, sums, strict=True)
    ]


def _redacted(table: Table) -> Table:
    """Addresses and numbers of persons are taken out of the titles, as of the open data."""
    titles = {place for place, column in enumerate(table.columns) if column.heading == "Project"}
    return replace(
        table,
        rows=[
            [redacted(str(cell)).text if place in titles else cell for place, cell in enumerate(row)]
            for row in table.rows
        ],
    )
