"""Projects funded: the list that the public asks for, of what applicants were told."""

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from accounts.london import day_of
from applications.duration import last_day
from applications.models import Participant
from funding.models import OVER, Award, AwardStatus
from funding.reports.contents import Cell, Column, Kind, Section, Table
from funding.reports.covered import Covered

#: What became of an award, as a reader outside would say it.
OUTCOMES = {
    AwardStatus.RESERVED: "Awarded, not accepted yet",
    AwardStatus.COMMITTED: "Accepted",
    AwardStatus.LAPSED: "Offer declined, lapsed or withdrawn",
    AwardStatus.ENDED: "Ended after it was awarded",
}

TITLE = "Projects"


def section(covered: Covered) -> Section:
    return Section(name="projects", title=TITLE, tables=[_projects(covered)])


def _projects(covered: Covered) -> Table:
    return Table(
        name="projects",
        title="Projects funded",
        note="Awards whose outcome had been released by the moment of the figures, and what became of each; "
        "decided ones that are not released are not among them. A project that was awarded again has a row "
        "for each award.",
        columns=[
            Column("Application"),
            Column("Project"),
            Column("Competition"),
            Column("Lead organisation"),
            Column("Organisations", Kind.COUNT),
            Column("Grant awarded", Kind.MONEY),
            Column("Awarded on", Kind.DAY),
            Column("Outcome released on", Kind.DAY),
            Column("Starts on", Kind.DAY),
            Column("Ends on", Kind.DAY),
            Column("Outcome"),
        ],
        rows=[_row(award) for award in told(covered)],
        is_annex=True,
    )


def told(covered: Covered) -> QuerySet[Award]:
    """The awards that everybody concerned knows of. What was reversed was so before anybody was told."""
    leads = Participant.objects.filter(application=OuterRef("application"), is_lead=True)
    competition = "application__competition"
    return (
        Award.objects.filter(
            **{f"{competition}__in": covered.competitions},
            application__released_at__lte=covered.as_of,
        )
        # What was told of has ended by its offer or by two people of the office, or it stands.
        .filter(Q(application__told_status="") | Q(status__in=OVER))
        .exclude(status=AwardStatus.REVERSED)
        .select_related(competition)
        .annotate(
            lead=Subquery(leads.values("name")[:1]),
            organisations=Count("shares", filter=Q(shares__grant__gt=0)),
            code=F(f"{competition}__code"),
        )
        .order_by("code", "application__reference", "pk")
    )


def _row(award: Award) -> list[Cell]:
    one = award.application
    starts_on, months = one.start_on, one.duration_months
    ends_on = last_day(starts_on, months) if starts_on and months else None
    return [
        one.reference,
        one.title,
        one.competition.code,
        award.lead,  # type: ignore[attr-defined]
        award.organisations,  # type: ignore[attr-defined]
        str(award.amount),
        day_of(award.made_at).isoformat(),
        day_of(one.released_at).isoformat() if one.released_at else None,
        starts_on.isoformat() if starts_on else None,
        ends_on.isoformat() if ends_on else None,
        OUTCOMES[AwardStatus(award.status)],
    ]
