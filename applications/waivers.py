"""Waivers (ELIG-10): a size or duration outside the limits, asked for in writing, decided by the office."""

import logging
from datetime import date, datetime
from decimal import Decimal

from accounts import audit, formats, outbox, working_days
from accounts.london import day_of
from accounts.models import User
from accounts.refusals import Refusal, RoleMissing
from accounts.roles import Role
from applications import audience, editing, rules
from applications.assessment import independence
from applications.editing import CompetitionClosed, NotEditable
from applications.models import Application, Competition, Waiver, WaiverState

__all__ = ["CompetitionClosed", "NotEditable"]

logger = logging.getLogger(__name__)

WAIVER_ASKED = "waiver_asked"
WAIVER_DECIDED = "waiver_decided"

#: The last day to ask lies so many working days before the closing day.
WORKING_DAYS = 10

#: Letters and signs that a reason may have.
LONGEST_REASON = 2_000

DECIDERS = frozenset({Role.MANAGER})


class WaiverRefused(Refusal):
    """The request or the decision cannot be made; the message says why."""


class TooLate(WaiverRefused):
    def __init__(self, last_day: date):
        super().__init__(
            f"A waiver has to be asked for at least {WORKING_DAYS} working days before the close: "
            f"the last day was {formats.local_day(last_day)}."
        )


class WaitsAlready(WaiverRefused):
    """One request at a time."""


class NothingAsked(WaiverRefused):
    """Neither a size nor a duration outside the limits is named; ``field`` is the form's."""

    def __init__(self, field: str, message: str):
        super().__init__(message)
        self.field = field


class ReasonRefused(WaiverRefused):
    """There is no reason, or it is too long."""


class NotADecider(WaiverRefused, RoleMissing):
    """Only a competition manager of the region decides."""


class OwnWaiver(WaiverRefused, independence.OwnOrganisation):
    """Nobody decides for an organisation that they belong to."""


class AlreadyDecided(WaiverRefused):
    def __init__(self, waiver: Waiver):
        word = waiver.get_state_display().lower()
        super().__init__(
            f"This was {word} at {formats.local_time(waiver.decided_at)} by {waiver.decided_by}."
        )


class NoLongerAsked(WaiverRefused):
    """The competition has closed or the application is a draft no more: the answer would change nothing."""


def last_day(competition: Competition) -> date | None:
    """The last day on which a waiver can be asked for, in London; None where there is no close."""
    return working_days.before(day_of(competition.closes_at), WORKING_DAYS) if competition.closes_at else None


def can_be_asked(competition: Competition, *, at: datetime) -> bool:
    """Whether the competition has a limit that can be waived, and there is still time to ask."""
    last = last_day(competition)
    is_waivable = rules.is_amount_waivable(competition) or rules.is_duration_waivable(competition)
    return is_waivable and (last is None or day_of(at) <= last)


@audit.action("ask for waiver")
def ask(
    application: Application,
    *,
    amount: Decimal | None = None,
    months: int | None = None,
    reason: str,
    by: User,
    at: datetime,
) -> Waiver:
    """Ask the office to let a draft have a size (pounds) or a duration (months) outside the limits.

    Raises NotEditable, CompetitionClosed, or a kind of WaiverRefused, and writes nothing.
    """
    draft = editing.lock_draft(application, by=by, at=at)
    competition = draft.competition
    last = last_day(competition)
    if last is not None and day_of(at) > last:
        raise TooLate(last)
    if draft.waivers.waiting().exists():
        raise WaitsAlready("You have asked already. We will answer that first.")
    _check_asked(competition, amount, months)
    waiver = Waiver.objects.create(
        application=draft,
        amount=amount,
        months=months,
        reason=_checked(reason, "Say why the project needs it"),
        asked_by=by,
        asked_at=at,
    )
    audit.note(after={"waiver": waiver.pk, "amount": str(amount) if amount else None, "months": months})
    for person in audience.staff_of(competition, *DECIDERS).order_by("pk"):
        _tell(WAIVER_ASKED, waiver, person, at)
    return waiver


@audit.action("decide waiver")
def decide(waiver: Waiver, *, grant: bool, reason: str, by: User, at: datetime) -> Waiver:
    """Grant or refuse a waiver that waits, with a reason that the applicant reads, and tell its editors.

    Raises a kind of WaiverRefused and writes nothing.
    """
    waiver = _locked(waiver)
    draft = waiver.application
    _check_decider(draft, by)
    if not waiver.is_waiting:
        raise AlreadyDecided(waiver)
    if not (draft.is_draft and draft.competition.is_open_at(at)):
        raise NoLongerAsked("This can no longer be decided: the application is not a draft that can be sent.")
    waiver.decision_reason = _checked(reason, "Give the reason for your decision")
    waiver.state = WaiverState.GRANTED if grant else WaiverState.REFUSED
    waiver.decided_by, waiver.decided_at = by, at
    waiver.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    if grant:
        _widen(draft, waiver)
    audit.note(
        before={"state": WaiverState.WAITING}, after={"state": waiver.state}, reason=waiver.decision_reason
    )
    for person in audience.editors_of_lead(draft).order_by("pk"):
        _tell(WAIVER_DECIDED, waiver, person, at)
    return waiver


def may_decide(waiver: Waiver, person: User) -> bool:
    try:
        _check_decider(waiver.application, person)
    except (NotADecider, OwnWaiver):
        return False
    return waiver.is_waiting


def _locked(waiver: Waiver) -> Waiver:
    """The application's row first, as everybody who changes a draft locks it."""
    Application.objects.select_for_update().get(pk=waiver.application_id)
    rows = Waiver.objects.select_related("application__competition", "decided_by")
    return rows.select_for_update(of=("self",)).get(pk=waiver.pk)


def _check_decider(draft: Application, person: User) -> None:
    if not person.roles_in(draft.competition.region_id) & DECIDERS:
        raise NotADecider(f"Only a {Role.MANAGER} of the competition's region decides a waiver.")
    independence.check([person], [draft.pk], by=person, refusal=OwnWaiver)


def _check_asked(competition: Competition, amount: Decimal | None, months: int | None) -> None:
    if amount is None and months is None:
        raise NothingAsked("amount", "Enter the size or the duration that you ask for")
    if amount is not None and not rules.is_amount_waivable(competition):
        raise NothingAsked("amount", "This competition makes no exceptions from its size")
    if months is not None and not rules.is_duration_waivable(competition):
        raise NothingAsked("months", "This competition does not limit the duration")
    if amount is not None and rules.is_within(amount, competition.limit_min, competition.limit_max):
        raise NothingAsked("amount", "That is within the limits: you need no waiver for it")
    if months is not None and rules.is_within(months, competition.duration_min, competition.duration_max):
        raise NothingAsked("months", "That is within the limits: you need no waiver for it")


def _checked(reason: str, missing: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonRefused(missing)
    if len(reason) > LONGEST_REASON:
        raise ReasonRefused(
            f"The reason must be {LONGEST_REASON:,} characters or fewer; it has {len(reason):,}"
        )
    return reason


def _widen(draft: Application, waiver: Waiver) -> None:
    granted = {"waived_amount": waiver.amount, "waived_months": waiver.months}
    Application.objects.filter(pk=draft.pk).update(
        **{name: value for name, value in granted.items() if value is not None}
    )


def _tell(kind: str, waiver: Waiver, person: User, at: datetime) -> None:
    outbox.post(
        kind,
        to=person,
        subject_word="application",
        subject_id=waiver.application_id,
        facts={"waiver": waiver.pk},
        cause=f"{kind} {waiver.pk}: person {person.pk}",
        at=at,
    )
