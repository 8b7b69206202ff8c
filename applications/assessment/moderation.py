"""Marks that two people take out of the mean, or put back, and what staff note on an application's marks."""

import logging
from datetime import datetime

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal, RoleMissing
from accounts.roles import Role
from applications.assessment import independence, turns
from applications.models import Application, Assessment, Exclusion, ExclusionState, ModerationNote, Question
from applications.workflow import Status

logger = logging.getLogger(__name__)

MODERATORS = frozenset({Role.MANAGER, Role.FUNDS})

#: Letters and signs of a reason or a note.
LONGEST = 2_000

RULE = (
    "A mark or a whole assessment is taken out of the mean where its comments do not justify it: one person "
    "proposes it with a reason, and a second confirms it. It is kept, and can be put back in the same way."
)


class ModerationRefused(Refusal):
    """Nothing was changed; the message says why."""


class NotAModerator(ModerationRefused, RoleMissing):
    """Only a competition manager or a fund manager of the region."""


class OwnOrganisation(ModerationRefused, independence.OwnOrganisation):
    """Nobody moderates the marks of an organisation that they belong to."""


class OwnAssessment(ModerationRefused):
    """Nobody proposes or decides what becomes of their own marks."""


class SamePerson(ModerationRefused):
    """A second person decides."""


class NothingThere(ModerationRefused):
    """There is no such mark that counts, or no exclusion to lift."""


class WaitsAlready(ModerationRefused):
    """The same is proposed already."""


class AlreadyDecided(ModerationRefused):
    """Somebody confirmed or refused it before."""


class Settled(ModerationRefused):
    """The application is decided, or was withdrawn: its mean stands as it is."""


class TextRefused(ModerationRefused):
    """There is no text, or too much."""


@audit.action("propose exclusion")
def propose(
    assessment: Assessment, question: Question | None = None, *, reason: str, by: User, at: datetime
) -> Exclusion:
    """Propose that a submitted assessment, or its mark for one question, is not to count.

    Nothing changes until a second person confirms it. Raises a kind of ModerationRefused.
    """
    assessment = _held(assessment, by)
    if not assessment.is_submitted:
        raise NothingThere("Only a submitted assessment counts, so only that can be excluded.")
    mark = assessment.scores.filter(question=question, question__max_marks__isnull=False)
    if question is not None and not mark.exists():
        raise NothingThere("Choose one of the marks of this assessment.")
    if _of(assessment, question).in_force().exists():
        raise NothingThere("This does not count already.")
    return _proposed(assessment, question, None, reason, by, at)


@audit.action("propose to lift exclusion")
def propose_lifting(exclusion: Exclusion, *, reason: str, by: User, at: datetime) -> Exclusion:
    """Propose that what is excluded counts again. Raises a kind of ModerationRefused."""
    assessment = _held(exclusion.assessment, by)
    if not Exclusion.objects.in_force().filter(pk=exclusion.pk).exists():
        raise NothingThere("This exclusion is not in force.")
    return _proposed(assessment, exclusion.question, exclusion, reason, by, at)


@audit.action("decide exclusion")
def decide(exclusion: Exclusion, *, confirm: bool, reason: str = "", by: User, at: datetime) -> Exclusion:
    """Confirm or refuse, as a second person. Confirmed, it holds at once wherever a mean is shown.

    reason  needed to refuse

    Raises a kind of ModerationRefused and writes nothing.
    """
    _held(exclusion.assessment, by)
    exclusion = Exclusion.objects.select_for_update(of=("self",)).get(pk=exclusion.pk)
    if not exclusion.is_waiting:
        raise AlreadyDecided(f"This is {exclusion.get_state_display().lower()} already.")
    if by.pk == exclusion.proposed_by_id:
        raise SamePerson("You proposed this. A second person has to decide it.")
    exclusion.decision_reason = (
        _checked(reason, "Give the reason for refusing") if reason or not confirm else ""
    )
    exclusion.state = ExclusionState.CONFIRMED if confirm else ExclusionState.REFUSED
    exclusion.decided_by, exclusion.decided_at = by, at
    exclusion.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    audit.note(
        before={"state": ExclusionState.WAITING},
        after={"state": exclusion.state, **_named(exclusion)},
        reason=exclusion.decision_reason,
    )
    logger.info("exclusion decided", extra={"exclusion": exclusion.pk, "state": exclusion.state})
    return exclusion


@audit.action("note on marks")
def note(application: Application, text: str, *, by: User, at: datetime) -> ModerationNote:
    """Keep a note on the marks of an application for the panel. Raises a kind of ModerationRefused."""
    _check(application, by)
    text = _checked(text, "Enter the note")
    return ModerationNote.objects.create(application=application, text=text, written_by=by, written_at=at)


def may_moderate(application: Application, person: User) -> bool:
    return not why_not(application, person)


def why_not(application: Application, person: User) -> str:
    """Why this person does not moderate these marks; nothing where they do."""
    try:
        _check(application, person)
    except ModerationRefused as refusal:
        return str(refusal)
    return ""


def _check(application: Application, person: User) -> None:
    if not person.roles_in(application.competition.region_id) & MODERATORS:
        raise NotAModerator("Only a competition manager or a fund manager of the region moderates marks.")
    independence.check([person], [application.pk], by=person, refusal=OwnOrganisation)


def _held(assessment: Assessment, by: User) -> Assessment:
    """The application's row first, as whoever approves an allocation holds it while means are compared."""
    assessment = turns.hold(assessment)
    application = assessment.application
    _check(application, by)
    if application.status != Status.IN_ASSESSMENT:
        raise Settled("This application is not in assessment: its mean stands as it is.")
    if assessment.assessor_id == by.pk:
        raise OwnAssessment("These are your own marks. Somebody else has to do this.")
    return assessment


def _proposed(assessment, question, lifts, reason: str, by: User, at: datetime) -> Exclusion:
    reason = _checked(reason, "Give the reason")
    if _of(assessment, question).waiting().exists():
        raise WaitsAlready("The same is proposed already, and waits for a second person.")
    made = Exclusion.objects.create(
        assessment=assessment, question=question, lifts=lifts, reason=reason, proposed_by=by, proposed_at=at
    )
    audit.note(after=_named(made), reason=reason)
    return made


def _of(assessment: Assessment, question: Question | None):
    return Exclusion.objects.filter(assessment=assessment, question=question)


def _named(exclusion: Exclusion) -> dict:
    return {
        "assessment": exclusion.assessment_id,
        "question": exclusion.question_id,
        "lifts": exclusion.lifts_id,
    }


def _checked(text: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise TextRefused(missing)
    if len(text) > LONGEST:
        raise TextRefused(f"Enter {LONGEST:,} characters or fewer; this has {len(text):,}")
    return text
