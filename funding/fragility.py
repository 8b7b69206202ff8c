"""Which outcomes on a panel sheet hang by a thread: plain calculation on its plan, no query.

Three changes are tried, each by itself, and the line is drawn again:

- one mark of one assessment is one more, or one less;
- one assessment is left out: it does not count, with both its votes;
- one assessor is left out of every application at once (``left_out``).

An outcome is fragile where any such change, of its own application or of another, changes it. Strictness
is held as it was estimated. Each change costs a search in running totals and not a list that is made again:
a thousand applications with five assessments each, some fifteen thousand changes, take a few hundredths of
a second.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from applications.assessment import verdicts
from applications.assessment.standings import RanksBy, Standing
from applications.assessment.strictness import Estimate
from applications.assessment.verdicts import Verdict
from funding import left_out
from funding.line import Line, Plan
from funding.models import Budget, Outcome
from funding.running_totals import Changed, Totals

#: A mark, one assessment, and one assessor with all that they gave. Frozen sheets keep these words.
MARK, ASSESSOR, EVERYWHERE = "mark", "assessor", "everywhere"
WORDS = {MARK: "one mark", ASSESSOR: "one assessment", EVERYWHERE: "one assessor"}

#: The rule in words, for the sheet.
RULE = (
    "Fragile: the outcome changes if any one mark of any application were one more or one less, if any one "
    "assessment were left out, or if any one assessor were left out of every application."
)


@dataclass(frozen=True, slots=True)
class Fragility:
    """
    kinds     by application's id, the kinds of change under which its outcome is another
    left_out  by assessor's id, the outcomes that are others without them, by application's id
    """

    kinds: dict[int, set[str]]
    left_out: dict[int, dict[int, Outcome | None]]


@dataclass(slots=True)
class Reach:
    """How far up and down the line is moved by a change of one kind: the two furthest each way.

    Two, since an application is not asked about the line that its own changes draw.
    """

    up: list[tuple[int, int]] = field(default_factory=list)
    down: list[tuple[int, int]] = field(default_factory=list)

    def add(self, stop: int, of: int) -> None:
        self.up = _two(self.up, stop, of)
        self.down = _two(self.down, -stop, of)

    def moves(self, index: int, of: int, *, is_funded: bool) -> bool:
        """Whether another's change puts the candidate at ``index`` on the other side of the line."""
        if is_funded:
            return any(stop <= index for stop, other in self.up if other != of)
        return any(-stop > index for stop, other in self.down if other != of)


def _two(kept: list[tuple[int, int]], stop: int, of: int) -> list[tuple[int, int]]:
    """The two lowest of different applications."""
    if len(kept) == 2 and stop >= kept[1][0]:
        return kept
    lowest: dict[int, int] = {}
    for one, other in sorted([*kept, (stop, of)]):
        lowest.setdefault(other, one)
    return sorted((one, other) for other, one in lowest.items())[:2]


def of_plan(plan: Plan, drawn: Mapping[str, list[Budget]], estimate: Estimate) -> Fragility:
    """
    drawn  as ``line.plan`` was given
    """
    totals = Totals(plan, drawn)
    found: dict[int, set[str]] = {}
    reach = {MARK: Reach(), ASSESSOR: Reach()}
    without: dict[int, list[tuple[Line, Changed]]] = defaultdict(list)
    for line in plan.lines:
        one = line.standing
        if line.outcome is None:
            continue
        changes = list(_without_each(one, estimate))
        for assessor, changed in changes:
            without[assessor].append((line, changed))
        for kind, changed in _each_kind(_other_marks(one, totals), changes):
            stop, outcome = totals.line_with(one, changed)
            reach[kind].add(stop, one.application_id)
            if outcome != line.outcome:
                found.setdefault(one.application_id, set()).add(kind)
    for index, line in enumerate(totals.candidates):
        pk = line.standing.application_id
        for kind, of_kind in reach.items():
            if of_kind.moves(index, pk, is_funded=line.is_funded):
                found.setdefault(pk, set()).add(kind)
    others = left_out.of_each(without, totals)
    for changed_outcomes in others.values():
        for pk in changed_outcomes:
            found.setdefault(pk, set()).add(EVERYWHERE)
    return Fragility(found, others)


def _each_kind(
    marks: Iterator[Changed], without: Sequence[tuple[int, Changed]]
) -> Iterator[tuple[str, Changed]]:
    for changed in marks:
        yield MARK, changed
    for _assessor, changed in without:
        yield ASSESSOR, changed


def _other_marks(one: Standing, totals: Totals) -> Iterator[Changed]:
    counted = one.verdicts
    shares, questions = sum(each.shares for each in counted), sum(each.questions for each in counted)
    seen = set()
    for number, each in enumerate(counted):
        for step in each.steps:
            for more in ([step.shares] if step.up else []) + ([-step.shares] if step.down else []):
                score = _tenths(one, counted, shares + more, questions, one.correction)
                # The spread decides among equals alone: without one, the first such change tells of all.
                has_equals = (-score, -one.fund_votes) in totals.levels
                if not has_equals and more in seen:
                    continue
                seen.add(more)
                spread = 0
                if has_equals:
                    moved = each._replace(shares=each.shares + more)
                    spread = _spread([*counted[:number], moved, *counted[number + 1 :]])
                yield _changed(one, len(counted), score, one.fund_votes, one.scope_votes, spread)


def _without_each(one: Standing, estimate: Estimate) -> Iterator[tuple[int, Changed]]:
    """By assessor: what the application would be without their assessment."""
    counted = one.verdicts
    shares, questions = sum(each.shares for each in counted), sum(each.questions for each in counted)
    for number, each in enumerate(counted):
        rest = [*counted[:number], *counted[number + 1 :]]
        if not rest:
            yield each.assessor_id, Changed((), None)
            continue
        correction = 0.0
        if one.ranks_by == RanksBy.CORRECTED:
            correction = estimate.correction({other.assessor_id: other.questions for other in rest})
        score = _tenths(one, rest, shares - each.shares, questions - each.questions, correction)
        fund, scope = one.fund_votes - each.fund, one.scope_votes - each.in_scope
        yield each.assessor_id, _changed(one, len(rest), score, fund, scope, _spread(rest))


def _tenths(one: Standing, counted: Sequence[Verdict], shares: int, questions: int, correction: float) -> int:
    scale = counted[0].scale
    if one.ranks_by == RanksBy.CORRECTED and correction:
        return verdicts.in_tenths(shares * 100 / (scale * questions) - correction)
    return verdicts.tenths_of(shares, questions, scale)


def _spread(counted: Sequence[Verdict]) -> int:
    return int(verdicts.spread(counted) * 10)


def _changed(one: Standing, votes: int, score: int, fund: int, scope: int, spread: int) -> Changed:
    if not verdicts.is_majority(scope, of=votes):
        outcome = Outcome.OUT_OF_SCOPE
    elif not verdicts.is_majority(fund, of=votes):
        outcome = Outcome.NOT_RECOMMENDED
    elif score < one.threshold * 10:
        outcome = Outcome.BELOW_THRESHOLD
    elif not one.grant_sought:
        outcome = Outcome.NOTHING_SOUGHT
    else:
        outcome = Outcome.FUND
    return Changed((-score, -fund, spread, one.reference), outcome)
