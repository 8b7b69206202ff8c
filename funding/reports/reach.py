"""Reach: where the work is done, and how many leads had never applied before."""

from collections.abc import Hashable
from datetime import datetime

from django.db.models import Q

from applications.models import Area, Participant
from funding.reports import figures
from funding.reports.contents import Cell, Column, Kind, Section, Table
from funding.reports.covered import Covered, Part
from funding.reports.funds import organisation_columns, organisation_rows

ELSEWHERE, NOT_NAMED = "elsewhere", "not named"

TITLE = "Reach"


def section(covered: Covered) -> Section:
    return Section(name="reach", title=TITLE, tables=[_areas(covered), _first_time(covered)])


def _areas(covered: Covered) -> Table:
    named = {part.area for part in covered.parts if part.area}
    areas = Area.objects.filter(Q(region__in=covered.regions) | Q(pk__in=named)).select_related("region")
    labels: list[tuple[Hashable, list[str]]] = [
        (area.pk, [area.name, area.code, area.region.name, "Core" if area.is_core else "Wider"])
        for area in areas.order_by("region__name", "-is_core", "name")
    ]
    labels += [
        (ELSEWHERE, ["Elsewhere in the UK", "", "", ""]),
        (NOT_NAMED, ["No area named", "", "", ""]),
    ]
    return Table(
        name="by-area",
        title="By area",
        note="The local authority area where each organisation does most of its work, with its ONS code. An "
        "organisation counts once for each application that it has a part in; its grant is its own share.",
        columns=organisation_columns("Area", "ONS code", "Region", "Area of the cluster"),
        charted=("Grant awarded",),
        mapped="Grant awarded",
        rows=organisation_rows(covered, labels, key=_place),
    )


def _place(part: Part) -> Hashable:
    return part.area or (ELSEWHERE if part.is_elsewhere else NOT_NAMED)


def _first_time(covered: Covered) -> Table:
    """Leads of which no application stood on a list that closed before the one of this application."""
    competition_of = {one.pk: one.competition for one in covered.received}
    leads = [part for part in covered.parts if part.is_lead]
    first = _first_close(covered)
    rows: list[list[Cell]] = []
    for one in covered.competitions:
        closed_at = one.closes_at or covered.as_of
        of_it = [part for part in leads if competition_of[part.application] == one.pk]
        new = sum(first[part.organisation] >= closed_at for part in of_it)
        rows.append([one.code, len(of_it), new, figures.rate(new, len(of_it))])
    return Table(
        name="first-time",
        title="First-time applicants",
        note="Lead organisations that were in no application to a competition of this programme which closed "
        "earlier.",
        columns=[
            Column("Competition"),
            Column("Leads", Kind.COUNT),
            Column("First-time", Kind.COUNT),
            Column("First-time, %", Kind.PERCENT),
        ],
        rows=rows,
    )


def _first_close(covered: Covered) -> dict[int, datetime]:
    """The earliest close that each organisation was received at, of competitions as real as these."""
    invented = {one.is_demonstration for one in covered.competitions}
    rows = (
        Participant.objects.filter(
            application__closing_entry__isnull=False,
            application__competition__is_demonstration__in=invented,
        )
        .order_by("application__competition__closes_at")
        .values_list("organisation", "application__competition__closes_at")
    )
    found: dict[int, datetime] = {}
    for organisation, closed_at in rows:
        if closed_at:
            found.setdefault(organisation, closed_at)
    for part in covered.parts:
        found.setdefault(part.organisation, covered.as_of)
    return found
