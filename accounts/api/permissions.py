from collections.abc import Set

from rest_framework.permissions import BasePermission

from accounts.roles import Role, held_by


def holding(roles: Set[Role]) -> type[BasePermission]:
    """A permission for whoever holds one of ``roles``. Which rows they find is said by ``visible_to``."""

    class Holding(BasePermission):
        message = "This is not for your role."

        def has_permission(self, request, view) -> bool:
            return bool(held_by(request.user) & roles)

    return Holding
