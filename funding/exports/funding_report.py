"""The funding report: a row per award and organisation."""

from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    DateField,
    DecimalField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, NullIf, Round

from accounts.exports.columns import Column, Kind, worded
from accounts.models import Size, User
from applications.models import Competition, Participant
from funding.models import AllocationLine, AllocationState, Award, AwardShare, AwardStatus, Transfer
from funding.places import Place

SUM = DecimalField(max_digits=14, decimal_places=2)
NOTHING = Value(Decimal("0.00"), output_field=SUM)


class LastDay(Func):
    """A project's last day: its start + its months - 1 day."""

    arity = 2
    arg_joiner = " + make_interval(months => "
    template = "((%(expressions)s)) - interval '1 day')::date"
    output_field = DateField()


def _lead(field: str) -> Subquery:
    leads = Participant.objects.filter(application=OuterRef("award__application"), is_lead=True)
    return Subquery(leads.values(field)[:1])


def _area() -> Coalesce:
    """The area of the region, or the place that was named instead: such a row has no ONS code."""
    place = Concat(Value("Elsewhere in the UK: "), F("participant__elsewhere"), output_field=CharField())
    return Coalesce(F("participant__work_area__name"), Case(When(~Q(participant__elsewhere=""), then=place)))


def _mean_score() -> Subquery:
    """The score that the approved allocation was made from."""
    lines = AllocationLine.objects.filter(
        application=OuterRef("award__application"), allocation__state=AllocationState.APPROVED
    )
    return Subquery(lines.order_by("-allocation__decided_at", "-pk").values("score")[:1])


def _paid() -> Case:
    """What the ledger says was paid of the award, on its lead's row: it pays awards, not organisations."""
    moved = Transfer.objects.filter(award=OuterRef("award"), budget=OuterRef("award__budgets__programme"))
    moves = Case(When(target=Place.PAID, then=F("amount")), When(source=Place.PAID, then=-F("amount")))
    paid = Subquery(moved.order_by().values("award").annotate(paid=Sum(moves)).values("paid"))
    return Case(When(participant__is_lead=True, then=Coalesce(paid, NOTHING)), output_field=SUM)


def _marked(field: str) -> Case:
    """The word for awards of invented people, and nothing for real ones."""
    return Case(When(**{field: True}, then=Value("demonstration")), default=Value(""))


COLUMNS = (
    Column("Application", F("award__application__reference"), width=16),
    Column("Project", F("award__application__title"), width=40),
    Column("Competition", F("award__application__competition__code"), width=24),
    Column("Pot", F("award__budgets__pot__code"), width=20),
    Column("Region", F("award__application__competition__region__name"), width=22),
    Column("Strand", F("award__application__competition__strand"), width=10),
    Column("Lead", _lead("name"), width=32),
    Column("Organisation", F("participant__name"), width=32),
    Column("Company number", F("participant__company_number"), width=16),
    Column("Local authority", _area(), width=22),
    Column("ONS code", F("participant__work_area__code"), width=12),
    Column("Size", worded("participant__size", Size), width=16),
    Column("Total cost", F("participant__total_costs"), Kind.MONEY, 14),
    Column("Grant offered", F("grant"), Kind.MONEY, 14),
    Column(
        "Intensity %",
        Round(F("grant") * 100 / NullIf(F("participant__total_costs"), NOTHING), 2),
        Kind.NUMBER,
        12,
    ),
    Column("Other public funding", F("participant__other_funding"), Kind.MONEY, 20),
    Column("Status", worded("award__status", AwardStatus), width=12),
    Column("Mean score %", _mean_score(), Kind.NUMBER, 13),
    Column("Start", F("award__application__start_on"), Kind.DAY, 12),
    Column(
        "End",
        LastDay(F("award__application__start_on"), F("award__application__duration_months")),
        Kind.DAY,
        12,
    ),
    Column("Paid to date", _paid(), Kind.MONEY, 14),
    Column("Demonstration", _marked("award__application__competition__is_demonstration"), width=15),
)


def rows(user: User, competition: Competition | None = None) -> QuerySet[AwardShare]:
    """Return the shares of the awards that ``user`` may see, in the order of the file."""
    shares = AwardShare.objects.filter(award__in=Award.objects.visible_to(user))
    if competition is not None:
        shares = shares.filter(award__application__competition=competition)
    return shares.order_by(
        "award__application__competition__code",
        "award__application__reference",
        "-participant__is_lead",
        "pk",
    )
