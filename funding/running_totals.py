"""What the candidates of a list take from each budget, down to each, and the line that a change draws.

A change moves applications and leaves the others in their order, so that the line is found by searching
in running totals and not by making the list again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import NamedTuple

from applications.assessment.standings import Standing
from funding.line import Plan
from funding.models import Budget, Outcome


class Changed(NamedTuple):
    """What an application would be with one change: its place, and what marks and votes make of it."""

    place: tuple
    outcome: Outcome | None


class Totals:
    """The candidates in their order, and what they take from each budget down to each."""

    def __init__(self, plan: Plan, drawn: Mapping[str, list[Budget]]):
        candidates = (Outcome.FUND, Outcome.BELOW_LINE)
        self.candidates = [line for line in plan.lines if line.outcome in candidates]
        self.index = {line.standing.application_id: at for at, line in enumerate(self.candidates)}
        self.places = [place(line.standing) for line in self.candidates]
        self.levels: dict[tuple, int] = {}
        for one in self.places:
            self.levels[one[:2]] = self.levels.get(one[:2], 0) + 1
        self.of_code = {code: [budget.pk for budget in of_one] for code, of_one in drawn.items()}
        self.available = {
            budget.pk: pence(budget.available) for of_one in drawn.values() for budget in of_one
        }
        self.taken: dict[int, list[int]] = {pk: [] for pk in self.available}
        running = dict.fromkeys(self.available, 0)
        for line in self.candidates:
            for pk in self.of_code[line.standing.competition_code]:
                running[pk] += pence(line.standing.grant_sought)
            for pk, taken in self.taken.items():
                taken.append(running[pk])
        self.stop = self.first_over(0, len(self.candidates), {})

    def line_with(self, one: Standing, changed: Changed) -> tuple[int, Outcome | None]:
        """Draw the line with one application changed: where it stops the others, and its own outcome.

        Others are counted by their place as it is; those before the stop are funded.
        """
        end = len(self.candidates)
        was = self.index.get(one.application_id, end)
        is_candidate = changed.outcome == Outcome.FUND
        to = bisect_left(self.places, changed.place) if is_candidate else end + 1
        if is_candidate and to in (was, was + 1) and was < end:
            return self.stop, self.candidates[was].outcome
        if self.stop < min(was, to):
            return self.stop, Outcome.BELOW_LINE if is_candidate else changed.outcome
        own = dict.fromkeys(self.of_code[one.competition_code], pence(one.grant_sought))
        if to <= was:
            stop, is_funded = self._with_up(was, to, own)
        else:
            stop, is_funded = self._with_down(was, to, own)
        if not is_candidate:
            return stop, changed.outcome
        return stop, Outcome.FUND if is_funded else Outcome.BELOW_LINE

    def _with_up(self, was: int, to: int, own: dict[int, int]) -> tuple[int, bool]:
        if any(
            (self.taken[pk][to - 1] if to else 0) + grant > self.available[pk] for pk, grant in own.items()
        ):
            return to, False
        stop = self.first_over(to, was, own)
        if stop == was:
            stop = self.first_over(was + 1, len(self.candidates), {})
        return stop, True

    def _with_down(self, was: int, to: int, own: dict[int, int]) -> tuple[int, bool]:
        end = min(to, len(self.candidates))
        stop = self.first_over(was + 1, end, {pk: -grant for pk, grant in own.items()})
        if stop < end or to > len(self.candidates):
            return stop, False
        if any(self.taken[pk][to - 1] > self.available[pk] for pk in own):
            return to, False
        return self.first_over(to, len(self.candidates), {}), True

    def first_over(self, low: int, high: int, more: dict[int, int]) -> int:
        """The first place from ``low`` on at which a budget is passed; ``high`` where none is before."""
        for pk, taken in self.taken.items():
            if low < high:
                high = bisect_right(taken, self.available[pk] - more.get(pk, 0), low, high)
        return max(low, high)


def place(one: Standing) -> tuple:
    return -int((one.score or 0) * 10), -one.fund_votes, int(one.spread * 10), one.reference


def pence(amount) -> int:
    return int(amount * 100)
