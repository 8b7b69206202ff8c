"""Who is told about an application or a competition."""

from django.db.models import Q

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Competition


def editors_of_lead(application: Application):
    """Those who may edit for the organisation that leads."""
    return User.objects.filter(
        is_active=True,
        memberships__may_edit=True,
        memberships__organisation__participations__application=application,
        memberships__organisation__participations__is_lead=True,
    ).distinct()


def editors(applications):
    """Those who may edit for any organisation in these applications, and those who submitted them."""
    takes_part = Q(
        memberships__may_edit=True, memberships__organisation__participations__application__in=applications
    )
    return User.objects.filter(
        takes_part | Q(pk__in=applications.values("submitted_by")), is_active=True
    ).distinct()


def staff_of(competition: Competition, *roles: Role):
    """Those who hold one of the roles for the competition's region or for the programme."""
    regions = frozenset({competition.region_id})
    people = User.objects.none()
    for role in roles:
        people = people | User.objects.holding(role, regions)
    return people.distinct()
