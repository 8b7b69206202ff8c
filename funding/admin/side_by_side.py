"""The scenarios of a sheet beside each other, as their table prints them."""

from collections.abc import Iterable, Sequence

from accounts.formats import pounds
from funding.scenarios import tags
from funding.scenarios.comparing import Column
from funding.sheet import Sheet

#: What a row says of each scenario, beside that one's name, which a phone shows with it.
Figures = list[tuple[str, str]]


def rows(columns: Sequence[Column], codes: Sequence[str]) -> list[tuple[str, Figures]]:
    """Each figure's name and its values; ``codes`` are of the budgets that are shown."""
    totalled = sorted({tag for one in columns for tag in one.totals}, key=tags.sort_key)
    figures: list[tuple[str, Iterable[str]]] = [
        ("Projects funded", [str(len(one.funded)) for one in columns]),
        ("Grants", [pounds(one.granted) for one in columns]),
        ("Score funded, points", [str(one.points) for one in columns]),
        *[(f"Left in {code}", [pounds(one.left[code]) for one in columns]) for code in codes],
        *[(tags.in_words(tag), [pounds(one.totals.get(tag, 0)) for one in columns]) for tag in totalled],
    ]
    names = [one.scenario.name for one in columns]
    return [(name, list(zip(names, values, strict=True))) for name, values in figures]


def lines(sheet: Sheet, columns: Sequence[Column]) -> list[tuple]:
    """Those that some scenario funds, the best first, and by column the pounds it gives, or None."""
    funded = {reference for one in columns for reference in one.funded}
    return [
        (one, [(column.scenario.name, column.funded.get(one.reference)) for column in columns])
        for one in sheet.standings
        if one.reference in funded
    ]
