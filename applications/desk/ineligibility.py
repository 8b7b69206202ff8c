"""Finding an application ineligible, with the reasons, and taking that back."""

from datetime import datetime

from accounts import audit, outbox
from accounts.models import User
from applications import audience, competition_lock, progress, workflow
from applications.assessment import taken_back
from applications.assessment.declining import ASSESSMENT_TAKEN_BACK
from applications.desk import deciding
from applications.desk.checks import MESSAGES, Check
from applications.desk.deciding import DecidingRefused
from applications.models import Application, RuleDecision, StatusChange
from applications.workflow import Status

APPLICATION_INELIGIBLE, APPLICATION_REINSTATED = "application_ineligible", "application_reinstated"

#: Letters and signs that a reason may have: with the rules before it, it stands in the history.
LONGEST_REASON = 400


class NothingAgainst(DecidingRefused):
    """Every check that was decided was decided for the application."""


class SameDecider(DecidingRefused):
    """Whoever found it ineligible does not take that back."""


class ReasonRefused(DecidingRefused):
    """There is no reason where one is asked for, or it is too long."""


@audit.action("find application ineligible")
def find_ineligible(application: Application, reason: str = "", *, by: User, at: datetime) -> Application:
    """Take the application out for the checks that went against it, and tell everybody who may edit it.

    reason  why it is found only now, where assessors have it already; staff read it

    From those, what they have not submitted is taken back, and they are told. What is submitted stays,
    and counts again should the application be let in again. What is decided is refused: money goes
    with it.

    Raises a kind of DecidingRefused, or MoveRefused, and writes nothing.
    """
    competition_lock.share(application.competition_id)
    entry = deciding.locked(application)
    deciding.check_manager(entry, by)
    deciding.check_at_the_desk(entry, at)
    is_late = entry.status == Status.IN_ASSESSMENT
    reason = _checked(reason, "Give the reason for finding it ineligible only now") if is_late else ""
    against = list(entry.rule_decisions.latest_of_each().against().order_by("rule"))
    if not against:
        raise NothingAgainst("No rule was decided against this application, and it is not out of scope.")
    why = f"Not met: {', '.join(row.rule for row in against)}. {reason}".removesuffix(". ")
    moved = progress.advance(entry.pk, workflow.INELIGIBLE, by=by, at=at, reason=why)
    if is_late:
        why = f"The application was found ineligible. {why}"
        taken_back.with_application(moved, ASSESSMENT_TAKEN_BACK, why, at=at, is_final=False)
    audit.note(
        before={"status": entry.status},
        after={"status": moved.status, "rules": [row.rule for row in against]},
    )
    _tell(APPLICATION_INELIGIBLE, moved, {"decisions": [row.pk for row in against]}, at)
    return moved


@audit.action("reinstate application")
def reinstate(application: Application, reason: str, *, by: User, at: datetime) -> Application:
    """Let the application in again; what was decided against it is then to be decided anew.

    It goes back to where it was. What was taken back from assessors may be given to them anew, with
    what they had saved.

    Raises a kind of DecidingRefused, or MoveRefused, and writes nothing.
    """
    entry = deciding.locked(application)
    deciding.check_manager(entry, by)
    reason = _checked(reason, "Give the reason for letting it in again")
    if (found := found_by(entry)) and found.made_by_id == by.pk:
        raise SameDecider("You found this application ineligible. Somebody else has to take that back.")
    was_assessed = found is not None and found.before == Status.IN_ASSESSMENT
    move = workflow.REINSTATE_TO_ASSESSMENT if was_assessed else workflow.REINSTATE
    moved = progress.advance(entry.pk, move, by=by, at=at, reason=reason, released_at=None)
    audit.note(before={"status": entry.status}, after={"status": moved.status})
    _tell(APPLICATION_REINSTATED, moved, {"change": moved.status_changes.latest("pk").pk}, at)
    return moved


def _checked(reason: str, missing: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonRefused(missing)
    if len(reason) > LONGEST_REASON:
        raise ReasonRefused(f"The reason must be {LONGEST_REASON:,} characters or fewer")
    return reason


def found_by(application: Application) -> StatusChange | None:
    """The last time that it was found ineligible, with who did it."""
    changes = application.status_changes.filter(after=Status.INELIGIBLE)
    return changes.select_related("made_by").order_by("-pk").first()


def reasons(application: Application) -> list[tuple[str, str]]:
    """What the applicant is told of one that is ineligible: each rule's message and the reason given."""
    rows = application.rule_decisions.latest_of_each().against().order_by("rule")
    return [told(row) for row in rows]


def told(decision: RuleDecision) -> tuple[str, str]:
    return MESSAGES[Check(decision.rule)], decision.reason


def _tell(kind: str, application: Application, facts: dict, at: datetime) -> None:
    moment = at.isoformat()
    people = audience.editors(Application.objects.filter(pk=application.pk)).order_by("pk")
    posts = [
        outbox.Post(
            person,
            application.pk,
            f"{kind} {application.pk} at {moment}: person {person.pk}",
            {**facts, "at": moment},
        )
        for person in people
    ]
    outbox.post_all(kind, posts, subject_word="application", at=at)


def may_reinstate(application: Application, person: User) -> bool:
    """Whether the person may let it in again: a manager of its region, and not who found it ineligible."""
    found = found_by(application)
    is_other = found is None or found.made_by_id != person.pk
    return is_other and deciding.may_act(application, person)
