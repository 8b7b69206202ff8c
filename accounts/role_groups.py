"""The groups that stand for the roles, and the first person who may hand roles out."""

import logging

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts.models import User
from accounts.permissions import GRANTED
from accounts.roles import Role

logger = logging.getLogger(__name__)


class UnknownPermissions(Exception):
    """The table names permissions that the database does not have: ``names``, in order."""

    def __init__(self, names: list[str]):
        super().__init__(f"There are no such permissions: {', '.join(names)}.")
        self.names = names


class AppointmentRefused(Exception):
    """There is an administrator already, or nobody to appoint; the message says which."""


@transaction.atomic
def sync() -> list[Role]:
    """Make each role's group hold exactly the permissions of the table; return the roles changed.

    A second run changes nothing. Raises UnknownPermissions and writes nothing.
    """
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    wanted = set().union(*GRANTED.values())
    if unknown := wanted - known.keys():
        raise UnknownPermissions(sorted(unknown))

    changed = []
    for role, names in GRANTED.items():
        group, is_new = Group.objects.get_or_create(name=role)
        permissions = {known[name].pk for name in names}
        if is_new or permissions != set(group.permissions.values_list("pk", flat=True)):
            group.permissions.set(permissions)
            changed.append(role)
    return changed


@transaction.atomic
def appoint_first_administrator(email: str) -> User:
    """Give the person who signed up with ``email`` the administrator's role.

    Works once: whoever comes later is appointed by an administrator, in the office. Locks the
    administrators' group, so that of two at once one is refused. Raises AppointmentRefused.
    """
    group = Group.objects.select_for_update().filter(name=Role.ADMINISTRATOR).first()
    if group is None:
        raise AppointmentRefused("The roles are not set up yet. Run: manage.py sync_roles")
    if User.objects.holding(Role.ADMINISTRATOR).exists():
        raise AppointmentRefused("There is an administrator already. They can give the role to others.")
    person = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        raise AppointmentRefused(f"Nobody has signed up as {email}. Create the account on the site first.")
    if not EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True).exists():
        raise AppointmentRefused(f"{email} has not been confirmed. Follow the link in the e-mail first.")

    person.groups.add(group)
    logger.info("first administrator appointed", extra={"user_id": person.pk})
    return person
