from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q


class EmailChangeState(models.TextChoices):
    WAITING = "waiting", "Waiting to be confirmed"
    DONE = "done", "Done"
    ENDED = "ended", "Overtaken or taken back"


class EmailChange(models.Model):
    """That somebody wants to sign in with another address, which holds once they confirm it from there.

    Until then it is no address of theirs: nobody signs in with it or keeps it from its owner.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="email_changes")
    old_email = models.EmailField(max_length=254)
    new_email = models.EmailField(max_length=254)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=EmailChangeState, default=EmailChangeState.WAITING)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=EmailChangeState.WAITING),
                name="one_email_change_of_a_person_waits",
            ),
            models.CheckConstraint(
                condition=Q(state=EmailChangeState.WAITING, ended_at=None)
                | ~Q(state=EmailChangeState.WAITING) & Q(ended_at__isnull=False),
                name="email_change_ends_as_a_whole",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="email_change_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__df=EmailChangeState.WAITING),
            ),
        ]

    def __str__(self):
        return f"email change {self.pk}"

    def is_open(self, at: datetime) -> bool:
        return self.state == EmailChangeState.WAITING and at < self.expires_at
