from collections.abc import Set

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q

from accounts.models.region import Region
from accounts.roles import WHOLE_PROGRAMME, Appointment, Role

ROLES = {role.value: role for role in Role}

#: Conditions that hold for every row and for none. Unlike an empty Q, they mean so beside an "or" too.
EVERY_ROW, NO_ROW = ~Q(pk__in=[]), Q(pk__in=[])

#: Refuses for a region what is only held for the programme.
NOT_FOR_A_REGION_SQL = """
    IF NEW.region_id IS NOT NULL AND EXISTS (
        SELECT FROM auth_group WHERE id = NEW.group_id AND name IN ({names})
    ) THEN
        RAISE EXCEPTION 'this role is held for the whole programme' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class HoldingManager(models.Manager):
    """Comes with the group and the region, so that a person's roles are one query."""

    def get_queryset(self):
        return super().get_queryset().select_related("group", "region")


class Holding(models.Model):
    """That a person holds a role, for one region or, without one, for the whole programme."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="holdings")
    group = models.ForeignKey(Group, models.PROTECT, related_name="holdings")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="holdings")
    given_at = models.DateTimeField(null=True, blank=True)

    objects = HoldingManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "group", "region"], nulls_distinct=False, name="role_is_held_once"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="role_is_not_for_a_region",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=NOT_FOR_A_REGION_SQL.format(
                    names=", ".join(f"'{role.value}'" for role in sorted(WHOLE_PROGRAMME))
                ),
            ),
        ]

    def __str__(self):
        return f"{self.person_id}: {self.group_id} in {self.region_id}"

    @property
    def role(self) -> Role | None:
        """None for a group that stands for no role of ours."""
        return ROLES.get(self.group.name)

    @property
    def appointment(self) -> Appointment:
        return Appointment(self.role, self.region.code if self.region else "")

    @property
    def in_words(self) -> str:
        return f"{self.group.name} ({self.region})" if self.region else self.group.name


def in_regions_of(user, roles: Set[Role], region: str) -> Q:
    """Which rows these roles of the person reach.

    region  the path from a row to its region, such as "competition__region"

    Every row for who holds one of them for the programme, those of their regions for who holds
    one there, and none for anybody else.
    """
    regions = regions_of(user, roles)
    if None in regions:
        return EVERY_ROW
    return Q(**{f"{region}__in": regions}) if regions else NO_ROW


def regions_of(user, roles: Set[Role]) -> frozenset[int | None]:
    """The ids of the regions for which the person holds one of the roles; None is the whole programme."""
    if not user.is_authenticated:
        return frozenset()
    return frozenset(held.region_id for held in user.held if held.role in roles)
