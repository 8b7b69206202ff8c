"""What an enterprise's group has had, line by line, and whether a share of an award still fits."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q

from accounts.london import day_of
from applications.models import ParentCompany, Participant
from funding.models import AwardStatus, MfaRecord
from funding.models.mfa import MfaRecordQuerySet
from funding.subsidy import window
from funding.subsidy.window import Headroom, Line

#: Who gives, where it is this programme.
PROGRAMME = "This programme"


def group_of(number: str) -> frozenset[str]:
    """The company numbers of its group: whatever is above, below or beside it, as staff have noted."""
    if not number:
        return frozenset()
    beside: dict[str, set[str]] = defaultdict(set)
    for owned, parent in ParentCompany.objects.values_list("number", "parent_number"):
        beside[owned].add(parent)
        beside[parent].add(owned)
    found, further = {number}, {number}
    while further:
        further = set().union(*(beside[one] for one in further)) - found
        found |= further
    return frozenset(found)


def number_of(participant: Participant) -> str:
    """The company number by which its group is found; a body without one is a group of its own."""
    return participant.company_number or participant.organisation.company_number


def of_group(record: MfaRecord) -> MfaRecordQuerySet:
    """The standing records of the enterprises of its group, its own among them."""
    own = Q(share__participant__organisation=record.share.participant.organisation_id)
    linked = group_of(record.company_number)
    rows: MfaRecordQuerySet = MfaRecord.objects.standing()
    return rows.filter(own | Q(company_number__in=linked) if linked else own)


def of(record: MfaRecord, *, at: datetime, beside: Sequence[MfaRecord] = ()) -> Headroom:
    """The arithmetic as on the day it was given, or as it would be today.

    record  read ``with_names``
    beside  of the same award, and given with it: those of its group count as of that day
    """
    given_on = record.given_on or day_of(at)
    since = window.begins(given_on)
    stated = record.earlier.order_by("given_on", "pk")
    lines = [
        _line(one.giver, one.get_kind_display(), one.given_on, one.amount, since, given_on) for one in stated
    ]
    others = of_group(record).exclude(pk=record.pk).with_names()
    counted = [*others.given().order_by("given_on", "pk"), *others.filter(pk__in=[one.pk for one in beside])]
    for one in counted:
        giver = f"{PROGRAMME}: {one.share.award.application.reference}, {one.share.participant.name}"
        day = one.given_on or given_on
        lines.append(_line(giver, "Minimal Financial Assistance", day, one.amount, since, given_on))
    return Headroom(since=since, given_on=given_on, lines=tuple(lines), amount=record.amount)


def promised(record: MfaRecord) -> MfaRecordQuerySet:
    """What else this programme has promised to the group and not given: it counts once it is."""
    reserved = of_group(record).filter(share__award__status=AwardStatus.RESERVED)
    return reserved.exclude(pk=record.pk).with_names()


def _line(giver: str, kind: str, day: date, amount, since: date, until: date) -> Line:
    return Line(giver, kind, day, amount, since <= day <= until)
