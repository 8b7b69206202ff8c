"""What a report is about, read once from its snapshot: every section counts the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Case, F, Q, QuerySet, Sum, When

from accounts.london import day_of
from accounts.models import Region
from applications.assessment import counting, ranking
from applications.models import Application, Competition, Participant
from applications.workflow import Status
from funding.models import (
    LIVE,
    OVER,
    Award,
    AwardShare,
    AwardStatus,
    Budget,
    BudgetKind,
    CompetitionBudgets,
    Transfer,
)
from funding.places import Place
from funding.reports import standing
from funding.reports.standing import Standing

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One application on its competition's closing list.

    score       mean in percent with one decimal, None where no mark counts
    award       pounds of its live award, 0 where it has none or is not successful
    paid        pounds of it that the ledger says were paid
    awarded_on  the UK day on which its live award was approved
    has_lapsed  one of its awards lapsed or was ended, and it has no live one
    """

    pk: int
    competition: int
    status: str
    is_assessed: bool
    score: Decimal | None
    is_resubmission: bool
    research_category: str
    total_costs: Decimal
    grant_sought: Decimal
    start_on: date | None
    months: int | None
    award: Decimal
    is_accepted: bool
    paid: Decimal
    awarded_on: date | None
    has_lapsed: bool

    @property
    def is_funded(self) -> bool:
        """Successful, with an award that has neither been reversed nor lapsed, nor been ended."""
        return self.status == Status.SUCCESSFUL and self.award > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One organisation's part in a received application.

    grant     pounds of the live award that are its own, 0 where there is none
    area      the local authority area where it does most of its work, by its id
    """

    application: int
    organisation: int
    company_number: str
    is_lead: bool
    size: str
    area: int | None
    is_elsewhere: bool
    grant: Decimal


@dataclass(frozen=True, slots=True)
class Covered:
    """The rows of one report, all from one snapshot taken at ``as_of``.

    competitions  those that have closed; ``everything`` has the others too
    awards        by where they stand, how many there are and of how many pounds
    """

    as_of: datetime
    competitions: Sequence[Competition]
    regions: Sequence[Region]
    received: Sequence[Received]
    parts: Sequence[Part]
    everything: Sequence[Competition]
    budgets: Sequence[Budget]
    awards: dict[Standing, tuple[int, Decimal]] = field(default_factory=dict)

    @property
    def funded(self) -> list[Received]:
        return [one for one in self.received if one.is_funded]

    @property
    def funded_parts(self) -> list[Part]:
        return [one for one in self.parts if one.grant > 0]

    def of(self, competition: Competition) -> list[Received]:
        return [one for one in self.received if one.competition == competition.pk]


def read(competitions: Sequence[Competition], *, is_whole: bool, as_of: datetime) -> Covered:
    """Read those of the competitions that have closed by ``as_of``, in the same few queries always.

    is_whole  whether it is the whole programme's report, which alone says how its own budget stands
    """
    closed = [one for one in competitions if has_closed(one, as_of)]
    awards = Award.objects.filter(application__competition__in=closed)
    received = _received(closed, awards)
    regions = Region.objects.filter(pk__in={one.region_id for one in competitions}).order_by("name")
    return Covered(
        as_of=as_of,
        competitions=closed,
        regions=list(regions),
        received=received,
        parts=_parts(closed, {one.pk: one for one in received}),
        everything=competitions,
        budgets=_budgets(competitions, is_whole),
        awards=standing.counted(awards, as_of),
    )


def has_closed(competition: Competition, as_of: datetime) -> bool:
    """At its closing moment a competition has closed, as for whoever submits."""
    return competition.closes_at is not None and competition.closes_at <= as_of


def _received(closed: list[Competition], awards: QuerySet[Award]) -> list[Received]:
    live = {one.application_id: one for one in awards.filter(status__in=LIVE)}
    paid = _paid(awards.filter(status__in=LIVE))
    lapsed = set(awards.filter(status__in=OVER).values_list("application", flat=True))
    scores = ranking.scores(closed)
    assessments = counting.assessments().filter(application__competition__in=closed)
    assessed = set(assessments.values_list("application", flat=True))
    rows = Application.objects.filter(competition__in=closed).on_the_closing_list().order_by("pk")
    return [
        Received(
            pk=pk,
            competition=competition,
            status=status,
            is_assessed=pk in assessed,
            score=scores.get(pk),
            is_resubmission=bool(is_resubmission),
            research_category=category,
            total_costs=costs,
            grant_sought=sought,
            start_on=start_on,
            months=months,
            award=live[pk].amount if status == Status.SUCCESSFUL and pk in live else NOTHING,
            is_accepted=pk in live and live[pk].status == AwardStatus.COMMITTED,
            paid=paid.get(pk, NOTHING),
            awarded_on=day_of(live[pk].made_at) if pk in live else None,
            has_lapsed=pk in lapsed and not (status == Status.SUCCESSFUL and pk in live),
        )
        for pk, competition, status, is_resubmission, category, costs, sought, start_on, months in (
            rows.values_list(
                "pk",
                "competition",
                "status",
                "is_resubmission",
                "research_category",
                "total_costs",
                "grant_sought",
                "start_on",
                "duration_months",
            )
        )
    ]


def _paid(live: QuerySet[Award]) -> dict[int, Decimal]:
    """What was paid of each application's award. The programme's budget has every pound of it once."""
    moves = Case(When(target=Place.PAID, then=F("amount")), default=-F("amount"))
    moved = Transfer.objects.filter(
        Q(target=Place.PAID) | Q(source=Place.PAID), award__in=live, budget=F("award__budgets__programme")
    )
    return dict(moved.order_by().values_list("award__application").annotate(paid=Sum(moves)))


def _parts(closed: list[Competition], received: dict[int, Received]) -> list[Part]:
    shares = AwardShare.objects.filter(
        award__in=Award.objects.live(), award__application__competition__in=closed
    )
    grants = dict(shares.values_list("participant", "grant"))
    rows = Participant.objects.filter(application__competition__in=closed).order_by("pk")
    return [
        Part(
            application=application,
            organisation=organisation,
            company_number=number,
            is_lead=is_lead,
            size=size,
            area=area,
            is_elsewhere=bool(elsewhere),
            grant=grants.get(pk, NOTHING) if received[application].is_funded else NOTHING,
        )
        for pk, application, organisation, number, is_lead, size, area, elsewhere in rows.values_list(
            "pk", "application", "organisation", "company_number", "is_lead", "size", "work_area", "elsewhere"
        )
        if application in received
    ]


def _budgets(competitions: Sequence[Competition], is_whole: bool) -> list[Budget]:
    drawn = CompetitionBudgets.objects.filter(competition__in=competitions)
    rows = Budget.objects.filter(pk__in={pk for one in drawn for pk in one.budget_ids}).in_order()
    return list(rows if is_whole else rows.exclude(kind=BudgetKind.PROGRAMME))
