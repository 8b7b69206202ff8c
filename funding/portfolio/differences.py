"""Two portfolios beside each other, in figures and in a sentence."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts import money
from accounts.formats import pounds
from funding.portfolio.problem import Candidate, Objective, PortfolioProblem

#: More projects than this are counted in the sentence, not named.
NAMED = 5
NO_POINTS = Decimal("0.0")
SAME = "worth the same"


@dataclass(frozen=True)
class Difference:
    """What changes from one portfolio to another; projects by rank.

    points    by how much the sum of scores grows, in points
    weighted  by how much the grant grows when every pound counts by its project's score, in pounds:
              £100,000 at 80.5% is £80,500
    left      pounds left of each budget before and after, what is kept back counted with it
    """

    came_in: tuple[Candidate, ...]
    went_out: tuple[Candidate, ...]
    points: Decimal
    weighted: Decimal
    left: dict[str, tuple[Decimal, Decimal]]
    objective: Objective

    @property
    def sentence(self) -> str:
        """Worked: "B out, C and D in: 4.1 points more, £12,400 left instead of £88,000"."""
        if not self.came_in and not self.went_out:
            return "The same projects"
        both = ((self.went_out, "out"), (self.came_in, "in"))
        who = [f"{_names(projects)} {word}" for projects, word in both if projects]
        return f"{', '.join(who)}: {', '.join([self._worth(), *self._money()])}"

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
    """Return what changes from one portfolio, by ids, to another."""
    before, after = set(before), set(after)
    came_in = tuple(one for one in problem.ranked if one.id in after - before)
    went_out = tuple(one for one in problem.ranked if one.id in before - after)
    left = problem.left(before), problem.left(after)
    return Difference(
        came_in,
        went_out,
        points=_sum(one.score for one in came_in) - _sum(one.score for one in went_out),
        weighted=_sum(_weighted(one) for one in came_in) - _sum(_weighted(one) for one in went_out),
        left={code: (left[0][code], left[1][code]) for code in sorted(problem.budgets)},
        objective=problem.objective,
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
