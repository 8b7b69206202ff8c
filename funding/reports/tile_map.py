"""A map of areas as tiles: each local authority a square of the same size, roughly where it lies.

Small towns are as easily read as wide districts, and nothing has to be drawn to scale. Tiles say in
words what their shade shows, so that neither colour nor place is needed to read one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from funding.reports.contents import Cell, Kind, Table

CODES = "ONS code"
#: Of the tiles that have anything; nought has none.
SHADES = 3


@dataclass(frozen=True, slots=True)
class Tile:
    """``column`` and ``row`` count from 1, from the north-west; ``shade`` from 0 to ``SHADES``."""

    label: str
    says: str
    column: int
    row: int
    shade: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """The tiles of one cluster, by row and column."""

    name: str
    columns: int
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class TileMap:
    """``says`` is what each shade stands for, from none on."""

    clusters: tuple[Cluster, ...]
    says: tuple[str, ...]


#: Where each ONS code stands in its cluster: column from the west, row from the north.
CLUSTERS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "Liverpool City Region and its wider cluster": {
        "E07000126": (3, 1),  # South Ribble
        "E07000127": (3, 2),  # West Lancashire
        "E07000118": (4, 2),  # Chorley
        "E08000014": (2, 2),  # Sefton
        "E08000012": (2, 3),  # Liverpool
        "E08000011": (3, 3),  # Knowsley
        "E08000013": (4, 3),  # St Helens
        "E08000015": (1, 4),  # Wirral
        "E06000006": (3, 4),  # Halton
        "E06000007": (4, 4),  # Warrington
        "W06000005": (1, 5),  # Flintshire
        "E06000050": (2, 5),  # Cheshire West and Chester
    },
    "Tees Valley": {
        "E06000001": (3, 1),  # Hartlepool
        "E06000005": (1, 2),  # Darlington
        "E06000004": (2, 2),  # Stockton-on-Tees
        "E06000002": (3, 2),  # Middlesbrough
        "E06000003": (4, 2),  # Redcar and Cleveland
    },
}


def of(table: Table, in_words: Callable[[Cell, Kind], str]) -> TileMap | None:
    """The map that a table asks for, a cluster for each that has an area in it; None where there is none.

    in_words  how a cell of a kind is written
    """
    headings = [column.heading for column in table.columns]
    if not {CODES, table.mapped} <= set(headings):
        return None
    codes, mapped = headings.index(CODES), headings.index(table.mapped)
    kind = table.columns[mapped].kind
    rows = {row[codes]: row for row in table.rows if row[codes]}
    longest = max((Decimal(row[mapped] or 0) for row in rows.values()), default=Decimal(0))

    def tile(row: Sequence[Cell], place: tuple[int, int]) -> Tile:
        amount = Decimal(row[mapped] or 0)
        return Tile(str(row[0]), in_words(row[mapped] or 0, kind), *place, shade(amount, longest))

    clusters = [
        Cluster(
            name,
            max(column for column, _ in places.values()),
            tuple(
                tile(rows[code], places[code])
                for code in sorted(places, key=lambda one: places[one][::-1])
                if code in rows
            ),
        )
        for name, places in CLUSTERS.items()
    ]
    found = tuple(cluster for cluster in clusters if cluster.tiles)
    steps = [longest * step / SHADES for step in range(1, SHADES + 1)]
    says = [in_words(int(step.to_integral_value(ROUND_CEILING)), kind) for step in steps]
    return TileMap(found, ("none", *(f"up to {one}" for one in says))) if found and longest else None


def shade(amount: Decimal, longest: Decimal) -> int:
    """In which third of the largest amount this one is. Worked: of 90, 0 is 0, 1 is 1, 30 is 1, 31 is 2."""
    if amount <= 0 or longest <= 0:
        return 0
    return int((amount * SHADES / longest).to_integral_value(ROUND_CEILING))
