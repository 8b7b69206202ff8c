from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.models.organisation import Organisation


class InvitationState(models.TextChoices):
    WAITING = "waiting", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    WITHDRAWN = "withdrawn", "Withdrawn"


class InvitationQuerySet(models.QuerySet):
    def waiting(self):
        """Those that nobody has answered or withdrawn; their time may be over."""
        return self.filter(state=InvitationState.WAITING)

    def open_to(self, addresses, at: datetime):
        """Those that may be accepted now by who has confirmed one of these addresses."""
        return self.waiting().filter(email__in=addresses, expires_at__gt=at)


class Invitation(models.Model):
    """That an editor wants whoever has this address to belong to the organisation.

    sends  how often it was sent: the link in the email names the number, so that only the last one works
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField("email address", max_length=254)
    may_edit = models.BooleanField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    sends = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=InvitationState, default=InvitationState.WAITING)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("organisation"),
                Lower("email"),
                condition=Q(state=InvitationState.WAITING),
                name="address_is_invited_once",
            ),
            models.CheckConstraint(
                condition=Q(state=InvitationState.WAITING, accepted_by=None, ended_at=None)
                | Q(state=InvitationState.WITHDRAWN, accepted_by=None, ended_at__isnull=False)
                | Q(state=InvitationState.ACCEPTED, accepted_by__isnull=False, ended_at__isnull=False),
                name="invitation_ends_as_a_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=InvitationState.ACCEPTED) | Q(ended_at__lt=F("expires_at")),
                name="invitation_is_accepted_in_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="invitation_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__df=InvitationState.WAITING),
            ),
            pgtrigger.Protect(
                name="invitation_stays_whose_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("organisation", "email"),
            ),
        ]

    def __str__(self):
        return f"invitation {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == InvitationState.WAITING

    def has_expired(self, at: datetime) -> bool:
        return at >= self.expires_at
