"""What is asked: which projects to fund, from what money, under which rules.

Plain values. Candidates, rules and forced projects may be given in any order; the answer is the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from accounts import money

TENTH = Decimal("0.1")


class Sense(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Measure(StrEnum):
    PROJECTS = "projects"
    POUNDS = "pounds"


class Objective(StrEnum):
    """What is made as much of as can be.

    SCORE                the sum of the scores of all that is funded
    SCORE_WEIGHTED_GRANT the sum of score times grant, so that a pound counts by the score it goes to
    """

    SCORE = "score"
    SCORE_WEIGHTED_GRANT = "score_weighted_grant"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project that could be funded.

    rank     its place on the frozen sheet, 1 the best; the tie rule goes by it
    score    percent, to one decimal
    amount   pounds, to the penny
    budgets  codes of all budgets that it draws its amount from
    tags     "theme:health", "organisation:12", ... with the pounds that count under each: the whole
             amount for what is true of the project, the share of one for what is true of an organisation
    """

    id: int
    reference: str
    rank: int
    score: Decimal
    amount: Decimal
    budgets: tuple[str, ...]
    tags: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """So many projects, or pounds, at least or at most under one tag.

    Worked: Rule("theme:health", AT_LEAST, PROJECTS, 3) asks for three funded projects with that tag.
    """

    tag: str
    sense: Sense
    measure: Measure
    limit: Decimal


@dataclass(frozen=True, slots=True)
class Forced:
    """A project that is in or out whatever it is worth, and why."""

    id: int
    is_in: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The money of one budget, as something that can stand in the way."""

    code: str


@dataclass(frozen=True, slots=True)
class Reserve:
    """What is kept back of one budget, as something that can stand in the way."""

    code: str


#: What can be taken away from a problem, to see what it costs or whether it blocks.
Condition = Rule | Forced | Ceiling | Reserve


@dataclass(frozen=True)
class PortfolioProblem:
    """What is to be solved.

    budgets  pounds available, by code
    reserve  pounds of a budget that are kept back, by code
    without  ceilings that do not bind; only for asking what would be without one

    Raises ValueError where a figure has parts of a penny or of a tenth of a point, an id or a reference
    comes twice, a project draws on a budget that is not given, or something is said of an unknown one.
    """

    candidates: tuple[Candidate, ...]
    budgets: Mapping[str, Decimal]
    reserve: Mapping[str, Decimal] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    forced: tuple[Forced, ...] = ()
    objective: Objective = Objective.SCORE
    without: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _check_unique("id", [one.id for one in self.candidates])
        _check_unique("reference", [one.reference for one in self.candidates])
        for one in self.candidates:
            _check_candidate(one, self.budgets)
        for amount in (*self.budgets.values(), *self.reserve.values()):
            money.exact(amount)
        if unknown := set(self.reserve) - set(self.budgets):
            raise ValueError(f"a reserve is kept of unknown budgets {sorted(unknown)}")
        if any(amount < 0 for amount in self.reserve.values()):
            raise ValueError("a reserve is below nought")
        if strangers := {one.id for one in self.forced} - {one.id for one in self.candidates}:
            raise ValueError(f"unknown projects {sorted(strangers)} are forced in or out")
        for rule in self.rules:
            if rule.measure == Measure.POUNDS:
                money.exact(rule.limit)
            elif rule.limit != int(rule.limit):
                raise ValueError(f"{rule.limit} is no number of projects")

    @cached_property
    def ranked(self) -> tuple[Candidate, ...]:
        """All candidates by rank; of two with one rank the lower reference is before the other."""
        return tuple(sorted(self.candidates, key=lambda one: (one.rank, one.reference)))

    @cached_property
    def by_id(self) -> dict[int, Candidate]:
        return {one.id: one for one in self.candidates}

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """All that limits the choice, in an order that does not hang on how it was given."""
        rules = sorted(set(self.rules), key=lambda one: (one.tag, one.sense, one.measure, one.limit))
        forced = sorted(set(self.forced), key=lambda one: (one.id, one.is_in, one.reason))
        reserves = [Reserve(code) for code in sorted(self.reserve) if self.reserve[code]]
        ceilings = [Ceiling(code) for code in sorted(self.budgets) if code not in self.without]
        return (*reserves, *rules, *forced, *ceilings)

    def value(self, chosen: Iterable[int]) -> int:
        """What a portfolio is worth: tenths of a point, or of a point times pence."""
        return sum(worth(self.by_id[pk], self.objective) for pk in chosen)

    def left(self, chosen: Iterable[int]) -> dict[str, Decimal]:
        """Pounds left of each budget, with what is kept back of it."""
        left = {code: money.exact(amount) for code, amount in self.budgets.items()}
        for pk in chosen:
            for code in self.by_id[pk].budgets:
                left[code] -= self.by_id[pk].amount
        return left


def worth(candidate: Candidate, objective: Objective) -> int:
    """What one project adds: its score in tenths, or that times its grant in pence."""
    tenths = int(candidate.score * 10)
    return tenths if objective == Objective.SCORE else tenths * pence(candidate.amount)


def pence(pounds: Decimal) -> int:
    return int(pounds * 100)


def _check_unique(word: str, values: Sequence[int | str]) -> None:
    if len(values) != len(set(values)):
        raise ValueError(f"an {word} comes twice" if word == "id" else f"a {word} comes twice")


def _check_candidate(one: Candidate, budgets: Mapping[str, Decimal]) -> None:
    if one.score != one.score.quantize(TENTH) or one.score < 0:
        raise ValueError(f"{one.score} is no score to one decimal")
    if any(money.exact(amount) < 0 for amount in (one.amount, *one.tags.values())):
        raise ValueError(f"{one.reference} has an amount below nought")
    if unknown := set(one.budgets) - set(budgets):
        raise ValueError(f"{one.reference} draws on unknown budgets {sorted(unknown)}")
    _check_unique("budget", list(one.budgets))
