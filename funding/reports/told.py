"""A round as anybody may know it: as its applicants were told, and nothing that was decided since."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db.models import Max, QuerySet

from applications.assessment import counting, ranking
from applications.models import Application, Competition, Participant, PotSharing
from applications.workflow import Status
from funding.models import Allocation, Award, AwardStatus
from funding.reports.figures import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Entry):
    """One received application; where its lead does most of its work, and how large the lead is.

    application  its id
    is_funded  its applicants were told that it is successful, whatever became of the offer
    area       by its id; None elsewhere, and where none is named
    """

    application: int
    size: str
    area: int | None


def with_facts(competitions: QuerySet[Competition]) -> QuerySet[Competition]:
    """Those that are decided and released; of a merged list none, until all of its competitions are."""
    covered = Allocation.competitions.through.objects
    released = covered.filter(allocation__in=Allocation.objects.of_rounds().released()).values("competition")
    merged = Competition.objects.filter(pot_sharing=PotSharing.MERGED)
    waiting = merged.exclude(pk__in=released).values("pot")
    return competitions.filter(pk__in=released).exclude(pot_sharing=PotSharing.MERGED, pot__in=waiting)


def released_at(competition: Competition) -> datetime | None:
    """When the outcomes of its round went out."""
    rounds = Allocation.objects.of_rounds().released().filter(competitions=competition)
    return rounds.aggregate(at=Max("released_at"))["at"]


def was_told_since(competition: Competition, at: datetime) -> bool:
    """Whether outcomes of it went out after that moment."""
    return Application.objects.filter(competition=competition, released_at__gt=at).exists()


def read(competition: Competition) -> list[Told]:
    """Everything on the competition's closing list, in as many queries for many as for one."""
    applications = Application.objects.filter(competition=competition)
    scores = ranking.scores([competition])
    counted = counting.assessments().filter(application__competition=competition)
    assessed = set(counted.values_list("application", flat=True))
    # What was reversed was so before anybody was told of it.
    awards = Award.objects.filter(application__competition=competition).exclude(status=AwardStatus.REVERSED)
    amounts = dict(awards.order_by("pk").values_list("application", "amount"))
    leads = {
        application: (size, area)
        for application, size, area in Participant.objects.filter(
            application__competition=competition, is_lead=True
        ).values_list("application", "size", "work_area")
    }
    rows = applications.on_the_closing_list().with_shown_status(AnonymousUser()).order_by("pk")
    return [
        _told(pk, status, pk in assessed, scores.get(pk), amounts.get(pk), *leads.get(pk, ("", None)))
        for pk, status in rows.values_list("pk", "shown_status")
    ]


def _told(
    application: int,
    status: str,
    is_assessed: bool,
    score: Decimal | None,
    amount: Decimal | None,
    size: str,
    area: int | None,
) -> Told:
    is_funded = status == Status.SUCCESSFUL and amount is not None
    return Told(
        application=application,
        is_assessed=is_assessed,
        score=score,
        is_funded=is_funded,
        is_unsuccessful=status == Status.UNSUCCESSFUL,
        amount=amount if is_funded and amount is not None else Decimal("0.00"),
        size=size,
        area=area,
    )
