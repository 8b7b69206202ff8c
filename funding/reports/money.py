"""Money: of the live awards what is reserved, committed and paid, by whatever a reader may ask for."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.models import Size
from applications.models import Area
from funding import forecast
from funding.reports.contents import Cell, Column, Kind, Table
from funding.reports.covered import NOTHING, Covered, Part, Received

NO_SIZE, ELSEWHERE, NO_AREA = "No size named", "Elsewhere in the UK", "No area named"

Labels = Mapping[str, Callable[[Received], list[str]]]
#: Whose, under what it is counted, and the pounds reserved, committed and paid.
Counted = tuple[int, str, Decimal, Decimal, Decimal]


@dataclass(slots=True)
class _Sums:
    awards: set[int] = field(default_factory=set)
    reserved: Decimal = NOTHING
    committed: Decimal = NOTHING
    paid: Decimal = NOTHING

    def add(self, award: int, reserved: Decimal, committed: Decimal, paid: Decimal) -> None:
        self.awards.add(award)
        self.reserved += reserved
        self.committed += committed
        self.paid += paid


def table(covered: Covered, labels: Labels) -> Table:
    """``labels`` are those of an award by its application, by what they say of it."""
    of_awards = {"Financial year of the award": _year, **labels}
    rows = [
        row for by, keys in of_awards.items() for row in _rows(by, _of_awards(covered, keys), knows_paid=True)
    ]
    rows += _rows("Size", _of_parts(covered, _size), knows_paid=False)
    names = dict(
        Area.objects.filter(pk__in={part.area for part in covered.funded_parts}).values_list("pk", "name")
    )
    rows += _rows("Area", _of_parts(covered, lambda part: _area(part, names)), knows_paid=False)
    return Table(
        name="money-by",
        title="Where the money of the awards stands",
        note="Live awards under each label; a label without one is left out. An award is reserved from its "
        "approval on, committed from its acceptance on, and paid as far as the ledger says so. Its financial "
        "year, 1 April to 31 March, is that of the approval. By size and area an organisation's own share "
        "counts; what is paid is of an award, not of an organisation, and stays among the committed there. "
        "Under themes an award counts once for each.",
        columns=[
            Column("By"),
            Column("Of"),
            Column("Awards", Kind.COUNT),
            *(Column(heading, Kind.MONEY) for heading in ("Reserved", "Committed", "Paid")),
        ],
        rows=rows,
    )


def _rows(by: str, counted: Iterator[Counted], *, knows_paid: bool) -> list[list[Cell]]:
    found: dict[str, _Sums] = defaultdict(_Sums)
    for award, label, *sums in counted:
        found[label].add(award, *sums)
    return [
        [
            by,
            label,
            len(one.awards),
            str(one.reserved),
            str(one.committed),
            str(one.paid) if knows_paid else None,
        ]
        for label, one in sorted(found.items())
    ]


def _of_awards(covered: Covered, keys: Callable[[Received], list[str]]) -> Iterator[Counted]:
    for one in covered.funded:
        reserved, committed = (NOTHING, one.award - one.paid) if one.is_accepted else (one.award, NOTHING)
        for label in keys(one):
            yield one.pk, label, reserved, committed, one.paid


def _of_parts(covered: Covered, key: Callable[[Part], str]) -> Iterator[Counted]:
    accepted = {one.pk for one in covered.funded if one.is_accepted}
    for part in covered.funded_parts:
        is_accepted = part.application in accepted
        reserved, committed = (NOTHING, part.grant) if is_accepted else (part.grant, NOTHING)
        yield part.application, key(part), reserved, committed, NOTHING


def _year(one: Received) -> list[str]:
    return [forecast.in_words(forecast.year_of(one.awarded_on))] if one.awarded_on else []


def _size(part: Part) -> str:
    return Size(part.size).label if part.size else NO_SIZE


def _area(part: Part, names: Mapping[int, str]) -> str:
    return names[part.area] if part.area else ELSEWHERE if part.is_elsewhere else NO_AREA
