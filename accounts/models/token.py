from django.conf import settings
from django.db import models
from django.db.models import Q


class ApiTokenQuerySet(models.QuerySet):
    def usable(self):
        """Tokens that still let their person in: neither revoked nor of somebody who may not sign in."""
        return self.filter(revoked_at__isnull=True, person__is_active=True)


class ApiToken(models.Model):
    """A way for another system to ask as one person. The secret itself is shown once and not kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"],
                condition=Q(revoked_at__isnull=True),
                name="api_token_name_is_unique_per_person",
            ),
        ]

    def __str__(self):
        return self.name
