"""The UK subsidy database: who needs an entry, until when, and that it was uploaded.

Per recipient, whose own subsidy is above £100,000, whether Minimal Financial Assistance or under a
published scheme (the dossier's 10.1); no competition of ours gives a stand-alone subsidy. The entry
is due three months after the decision was confirmed: the approval of the award (assumed), not the
offer, its acceptance or a payment. A modification of what was uploaded is due three months after it;
so is the end of an award that was uploaded before, since the database then holds a subsidy that
nobody is given (assumed to be a modification).
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts import audit, outbox
from accounts.london import day_of
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import audience
from applications.duration import months_after
from applications.models import Application
from funding import duties
from funding.models import LIVE, Award, AwardShare, EntryStep, SubsidyEntry, Transfer
from funding.places import Place

logger = logging.getLogger(__name__)

#: Above so many pounds a recipient needs an entry; with exactly so much it needs none.
THRESHOLD = Decimal("100000.00")
MONTHS = 3
#: So many days before an entry is due it is waiting on the office's first page.
NEAR = timedelta(days=30)
#: Days before it is due on which fund managers are reminded; the last when it is overdue.
REMINDERS = (30, 7, -1)

SUBSIDY_ENTRY_DUE = "subsidy_entry_due"
LONGEST_REFERENCE, LONGEST_NOTE = 100, 500


class EntryRefused(Refusal):
    """Nothing was recorded; ``field`` is the form's that the text is about."""

    def __init__(self, field: str, text: str):
        self.field = field
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one recipient's entry needs.

    confirmed_on  the day in London on which the decision was confirmed
    ended_on      the day on which its award ended and the money went back; None while it lives
    since         the day from which the clock runs: the last of these and of the modifications
    uploaded      the upload that says what it is now; None where it is owed
    """

    share: AwardShare
    confirmed_on: date
    ended_on: date | None
    since: date
    uploaded: SubsidyEntry | None
    steps: list[SubsidyEntry]

    @property
    def amount(self) -> Decimal:
        """Pounds that the entry has to say: nothing once the award has ended."""
        return self.share.grant if self.ended_on is None else Decimal("0.00")

    @property
    def due_on(self) -> date:
        """The last day: three months after. Worked: 30 November 2026, 28 February 2027."""
        return months_after(self.since, MONTHS)

    def is_near(self, today: date) -> bool:
        return self.uploaded is None and self.due_on - NEAR <= today

    def is_late(self, today: date) -> bool:
        return self.uploaded is None and self.due_on < today


def needed() -> QuerySet[AwardShare]:
    """The shares above the threshold of living awards, and of ended ones that stand in the database.

    Each has ``ended_at``, when the award's money went back, or None.
    """
    went_back = Transfer.objects.filter(award=OuterRef("award"), target=Place.AVAILABLE)
    is_there = Exists(SubsidyEntry.objects.filter(share=OuterRef("pk")))
    return AwardShare.objects.filter(Q(award__status__in=LIVE) | is_there, grant__gt=THRESHOLD).annotate(
        ended_at=Subquery(went_back.order_by("-made_at", "-pk").values("made_at")[:1])
    )


def seen_by(person: User) -> QuerySet[AwardShare]:
    return needed().filter(award__in=Award.objects.visible_to(person))


def entries(shares: QuerySet[AwardShare]) -> list[Entry]:
    """Each with its clock, the first due first; what is uploaded stands at the end."""
    steps = SubsidyEntry.objects.select_related("recorded_by").order_by("pk")
    rows = shares.select_related("participant", "award__application__competition").prefetch_related(
        Prefetch("subsidy_entries", steps, to_attr="steps")
    )
    found = [_entry(share, share.steps) for share in rows]
    return sorted(found, key=lambda one: (one.uploaded is not None, one.due_on, one.share.pk))


def _entry(share: AwardShare, steps: list[SubsidyEntry]) -> Entry:
    confirmed_on = day_of(share.award.made_at)
    ended_at: datetime | None = share.ended_at  # type: ignore[attr-defined]
    ended_on = day_of(ended_at) if ended_at else None
    last = steps[-1] if steps else None
    modified = [step.on for step in steps if step.step == EntryStep.MODIFIED]
    is_of_today = last is not None and last.step == EntryStep.UPLOADED
    if last is not None and ended_at is not None and last.recorded_at < ended_at:
        is_of_today = False
    return Entry(
        share=share,
        confirmed_on=confirmed_on,
        ended_on=ended_on,
        since=max([confirmed_on, *modified, *([ended_on] if ended_on else [])]),
        uploaded=last if is_of_today else None,
        steps=steps,
    )


@audit.action("record subsidy upload")
def record_upload(share: AwardShare, reference: str, on: date, *, by: User, at: datetime) -> SubsidyEntry:
    """Note that the entry was uploaded on that day, with the database's reference.

    Raises RoleMissing and EntryRefused.
    """
    entry = _held(share, by)
    reference = reference.strip()
    if not reference or len(reference) > LONGEST_REFERENCE:
        raise EntryRefused("reference", "Enter the reference that the subsidy database gives the entry")
    if entry.uploaded is not None:
        raise EntryRefused("", f"It was uploaded before, as {entry.uploaded.reference}.")
    _check_day(entry, on, at)
    return _record(share, EntryStep.UPLOADED, on, reference=reference, by=by, at=at)


@audit.action("record modified subsidy")
def record_modification(share: AwardShare, note: str, on: date, *, by: User, at: datetime) -> SubsidyEntry:
    """Note that a subsidy in the database was modified on that day: the clock runs again from it.

    Before the upload there is nothing to put right: the entry is due as it was.

    Raises RoleMissing and EntryRefused.
    """
    entry = _held(share, by)
    note = note.strip()
    if not note or len(note) > LONGEST_NOTE:
        raise EntryRefused("note", "Say what was modified")
    if entry.uploaded is None:
        raise EntryRefused("", "It is not uploaded yet: upload it as it is now.")
    _check_day(entry, on, at)
    return _record(share, EntryStep.MODIFIED, on, note=note, by=by, at=at)


def _record(share: AwardShare, step: EntryStep, on: date, *, by: User, at: datetime, **said) -> SubsidyEntry:
    made = SubsidyEntry.objects.create(share=share, step=step, on=on, recorded_by=by, recorded_at=at, **said)
    audit.note(
        subject=share.award,
        after={"share": share.pk, "step": step, "on": on.isoformat(), "reference": made.reference},
    )
    logger.info("subsidy entry recorded", extra={"share": share.pk, "step": step})
    return made


def _held(share: AwardShare, by: User) -> Entry:
    """The entry as it stands, its award locked, for those who may keep it."""
    Application.objects.select_for_update(of=("self",)).get(pk=share.award.application_id)
    Award.objects.select_for_update(of=("self",)).get(pk=share.award_id)
    duties.check(duties.PROPOSE, roles=by.roles_in(share.award.application.competition.region_id))
    found = entries(needed().filter(pk=share.pk))
    if not found:
        raise EntryRefused("", "It needs no entry in the subsidy database.")
    return found[0]


def _check_day(entry: Entry, on: date, at: datetime) -> None:
    if not entry.since <= on <= day_of(at):
        raise EntryRefused("on", "Enter a day from the confirmation of the decision until today")


def step_at(entry: Entry, today: date) -> int | None:
    """The reminder whose turn it is, in days before the due date: the last that has come."""
    if entry.uploaded is not None:
        return None
    return min((days for days in REMINDERS if entry.due_on - timedelta(days=days) <= today), default=None)


def remind(*, at: datetime) -> str:
    """Remind fund managers of entries that are due within 30 and 7 days, or overdue. Once of each."""
    today, posts = day_of(at), []
    people: dict[int, list[User]] = {}
    for entry in entries(needed()):
        days = step_at(entry, today)
        if days is None:
            continue
        competition = entry.share.award.application.competition
        if competition.region_id not in people:
            people[competition.region_id] = list(audience.staff_of(competition, Role.FUNDS).order_by("pk"))
        for person in people[competition.region_id]:
            cause = f"subsidy entry of share {entry.share.pk}, due {entry.due_on}, {days}: person {person.pk}"
            posts.append(outbox.Post(person, entry.share.award_id, cause, {"share": entry.share.pk}))
    posted = outbox.post_all(SUBSIDY_ENTRY_DUE, posts, subject_word="award", at=at)
    return f"{posted} people reminded of subsidy database entries"


def owed(person: User, today: date) -> list[Entry]:
    """Those near or past their day."""
    return [entry for entry in entries(seen_by(person)) if entry.is_near(today)]
