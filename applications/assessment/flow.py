"""Finding the best assignment: a solver proposes, whole numbers prove.

The problem is a flow of least cost: each place of an application goes to an assessor or stays
empty; each further application of an assessor costs more than the one before, which spreads the
work. HiGHS solves it in floating point. Its answer is then held against a theorem that needs none:
a flow is of least cost exactly where no cycle of changes has a negative cost. A cycle that is found
is carried out, until there is none, so that the answer is right whatever the solver's tolerance.
"""

from collections import defaultdict
from collections.abc import Iterator

import highspy
import numpy as np

from applications.assessment.matching import Assignment, AssignmentProblem, Pair, Reader, is_legal

#: The node at which all work ends. No assessor or application has its name.
END = ("end", 0)

Node = tuple[str, int]
Step = tuple[Node, Node, int]


def best(problem: AssignmentProblem) -> Assignment:
    """Return the assignment than which none is better, by ``matching.Worth``."""
    pairs, prices = _proposal(problem)
    assert is_legal(problem, pairs)
    while cycle := _better(problem, pairs, prices):
        _carry_out(pairs, cycle)
    return Assignment(problem, frozenset(pairs), is_proven=True)


def _proposal(problem: AssignmentProblem) -> tuple[set[Pair], dict[Node, int]]:
    """Return the solver's pairs, and its prices: what one unit more at each node is worth."""
    pairs, segments = sorted(problem.points), list(_segments(problem))
    if not pairs or not segments:
        return set(), {}
    solver, rows = _solver(problem, pairs, segments)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return set(), {}
    solution = solver.getSolution()
    chosen = {pair for pair, value in zip(pairs, solution.col_value, strict=False) if value > 0.5}
    prices = {node: round(solution.row_dual[row]) for node, row in rows.items()}
    return (chosen, prices) if is_legal(problem, chosen) else (set(), {})


def _segments(problem: AssignmentProblem) -> Iterator[tuple[Reader, int]]:
    """Each further application that an assessor could take, as (assessor, how many before it)."""
    for reader in problem.readers:
        for given in range(min(reader.room, len(problem.places))):
            yield reader, given


def _solver(
    problem: AssignmentProblem, pairs: list[Pair], segments: list[tuple[Reader, int]]
) -> tuple[highspy.Highs, dict[Node, int]]:
    """Set the flow up: a column for each pair, each segment of a load and each application left short."""
    applications = sorted(problem.places)
    rows = {("application", pk): row for row, pk in enumerate(applications)}
    rows |= {("assessor", reader.id): len(rows) + row for row, reader in enumerate(problem.readers)}
    costs = [problem.cost(pair) for pair in pairs]
    costs += [problem.next_load(reader, given) for reader, given in segments]
    costs += [problem.weights.short] * len(applications)
    # A pair fills a place and adds to a load; a segment takes it off again; an empty place fills itself.
    index = [row for a, b in pairs for row in (rows["application", b], rows["assessor", a])]
    index += [rows["assessor", reader.id] for reader, _ in segments]
    index += [rows["application", pk] for pk in applications]
    values = [1.0, 1.0] * len(pairs) + [-1.0] * len(segments) + [1.0] * len(applications)
    start = [2 * n for n in range(len(pairs))]
    start += [2 * len(pairs) + n for n in range(len(segments) + len(applications) + 1)]
    bound = [float(problem.places[pk]) for pk in applications] + [0.0] * len(problem.readers)

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(costs), len(rows)
    model.col_cost_ = np.array(costs, dtype=float)
    model.col_lower_ = np.zeros(len(costs))
    model.col_upper_ = np.array([1.0] * (len(pairs) + len(segments)) + bound[: len(applications)])
    model.row_lower_ = model.row_upper_ = np.array(bound)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = np.array(start), np.array(index)
    model.a_matrix_.value_ = np.array(values)
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    return solver, rows


def _steps(problem: AssignmentProblem, pairs: set[Pair]) -> list[Step]:
    """Every change by one that the flow allows, as (from, to, what it costs)."""
    given = dict.fromkeys(problem.reader, 0)
    empty = dict(problem.places)
    for assessor, application in pairs:
        given[assessor] += 1
        empty[application] -= 1
    steps: list[Step] = []
    for pair in problem.points:
        reading, read, cost = ("assessor", pair[0]), ("application", pair[1]), problem.cost(pair)
        steps.append((reading, read, -cost) if pair in pairs else (read, reading, cost))
    for pk, reader in problem.reader.items():
        if given[pk] < reader.room:
            steps.append((("assessor", pk), END, problem.next_load(reader, given[pk])))
        if given[pk]:
            steps.append((END, ("assessor", pk), -problem.next_load(reader, given[pk] - 1)))
    for pk, places in problem.places.items():
        if empty[pk] < places:
            steps.append((("application", pk), END, problem.weights.short))
        if empty[pk]:
            steps.append((END, ("application", pk), -problem.weights.short))
    return steps


def _better(problem: AssignmentProblem, pairs: set[Pair], prices: dict[Node, int]) -> list[Step] | None:
    """Return a cycle of changes that makes the assignment better; None proves that there is none.

    Bellman and Ford's search, in whole numbers. It begins at the solver's prices: where those are
    right, the first round changes nothing, and that is the proof.
    """
    steps = _steps(problem, pairs)
    least: dict[Node, int] = defaultdict(int, {node: -price for node, price in prices.items()})
    came_by: dict[Node, Step] = {}
    while True:
        is_settled = True
        for step in steps:
            here, there, cost = step
            if least[here] + cost < least[there]:
                least[there], came_by[there], is_settled = least[here] + cost, step, False
        if is_settled:
            return None
        if cycle := _cycle(came_by):
            return cycle


def _cycle(came_by: dict[Node, Step]) -> list[Step] | None:
    """Return a cycle of the steps by which nodes were last made cheaper: such a one costs less than 0."""
    seen: dict[Node, Node] = {}
    for start in came_by:
        node = start
        while node in came_by and node not in seen:
            seen[node] = start
            node = came_by[node][0]
        if node in came_by and seen[node] == start:
            cycle = [came_by[node]]
            while cycle[-1][0] != node:
                cycle.append(came_by[cycle[-1][0]])
            return cycle
    return None


def _carry_out(pairs: set[Pair], cycle: list[Step]) -> None:
    for (word, here), (_, there), _cost in cycle:
        if (word, _) == ("application", "assessor"):
            pairs.add((there, here))
        elif (word, _) == ("assessor", "application"):
            pairs.discard((here, there))
