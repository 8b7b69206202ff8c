from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import AppendOnly
from accounts.roles import held_in
from funding.models.budget import READERS


class LedgerCheckQuerySet(models.QuerySet):
    def visible_to(self, user):
        """For who reads the whole programme's money: a check names budgets of every region."""
        return self if held_in(user, None) & READERS else self.none()

    def last_made(self):
        return self.order_by("-pk").first()


class LedgerCheck(AppendOnly):
    """What a recount of the ledger found. While the last one found a difference, nothing is approved.

    ``differences`` has a sentence for each. Only a further, clean recount lets approvals go on.
    """

    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    is_clean = models.BooleanField("adds up")
    differences = models.JSONField(default=list)

    objects = LedgerCheckQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = "check of the ledger"
        verbose_name_plural = "checks of the ledger"
        constraints = [
            models.CheckConstraint(
                name="ledger_check_is_clean_without_differences",
                condition=Q(is_clean=True, differences=[]) | (Q(is_clean=False) & ~Q(differences=[])),
            ),
        ]

    def __str__(self):
        return f"check of the ledger {self.pk}"
