"""A panel sheet as it stands: the ranked list, the line through it, and what hangs by one mark."""

from collections.abc import Iterable
from dataclasses import dataclass

from applications.assessment import moderation, ranking
from applications.assessment.standings import RanksBy, Standing
from applications.assessment.strictness import Estimate
from applications.models import Competition
from funding import fragility
from funding.fragility import Fragility
from funding.line import Plan, plan
from funding.models import Budget, CompetitionBudgets
from funding.record import CHOICE, Recorded, latest, of


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    record   what the panel chose, noted and froze, the oldest first
    drawn    the budgets that a competition's awards draw on, by the competition's code
    fragility  which outcomes hang by a thread
    """

    competitions: list[Competition]
    standings: list[Standing]
    estimate: Estimate
    record: list[Recorded]
    drawn: dict[str, list[Budget]]
    plan: Plan
    fragility: Fragility

    @property
    def fragile(self) -> dict[int, set[str]]:
        """By application's id, the kinds of change under which its outcome is another."""
        return self.fragility.kinds

    @property
    def ranks_by(self) -> RanksBy:
        return ranks_by(self.record)

    @property
    def choice(self) -> Recorded | None:
        """Who chose what ranks; none where nobody did and the mean does."""
        return latest(self.record, CHOICE)

    @property
    def rules(self) -> list[str]:
        return rules(self.competitions, self.estimate, self.ranks_by)


def read(competitions: Iterable[Competition]) -> Sheet:
    """In five queries, however long the list."""
    competitions = list(competitions)
    record = of(competitions)
    ranked = ranking.ranked(competitions, ranks_by=ranks_by(record))
    drawn = drawn_on_by(competitions)
    planned = plan(ranked.standings, drawn)
    return Sheet(
        competitions,
        ranked.standings,
        ranked.estimate,
        record,
        drawn,
        planned,
        fragility.of_plan(planned, drawn, ranked.estimate),
    )


def ranks_by(record: list[Recorded]) -> RanksBy:
    choice = latest(record, CHOICE)
    return choice.ranks_by if choice else RanksBy.MEAN


def drawn_on_by(competitions: Iterable[Competition]) -> dict[str, list[Budget]]:
    """The budgets of each competition, by its code, the programme's first; none where none are set."""
    competitions = list(competitions)
    rows = CompetitionBudgets.objects.filter(competition__in=competitions).select_related(
        "competition", "programme", "region", "pot", "part"
    )
    none: dict[str, list[Budget]] = {one.code: [] for one in competitions}
    return none | {
        row.competition.code: [budget for budget in (row.programme, row.region, row.pot, row.part) if budget]
        for row in rows
    }


def rules(competitions: Iterable[Competition], estimate: Estimate, by: RanksBy) -> list[str]:
    """The rules that the list follows, in sentences, as they are printed on it."""
    competitions = list(competitions)
    figure = "corrected mean" if by == RanksBy.CORRECTED else "mean"
    sentences = [
        "The mean is that of all marks that count, each as a share of its question’s maximum, to one "
        "decimal, halves up. Only submitted assessments count.",
        moderation.RULE,
        f"The {figure} decides threshold, rank and tie. Equal scores: more votes to fund, then smaller "
        "spread, then reference.",
        "More than half of the assessors have to say in scope, and more than half fund. A tie does not pass.",
    ]
    for one in competitions:
        sentences.append(
            f"{one.code}: the threshold is {one.threshold}%. Marks are flagged as wide where the highest "
            f"assessor’s total is more than {one.spread_limit} points above the lowest; the page of "
            "an application’s marks says who is furthest from the mean of the others."
        )
    return [*sentences, _strictness(estimate), fragility.RULE]


def _strictness(estimate: Estimate) -> str:
    if not estimate.finds_strictness:
        said = (
            "No difference in strictness between assessors was found beyond chance: the corrected mean is "
            "the mean."
        )
    else:
        said = (
            "The corrected mean is the mean less what the strictness of its assessors is estimated to add, "
            f"with a band of 95 in 100. Assessors differ by {estimate.strictness:.1f} points in strictness "
            f"and {estimate.residual:.1f} in chance (standard deviations)."
        )
    if estimate.groups > 1:
        said += (
            f" The assessors fall into {estimate.groups} groups that share no application: strictness is not "
            "compared between groups, where a group’s effects add up to nought."
        )
    return said
