"""What an answer may not give: it is left out of the tables that are enclosed, under a noted exemption.

Three things are never enclosed, whoever asks: counts that tell of fewer than five, outcomes that are not
released, and what would give the grant of an award under a publicity embargo. The answer is taken only with a
section of the Act noted for each that was left out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from django.db.models import Count, Q

from funding.models import Award, AwardStatus, InformationRequest, ProgrammeReport
from funding.models.award import AwardQuerySet
from funding.places import Place
from funding.register import few, quoted
from funding.reports import contents, programme, suppression
from funding.reports.contents import Kind, Section, Table
from funding.reports.suppression import Hidden


class Reason(StrEnum):
    """Why something is left out, as people read it."""

    FEW = "counts of fewer than 5, and what they could be worked out from"
    UNTOLD = "outcomes that are not released yet"
    EMBARGOED = "awards under a publicity embargo, and sums that would give their grants"


#: The sections of the Act that can cover each: personal data, future publication, confidence, commerce.
COVERED_BY: Mapping[Reason, tuple[str, ...]] = {
    Reason.FEW: ("40", "41", "43"),
    Reason.UNTOLD: ("22", "41", "43"),
    Reason.EMBARGOED: ("22", "41", "43"),
}
PROJECTS = "projects"
#: What counts no decision; the projects funded are those that were told of.
WITHOUT_UNTOLD = frozenset({PROJECTS, "first-time", "partnership"})
EQUALITY = "equality-"
#: Each row is of whole competitions, so that it has the awards under embargo of each, or none of them.
OF_WHOLE_COMPETITIONS = frozenset(
    {"budgets", "by-region", "by-competition", "by-strand", "by-theme", "by-financial-year", "goals"}
)
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
    untold, embargoed = _untold(report).exists(), _Embargoed(report, today)
    found, left_out = [], dict[Reason, list[str]]()
    for table in quoted.tables(report):
        if table.name not in chosen:
            continue
        safe = table
        for reason, taken in (
            (Reason.UNTOLD, lambda one: _without_untold(one) if untold else one),
            (Reason.EMBARGOED, embargoed.taken_out),
            (Reason.FEW, lambda one: one if one.name == PROJECTS else few.hidden(one)),
        ):
            before, safe = safe, taken(safe)
            if safe.rows != before.rows:
                left_out.setdefault(reason, []).append(table.title)
        found.append(safe)
    return Enclosed(found, left_out)


def given(request: InformationRequest, chosen: Collection[str], today: date) -> Enclosed:
    """What an answered request enclosed, as it is kept; of another what it would today of ``chosen``."""
    if request.enclosed:
        [section] = contents.from_json(request.enclosed)
        return Enclosed(list(section.tables), {})
    report = request.report
    return enclosed(report, chosen, today) if report and report.contents else Enclosed([], {})


def named(report: ProgrammeReport, text: str, today: date) -> list[str]:
    """The references of awards of which nobody may be told and that ``text`` names, also by title or lead."""
    lower = " ".join(text.casefold().split())
    nobodys = Q(pk__in=_untold(report).values("pk")) | Q(pk__in=_embargoed(report, today).values("pk"))
    rows = Award.objects.filter(nobodys).select_related("application")
    found = []
    for award in rows.prefetch_related("application__participants"):
        application = award.application
        leads = [one.name for one in application.participants.all() if one.is_lead]
        words = [application.reference, application.title, *leads]
        if any(" ".join(word.casefold().split()) in lower for word in words if word.strip()):
            found.append(application.reference)
    return sorted(found)


class _Embargoed:
    """The awards of a report that were told of and are under embargo."""

    def __init__(self, report: ProgrammeReport, today: date):
        rows = _embargoed(report, today)
        self.references = frozenset(rows.values_list("application__reference", flat=True))
        of_each = rows.order_by().values("application__competition").annotate(number=Count("pk"))
        self.are_many = not any(suppression.is_small(one["number"]) for one in of_each)

    def taken_out(self, table: Table) -> Table:
        """Of the projects the rows; of sums all, where few awards under embargo are in one of them.

        A sum over part of a competition may have one of them among many that are public.
        """
        if not self.references:
            return table
        if table.name == PROJECTS:
            return replace(table, rows=[row for row in table.rows if row[0] not in self.references])
        if table.name in OF_WHOLE_COMPETITIONS and self.are_many:
            return table
        sums = [column.kind is Kind.MONEY and column.heading not in NOT_AWARDED for column in table.columns]
        rows = [
            [
                Hidden.WITHHELD if is_sum and cell is not None else cell
                for cell, is_sum in zip(row, sums, strict=True)
            ]
            for row in table.rows
        ]
        # A chart or a map of sums that are not there would be empty.
        return replace(table, rows=rows, charted=(), mapped="")


def _without_untold(table: Table) -> Table:
    if table.name in WITHOUT_UNTOLD or table.name.startswith(EQUALITY):
        return table
    return replace(table, rows=[])


def _untold(report: ProgrammeReport) -> AwardQuerySet:
    """The awards that it counts and of which nobody outside had been told when it was compiled.

    Also those that were taken back since: the report counts them.
    """
    made = _awards(report).filter(made_at__lte=report.as_of)
    given_back = made.filter(
        status=AwardStatus.REVERSED,
        transfers__target=Place.AVAILABLE,
        transfers__made_at__lte=report.as_of,
    )
    told = made.filter(application__released_at__lte=report.as_of, application__told_status="")
    return made.exclude(pk__in=given_back.values("pk")).exclude(pk__in=told.values("pk"))


def _embargoed(report: ProgrammeReport, today: date) -> AwardQuerySet:
    """Of those told of; also ended ones, which are nobody's to read of where they never were public."""
    told = _awards(report).filter(application__released_at__lte=report.as_of)
    told = told.exclude(status=AwardStatus.REVERSED)
    return told.exclude(embargo_until__isnull=False, embargo_until__lte=today)


def _awards(report: ProgrammeReport) -> AwardQuerySet:
    return Award.objects.filter(application__competition__in=programme.covered_by(report))
