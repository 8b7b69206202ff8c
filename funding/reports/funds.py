"""Funds: where each budget stands, and what was awarded, counted by whatever a reader may ask for."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Size
from applications.models import ResearchCategory, Strand
from funding.reports import money
from funding.reports.contents import Cell, Column, Kind, Section, Table
from funding.reports.covered import NOTHING, Covered, Part, Received

NO_THEME, NO_CATEGORY = "No theme named", "None named"
BY_PROJECT = (
    Column("", Kind.TEXT),
    Column("Received", Kind.COUNT),
    Column("Funded", Kind.COUNT),
    Column("Grant awarded", Kind.MONEY),
    Column("Project costs of the funded", Kind.MONEY),
)

NOTES = {
    "Theme": "An application counts under each theme of its competition, so that together the themes come to "
    "more than there is."
}

TITLE = "Funds"


def section(covered: Covered) -> Section:
    labels = _labels(covered)
    return Section(
        name="funds",
        title=TITLE,
        about="Awarded: live awards, approved or accepted, of successful applications.",
        tables=[
            _budgets(covered),
            *(
                _by(
                    covered.received,
                    name=f"by-{heads.lower().replace(' ', '-')}",
                    title=f"By {heads.lower()}",
                    heads=heads,
                    keys=keys,
                    note=NOTES.get(heads, ""),
                )
                for heads, keys in labels.items()
            ),
            _by_size(covered),
            money.table(covered, labels),
        ],
    )


def _labels(covered: Covered) -> money.Labels:
    """Under what an application counts, by the heading of its table."""
    competitions = {one.pk: one for one in covered.competitions}
    return {
        "Region": lambda one: [competitions[one.competition].region.name],
        "Competition": lambda one: [competitions[one.competition].code],
        "Strand": lambda one: [Strand(competitions[one.competition].strand).label],
        "Theme": lambda one: competitions[one.competition].themes or [NO_THEME],
        "Research category": lambda one: [
            ResearchCategory(one.research_category).label if one.research_category else NO_CATEGORY
        ],
    }


def _budgets(covered: Covered) -> Table:
    return Table(
        name="budgets",
        title="Where each budget stands",
        note="One award draws on several budgets, so the lines do not add up.",
        columns=[
            Column("Budget"),
            Column("Kind"),
            *(
                Column(heading, Kind.MONEY)
                for heading in ("Ceiling", "Paid", "Committed", "Reserved", "Available")
            ),
        ],
        charted=("Paid", "Committed", "Reserved", "Available"),
        rows=[
            [
                one.name,
                one.get_kind_display(),
                *map(str, (one.ceiling, one.paid, one.committed, one.reserved, one.available)),
            ]
            for one in covered.budgets
        ],
    )


@dataclass(slots=True)
class _Sums:
    received: int = 0
    funded: int = 0
    grant: Decimal = NOTHING
    costs: Decimal = NOTHING

    def add(self, one: Received) -> None:
        self.received += 1
        if one.is_funded:
            self.funded += 1
            self.grant += one.award
            self.costs += one.total_costs


def _by(
    received: Iterable[Received],
    *,
    name: str,
    title: str,
    heads: str,
    keys: Callable[[Received], list[str]],
    note: str = "",
) -> Table:
    """Applications and their awards under each of the labels that ``keys`` gives them, by name."""
    found: dict[str, _Sums] = defaultdict(_Sums)
    for one in received:
        for label in keys(one):
            found[label].add(one)
    return Table(
        name=name,
        title=title,
        note=note,
        columns=[Column(heads), *BY_PROJECT[1:]],
        charted=("Grant awarded",),
        rows=[
            [label, sums.received, sums.funded, str(sums.grant), str(sums.costs)]
            for label, sums in sorted(found.items())
        ],
    )


def _by_size(covered: Covered) -> Table:
    """Organisations count once for each application they have a part in, their grant is their own share."""
    return Table(
        name="by-size",
        title="By size of organisation",
        note="An organisation counts once for each application that it has a part in; its grant is its own "
        "share.",
        columns=organisation_columns("Size"),
        charted=("Grant awarded",),
        rows=organisation_rows(
            covered, [(size.value, [size.label]) for size in Size], key=lambda part: part.size
        ),
    )


def organisation_columns(*heads: str) -> list[Column]:
    return [
        *(Column(head) for head in heads),
        Column("Organisations that applied", Kind.COUNT),
        Column("Funded", Kind.COUNT),
        Column("Grant awarded", Kind.MONEY),
    ]


def organisation_rows(
    covered: Covered, labels: Iterable[tuple[Hashable, list[str]]], *, key: Callable[[Part], Hashable]
) -> list[list[Cell]]:
    """A row for each label in its order, of the parts whose ``key`` it goes by; of nothing, noughts."""
    applied: dict[Hashable, int] = defaultdict(int)
    funded: dict[Hashable, int] = defaultdict(int)
    grants: dict[Hashable, Decimal] = defaultdict(lambda: NOTHING)
    for part in covered.parts:
        applied[key(part)] += 1
        if part.grant > 0:
            funded[key(part)] += 1
            grants[key(part)] += part.grant
    return [[*label, applied[one], funded[one], str(grants[one])] for one, label in labels]
