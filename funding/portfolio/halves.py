"""Half of what is open, written out: every subset that the allowance permits, as columns of whole numbers."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.signedinteger]


class TooMany(Exception):
    """The search would take more than it may; nothing is known."""


@dataclass
class Effort:
    """What a search may still take: states of one half, and pairs in all.

    above  by how much the value must exceed the least, by what was found so far
    """

    states: int
    pairs: int
    above: int = 0

    def take(self, pairs: int) -> None:
        self.pairs -= pairs
        if self.pairs < 0:
            raise TooMany


class Half:
    """Subsets of some of the open places: what each costs, adds in value, and changes in every row.

    A subset is found again by where it came from: ``grown`` has, for each place in turn, how many
    subsets there were before it and from which of them the later ones were made.
    """

    def __init__(self, rows: int, kind: type) -> None:
        self.costs: Numbers = np.zeros(1, np.int32)
        self.values: Numbers = np.zeros(1, np.int64)
        self.changes: Numbers = np.zeros((rows, 1), kind)
        self.places: list[int] = []
        self.grown: list[tuple[int, Numbers]] = []

    def __len__(self) -> int:
        return len(self.costs)

    def grow(self, core: "Core", place: int, most: int) -> None:
        """Add all subsets with this place in it; TooMany where there would be more than ``most``."""
        cost, change = core.costs[place], core.changes[place].astype(self.changes.dtype)
        sources = np.flatnonzero(self.costs <= core.allowance - cost)
        if len(self) + len(sources) > most:
            raise TooMany
        self.places.append(place)
        self.grown.append((len(self), sources.astype(np.int32)))
        self.costs = np.concatenate([self.costs, self.costs[sources] + np.int32(cost)])
        self.values = np.concatenate([self.values, self.values[sources] + core.values[place]])
        self.changes = np.concatenate([self.changes, self.changes[:, sources] + change[:, None]], axis=1)

    def subsets(self, which: Numbers) -> NDArray[np.bool_]:
        """Return which places are in each of these subsets, a column a place."""
        which, has = which.copy(), np.zeros((len(which), len(self.places)), bool)
        for column in range(len(self.places) - 1, -1, -1):
            before, sources = self.grown[column]
            later = which >= before
            has[:, column] = later
            which[later] = sources[which[later] - before]
        return has


@dataclass(frozen=True)
class Core:
    """What is open, and where every row stands when nothing goes against the prices.

    base    what is left of each row, and ``worth`` by how much the value is above ``least``; all of them
            must be nought or more in the end
    prices  what one unit left of each row costs, rounded down, in the unit of ``costs``
    widths  how much may be left of a row for one unit of cost
    divisor what one unit of value costs, before the last ``shift`` bits are left out
    """

    leaning: frozenset[int]
    open: tuple[int, ...]
    costs: dict[int, int]
    allowance: int
    base: Numbers
    worth: int
    changes: dict[int, Numbers]
    values: dict[int, int]
    kind: type
    prices: tuple[int, ...]
    widths: NDArray[np.float64]
    divisor: int
    shift: int

    def width(self, row: int, room: int) -> int:
        """How much of a priced row may be left: more would cost more than the room. Rounded up, twice."""
        return int(max(room + 1, 0) * float(self.widths[row]) * (1 + 1e-9) + 1)

    def with_in(self, half: "Half", number: int) -> "Core":
        """What is left to be looked for where this subset of a half is taken."""
        return replace(
            self,
            allowance=self.allowance - int(half.costs[number]),
            base=self.base + half.changes[:, number],
            worth=self.worth + int(half.values[number]),
        )

    def still(self, above: int) -> int:
        """The allowance for what is worth so much more than the least."""
        return self.allowance - (above * self.divisor >> self.shift)

    def most_left(self, row: int) -> float:
        """How much may be left of a row at the most, if nothing else costs anything."""
        return (self.allowance + 1) * float(self.widths[row]) * (1 + 1e-9)
