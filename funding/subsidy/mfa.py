"""Minimal Financial Assistance: the enterprise is told, confirms in writing, is given it, and told that.

Nothing is given before the written confirmation, nor past the limit (sections 36 to 38 of the
Subsidy Control Act 2022; the dossier's 8.3).
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from accounts import audit, formats, money, outbox
from accounts.london import day_of
from accounts.models import User, in_regions_of
from accounts.refusals import Refusal
from applications import audience
from applications.assessment import independence
from applications.models import Application, Competition
from funding import duties
from funding.models import (
    ASSISTANCE,
    Award,
    AwardShare,
    AwardStatus,
    EarlierAssistance,
    MfaRecord,
    MfaState,
)
from funding.subsidy import headroom
from funding.subsidy.window import LIMIT, Headroom

logger = logging.getLogger(__name__)

#: Told to those who may edit for the organisation that the assistance is for.
MFA_NOTICE, MFA_GIVEN = "mfa_notice", "mfa_given"

LONGEST_NAME, LONGEST_REASON = 200, 2_000
#: More than any enterprise has had in three years; it bounds the page.
MOST_EARLIER = 30


class AssistanceRefused(Refusal):
    """Nothing was done; the text says why."""


class NotTheirs(AssistanceRefused):
    """Only somebody who may edit for the organisation confirms for it."""


class NotAsked(AssistanceRefused):
    """It was confirmed already, or asked again."""


class NotStated(AssistanceRefused):
    """A name, a reason or a stated sum is missing or wrong; ``field`` is the form's."""

    def __init__(self, field: str, text: str):
        self.field = field
        super().__init__(text)


class NotConfirmed(AssistanceRefused):
    """Organisations of the award have not confirmed in writing: their names."""

    def __init__(self, names: Sequence[str]):
        self.names = list(names)
        super().__init__(
            "Minimal Financial Assistance is given only after the enterprise has confirmed in writing that "
            f"it stays within the limit. Not confirmed yet: {', '.join(self.names)}."
        )


class PastTheLimit(AssistanceRefused):
    """With this share the group would pass the limit; the text is the sum in a sentence."""

    def __init__(self, name: str, sums: Headroom):
        self.sums = sums
        super().__init__(f"{name}: {arithmetic(sums)}")


def arithmetic(sums: Headroom) -> str:
    """The sum in a sentence, to the penny."""
    ends = (
        f"which leaves {formats.pounds(LIMIT - sums.total)} of it"
        if sums.fits
        else f"which is {formats.pounds(sums.over)} too much"
    )
    return (
        f"{formats.pounds(sums.counted)} given since {formats.local_day(sums.since)} and "
        f"{formats.pounds(sums.amount)} now come to {formats.pounds(sums.total)} of "
        f"{formats.pounds(LIMIT)}, {ends}."
    )


def shares_of(award: Award) -> QuerySet[AwardShare]:
    """The shares of the award that are such assistance, the lead's first."""
    shares = award.shares.filter(subsidy_basis=ASSISTANCE, grant__gt=0)
    return shares.select_related("participant__organisation").order_by("-participant__is_lead", "pk")


def to_be_notified(person: User) -> QuerySet[Award]:
    """Released awards of this person's regions with a share that nobody was asked about."""
    asked = MfaRecord.objects.standing().filter(share=OuterRef("pk"))
    shares = AwardShare.objects.filter(~Exists(asked), subsidy_basis=ASSISTANCE, grant__gt=0)
    return Award.objects.filter(
        in_regions_of(person, duties.PROPOSE, "application__competition__region"),
        Exists(shares.filter(award=OuterRef("pk"))),
        status=AwardStatus.RESERVED,
        application__released_at__isnull=False,
        application__told_status="",
    )


@audit.action("notify of assistance")
def notify(award: Award, *, by: User, at: datetime) -> list[MfaRecord]:
    """Tell each enterprise of a released award that its share is such assistance, and ask to confirm.

    One that was asked before is not asked again. Raises RoleMissing, OwnOrganisation and AssistanceRefused.
    """
    award = _held(award)
    duties.check(duties.PROPOSE, roles=by.roles_in(award.application.competition.region_id))
    independence.check([by], [award.application_id], by=by)
    if award.status != AwardStatus.RESERVED or not _is_told(award.application):
        raise AssistanceRefused("Enterprises are asked once the award is approved and released.")
    known = set(MfaRecord.objects.standing().filter(share__award=award).values_list("share", flat=True))
    made = [_ask(share, by=by, at=at) for share in shares_of(award) if share.pk not in known]
    audit.note(subject=award, after={"asked about shares": [record.share_id for record in made]})
    return made


def _ask(share: AwardShare, *, by: User, at: datetime) -> MfaRecord:
    record = MfaRecord.objects.create(
        share=share,
        company_number=headroom.number_of(share.participant),
        amount=share.grant,
        notified_by=by,
        notified_at=at,
    )
    _tell(MFA_NOTICE, record, at)
    return record


@audit.action("confirm assistance")
def confirm(record: MfaRecord, earlier: Iterable[Mapping], *, name: str, by: User, at: datetime) -> MfaRecord:
    """Confirm for the enterprise that the limit will not be passed, and state what its group has had.

    earlier  of each: giver, kind (``AssistanceKind``), given_on, amount (pounds); without what this
             programme gave
    name     of who confirms, as they typed it

    A statement past the limit is taken as it is: the award then waits for the office.

    Raises NotTheirs, NotAsked and NotStated.
    """
    record = _locked(record)
    _check_theirs(record, by)
    if not record.is_waiting:
        raise NotAsked(f"This was {record.get_state_display().lower()} before.")
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise NotStated("name", f"Enter the full name of who confirms, {LONGEST_NAME} characters or fewer")
    stated = [_stated(record, one, day_of(at)) for one in earlier]
    if len(stated) > MOST_EARLIER:
        raise NotStated("", f"State {MOST_EARLIER} sums or fewer")
    EarlierAssistance.objects.bulk_create(stated)
    record.state, record.signed_name = MfaState.CONFIRMED, name
    record.confirmed_by, record.confirmed_at = by, at
    record.save(update_fields=["state", "signed_name", "confirmed_by", "confirmed_at"])
    audit.note(before={"state": MfaState.NOTIFIED}, after={"state": record.state, "stated": len(stated)})
    logger.info("assistance confirmed", extra={"record": record.pk})
    return record


@audit.action("ask again about assistance")
def ask_again(record: MfaRecord, reason: str, *, by: User, at: datetime) -> MfaRecord:
    """Put a confirmation aside, with a reason, and ask the enterprise again; before anything is given.

    Raises RoleMissing, OwnOrganisation, NotStated and NotAsked.
    """
    record = _locked(record)
    duties.check(duties.PROPOSE, roles=by.roles_in(_competition(record).region_id))
    independence.check([by], [record.share.award.application_id], by=by)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise NotStated("reason", f"Give the reason, in {LONGEST_REASON:,} characters or fewer")
    if not record.is_open or record.share.award.status != AwardStatus.RESERVED:
        raise NotAsked("It has been given, or was asked again.")
    before = record.state
    record.state, record.superseded_at, record.why_again = MfaState.SUPERSEDED, at, reason
    record.save(update_fields=["state", "superseded_at", "why_again"])
    audit.note(before={"state": before}, after={"state": record.state}, reason=reason)
    return _ask(record.share, by=by, at=at)


def unasked(award: Award) -> list[str]:
    """The organisations of its shares of such assistance that nobody has asked yet."""
    asked = MfaRecord.objects.standing().filter(share=OuterRef("pk"))
    return [share.participant.name for share in shares_of(award).filter(~Exists(asked))]


def to_be_confirmed(award: Award) -> list[MfaRecord]:
    """What keeps an offer of the award from being accepted: asked, and not confirmed; the lead's first."""
    waiting = MfaRecord.objects.with_names().filter(share__award=award, state=MfaState.NOTIFIED)
    return list(waiting.order_by("-share__participant__is_lead", "pk"))


def require_headroom(award: Award, *, at: datetime) -> list[MfaRecord]:
    """The confirmed records of the award, its group's rows locked until the transaction ends.

    Called before the award is accepted. An award of no such assistance has none.

    Raises NotConfirmed, and PastTheLimit with the arithmetic.
    """
    shares = list(shares_of(award))
    if not shares:
        return []
    standing = MfaRecord.objects.standing().filter(share__in=shares).with_names()
    records = {record.share_id: record for record in standing}
    unconfirmed = [
        share.participant.name
        for share in shares
        if share.pk not in records or records[share.pk].state != MfaState.CONFIRMED
    ]
    if unconfirmed:
        raise NotConfirmed(unconfirmed)
    ordered = [records[share.pk] for share in shares]
    for place, record in enumerate(ordered):
        # Two of one group in one award: the second counts what the first is about to have.
        sums = headroom.of(record, at=at, beside=ordered[:place])
        if not sums.fits:
            raise PastTheLimit(record.share.participant.name, sums)
    return ordered


def give(award: Award, *, by: User, at: datetime) -> list[MfaRecord]:
    """Give the assistance of an award that is being accepted; of one without any, nothing is done.

    Raises as ``require_headroom``.
    """
    return _give(award, by=by, at=at) if shares_of(award).exists() else []


@audit.action("give assistance")
def _give(award: Award, *, by: User, at: datetime) -> list[MfaRecord]:
    """Note that the award's assistance is given, and owe each enterprise the confirmation of it.

    In the transaction in which the award is accepted, and before its money moves. Two of one group
    at once: the second waits for the first, and counts it.
    """
    _lock_groups(award)
    records = require_headroom(award, at=at)
    for record in records:
        record.state, record.given_on, record.given_at = MfaState.GIVEN, day_of(at), at
        record.save(update_fields=["state", "given_on", "given_at"])
        _tell(MFA_GIVEN, record, at)
    audit.note(subject=award, after={"assistance given": [record.pk for record in records]})
    return records


def undo(award: Award, at: datetime) -> list[int]:
    """Undo what was asked, confirmed or given by an award that is being ended: it counts no more.

    In the transaction in which the award ends. Returns the ids of the records.
    """
    records = MfaRecord.objects.standing().filter(share__award=award).order_by("pk").select_for_update()
    ids = list(records.values_list("pk", flat=True))
    MfaRecord.objects.filter(pk__in=ids).update(state=MfaState.UNDONE, undone_at=at)
    return ids


def _lock_groups(award: Award) -> None:
    own = MfaRecord.objects.standing().filter(share__award=award).select_related("share__participant")
    ids: set[int] = set()
    for record in own:
        ids |= set(headroom.of_group(record).values_list("pk", flat=True))
    list(MfaRecord.objects.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk"))


def _stated(record: MfaRecord, one: Mapping, today: date) -> EarlierAssistance:
    if one["given_on"] > today:
        raise NotStated("given_on", "State what has been given, not what will be")
    return EarlierAssistance(
        record=record,
        giver=one["giver"].strip(),
        kind=one["kind"],
        given_on=one["given_on"],
        amount=money.exact(one["amount"]),
    )


def _check_theirs(record: MfaRecord, person: User) -> None:
    organisation = record.share.participant.organisation_id
    if not audience.editors_of(organisation).filter(pk=person.pk).exists():
        raise NotTheirs("Only somebody who may edit for the organisation can confirm this.")


def may_confirm(record: MfaRecord, person: User) -> bool:
    editors = audience.editors_of(record.share.participant.organisation_id)
    return record.is_waiting and editors.filter(pk=person.pk).exists()


def _is_told(application: Application) -> bool:
    return application.released_at is not None and not application.told_status


def _competition(record: MfaRecord) -> Competition:
    return record.share.award.application.competition


def _held(award: Award) -> Award:
    """The award under its lock, the application's row first, as everybody locks them."""
    Application.objects.select_for_update(of=("self",)).get(pk=award.application_id)
    rows = Award.objects.select_for_update(of=("self",))
    return rows.select_related("application__competition").get(pk=award.pk)


def _locked(record: MfaRecord) -> MfaRecord:
    """The record with its award, both locked, the award before it."""
    _held(Award.objects.get(shares__mfa_records=record.pk))
    return MfaRecord.objects.with_names().select_for_update(of=("self",)).get(pk=record.pk)


def _tell(kind: str, record: MfaRecord, at: datetime) -> None:
    people = audience.editors_of(record.share.participant.organisation_id).order_by("pk").distinct()
    posts = [outbox.Post(one, record.pk, f"{kind} {record.pk}: person {one.pk}") for one in people]
    outbox.post_all(kind, posts, subject_word="assistance", at=at)
