"""Making a scenario from a panel sheet: what is asked of it, and what it comes to."""

import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications.assessment import independence
from applications.models import Competition
from funding import duties, panel_sheets
from funding.models import Method, Outcome, PanelSheet, Scenario
from funding.portfolio.optimum import Told
from funding.portfolio.solve import OutOfTime
from funding.scenarios import conditions, costs, working
from funding.scenarios.question import Definition, question_of, shares_sought
from funding.scenarios.working import Answer, ImpossibleScenario, Question
from funding.sheet import Sheet, read

logger = logging.getLogger(__name__)

MAKERS = frozenset({Role.FUNDS, Role.MANAGER})


class ScenarioRefused(Refusal):
    """Nothing was made; the text says why."""


class NotAnnounced(ScenarioRefused):
    """A competition's brief does not say that projects may be chosen as a portfolio."""


class PartNotAllowed(ScenarioRefused):
    """A competition's brief does not say that a project may be awarded a part of what it seeks."""


class NotFundable(ScenarioRefused):
    """A project is to be in whatever it is worth, which the marks and votes do not let be funded."""

    def __init__(self, reference: str, why: str):
        self.reference = reference
        super().__init__(f"{reference} cannot be funded in any case: {why}.")


class Impossible(ScenarioRefused):
    """The conditions cannot be kept together; the text names those that already cannot.

    is_fewest  none could be left out of them and it still be so
    """

    def __init__(self, said: str, *, is_fewest: bool):
        self.is_fewest = is_fewest
        super().__init__(said)


class NotInTime(ScenarioRefused):
    """Within its time neither an answer was found nor that there is none."""

    def __init__(self, seconds: float):
        super().__init__(
            f"No answer was found within {seconds:g} seconds. Ask with fewer or wider rules, or have whoever"
            " runs the service allow more time (SCENARIO_SECONDS)."
        )


@dataclass(frozen=True, slots=True)
class Frozen:
    """What is asked of one version of a sheet, which is kept."""

    sheet: PanelSheet
    question: Question


@dataclass(frozen=True, slots=True)
class Worked:
    """The answer to a question, and what each rule costs as ``costs.worked_out`` has it."""

    found: Answer
    kept: list[costs.Kept]


@audit.action("make scenario")
def make(competitions: Iterable[Competition], asked: Definition, *, by: User, at: datetime) -> Scenario:
    """Work a scenario out from the sheet as it stands, however long it takes, and keep both.

    A page asks for it instead (``asking``). Raises RoleMissing, OwnOrganisation or a kind of ScenarioRefused.
    """
    scenario = keep(held(competitions, by), asked, by=by, at=at)
    audit.note(
        after={"scenario": scenario.pk, "sheet": scenario.sheet.number, "method": str(scenario.method)}
    )
    return scenario


def held(competitions: Iterable[Competition], by: User) -> Sheet:
    """The sheet of competitions whose rows are locked with this, for somebody who may make a scenario.

    Raises RoleMissing and OwnOrganisation.
    """
    ids = [one.pk for one in competitions]
    rows = list(Competition.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))
    duties.check(MAKERS, roles=by.roles_in_all(one.region_id for one in rows))
    sheet = read(sorted(rows, key=lambda one: one.code))
    independence.check([by], [one.application_id for one in sheet.standings], by=by)
    return sheet


def keep(sheet: Sheet, asked: Definition, *, by: User, at: datetime) -> Scenario:
    """Work out and keep one, of competitions whose rows are locked. Raises a kind of ScenarioRefused."""
    asked_of = frozen(sheet, asked, by=by, at=at)
    text = working.as_text(asked_of.question)
    return record(asked_of.sheet, asked.name.strip(), text, worked(asked_of.question), by=by, at=at)


def frozen(sheet: Sheet, asked: Definition, *, by: User, at: datetime) -> Frozen:
    """Keep the sheet and make the question of it. Raises a kind of ScenarioRefused."""
    _check(sheet, asked)
    kept = panel_sheets.keep(sheet, by, at)
    question = question_of(sheet, asked, kept.fingerprint)
    _check_forced_in(question)
    return Frozen(kept, question)


def worked(question: Question) -> Worked:
    """Raises Impossible and NotInTime."""
    found = answer(question)
    return Worked(found, costs.worked_out(question, found))


def answer(question: Question, *, time_limit: float | None = None, told: Told | None = None) -> Answer:
    """As ``working.answer`` has it, refused in words. Raises Impossible and NotInTime."""
    try:
        return working.answer(question, time_limit=time_limit, told=told)
    except ImpossibleScenario as refusal:
        raise Impossible(_conflict(question, refusal), is_fewest=refusal.is_fewest) from refusal
    except OutOfTime as refusal:
        raise NotInTime(time_limit or working.seconds(question)) from refusal


def record(sheet: PanelSheet, name: str, question: str, of: Worked, *, by: User, at: datetime) -> Scenario:
    """question  its text, as it was asked"""
    found = working.as_text(of.found)
    return Scenario.objects.create(
        sheet=sheet,
        name=name,
        method=json.loads(question)["method"],
        question=question,
        answer=found,
        fingerprint=fingerprint_of(question, found),
        costs=working.as_text(of.kept),
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
    _check_part_awards(sheet, asked)


def _check_part_awards(sheet: Sheet, asked: Definition) -> None:
    allowed = {one.code for one in sheet.competitions if one.allows_part_awards}
    standings = {one.reference: one for one in sheet.standings}
    for reference, part in asked.part_awards.items():
        standing = standings.get(reference)
        if standing is None:
            raise ScenarioRefused(f"{reference} is not on this list.")
        if standing.competition_code not in allowed:
            raise PartNotAllowed(f"The brief of {standing.competition_code} allows no part awards.")
        if not part.reason.strip():
            raise ScenarioRefused(f"Give the reason for awarding {reference} a part.")
        sought = shares_sought([standing.application_id])[standing.application_id]
        if part.shares.keys() != sought.keys():
            raise ScenarioRefused(f"{reference}: say of each organisation what it is given.")
        if any(not 0 <= grant <= sought[pk] for pk, grant in part.shares.items()):
            raise ScenarioRefused(f"{reference}: an organisation is given more than it asks for.")
        if not 0 < sum(part.shares.values()) < standing.grant_sought:
            raise ScenarioRefused(f"{reference}: a part award is less than what is sought, and not nothing.")


def _check_forced_in(question: Question) -> None:
    """No reason makes up for marks and votes: the panel's conditions bind whoever is forced, too."""
    lines = {line["reference"]: line for line in question["lines"]}
    for reference in (one["reference"] for one in question["forced"] if one["is_in"]):
        line = lines[reference]
        outcome = working.without_money(line, question["thresholds"])
        if outcome != Outcome.FUND:
            label = str(outcome.label)
            why = label[0].lower() + label[1:] if line["assessments"] else "it is not assessed yet"
            raise NotFundable(reference, why)


def _conflict(question: Question, refusal: ImpossibleScenario) -> str:
    names = conditions.names_of(question)
    said = "; ".join(conditions.in_words(one, names) for one in refusal.conditions)
    fewest = " Without any one of them the others can." if refusal.is_fewest else ""
    return f"These cannot be kept together: {said}.{fewest}"
