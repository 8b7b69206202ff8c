"""An organisation that leaves an application after it was submitted, as the office handles it."""

from datetime import datetime

from accounts import audit, outbox
from accounts.models import Kind, User
from accounts.refusals import Refusal, RoleMissing
from accounts.roles import Role
from applications import audience, competition_lock, progress, remainder, workflow
from applications.assessment import independence, taken_back
from applications.models import Application, Departure, Participant
from applications.workflow import ASSESSOR_SEES, DECISIONS

PARTICIPANT_LEFT = "participant_left"
#: For assessors: that it ended for them, and that it goes on without somebody.
ASSESSED_LEAD_LEFT, ASSESSED_PARTICIPANT_LEFT = "assessed_lead_left", "assessed_participant_left"

#: Why an assessment was taken back, for whoever looks at it in the office.
WITH_ITS_LEAD = "The organisation that led the application left, and nobody took the lead."

#: Letters and signs that a reason may have.
LONGEST_REASON = 500


class LeavingRefused(Refusal):
    """Nothing is changed; the message says why."""


class NotTheOffice(LeavingRefused, RoleMissing):
    """Only a competition manager of the region records it."""


class OwnApplication(LeavingRefused, independence.OwnOrganisation):
    """Nobody handles an application of an organisation that they belong to."""


class NotInHand(LeavingRefused):
    """It can still be changed by its applicant, or it is decided or over."""


class NotTakingPart(LeavingRefused):
    """The organisation takes no part in it, or has left already."""


class LeadRefused(LeavingRefused):
    """The one chosen cannot lead."""


class ReasonRefused(LeavingRefused):
    """There is no reason, or it is too long."""


@audit.action("record that participant left")
def record(
    application: Application,
    part: Participant,
    reason: str,
    *,
    new_lead: Participant | None = None,
    by: User,
    at: datetime,
) -> Departure:
    """Let an organisation go. Its costs and grant count no more, and its members reach it no more.

    The receipt stays as it was. What the project breaks since of the rules on sums and partners is
    kept with it and stops nothing: the desk decides on it.

    new_lead  who leads then, where the lead leaves; without one the application is withdrawn

    Everybody who may edit for any of its organisations is told, and whoever is assessing it. Raises a
    kind of LeavingRefused.
    """
    competition_lock.share(application.competition_id)
    rows = Application.objects.select_for_update(of=("self",)).select_related("competition")
    entry = rows.get(pk=application.pk)
    _check(entry, by, at)
    reason = _checked(reason)
    remaining = {one.pk: one for one in entry.participants.filter(departure=None).order_by("pk")}
    if part.pk not in remaining:
        raise NotTakingPart("This organisation takes no part in the application, or has left already.")
    left = remaining.pop(part.pk)
    if new_lead is not None:
        _check_lead(entry, left, remaining.get(new_lead.pk))
    # While the one that leaves is an editor still.
    told = list(audience.editors(Application.objects.filter(pk=entry.pk)).order_by("pk"))
    is_withdrawn = not remaining or (left.is_lead and new_lead is None)
    rest = remainder.without(entry, left, remaining.values())
    departure = Departure.objects.create(
        participant=left,
        reason=reason,
        new_lead=new_lead,
        costs_before=entry.total_costs,
        costs_after=rest.total_costs,
        grant_before=entry.grant_sought,
        grant_after=rest.grant_sought,
        broken=[] if is_withdrawn else [[breach.rule, breach.message] for breach in rest.broken],
        recorded_by=by,
        recorded_at=at,
    )
    if is_withdrawn:
        progress.advance(entry.pk, workflow.WITHDRAW_BY_OFFICE, by=by, at=at, reason=reason)
        taken_back.with_application(entry, ASSESSED_LEAD_LEFT, WITH_ITS_LEAD, at=at)
    else:
        _carry_on(entry, left, new_lead, departure)
        _tell_assessors(entry, departure, at)
    audit.note(
        before={"grant_sought": str(departure.grant_before), "status": entry.status},
        after={
            "participant": left.pk,
            "grant_sought": str(departure.grant_after),
            "withdrawn": is_withdrawn,
            "broken": [rule for rule, _ in departure.broken],
        },
    )
    _tell(entry, departure, told, at)
    return departure


def why_not(application: Application, person: User, at: datetime) -> str:
    """Why this person cannot record it now, or nothing."""
    try:
        _check(application, person, at)
    except LeavingRefused as refusal:
        return str(refusal)
    return ""


def _check(entry: Application, person: User, at: datetime) -> None:
    if Role.MANAGER not in person.roles_in(entry.competition.region_id):
        raise NotTheOffice(f"Only a {Role.MANAGER} of the competition's region records that somebody left.")
    independence.check([person], [entry.pk], by=person, refusal=OwnApplication)
    if entry.status in DECISIONS:
        raise NotInHand("It is decided already. What is decided stands, with the money that goes with it.")
    if entry.status not in workflow.WITHDRAW_BY_OFFICE.sources:
        word = entry.get_status_display().lower()
        raise NotInHand(f"This application is {word}; nothing is changed in it.")
    if entry.competition.closes_at is None or at < entry.competition.closes_at:
        raise NotInHand("The competition is still open: its applicant can reopen and change it.")


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonRefused("Give the reason why it leaves")
    if len(reason) > LONGEST_REASON:
        raise ReasonRefused(f"The reason must be {LONGEST_REASON:,} characters or fewer")
    return reason


def _check_lead(entry: Application, left: Participant, lead: Participant | None) -> None:
    if not left.is_lead:
        raise LeadRefused("A partner leaves: whoever leads goes on leading.")
    if lead is None:
        raise LeadRefused("Choose one of the organisations that stay.")
    if lead.kind == Kind.RESEARCH:
        raise LeadRefused(f"{lead.name} cannot lead: academic institutions cannot.")
    if "uk_registered_business" in entry.competition.lead_types and not lead.is_business:
        raise LeadRefused(f"{lead.name} cannot lead: the lead must be a UK registered business.")


def _carry_on(
    entry: Application, left: Participant, new_lead: Participant | None, departure: Departure
) -> None:
    if new_lead is not None:
        # One at a time, since an application never has two leads.
        Participant.objects.filter(pk=left.pk).update(is_lead=False)
        Participant.objects.filter(pk=new_lead.pk).update(is_lead=True)
    Application.objects.filter(pk=entry.pk).update(
        total_costs=departure.costs_after, grant_sought=departure.grant_after
    )


def _tell(entry: Application, departure: Departure, people: list[User], at: datetime) -> None:
    posts = [
        outbox.Post(
            person,
            entry.pk,
            f"departure {departure.pk}: person {person.pk}",
            {"departure": departure.pk, "at": at.isoformat()},
        )
        for person in people
    ]
    outbox.post_all(PARTICIPANT_LEFT, posts, subject_word="application", at=at)


def _tell_assessors(entry: Application, departure: Departure, at: datetime) -> None:
    """Whoever holds it, to answer, to mark or as they submitted it."""
    held = entry.assessments.filter(status__in=ASSESSOR_SEES).select_related("assessor").order_by("pk")
    posts = [
        outbox.Post(
            row.assessor,
            row.pk,
            f"departure {departure.pk}: assessment {row.pk}",
            {"departure": departure.pk},
        )
        for row in held
    ]
    outbox.post_all(ASSESSED_PARTICIPANT_LEFT, posts, subject_word="assessment", at=at)
