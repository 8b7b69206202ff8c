"""Who assesses what: the best legal assignment, proven in whole numbers.

Plain calculation on numbers; the same problem has the same answer. ``flow`` finds it, and shows
that nothing better exists.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reader:
    """An assessor who may be given work.

    load      applications they have already and keep, which count in how evenly work is spread
    capacity  how many they can have in all, with those
    """

    id: int
    load: int
    capacity: int

    @property
    def room(self) -> int:
        return max(0, self.capacity - self.load)


@dataclass(frozen=True)
class AssignmentProblem:
    """What is to be solved.

    places  application id -> how many assessors it still needs
    points  (assessor id, application id) -> how well they match, a whole number from 0; a pair that
            is not named is not allowed: a conflict, or somebody who has it already or had it
    stands  pairs that were given and may still be moved; each is among ``points`` and its place is
            among the ``places`` again
    """

    readers: tuple[Reader, ...]
    places: Mapping[int, int]
    points: Mapping[Pair, int]
    stands: frozenset[Pair] = frozenset()

    @cached_property
    def reader(self) -> dict[int, Reader]:
        return {one.id: one for one in self.readers}

    @cached_property
    def weights(self) -> "Weights":
        """Weights under which no amount of a lesser aim makes up for one unit of a greater."""
        wanted = sum(self.places.values())
        even = wanted * max(self.points.values(), default=0) + 1
        most = max((reader.load + min(reader.room, len(self.places)) for reader in self.readers), default=0)
        moved = even * (2 * most * wanted + 1)
        return Weights(short=moved * (len(self.stands) + 1), moved=moved, even=even)

    def cost(self, pair: Pair) -> int:
        """What this pair costs, beside what it adds to its assessor's load."""
        return -self.points[pair] - (self.weights.moved if pair in self.stands else 0)

    def next_load(self, reader: Reader, given: int) -> int:
        """What one more costs somebody who gets ``given`` here: the growth of the square of their load."""
        return self.weights.even * (2 * (reader.load + given) + 1)


@dataclass(frozen=True, slots=True)
class Weights:
    short: int
    moved: int
    even: int


@dataclass(frozen=True, slots=True, order=True)
class Worth:
    """How good an assignment is; the smaller, the better, the first figure before all others.

    short    places that nobody fills
    moved    pairs that stood and do not any more
    uneven   the sum of the squares of all loads: least where they differ least
    lacking  the match points that are missing, as a negative sum of those gained
    """

    short: int
    moved: int
    uneven: int
    lacking: int


@dataclass(frozen=True)
class Assignment:
    """The pairs, and what they are worth. ``is_proven``: shown in whole numbers that none is better."""

    problem: AssignmentProblem
    pairs: frozenset[Pair]
    is_proven: bool

    @cached_property
    def loads(self) -> dict[int, int]:
        """What each assessor has in all, by their id."""
        loads = {reader.id: reader.load for reader in self.problem.readers}
        for assessor, _application in self.pairs:
            loads[assessor] += 1
        return loads

    @cached_property
    def short(self) -> dict[int, int]:
        """Places that stay empty, by application id."""
        lacking = dict(self.problem.places)
        for _assessor, application in self.pairs:
            lacking[application] -= 1
        return {application: places for application, places in lacking.items() if places}

    @property
    def worth(self) -> Worth:
        return Worth(
            short=sum(self.short.values()),
            moved=len(self.problem.stands - self.pairs),
            uneven=sum(load * load for load in self.loads.values()),
            lacking=-sum(self.problem.points[pair] for pair in self.pairs),
        )

    @property
    def widest_difference(self) -> int:
        """The greatest load less the smallest."""
        return max(self.loads.values(), default=0) - min(self.loads.values(), default=0)


@dataclass(frozen=True, slots=True)
class NextBest:
    """Who would have come next for an application, and why they did not.

    ``is_full``: they have what they can carry. ``is_busier``: they have as much as or more than the
    one who was chosen.
    """

    assessor: int
    points: int
    is_full: bool
    is_busier: bool


def next_best(assignment: Assignment, pair: Pair) -> NextBest | None:
    """Return who matches best of those who may read this application and were not chosen for it."""
    chosen, application = pair
    problem, loads = assignment.problem, assignment.loads
    others = [
        (-problem.points[reader.id, application], loads[reader.id], reader.id)
        for reader in problem.readers
        if (reader.id, application) in problem.points and (reader.id, application) not in assignment.pairs
    ]
    if not others:
        return None
    lacking, load, assessor = min(others)
    return NextBest(
        assessor,
        -lacking,
        is_full=load >= problem.reader[assessor].capacity,
        is_busier=load >= loads[chosen],
    )


def is_legal(problem: AssignmentProblem, pairs: Set[Pair]) -> bool:
    """Whether only allowed pairs are there, nobody has more than they carry and no place is filled twice."""
    given = _counted(assessor for assessor, _ in pairs)
    filled = _counted(application for _, application in pairs)
    return (
        pairs <= problem.points.keys()
        and all(count <= problem.reader[assessor].room for assessor, count in given.items())
        and all(count <= problem.places[application] for application, count in filled.items())
    )


def _counted(ids: Iterable[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for one in ids:
        counts[one] = counts.get(one, 0) + 1
    return counts
