"""Who is told about an application or a competition."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Competition, Participant


def editors_of(organisation_id: int):
    """Those who may edit for the organisation, and may sign in, so that they can."""
    return User.objects.filter(
        is_active=True, memberships__may_edit=True, memberships__organisation=organisation_id
    )


def editors_of_lead(application: Application):
    """Those who may edit for the organisation that leads."""
    return User.objects.filter(
        is_active=True,
        memberships__may_edit=True,
        memberships__organisation__participations__application=application,
        memberships__organisation__participations__is_lead=True,
    ).distinct()


def editors(applications):
    """Those who may edit for any organisation that takes part in these, and those who submitted them."""
    parts = Participant.objects.staying().filter(application__in=applications)
    takes_part = Q(memberships__may_edit=True, memberships__organisation__in=parts.values("organisation"))
    return User.objects.filter(
        takes_part | Q(pk__in=applications.values("submitted_by")), is_active=True
    ).distinct()


def editors_of_each(applications: Iterable[Application]) -> dict[int, list[User]]:
    """The editors of each of these by its id, as ``editors`` has them, in two queries."""
    rows = {application.pk: application for application in applications}
    pairs = {(pk, application.submitted_by_id) for pk, application in rows.items()}
    parts = Participant.objects.staying().filter(
        application__in=rows, organisation__memberships__may_edit=True
    )
    pairs |= set(parts.values_list("application", "organisation__memberships__person"))
    people = User.objects.filter(is_active=True).in_bulk({person for _, person in pairs if person})
    found: dict[int, list[User]] = {pk: [] for pk in rows}
    for pk, person in sorted((pk, person) for pk, person in pairs if person in people):
        found[pk].append(people[person])
    return found


def staff_of(competition: Competition, *roles: Role, since: datetime | None = None):
    """Those who hold one of the roles for the competition's region or for the programme.

    since  leaves out whoever was given it after that moment
    """
    regions = frozenset({competition.region_id})
    people = User.objects.none()
    for role in roles:
        people = people | User.objects.holding(role, regions, since=since)
    return people.distinct()
