"""Why there are not enough assessors: the smallest set that blocks an assignment.

By Hall's theorem a place stays empty exactly where some applications need more assessors than all of
those who may read them can give. Such a set names who has to be added, or which conflict weighs.
"""

from dataclasses import dataclass

import highspy

from applications.assessment.matching import Assignment, AssignmentProblem, Pair

#: Seconds for the search; where they pass, the smallest found so far is named.
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Block:
    """Applications that need more than they can get.

    needed     places in these applications
    available  what can be given them: the whole room of ``full``, and one place in each application
               that another assessor may read
    full       assessors (ids) whose room is less than what these applications want of them
    is_smallest  no block names fewer applications and assessors
    """

    applications: tuple[int, ...]
    full: tuple[int, ...]
    needed: int
    available: int
    is_smallest: bool


def block(assignment: Assignment) -> Block | None:
    """Return the smallest set that keeps places empty; None where every place is filled.

    Worked: three applications need two assessors each, and may be read by A, with room for two, and B,
    with room for three. Six places are needed and five can be given: all three and both are named.
    """
    if not assignment.short:
        return None
    problem = assignment.problem
    applications, readers = _reached(assignment)
    allowed = [pair for pair in sorted(problem.points) if pair[1] in applications and pair[0] in readers]
    return _smallest(problem, sorted(applications), sorted(readers), allowed) or _as_block(
        problem, applications, readers, is_smallest=False
    )


def _reached(assignment: Assignment) -> tuple[set[int], set[int]]:
    """Return what lies on the way from an empty place to whoever could fill it if they had room.

    A block of the whole lies within, by the submodularity of what is lacking.
    """
    problem = assignment.problem
    applications, readers = set(assignment.short), set[int]()
    while True:
        more = {
            a
            for a, b in problem.points
            if b in applications and a not in readers and (a, b) not in assignment.pairs
        }
        held = {b for a, b in assignment.pairs if a in more | readers} - applications
        if not more and not held:
            return applications, readers
        readers |= more
        applications |= held


def _smallest(
    problem: AssignmentProblem, applications: list[int], readers: list[int], allowed: list[Pair]
) -> Block | None:
    """Ask the solver for the fewest names of which more is needed than can be given."""
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", PATIENCE)
    named = {pk: solver.addBinary(obj=1.0) for pk in applications}
    full = {pk: solver.addBinary(obj=1.0) for pk in readers}
    one_each = {pair: solver.addVariable(lb=0.0, ub=1.0) for pair in allowed}
    beyond = [pair for pair in problem.points if pair[1] in named and pair[0] not in full]
    for (assessor, application), one in one_each.items():
        solver.addConstr(one >= named[application] - full[assessor])
    lacking = sum(problem.places[pk] * one for pk, one in named.items())
    lacking -= sum(problem.reader[pk].room * one for pk, one in full.items())
    lacking -= sum(one_each.values()) + sum(named[application] for _, application in beyond)
    solver.addConstr(lacking >= 1)
    solver.minimize()
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    is_smallest = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    values = solver.getSolution().col_value
    return _as_block(
        problem,
        {pk for pk, one in named.items() if values[one.index] > 0.5},
        {pk for pk, one in full.items() if values[one.index] > 0.5},
        is_smallest=is_smallest,
    )


def _as_block(
    problem: AssignmentProblem, applications: set[int], full: set[int], *, is_smallest: bool
) -> Block:
    others = sum(1 for a, b in problem.points if b in applications and a not in full)
    return Block(
        tuple(sorted(applications)),
        tuple(sorted(full)),
        needed=sum(problem.places[pk] for pk in applications),
        available=sum(problem.reader[pk].room for pk in full) + others,
        is_smallest=is_smallest,
    )
