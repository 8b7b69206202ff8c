"""Who holds which role: changed by an administrator, and never by the person themself."""

import logging
from collections.abc import Set

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role

logger = logging.getLogger(__name__)


class AppointmentRefused(Refusal):
    """The roles stay as they are; the message says why."""


class NotAnAdministrator(AppointmentRefused):
    """Only an administrator changes roles."""


class OwnRoles(AppointmentRefused):
    """Nobody changes their own roles, or whether they may sign in."""


class LastAdministrator(AppointmentRefused):
    """Somebody must be left who can give roles."""


@transaction.atomic
def appoint(person: User, roles: Set[Role], *, is_active: bool, by: User) -> User:
    """Make ``roles`` the whole of what the person holds, and say whether they may sign in.

    Locks the administrators' group, so that two administrators who take each other's role leave one.
    Raises a kind of AppointmentRefused and writes nothing.
    """
    administrators = Group.objects.select_for_update().filter(name=Role.ADMINISTRATOR).first()
    if administrators is None or not User.objects.holding(Role.ADMINISTRATOR).filter(pk=by.pk).exists():
        raise NotAnAdministrator("Only an administrator may change roles.")
    if person == by:
        raise OwnRoles("Nobody may change their own roles. Ask another administrator.")
    stays = is_active and Role.ADMINISTRATOR in roles
    if not stays and not User.objects.holding(Role.ADMINISTRATOR).exclude(pk=person.pk).exists():
        raise LastAdministrator("This is the last administrator.")

    person.groups.set(Group.objects.filter(name__in=roles))
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    logger.info("roles changed", extra={"user_id": person.pk, "roles": sorted(roles), "by": by.pk})
    return person
