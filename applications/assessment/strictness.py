"""What an assessor's strictness does to a mean, estimated over a whole list and taken out of it.

The model is additive, with the application fixed and the assessor random (Henderson's mixed model; its
solution is the best linear unbiased prediction, BLUP)::

    y_ij = application_i + assessor_j + e_ij        var(assessor) = s2, var(e) = e2

``y_ij`` is assessor j's percentage for application i. Only differences inside an application tell of
assessors, so that who was given the better projects is not taken for mildness. The two variances are
those under which two sums of squares, within applications and of each assessor's own deviations, would
be expected as they came (the method of moments). The predicted effect is the sum of an assessor's
deviations, shrunk: with ``k = e2 / s2`` it solves ::

    (C + k I) effect = T      T_j  = sum over i of (y_ij - mean_i)
                              C_jj = sum over i of (1 - 1/n_i),   C_jl = - sum over i of both of 1/n_i

One worked number. Ann and Ben both mark four projects and Ann gives 10 points more each time: T = (20,
-20), C = ((2, -2), (-2, 2)). With k = 1 the effects are +4 and -4, since (2 + 1) 4 - 2 (-4) = 20: four
fifths of the ten points are taken to be strictness and a fifth to be chance. Each project's mean stays
as it is, as both marked it; a project that Ann alone marked loses 4 points.

Where no strictness is found (s2 is nought) every effect is nought, and the corrected mean is the mean.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

#: Sweeps over the assessors at most, and the change, in points, that is no longer worth another.
SWEEPS = 200
SETTLED = 1e-6

#: Of what marks of one application differ by, the part that is chance at least: a short list may seem to
#: have none, and no band has no width.
CHANCE = 0.1

#: Half the width of a band that holds 95 of 100, in standard errors.
NINETY_FIVE = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What was found of one list.

    effects    points by which an assessor marks above (+) or below (-) the others, by their id
    errors     the standard error of each effect
    residual   standard deviation of what is neither project nor assessor, in points
    groups     how many sets of assessors share no project with one another: their strictness is compared
               inside a set alone, and each set's effects add up to nought
    """

    effects: Mapping[int, float]
    errors: Mapping[int, float]
    strictness: float
    residual: float
    groups: int

    @property
    def finds_strictness(self) -> bool:
        return self.strictness > 0

    def correction(self, weights: Mapping[int, int]) -> float:
        """Points to take from the mean of one application.

        weights  how many marks count of each of its assessors, by their id
        """
        marks = sum(weights.values())
        return (
            sum(self.effects.get(pk, 0.0) * weights[pk] for pk in sorted(weights)) / marks if marks else 0.0
        )

    def margin(self, weights: Mapping[int, int]) -> float:
        """Half the width of the 95 per cent band round a corrected mean, in points.

        Chance in the marks and doubt in the effects, each assessor's taken by itself.
        """
        marks = sum(weights.values())
        if not marks:
            return 0.0
        doubts = (
            (self.residual**2 + self.errors.get(pk, 0.0) ** 2) * (weights[pk] / marks) ** 2
            for pk in sorted(weights)
        )
        return NINETY_FIVE * sqrt(sum(doubts))


def estimate(percentages: Mapping[int, Mapping[int, float]]) -> Estimate:
    """Estimate strictness from one list; the same marks in any order give the same figures.

    percentages  application's id -> assessor's id -> the percentage given
    """
    told = {i: given for i, given in sorted(percentages.items()) if len(given) > 1}
    deviations, squares = _deviations(told)
    own, together = _connections(told)
    groups = _groups(percentages.values())
    strictness, residual = _variances(deviations, squares, own, together)
    effects = dict.fromkeys(own, 0.0)
    errors = dict.fromkeys(own, 0.0)
    if strictness > 0:
        shrink = max(residual, SETTLED) / strictness
        effects = _solve(deviations, own, together, shrink, groups)
        errors = {j: sqrt(max(residual, SETTLED) / (own[j] + shrink)) for j in own}
    everybody = {j for given in percentages.values() for j in given}
    return Estimate(
        effects={j: effects.get(j, 0.0) for j in sorted(everybody)},
        errors={j: errors.get(j, sqrt(strictness)) for j in sorted(everybody)},
        strictness=sqrt(strictness),
        residual=sqrt(residual),
        groups=len(groups),
    )


def _deviations(told: Mapping[int, Mapping[int, float]]) -> tuple[dict[int, float], float]:
    """T by assessor, and the sum of squares within applications."""
    sums: dict[int, float] = defaultdict(float)
    squares = 0.0
    for given in told.values():
        mean = sum(given[j] for j in sorted(given)) / len(given)
        for j in sorted(given):
            off = given[j] - mean
            sums[j] += off
            squares += off * off
    return dict(sorted(sums.items())), squares


def _connections(told: Mapping[int, Mapping[int, float]]) -> tuple[dict[int, float], dict[int, dict]]:
    """The matrix C: its diagonal, and what stands beside it with the sign turned."""
    own: dict[int, float] = defaultdict(float)
    together: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for given in told.values():
        share = 1 / len(given)
        these = sorted(given)
        for j in these:
            own[j] += 1 - share
            row = together[j]
            for other in these:
                if other != j:
                    row[other] += share
    return dict(sorted(own.items())), {j: dict(sorted(together[j].items())) for j in own}


def _variances(deviations, squares, own, together) -> tuple[float, float]:
    """Strictness and residual, as variances, from two sums of squares; none is below nought.

    E(squares) = A (s2 + e2) and E(sum of T_j² / C_jj) = J e2 + B s2, where A = sum of C_jj.
    """
    degrees = sum(own.values())
    if not degrees:
        return 0.0, 0.0
    both = squares / degrees
    between = sum(deviations[j] ** 2 / own[j] for j in own)
    spread = sum(own[j] + sum(one * one for one in together[j].values()) / own[j] for j in own)
    # Two assessors who share projects and meet nobody else leave nothing to tell the one from the other.
    apart = spread - len(own)
    strictness = (between - len(own) * both) / apart if apart > SETTLED else 0.0
    strictness = min(max(strictness, 0.0), both * (1 - CHANCE))
    return strictness, both - strictness


def _solve(deviations, own, together, shrink: float, groups: list[list[int]]) -> dict[int, float]:
    """Gauss and Seidel's sweeps. Each group is brought back to nought after each: its rows of C add up
    to nothing, so that ``k`` alone would draw its sum there, and slowly."""
    effects = dict.fromkeys(own, 0.0)
    for _ in range(SWEEPS):
        before = dict(effects)
        for j, diagonal in own.items():
            leaning = sum([effects[other] * share for other, share in together[j].items()])
            effects[j] = (deviations[j] + leaning) / (diagonal + shrink)
        for group in groups:
            _centre(effects, [j for j in group if j in effects])
        if all(abs(found - before[j]) < SETTLED for j, found in effects.items()):
            break
    return effects


def _centre(effects: dict[int, float], group: list[int]) -> None:
    level = sum(effects[j] for j in group) / max(len(group), 1)
    for j in group:
        effects[j] -= level


def _groups(panels: Iterable[Iterable[int]]) -> list[list[int]]:
    """The sets of assessors that share no application with another, straight or through others."""
    leader: dict[int, int] = {}

    def find(j: int) -> int:
        while leader[j] != j:
            leader[j] = leader[leader[j]]
            j = leader[j]
        return j

    for panel in panels:
        these = sorted(panel)
        for j in these:
            leader.setdefault(j, j)
        for j in these[1:]:
            one, other = sorted((find(j), find(these[0])))
            leader[other] = one
    found: dict[int, list[int]] = defaultdict(list)
    for j in sorted(leader):
        found[find(j)].append(j)
    return list(found.values())
