"""The fields of the UK subsidy database, a row for each recipient that needs an entry.

What no row here knows is left empty, to be filled in there: the scheme's number, the sector, goods or
services, and the published link.
"""

from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    DateField,
    DecimalField,
    F,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, TruncDate

from accounts.exports.columns import Column, Kind, worded
from accounts.london import LONDON
from accounts.models import Size, User
from funding.models import ASSISTANCE, AwardShare, EntryStep, SubsidyEntry
from funding.subsidy import database

#: Assumed, until the office names them: what the programme is, and who gives.
OBJECTIVE = "Research, development and innovation"
AUTHORITY = "Innovate UK (UK Research and Innovation)"


class ThreeMonthsAfter(Func):
    """The last day of a time limit, as ``database.Entry`` counts it."""

    arity = 1
    template = f"((%(expressions)s) + interval '{database.MONTHS} months')::date"
    output_field = DateField()


CONFIRMED = TruncDate("award__made_at", tzinfo=LONDON)
#: When the award ended, of one that stands in the database; PostgreSQL's greatest of two passes over none.
ENDED = TruncDate("ended_at", tzinfo=LONDON)
NOTHING = Value(Decimal("0.00"), output_field=DecimalField(max_digits=14, decimal_places=2))
UNKNOWN = Value("", output_field=CharField())


def _last(field: str, **filters: str) -> Subquery:
    steps = SubsidyEntry.objects.filter(share=OuterRef("pk"), **filters)
    return Subquery(steps.order_by("-pk").values(field)[:1])


def _is_assistance(yes: str, no: str) -> Case:
    return Case(When(subsidy_basis=ASSISTANCE, then=Value(yes)), default=Value(no))


COLUMNS = (
    Column("Stand-alone or scheme", _is_assistance("Minimal Financial Assistance", "Scheme"), width=28),
    Column("Scheme number", UNKNOWN, width=16),
    Column("Scheme or competition", F("award__application__competition__title"), width=44),
    Column("Administrative programme", F("award__application__competition__code"), width=24),
    Column(
        "Legal basis",
        _is_assistance("Subsidy Control Act 2022, section 36", "Subsidy Control Act 2022"),
        width=34,
    ),
    Column("Policy objective", Value(OBJECTIVE, output_field=CharField()), width=36),
    Column("Subsidy of interest", Value("Neither", output_field=CharField()), width=20),
    Column("Beneficiary", F("participant__name"), width=34),
    Column(
        "Identifier type",
        Case(When(participant__company_number="", then=Value("")), default=Value("Company number")),
        width=18,
    ),
    Column("Identifier", F("participant__company_number"), width=14),
    Column("Beneficiary size", worded("participant__size", Size), width=16),
    Column("Sector", UNKNOWN, width=16),
    Column("Region", F("award__application__competition__region__name"), width=24),
    Column("Goods or services", UNKNOWN, width=18),
    Column("Instrument", Value("Direct grant", output_field=CharField()), width=16),
    Column("Amount", Case(When(ended_at=None, then=F("grant")), default=NOTHING), Kind.MONEY, 14),
    Column("Date of confirmation", CONFIRMED, Kind.DAY, 20),
    Column("Granting authority", Value(AUTHORITY, output_field=CharField()), width=40),
    Column("Published link", UNKNOWN, width=20),
    Column("Application", F("award__application__reference"), width=16),
    Column(
        "Due",
        ThreeMonthsAfter(Greatest(_last("on", step=EntryStep.MODIFIED), CONFIRMED, ENDED)),
        Kind.DAY,
        14,
    ),
    Column("Last step", Coalesce(worded("last_step", EntryStep), Value("")), width=18),
    Column("Reference", Coalesce(_last("reference", step=EntryStep.UPLOADED), Value("")), width=24),
    Column("Uploaded on", _last("on", step=EntryStep.UPLOADED), Kind.DAY, 14),
)


def rows(user: User) -> QuerySet[AwardShare]:
    """Return the shares that ``user`` may see and that need an entry, in the order of their approval.

    None of the demonstration: the file is uploaded, and its recipients are invented.
    """
    real = database.seen_by(user).exclude(award__application__competition__is_demonstration=True)
    shares = real.annotate(last_step=_last("step"))
    return shares.order_by("award__made_at", "pk")
