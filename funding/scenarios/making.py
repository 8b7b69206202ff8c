"""Making a scenario from a panel sheet: what is asked of it, and what it comes to."""

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications.assessment import independence
from applications.models import Competition, Participant
from funding import duties, panel_sheets
from funding.models import Method, Objective, Scenario
from funding.portfolio.problem import Forced, Rule
from funding.portfolio.solve import OutOfTime
from funding.scenarios import working
from funding.scenarios.working import Answer, ImpossibleScenario, Question
from funding.sheet import Sheet, read

logger = logging.getLogger(__name__)

MAKERS = frozenset({Role.FUNDS, Role.MANAGER})

#: Whoever changes what a question or an answer has raises it.
FORM = 1


class ScenarioRefused(Refusal):
    """Nothing was made; the text says why."""


class NotAnnounced(ScenarioRefused):
    """A competition's brief does not say that projects may be chosen as a portfolio."""


class Impossible(ScenarioRefused):
    """The conditions cannot be kept together; the text names the fewest that already cannot."""


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


@audit.action("make scenario")
def make(competitions: Iterable[Competition], asked: Definition, *, by: User, at: datetime) -> Scenario:
    """Work a scenario out from the sheet as it stands, and keep both; the sheet is frozen with it.

    Raises RoleMissing, OwnOrganisation or a kind of ScenarioRefused.
    """
    ids = [one.pk for one in competitions]
    held = list(Competition.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))
    duties.check(MAKERS, roles=by.roles_in_all(one.region_id for one in held))
    sheet = read(sorted(held, key=lambda one: one.code))
    independence.check([by], [one.application_id for one in sheet.standings], by=by)
    scenario = keep(sheet, asked, by=by, at=at)
    audit.note(
        after={"scenario": scenario.pk, "sheet": scenario.sheet.number, "method": str(scenario.method)}
    )
    return scenario


def keep(sheet: Sheet, asked: Definition, *, by: User, at: datetime) -> Scenario:
    """Work out and keep one, of competitions whose rows are locked. Raises a kind of ScenarioRefused."""
    _check(sheet, asked)
    frozen = panel_sheets.keep(sheet, by, at)
    question = question_of(sheet, asked, frozen.fingerprint)
    try:
        found = working.answer(question)
    except ImpossibleScenario as refusal:
        raise Impossible(_conflict(question, refusal)) from refusal
    except OutOfTime as refusal:
        raise ScenarioRefused("No answer was found in time. Ask for less.") from refusal
    texts = working.as_text(question), working.as_text(found)
    return Scenario.objects.create(
        sheet=frozen,
        name=asked.name.strip(),
        method=asked.method,
        question=texts[0],
        answer=texts[1],
        fingerprint=fingerprint_of(*texts),
        made_by=by,
        made_at=at,
    )


def fingerprint_of(question: str, found: str) -> str:
    return hashlib.sha256(f"{question}\n{found}".encode()).hexdigest()


def question_and_answer(scenario: Scenario) -> tuple[Question, Answer]:
    return json.loads(scenario.question), json.loads(scenario.answer)


def _check(sheet: Sheet, asked: Definition) -> None:
    if not asked.name.strip():
        raise ScenarioRefused("Give the scenario a name.")
    if not sheet.standings:
        raise ScenarioRefused("There is no application on this list.")
    if any(not sheet.drawn[one.code] for one in sheet.competitions):
        raise ScenarioRefused("A competition of this list draws on no budget.")
    silent = [one.code for one in sheet.competitions if not one.announces_portfolio]
    if asked.method == Method.PORTFOLIO and silent:
        raise NotAnnounced(f"The brief of {', '.join(silent)} announces no portfolio: money goes top-down.")
    if asked.method == Method.TOP_DOWN and asked.rules:
        raise ScenarioRefused("Rules are for a portfolio: a list from the top has none.")
    references = {one.reference for one in sheet.standings}
    for reference, (_, reason) in asked.forced.items():
        if reference not in references:
            raise ScenarioRefused(f"{reference} is not on this list.")
        if not reason.strip():
            raise ScenarioRefused(f"Give the reason for forcing {reference}.")


def question_of(sheet: Sheet, asked: Definition, fingerprint: str) -> Question:
    """All that the answer hangs on, as plain values; what has no assessment stands last and is out."""
    parts = _parts(sheet)
    budgets = {budget.code: budget for drawn in sheet.drawn.values() for budget in drawn}
    return {
        "form": FORM,
        "sheet": fingerprint,
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
        "lines": [
            {
                "reference": one.reference,
                "application": one.application_id,
                "competition": one.competition_code,
                "score": str(one.score) if one.score is not None else None,
                "spread": str(one.spread),
                "fund_votes": one.fund_votes,
                "scope_votes": one.scope_votes,
                "assessments": one.assessments,
                "grant": str(one.grant_sought),
                "shares": {str(part.pk): str(part.grant_sought) for part in parts[one.application_id]},
                "tags": _tags(one.grant_sought, parts[one.application_id]),
            }
            for one in sheet.standings
        ],
    }


def tagged(sheet: Sheet) -> list[dict[str, str]]:
    """The tags of each line, in the sheet's order: what a rule can be about."""
    parts = _parts(sheet)
    return [_tags(one.grant_sought, parts[one.application_id]) for one in sheet.standings]


def _parts(sheet: Sheet) -> dict[int, list[Participant]]:
    found: dict[int, list[Participant]] = {one.application_id: [] for one in sheet.standings}
    rows = Participant.objects.filter(application__in=found, departure=None)
    for part in rows.select_related("application__competition__region", "work_area").order_by(
        "-is_lead", "pk"
    ):
        found[part.application_id].append(part)
    return found


def _tags(grant: Decimal, parts: list[Participant]) -> dict[str, str]:
    """What rules can be made of, with the pounds under each."""
    pounds: dict[str, Decimal] = {}
    for part in parts:
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
            pounds[tag] = pounds.get(tag, Decimal("0.00")) + part.grant_sought
    return {tag: str(amount) for tag, amount in pounds.items()}


def _conflict(question: Question, refusal: ImpossibleScenario) -> str:
    names = [line["reference"] for line in working.candidates(question)]
    said = [
        f"{names[one.id - 1]} {'in' if one.is_in else 'out'}"
        if isinstance(one, Forced)
        else working.in_words(one)
        for one in refusal.conditions
    ]
    return f"These cannot be kept together: {'; '.join(said)}. Without any one of them the others can."
