from datetime import datetime
from enum import StrEnum

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.models import ChangeState, InvitationState, Region, RoleChange, in_regions_of
from applications.models.application import READERS


class Stand(StrEnum):
    """How far an invitation is, as the office reads it."""

    INVITED = "Invited"
    EXPIRED = "Expired"
    WITHDRAWN = "Withdrawn"
    ACCEPTED = "Accepted, waits for an administrator"
    REFUSED = "Accepted, refused by an administrator"
    ASSESSOR = "Accepted, became an assessor"


class AssessorInvitationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those to a region whose applications the person reads in the office."""
        return self.filter(in_regions_of(user, READERS, "region"))

    def waiting(self):
        """Those that nobody has answered or withdrawn; their time may be over."""
        return self.filter(state=InvitationState.WAITING)

    def under_way(self):
        """Those that may still lead to an assessor: not answered, or not confirmed."""
        accepted = Q(state=InvitationState.ACCEPTED, role_change__state=ChangeState.WAITING)
        return self.filter(Q(state=InvitationState.WAITING) | accepted)


class AssessorInvitation(models.Model):
    """That a manager wants whoever has this address to assess in a region.

    sends        how often it was sent: the link names the number, so that only the last one works
    invited_by   who stands behind it: the one who sent it last, who asks for the role when it is accepted
    role_change  what was asked for by it; none where the person held the role already
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="assessor_invitations")
    email = models.EmailField("email address", max_length=254)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    sends = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField("can be accepted until")
    state = models.CharField(max_length=9, choices=InvitationState, default=InvitationState.WAITING)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    role_change = models.OneToOneField(RoleChange, models.PROTECT, null=True, related_name="+")

    objects = AssessorInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("region"),
                Lower("email"),
                condition=Q(state=InvitationState.WAITING),
                name="assessor_is_invited_once",
            ),
            models.CheckConstraint(
                condition=Q(state=InvitationState.WAITING, accepted_by=None, ended_at=None, role_change=None)
                | Q(
                    state=InvitationState.WITHDRAWN,
                    accepted_by=None,
                    ended_at__isnull=False,
                    role_change=None,
                )
                | Q(state=InvitationState.ACCEPTED, accepted_by__isnull=False, ended_at__isnull=False),
                name="assessor_invitation_ends_as_a_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=InvitationState.ACCEPTED) | Q(ended_at__lt=F("expires_at")),
                name="assessor_invitation_is_accepted_in_time",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("invited_by")),
                name="assessor_invitation_is_to_another",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="assessor_invitation_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__df=InvitationState.WAITING),
            ),
            pgtrigger.Protect(
                name="assessor_invitation_stays_whose_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("region", "email"),
            ),
            pgtrigger.Protect(name="assessor_invitation_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return f"assessor invitation {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == InvitationState.WAITING

    def has_expired(self, at: datetime) -> bool:
        return at >= self.expires_at

    def stand_at(self, at: datetime) -> Stand:
        """What the office reads of it. Comes with ``role_change`` looked up."""
        if self.is_waiting:
            return Stand.EXPIRED if self.has_expired(at) else Stand.INVITED
        if self.state == InvitationState.WITHDRAWN:
            return Stand.WITHDRAWN
        change = self.role_change
        if change is None or change.state == ChangeState.CONFIRMED:
            return Stand.ASSESSOR
        return Stand.ACCEPTED if change.is_waiting else Stand.REFUSED
