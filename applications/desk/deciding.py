"""Deciding the checks of an application after the close: its rules by a manager, its scope by a lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal, RoleMissing
from accounts.roles import Role
from applications.assessment import independence
from applications.desk import checks
from applications.desk.checks import Check, Outcome
from applications.desk.standing import OPEN
from applications.models import Application, Departure, RuleDecision

#: Letters and signs that a reason may have.
LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided of one check. ``reason`` is read by the applicant where it goes against them."""

    outcome: str
    reason: str = ""


class DecidingRefused(Refusal):
    """Nothing is decided; the message says why."""


class NotTheDesk(DecidingRefused, RoleMissing):
    """Rules are a competition manager's of the region, the scope is an innovation lead's."""


class OwnApplication(DecidingRefused, independence.OwnOrganisation):
    """Nobody decides for an organisation that they belong to."""


class NotAtTheDesk(DecidingRefused):
    """The competition is still open, or the application is past being checked."""


class DecidedMeanwhile(DecidingRefused):
    """Somebody decided after the page was read: they are to see that first."""


class RulingRefused(DecidingRefused):
    """A ruling lacks its reason or is none of its check's; ``check`` is the one it is about."""

    def __init__(self, check: str, message: str):
        super().__init__(message)
        self.check = check


@audit.action("decide eligibility rules")
def decide(
    application: Application, rulings: Mapping[str, Ruling], *, seen: int, by: User, at: datetime
) -> Application:
    """Write what is decided of the rules of one application; what stands as it was is not written again.

    seen  ``last_of`` as the page showed it

    Raises a kind of DecidingRefused and writes nothing.
    """
    if Check.SCOPE in rulings:
        raise RulingRefused(Check.SCOPE, "The scope is decided from its answer alone, on its own page.")
    return _write(application, rulings, Role.MANAGER, seen=seen, by=by, at=at)


@audit.action("decide scope")
def decide_scope(
    application: Application, ruling: Ruling, *, seen: int, by: User, at: datetime
) -> Application:
    """Write whether the project is in scope. Raises a kind of DecidingRefused and writes nothing."""
    return _write(application, {Check.SCOPE: ruling}, Role.LEAD, seen=seen, by=by, at=at)


def latest(application: Application) -> dict[str, RuleDecision]:
    """The decision that counts of each check that has one."""
    rows = application.rule_decisions.latest_of_each().select_related("decided_by")
    return {row.rule: row for row in rows}


def of(application: Application) -> tuple[Check, ...]:
    """The checks of this application: with one more where an organisation left it."""
    has_left = Departure.objects.filter(participant__application=application).exists()
    return checks.of_strand(application.competition.strand, has_left=has_left)


def last_of(decisions: Mapping[str, RuleDecision], *, of_scope: bool) -> int:
    """What a page of the rules, or of the scope, carries to say which decisions it showed."""
    return max((row.pk for rule, row in decisions.items() if (rule == Check.SCOPE) == of_scope), default=0)


def may_decide(application: Application, person: User, role: Role) -> bool:
    """Whether the person may decide on it, of what their role decides."""
    return application.status in OPEN and may_act(application, person, role)


def may_act(application: Application, person: User, role: Role = Role.MANAGER) -> bool:
    """Whether the person does what the role does at the desk for this application."""
    try:
        _check_person(application, person, role)
    except DecidingRefused:
        return False
    return True


def check_at_the_desk(application: Application, at: datetime) -> None:
    """Raise NotAtTheDesk before the close."""
    closes_at = application.competition.closes_at
    if closes_at is None or at < closes_at:
        raise NotAtTheDesk("Eligibility is checked after the close. The competition has not closed yet.")


def locked(application: Application) -> Application:
    """The application's row, locked, so that two who decide on it take turns."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("competition")
    return rows.get(pk=application.pk)


def check_manager(application: Application, person: User) -> None:
    """Raise a kind of DecidingRefused for whoever may not decide the rules of it."""
    _check_person(application, person, Role.MANAGER)


def _check_person(application: Application, person: User, role: Role) -> None:
    if role not in person.roles_in(application.competition.region_id):
        raise NotTheDesk(f"Only the region's {role} decides this.")
    independence.check([person], [application.pk], by=person, refusal=OwnApplication)


def _write(
    application: Application, rulings: Mapping[str, Ruling], role: Role, *, seen: int, by: User, at: datetime
) -> Application:
    application = locked(application)
    _check_person(application, by, role)
    check_at_the_desk(application, at)
    if application.status not in OPEN:
        word = application.get_status_display().lower()
        raise NotAtTheDesk(f"This application is {word}. What was decided of it stands.")
    known = latest(application)
    if last_of(known, of_scope=role == Role.LEAD) != seen:
        raise DecidedMeanwhile("Somebody else has decided meanwhile. Read what they decided, then decide.")
    rows = [
        RuleDecision(
            application=application,
            rule=check,
            outcome=ruling.outcome,
            reason=ruling.reason.strip(),
            decided_by=by,
            decided_at=at,
        )
        for check, ruling in _checked(rulings, application).items()
        if not _stands(known.get(check), ruling)
    ]
    RuleDecision.objects.bulk_create(rows)
    # The reasons stay with the application: they are about people's projects.
    audit.note(after={row.rule: row.outcome for row in rows})
    return application


def _stands(decision: RuleDecision | None, ruling: Ruling) -> bool:
    is_same = decision is not None and decision.outcome == ruling.outcome
    return is_same and decision is not None and decision.reason == ruling.reason.strip()


def _checked(rulings: Mapping[str, Ruling], application: Application) -> Mapping[str, Ruling]:
    known = of(application)
    for check, ruling in rulings.items():
        is_known = check in known
        if not is_known or ruling.outcome not in checks.outcomes(check):
            raise RulingRefused(check, "Choose one of the decisions")
        if not ruling.reason.strip() and ruling.outcome not in (Outcome.MEETS, Outcome.IN_SCOPE):
            raise RulingRefused(check, "Give the reason for your decision")
        if len(ruling.reason) > LONGEST_REASON:
            raise RulingRefused(check, f"The reason must be {LONGEST_REASON:,} characters or fewer")
    return rulings
