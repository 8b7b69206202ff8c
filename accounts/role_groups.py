"""The groups that stand for the roles."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts.permissions import GRANTED
from accounts.roles import Role


class UnknownPermissions(Exception):
    """The table names permissions that the database does not have: ``names``, in order."""

    def __init__(self, names: list[str]):
        super().__init__(f"There are no such permissions: {', '.join(names)}.")
        self.names = names


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
