"""Which recipients' grants may be known to anybody, and why each other one is held back."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet

from accounts import formats
from accounts.london import day_of
from applications.models import Answer, Participant
from funding.models import LIVE, Award, AwardShare, AwardStatus, PublishedGrant, Transfer
from funding.open_data import records
from funding.open_data.records import Facts, Grant
from funding.places import Place

#: An award in one of these was known to its applicants and has ended.
OVER = (AwardStatus.LAPSED, AwardStatus.ENDED)
PUBLIC_DESCRIPTION = "public-description"
NOT_RELEASED = "Its decision is not released yet."
NOT_ACCEPTED = "Its offer is not accepted yet."
NO_DAY = "Under publicity embargo, until the office sets a day."


@dataclass(frozen=True, slots=True)
class Known:
    """A record that may be published; ``removed`` is what was taken out of its texts."""

    share: AwardShare
    grant: Grant
    removed: tuple[str, ...]

    @property
    def identifier(self) -> str:
        return self.grant["id"]

    @property
    def is_withdrawn(self) -> bool:
        return "withdrawnOn" in self.grant


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A share of which nothing is published, and why in a sentence."""

    share: AwardShare
    why: str


def shares(awards: QuerySet[Award], *, of_demonstration: bool) -> QuerySet[AwardShare]:
    """Those with some money, of awards that live and of ended ones that were public before."""
    was_public = PublishedGrant.objects.filter(publication__withdrawal=None).values("share")
    rows = AwardShare.objects.filter(
        Q(award__status__in=LIVE) | Q(award__status__in=OVER, pk__in=was_public),
        award__in=awards,
        award__application__competition__is_demonstration=of_demonstration,
        grant__gt=0,
    )
    related = ("award__application__competition__region", "participant__work_area")
    return rows.select_related(*related).order_by("award__application__reference", "participant")


def why_not(award: Award, *, at: datetime) -> str:
    """Why nothing of it may be known; empty where it may. An embargo holds until its day has come."""
    if award.application.released_at is None or award.application.released_at > at:
        return NOT_RELEASED
    if award.status == AwardStatus.RESERVED:
        return NOT_ACCEPTED
    return embargo(award.embargo_until, day_of(at))


def embargo(until: date | None, today: date) -> str:
    if until is None:
        return NO_DAY
    return f"Under publicity embargo until {formats.local_day(until)}." if until > today else ""


def sorted_out(
    awards: QuerySet[Award], *, of_demonstration: bool, at: datetime
) -> tuple[list[Known], list[HeldBack]]:
    """All that would be published at that moment, by reference, and all that is held back."""
    known, held = [], []
    for share in shares(awards, of_demonstration=of_demonstration):
        why = why_not(share.award, at=at)
        if why:
            held.append(HeldBack(share, why))
        else:
            known.append(share)
    return _recorded(known), held


def _recorded(rows: list[AwardShare]) -> list[Known]:
    """In as many queries for many as for one."""
    applications = {share.award.application_id for share in rows}
    numbers = _numbers(applications)
    answers = dict(
        Answer.objects.filter(application__in=applications, question__key=PUBLIC_DESCRIPTION).values_list(
            "application", "text"
        )
    )
    moved = _last_moves({share.award_id for share in rows})
    together: dict[int, list[int]] = defaultdict(list)
    for share in rows:
        together[share.award_id].append(numbers[share.participant_id])
    found = []
    for share in rows:
        number, award = numbers[share.participant_id], share.award
        facts = Facts(
            number=number,
            description=answers.get(award.application_id, "").strip(),
            others=sorted(one for one in together[award.pk] if one != number),
            changed_at=max(moved[award.pk], award.application.released_at),
            ended_at=moved[award.pk] if award.status in OVER else None,
        )
        found.append((award.application.reference, number, Known(share, *records.grant(share, facts))))
    return [one for _reference, _number, one in sorted(found, key=lambda entry: entry[:2])]


def _numbers(applications: Iterable[int]) -> dict[int, int]:
    """The place of each organisation in its application, which stays: nobody joins after the close."""
    taken: dict[int, int] = defaultdict(int)
    found = {}
    rows = Participant.objects.filter(application__in=applications).order_by("-is_lead", "pk")
    for pk, application in rows.values_list("pk", "application"):
        taken[application] += 1
        found[pk] = taken[application]
    return found


def _last_moves(awards: Iterable[int]) -> dict[int, datetime]:
    """When each award was accepted or ended: the last move of its money for that."""
    rows = Transfer.objects.filter(award__in=awards, target__in=[Place.COMMITTED, Place.AVAILABLE]).values(
        "award"
    )
    return {row["award"]: row["at"] for row in rows.annotate(at=Max("made_at"))}
