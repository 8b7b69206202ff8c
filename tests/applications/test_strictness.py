import random
import statistics
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.assessment import strictness
from tests import proving

#: Points by which projects, and marks of one project, differ in the simulation: standard deviations.
QUALITY, CHANCE = 12, 8
PANELS = 40


class Panel:
    """A hundred projects, twenty assessors, three each; what is true of them is known."""

    def __init__(self, bias: float, seed: int, *, projects=100, assessors=20, each=3):
        dice = random.Random(seed)
        self.leaning = [dice.gauss(0, bias) for _ in range(assessors)]
        self.truth = [dice.gauss(65, QUALITY) for _ in range(projects)]
        self.marks = {
            project: {
                j: self.truth[project] + self.leaning[j] + dice.gauss(0, CHANCE)
                for j in dice.sample(range(assessors), each)
            }
            for project in range(projects)
        }
        self.found = strictness.estimate(self.marks)

    def raw(self) -> list[float]:
        return [statistics.fmean(given.values()) for given in self.marks.values()]

    def corrected(self) -> list[float]:
        takes = [self.found.correction(dict.fromkeys(given, 1)) for given in self.marks.values()]
        return [mean - less for mean, less in zip(self.raw(), takes, strict=True)]

    def ranks_out(self, means: list[float]) -> float:
        """By how many places a project's rank is out, in the mean."""
        true, shown = _ranks(self.truth), _ranks(means)
        return statistics.fmean(abs(one - other) for one, other in zip(true, shown, strict=True))

    def within(self) -> float:
        """The share of projects whose band holds what the mean assessor would find."""
        given = [self.leaning[j] for marks in self.marks.values() for j in marks]
        level = statistics.fmean(given)
        margins = [self.found.margin(dict.fromkeys(marks, 1)) for marks in self.marks.values()]
        rows = zip(self.corrected(), self.truth, margins, strict=True)
        return statistics.fmean(abs(mean - true - level) <= margin for mean, true, margin in rows)


def _ranks(values: list[float]) -> list[int]:
    order = sorted(range(len(values)), key=lambda one: -values[one])
    return [place for _, place in sorted((one, place) for place, one in enumerate(order))]


def simulated(bias: float) -> tuple[float, float, float]:
    """Mean places out, raw and corrected, and the share of bands that hold, over the panels."""
    panels = [Panel(bias, seed) for seed in range(PANELS)]
    raw = statistics.fmean(one.ranks_out(one.raw()) for one in panels)
    corrected = statistics.fmean(one.ranks_out(one.corrected()) for one in panels)
    held = statistics.fmean(one.within() for one in panels)
    print(f"bias {bias}: {raw:.2f} places out by the mean, {corrected:.2f} corrected; band holds {held:.1%}")
    return raw, corrected, held


def test_no_strictness_costs_next_to_nothing():
    raw, corrected, held = simulated(0)

    assert corrected <= raw * 1.01
    assert held > 0.93


@pytest.mark.parametrize(("bias", "falls_to"), [(5, 0.93), (10, 0.75)])
def test_strictness_that_is_there_is_taken_out(bias, falls_to):
    raw, corrected, held = simulated(bias)

    assert corrected < raw * falls_to
    assert held > 0.93


def test_the_worked_number():
    four = {project: {1: 60.0, 2: 50.0} for project in range(4)}

    sums, _squares = strictness._deviations(four)
    own, together = strictness._connections(four)

    assert sums == {1: 20, 2: -20}
    assert strictness._solve(sums, own, together, 1.0, [[1, 2]]) == pytest.approx({1: 4, 2: -4}, abs=1e-5)


def test_a_project_is_corrected_by_those_who_marked_it():
    found = strictness.Estimate(
        effects={1: 4.0, 2: -4.0, 3: 1.0}, errors={1: 0.0, 2: 0.0}, strictness=4.0, residual=3.0, groups=1
    )

    assert found.correction({1: 10}) == 4
    assert found.correction({1: 10, 2: 10}) == 0
    assert found.correction({1: 9, 3: 3}) == pytest.approx(3.25)
    assert found.correction({}) == 0
    assert found.margin({1: 10}) == pytest.approx(1.96 * 3)
    assert found.margin({1: 10, 2: 10}) == pytest.approx(1.96 * 3 / 2**0.5)


def test_assessors_who_share_nobody_are_not_compared():
    """Each group's effects add up to nought: nothing is said of one group against the other."""
    dice = random.Random(5)
    marks = {
        project: {
            first + j: 60 + 8 * j + dice.gauss(0, 3) + (20 if first else 0) for j in dice.sample(range(4), 3)
        }
        for project in range(40)
        for first in [0 if project < 20 else 10]
    }

    found = strictness.estimate(marks)

    assert found.groups == 2
    assert sum(found.effects[j] for j in range(4)) == pytest.approx(0, abs=1e-3)
    assert sum(found.effects[10 + j] for j in range(4)) == pytest.approx(0, abs=1e-3)
    assert found.effects[3] > found.effects[0] + 10


@pytest.mark.parametrize("marks", [{}, {1: {1: 70.0}}, {1: {1: 70.0, 2: 50.0}}, {1: {1: 50.0}, 2: {2: 90.0}}])
def test_too_little_to_tell_says_nothing(marks):
    found = strictness.estimate(marks)

    assert not found.finds_strictness
    assert set(found.effects.values()) <= {0.0}


@given(
    st.dictionaries(
        st.integers(1, 8), st.dictionaries(st.integers(1, 5), st.integers(0, 100).map(float)), max_size=8
    ),
    st.randoms(),
)
def test_the_order_of_the_marks_does_not_matter(marks, dice):
    shuffled = {
        project: dict(dice.sample(sorted(marks[project].items()), len(marks[project])))
        for project in dice.sample(sorted(marks), len(marks))
    }

    assert strictness.estimate(shuffled) == strictness.estimate(marks)


@pytest.mark.proves
def test_a_thousand_projects_take_a_moment():
    panel = Panel(5, 1, projects=1000, assessors=100, each=5)

    begun = time.process_time()
    strictness.estimate(panel.marks)

    assert time.process_time() - begun < proving.size(2, 0.3)
