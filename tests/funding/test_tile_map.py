"""The map of areas: which tile stands where, how dark, and what it says."""

import json
from decimal import Decimal

import pytest
from django.conf import settings

from funding.reports import shown, tile_map
from funding.reports.contents import Column, Kind, Section, Table


def table(*rows, mapped: str = "Grant") -> Table:
    return Table(
        name="by-area",
        title="By area",
        columns=[Column("Area"), Column("ONS code"), Column("Grant", Kind.MONEY)],
        charted=("Grant",),
        mapped=mapped,
        rows=[list(row) for row in rows],
    )


def drawn(*rows, **kwargs) -> shown.ShownTable:
    return shown.shown([Section(name="reach", title="Reach", tables=[table(*rows, **kwargs)])])[0].tables[0]


LIVERPOOL, WIRRAL = ("Liverpool", "E08000012", "90.00"), ("Wirral", "E08000015", "30.00")
HARTLEPOOL = ("Hartlepool", "E06000001", "0")
ELSEWHERE = ("Elsewhere in the UK", "", "500.00")


def test_tiles_stand_in_their_cluster_and_say_what_their_shade_shows():
    found = drawn(WIRRAL, LIVERPOOL, HARTLEPOOL, ELSEWHERE)

    assert found.map is not None and found.bars == []
    assert [(cluster.name, [tile for tile in cluster.tiles]) for cluster in found.map.clusters] == [
        (
            "Liverpool City Region and its wider cluster",
            [tile_map.Tile("Liverpool", "£90", 2, 3, 3), tile_map.Tile("Wirral", "£30", 1, 4, 1)],
        ),
        ("Tees Valley", [tile_map.Tile("Hartlepool", "£0", 3, 1, 0)]),
    ]
    assert found.map.says == ("none", "up to £30", "up to £60", "up to £90")


@pytest.mark.parametrize(
    ("rows", "mapped"),
    [
        ([HARTLEPOOL, HARTLEPOOL], "Grant"),
        ([ELSEWHERE, ELSEWHERE], "Grant"),
        ([LIVERPOOL, WIRRAL], ""),
        ([LIVERPOOL, WIRRAL], "Sum"),
    ],
    ids=["nothing granted", "no area of a cluster", "no map asked for", "not a column"],
)
def test_without_anything_to_map_the_bars_are_drawn(rows, mapped):
    found = drawn(*rows, mapped=mapped)

    assert found.map is None
    assert [bar.label for bar in found.bars] == [row[0] for row in rows if Decimal(row[2])]


def test_one_row_of_one_column_has_no_bar_since_it_would_compare_nothing():
    assert drawn(LIVERPOOL, mapped="").bars == []


def test_no_two_tiles_of_a_cluster_stand_in_one_place_and_each_has_its_styles():
    for places in tile_map.CLUSTERS.values():
        assert len(set(places.values())) == len(places)
        assert max(column for column, _ in places.values()) <= 4
        assert max(row for _, row in places.values()) <= 5


def test_every_area_that_the_programme_is_laid_in_with_has_a_tile():
    regions = json.loads((settings.BASE_DIR / "launchpad/data/regions.json").read_text())["regions"]
    placed = {code for places in tile_map.CLUSTERS.values() for code in places}

    assert {area["code"] for region in regions for area in region["areas"]} == placed
