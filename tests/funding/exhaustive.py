"""The best portfolio by looking at every one: written apart from the solver, and sharing nothing with it."""

from itertools import product

from funding.portfolio.problem import Candidate, PortfolioProblem, Rule


def best(problem: PortfolioProblem) -> tuple[int, frozenset[int]] | None:
    """Return the greatest value and its portfolio, or None where none is allowed.

    All are tried in the order of the tie rule, so that the first of those worth the same stands.
    """
    ranked = sorted(problem.candidates, key=lambda one: one.rank)
    forced = {one.id: set() for one in problem.forced}
    for one in problem.forced:
        forced[one.id].add(one.is_in)
    choices = [[is_in for is_in in (True, False) if forced.get(one.id, {is_in}) == {is_in}] for one in ranked]
    worths = [_worth(one, problem.objective) for one in ranked]
    lines = list(_lines(problem, ranked))
    best = None
    for choice in product(*choices):
        value = sum(worth for worth, is_in in zip(worths, choice, strict=True) if is_in)
        if (best is None or value > best[0]) and all(_keeps(choice, *line) for line in lines):
            best = (value, frozenset(one.id for one, is_in in zip(ranked, choice, strict=True) if is_in))
    return best


def _worth(one: Candidate, objective: str) -> int:
    return int(one.score * 10 * (one.amount * 100 if objective == "score_weighted_grant" else 1))


def _lines(problem: PortfolioProblem, ranked: list[Candidate]):
    """Each condition as pence or projects: (figures, least or None, most or None)."""
    for code, money in problem.budgets.items():
        if code not in problem.without:
            figures = [int(one.amount * 100) if code in one.budgets else 0 for one in ranked]
            yield figures, None, int((money - problem.reserve.get(code, 0)) * 100)
    for rule in problem.rules:
        figures = [_counted(one, rule) for one in ranked]
        limit = int(rule.limit * (100 if rule.measure == "pounds" else 1))
        yield (figures, limit, None) if rule.sense == "at_least" else (figures, None, limit)


def _counted(one: Candidate, rule: Rule) -> int:
    if rule.measure == "projects":
        return int(rule.tag in one.tags)
    return int(one.tags.get(rule.tag, 0) * 100)


def _keeps(choice, figures: list[int], least: int | None, most: int | None) -> bool:
    total = sum(figure for figure, is_in in zip(figures, choice, strict=True) if is_in)
    return (least is None or total >= least) and (most is None or total <= most)
