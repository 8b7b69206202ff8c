"""What is asked of a scenario, and the whole question as plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings

from applications.assessment.ranking import Standing
from applications.models import Participant
from funding.models import Method, Objective
from funding.portfolio.problem import Rule
from funding.scenarios.working import Question
from funding.sheet import Sheet

#: Whoever changes what a question or an answer has raises it.
FORM = 3


@dataclass(frozen=True, slots=True)
class PartAward:
    """What one application is given instead of all that it seeks: pounds by organisation's part, and why.

    shares  by the participant's id; of each at most what it seeks, together less than all
    """

    shares: Mapping[int, Decimal]
    reason: str


@dataclass(frozen=True, slots=True)
class Definition:
    """What staff ask of a scenario beside the sheet; rules are for a portfolio alone."""

    name: str
    method: str = Method.TOP_DOWN
    objective: str = Objective.SCORE
    reserve: Mapping[str, Decimal] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    #: By reference: whether it is in, and why.
    forced: Mapping[str, tuple[bool, str]] = field(default_factory=dict)
    #: By reference, only where its competition's brief allows part awards.
    part_awards: Mapping[str, PartAward] = field(default_factory=dict)


def question_of(sheet: Sheet, asked: Definition, fingerprint: str) -> Question:
    """All that the answer hangs on, as plain values; what has no assessment stands last and is out."""
    takes_part = _takes_part(one.application_id for one in sheet.standings)
    budgets = {budget.code: budget for drawn in sheet.drawn.values() for budget in drawn}
    return {
        "form": FORM,
        "sheet": fingerprint,
        "seconds": settings.SCENARIO_SECONDS,
        "method": str(asked.method),
        "objective": str(asked.objective),
        "thresholds": {one.code: str(one.threshold) for one in sheet.competitions},
        "drawn": {code: [budget.code for budget in drawn] for code, drawn in sheet.drawn.items()},
        "budgets": {code: str(budget.available) for code, budget in budgets.items()},
        "reserve": {code: f"{pounds:.2f}" for code, pounds in sorted(asked.reserve.items()) if pounds},
        "rules": [
            {"tag": one.tag, "sense": str(one.sense), "measure": str(one.measure), "limit": str(one.limit)}
            for one in asked.rules
        ],
        "forced": [
            {"reference": reference, "is_in": is_in, "reason": reason.strip()}
            for reference, (is_in, reason) in sorted(asked.forced.items())
        ],
        "lines": [_line(one, takes_part[one.application_id], asked) for one in sheet.standings],
    }


def _line(standing: Standing, takes_part: Sequence[Participant], asked: Definition) -> dict[str, Any]:
    part = asked.part_awards.get(standing.reference)
    shares = part.shares if part else {one.pk: one.grant_sought for one in takes_part}
    grant = sum(part.shares.values(), Decimal("0.00")) if part else standing.grant_sought
    return {
        "reference": standing.reference,
        "application": standing.application_id,
        "competition": standing.competition_code,
        "score": str(standing.score) if standing.score is not None else None,
        "spread": str(standing.spread),
        "fund_votes": standing.fund_votes,
        "scope_votes": standing.scope_votes,
        "assessments": standing.assessments,
        "sought": str(standing.grant_sought),
        "grant": f"{grant:.2f}" if part else str(grant),
        "part": part.reason.strip() if part else "",
        "shares": {str(one.pk): f"{shares[one.pk]:.2f}" for one in takes_part},
        "tags": _tags(grant, takes_part, shares),
    }


def tagged(sheet: Sheet) -> list[dict[str, str]]:
    """The tags of each line, in the sheet's order: what a rule can be about."""
    takes_part = _takes_part(one.application_id for one in sheet.standings)
    return [
        _tags(
            one.grant_sought,
            takes_part[one.application_id],
            {part.pk: part.grant_sought for part in takes_part[one.application_id]},
        )
        for one in sheet.standings
    ]


def shares_sought(applications: Iterable[int]) -> dict[int, dict[int, Decimal]]:
    """By application, the pounds that each organisation in it seeks, by its part's id; the lead first."""
    return {
        application: {part.pk: part.grant_sought for part in takes_part}
        for application, takes_part in _takes_part(applications).items()
    }


def _takes_part(applications: Iterable[int]) -> dict[int, list[Participant]]:
    found: dict[int, list[Participant]] = {application: [] for application in applications}
    rows = Participant.objects.filter(application__in=found, departure=None)
    for part in rows.select_related("application__competition__region", "work_area").order_by(
        "-is_lead", "pk"
    ):
        found[part.application_id].append(part)
    return found


def _tags(grant: Decimal, takes_part: Sequence[Participant], shares: Mapping[int, Decimal]) -> dict[str, str]:
    """What rules can be made of, with the pounds under each."""
    pounds: dict[str, Decimal] = {}
    for part in takes_part:
        application = part.application
        whole = [
            f"region:{application.competition.region.code}",
            f"competition:{application.competition.code}",
        ]
        whole += [f"theme:{theme}" for theme in application.competition.themes]
        whole += (
            [f"research category:{application.research_category}"] if application.research_category else []
        )
        pounds |= dict.fromkeys(whole, grant)
        of_one = [f"size:{part.size}", f"organisation:{part.organisation_id}"]
        of_one += [f"area:{part.work_area.name}"] if part.work_area else []
        for tag in of_one:
            pounds[tag] = pounds.get(tag, Decimal("0.00")) + shares[part.pk]
    return {tag: str(amount) for tag, amount in pounds.items()}
