"""The public facts of a round: how many applied, were funded and with what scores. Nobody is named.

What would tell about few applicants is hidden by ``funding/reports/suppression.py``. Totals of the
round are shown from five on. Where fewer than five were funded, nothing is told apart by funded and not
funded, since either would give the other away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Size
from applications.models import Area
from funding.reports import figures, shown, suppression
from funding.reports.contents import Cell, Column, Kind, Table
from funding.reports.suppression import Hidden, Shown
from funding.reports.told import Told

FUNDED, NOT_FUNDED, APPLICATIONS = "Funded", "Not funded", "Applications"
ELSEWHERE, OTHERS = "Elsewhere, or no area named", "Other organisations"

#: The applications in each of the rows of a table, under the row's label.
Rows = Sequence[tuple[str, Sequence[Told]]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of the round; ``Hidden`` where it would tell about few, None where there is none."""

    label: str
    value: Cell
    kind: Kind

    @property
    def text(self) -> str:
        """Worked: "30.0" in percent is "30.0%", with its decimal always."""
        if self.kind is Kind.PERCENT and self.value and not isinstance(self.value, Hidden):
            return f"{self.value}%"
        return shown.in_words(self.value, self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is published of one round.

    sentence  the round in a line
    method    how it was decided, as the programme report calls it
    steps     received, assessed, funded; ``bands`` scores; ``groups`` by area and by size
    """

    sentence: str
    method: str
    rates: list[Fact]
    scores: list[Fact]
    steps: Table
    bands: Table
    groups: list[Table]

    @property
    def tables(self) -> list[Table]:
        return [self.steps, self.bands, *self.groups]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A table of the facts; ``heads`` stands above its labels."""

    name: str
    title: str
    heads: str
    note: str
    has_rates: bool = False


BANDS = About(
    name="bands",
    title="Scores",
    heads="Mean score, %",
    note="The mean of an application’s assessments that count, in percent. Every assessed application.",
)
BY_AREA = About(
    name="by-area",
    title="By area",
    heads="Area",
    note="The local authority area where the lead organisation does most of its work.",
    has_rates=True,
)
BY_SIZE = About(
    name="by-size",
    title="By size of organisation",
    heads="Size",
    note="The size of the lead organisation. Others are not businesses.",
    has_rates=True,
)


def of(received: Sequence[Told], areas: Sequence[Area], method: str, grant: Decimal | None = None) -> Facts:
    """The facts of everything received; ``areas`` are the region's, in their order.

    grant  pounds that anybody can add up from the open data; None where nothing is published. Of what the
           applications were awarded nothing is said: less the open data it would give the others' sums.
    """
    groups = in_rows(received, areas)
    return Facts(
        sentence=_sentence(len(received), _funded(received)),
        method=method,
        rates=[*_rates(received), Fact("Grant in the open data", _in_pounds(grant), Kind.MONEY)],
        scores=_scores(received),
        steps=_steps(received),
        bands=_table(groups[BANDS.name], BANDS),
        groups=[_table(groups[BY_AREA.name], BY_AREA), _table(groups[BY_SIZE.name], BY_SIZE)],
    )


def in_rows(received: Sequence[Told], areas: Sequence[Area]) -> dict[str, Rows]:
    """The applications in each row of each table, by the table's name."""
    marked = [one for one in received if one.score is not None]
    known = {area.pk for area in areas}
    return {
        BANDS.name: [
            (_in_words(name), [one for one in marked if least <= (one.score or Decimal(0)) <= most])
            for name, least, most in figures.BANDS
        ],
        BY_AREA.name: [
            *((area.name, [one for one in received if one.area == area.pk]) for area in areas),
            (ELSEWHERE, [one for one in received if one.area not in known]),
        ],
        BY_SIZE.name: [
            *((size.label, [one for one in received if one.size == size.value]) for size in Size),
            (OTHERS, [one for one in received if one.size not in Size.values]),
        ],
    }


def columns(of_rows: Rows) -> dict[str, list[list[Told]]]:
    """The applications that each cell counts, by the column's heading: told apart by funded and not funded
    where that gives nobody away."""
    cells = [list(found) for _, found in of_rows]
    if suppression.is_small(sum(_funded(found) for found in cells)):
        return {APPLICATIONS: cells}
    return {
        FUNDED: [[one for one in found if one.is_funded] for found in cells],
        NOT_FUNDED: [[one for one in found if not one.is_funded] for found in cells],
    }


def _sentence(received: int, funded: int) -> str:
    """Worked: of 40 and 12 "12 of the 40 applications received were funded: 30.0%."."""
    if suppression.is_small(received):
        return "Fewer than 5 applications were received, so that little is said of them here."
    if suppression.is_small(funded):
        return f"Of the {received:,} applications received, fewer than 5 were funded."
    if not received:
        return "No application was received."
    share = figures.rate(funded, received)
    return f"{funded:,} of the {received:,} applications received were funded: {share}%."


def _rates(received: Sequence[Told]) -> list[Fact]:
    """Without the rate where either of the two counts that make it is hidden."""
    every, funded, assessed = len(received), _funded(received), sum(one.is_assessed for one in received)
    of_received, of_assessed = figures.rate(funded, every), figures.rate(funded, assessed)
    return [
        Fact("Success rate, of received", _unless_few(of_received, funded, every), Kind.PERCENT),
        Fact("Success rate, of assessed", _unless_few(of_assessed, funded, assessed), Kind.PERCENT),
    ]


def _scores(received: Sequence[Told]) -> list[Fact]:
    """As the programme report counts them: the unsuccessful are those that were told so."""
    funded = [one.score for one in received if one.is_funded and one.score is not None]
    refused = [one.score for one in received if one.is_unsuccessful and one.score is not None]
    lowest, highest = min(funded, default=None), max(funded, default=None)
    spread = None if lowest is None or highest is None else highest - lowest
    of_funded = (
        ("Lowest funded score", lowest, Kind.PERCENT),
        ("Highest funded score", highest, Kind.PERCENT),
        ("Spread of the funded, in points", spread, Kind.SCORE),
        ("Mean score of the funded", figures.mean(funded, figures.TENTH), Kind.PERCENT),
    )
    of_refused = figures.text(figures.mean(refused, figures.TENTH))
    return [
        *(
            Fact(label, _unless_few(figures.text(value), len(funded)), kind)
            for label, value, kind in of_funded
        ),
        Fact("Mean score of the unsuccessful", _unless_few(of_refused, len(refused)), Kind.PERCENT),
    ]


def _in_pounds(grant: Decimal | None) -> Cell:
    return None if grant is None else str(grant)


def _unless_few(value: Cell, *counts: int) -> Cell:
    return Hidden.WITHHELD if any(map(suppression.is_small, counts)) else value


def _steps(received: Sequence[Told]) -> Table:
    steps = (
        ("Received", len(received)),
        ("Assessed", sum(one.is_assessed for one in received)),
        (FUNDED, _funded(received)),
    )
    return Table(
        name="steps",
        title="From received to funded",
        note="Received: on the list that was drawn when the competition closed, also where it was withdrawn "
        "or found ineligible later. Assessed: an assessment of it counts.",
        columns=[Column("Step"), Column(APPLICATIONS, Kind.COUNT)],
        charted=(APPLICATIONS,),
        rows=[[step, suppression.count(number)] for step, number in steps],
    )


def _in_words(band: str) -> str:
    """Worked: "<70.0" is "Below 70.0", and "70.0-75.0" is "70.0 to 75.0"."""
    return band.replace("<", "Below ").replace("-", " to ")


def _table(of_rows: Rows, about: About) -> Table:
    """A count for each row. A table of fewer than five has no rows at all."""
    counted = {
        heading: suppression.column([len(found) for found in cells])
        for heading, cells in columns(of_rows).items()
    }
    has_rates = about.has_rates and FUNDED in counted
    cells: list[list[Cell]] = [list(counts) for counts in zip(*counted.values(), strict=True)]
    if has_rates:
        cells = [[*counts, _rate(*counts)] for counts in zip(*counted.values(), strict=True)]
    return Table(
        name=about.name,
        title=about.title,
        note=about.note,
        columns=[
            Column(about.heads),
            *(Column(heading, Kind.COUNT) for heading in counted),
            *([Column("Success rate, %", Kind.SCORE)] if has_rates else []),
        ],
        charted=tuple(counted),
        rows=[]
        if suppression.is_small(sum(len(found) for _, found in of_rows))
        else [[label, *of_label] for (label, _), of_label in zip(of_rows, cells, strict=True)],
    )


def _rate(funded: Shown, others: Shown) -> Cell:
    if isinstance(funded, Hidden) or isinstance(others, Hidden):
        return Hidden.WITHHELD
    return figures.rate(funded, funded + others)


def _funded(received: Sequence[Told]) -> int:
    return sum(one.is_funded for one in received)
