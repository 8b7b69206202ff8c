from django.conf import settings
from django.db import models


class Intent(models.Model):
    """One thing a person meant to do once, by the key of the form or request that said so.

    Written in the transaction of its effect. ``body`` is the SHA-256 of what was sent, ``answer``
    what was answered, so that the same request gets the same answer again.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    action = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    body = models.CharField(max_length=64)
    answer = models.JSONField()
    done_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "action", "key"], name="intent_has_one_effect"),
        ]
        indexes = [models.Index("done_at", name="intent_by_age")]

    def __str__(self):
        return f"{self.action} {self.key}"
