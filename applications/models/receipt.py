from django.db import models

from accounts.models import AppendOnly
from applications.models.application import Application


class Receipt(AppendOnly):
    """That a submission was received: when, and the fingerprint of what was in it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="receipts")
    received_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(fields=["application", "received_at"], name="submission_has_one_receipt"),
        ]

    def __str__(self):
        return f"receipt {self.pk}"
