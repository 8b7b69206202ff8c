"""Two portfolios beside each other, in figures and in a sentence."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from accounts import money
from accounts.formats import pounds
from funding.portfolio.problem import Candidate, Objective, PortfolioProblem

#: More projects than this are counted in the sentence, not named.
NAMED = 5
NO_POINTS = Decimal("0.0")
SAME = "worth the same"


@dataclass(frozen=True, slots=True)
class Side:
    """One of two portfolios: its projects by rank, each with what it gets there, and the pounds it leaves."""

    projects: tuple[Candidate, ...]
    left: Mapping[str, Decimal]


@dataclass(frozen=True)
class Difference:
    """What changes from one portfolio to another; projects by rank.

    regranted projects of both that get another sum, as they were and as they are
    points    by how much the sum of scores grows, in points
    weighted  by how much the grant grows when every pound counts by its project's score, in pounds:
              £100,000 at 80.5% is £80,500
    left      pounds left of each budget before and after, what is kept back counted with it
    """

    came_in: tuple[Candidate, ...]
    went_out: tuple[Candidate, ...]
    regranted: tuple[tuple[Candidate, Candidate], ...]
    points: Decimal
    weighted: Decimal
    left: dict[str, tuple[Decimal, Decimal]]
    objective: Objective

    @property
    def sentence(self) -> str:
        """Worked: "B out, C and D in: 4.1 points more, £12,400 left instead of £88,000"."""
        both = ((self.went_out, "out"), (self.came_in, "in"))
        who = [f"{_names(projects)} {word}" for projects, word in both if projects]
        who += self._sums()
        if who:
            return f"{', '.join(who)}: {', '.join([self._worth(), *self._money()])}"
        left = ", ".join(self._money())
        return f"The same projects: {left}" if left else "The same projects"

    def _sums(self) -> list[str]:
        if len(self.regranted) > NAMED:
            return [f"{len(self.regranted)} projects with another grant"]
        return [
            f"{after.reference} {pounds(after.amount)} instead of {pounds(before.amount)}"
            for before, after in self.regranted
        ]

    def _worth(self) -> str:
        if self.objective == Objective.SCORE_WEIGHTED_GRANT:
            amount = pounds(money.nearest_pound(abs(self.weighted)))
            return f"{amount} {_word(self.weighted)} of grant weighted by score" if self.weighted else SAME
        unit = "point" if abs(self.points) == 1 else "points"
        amount = f"{abs(self.points):,.1f}".removesuffix(".0")
        return f"{amount} {unit} {_word(self.points)}" if self.points else SAME

    def _money(self) -> list[str]:
        changed = {code: left for code, left in self.left.items() if left[0] != left[1]}
        if len(set(changed.values())) == 1 and len(changed) == len(self.left):
            before, after = next(iter(changed.values()))
            return [f"{pounds(after)} left instead of {pounds(before)}"]
        return [
            f"{pounds(after)} left of {code} instead of {pounds(before)}"
            for code, (before, after) in sorted(changed.items())
        ]


def difference(problem: PortfolioProblem, before: Collection[int], after: Collection[int]) -> Difference:
    """Return what changes from one portfolio, by ids, to another of the same problem."""
    return between(_side(problem, set(before)), _side(problem, set(after)), problem.objective)


def _side(problem: PortfolioProblem, chosen: Set[int]) -> Side:
    return Side(tuple(one for one in problem.ranked if one.id in chosen), problem.left(chosen))


def between(before: Side, after: Side, objective: Objective) -> Difference:
    """Return what changes from one to the other, told of the budgets that both have."""
    earlier, later = ({one.reference: one for one in side.projects} for side in (before, after))
    kept = [(earlier[reference], one) for reference, one in later.items() if reference in earlier]
    return Difference(
        came_in=tuple(one for one in after.projects if one.reference not in earlier),
        went_out=tuple(one for one in before.projects if one.reference not in later),
        regranted=tuple((was, now) for was, now in kept if was.amount != now.amount),
        points=_sum(one.score for one in after.projects) - _sum(one.score for one in before.projects),
        weighted=_sum(map(_weighted, after.projects)) - _sum(map(_weighted, before.projects)),
        left={
            code: (before.left[code], after.left[code])
            for code in sorted(before.left.keys() & after.left.keys())
        },
        objective=objective,
    )


def _weighted(one: Candidate) -> Decimal:
    return one.score * one.amount / 100


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, NO_POINTS)


def _word(change: Decimal) -> str:
    return "more" if change > 0 else "less"


def _names(projects: Sequence[Candidate]) -> str:
    if len(projects) > NAMED:
        return f"{len(projects)} projects"
    *first, last = [one.reference for one in projects]
    return f"{', '.join(first)} and {last}" if first else last
