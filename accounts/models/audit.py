"""The audit trail: what was done or refused, by whom and when, and the chain that shows tampering."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models

from accounts.models import reach
from accounts.models.append_only import AppendOnly
from accounts.models.holding import regions_of
from accounts.roles import Role


class AuditEntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Auditors read the whole trail, a region's auditor what is about its cases; nobody else does."""
        regions = regions_of(user, {Role.AUDITOR})
        if None in regions:
            return self
        return self.filter(reach.about(regions)) if regions else self.none()


class AuditEntry(AppendOnly):
    """One action, or one refusal. Ids and references stand in it, never names, addresses or answers.

    ``reason`` is what staff typed to explain a decision, or the kind of a refusal.

    ``mac`` is the HMAC of all the rest under a key that is not in the database; ``serial`` makes
    two entries that say the same tell apart.
    """

    serial = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField("time")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    roles = models.JSONField(default=list)
    action = models.CharField(max_length=60)
    is_refusal = models.BooleanField("refused", default=False)
    subject_word = models.CharField("about", max_length=30, blank=True)
    subject_id = models.BigIntegerField("its id", null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    objects = AuditEntryQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name_plural = "audit trail"
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
            models.Index("subject_word", "subject_id", name="audit_by_subject"),
            models.Index(fields=["by", "-at"], name="audit_by_person"),
            models.Index(fields=["action", "-at"], name="audit_by_action"),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                name="audit_entry_waits_for_its_seal",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="INSERT INTO accounts_auditwaiting (entry_id) VALUES (NEW.id); RETURN NULL;",
            ),
        ]

    def __str__(self):
        return f"{self.action} ({self.subject_word} {self.subject_id})"


class AuditWaiting(models.Model):
    """An entry that the sealer has not chained yet. Written by the database with the entry itself."""

    entry_id = models.BigIntegerField(primary_key=True)

    def __str__(self):
        return f"entry {self.entry_id}"


class AuditSeal(AppendOnly):
    """A link of the chain: the entry at ``position``, bound to all entries before it."""

    position = models.BigIntegerField(unique=True)
    # The chain itself shows an entry that is gone; a foreign key would only slow the sealer.
    entry = models.OneToOneField(AuditEntry, models.DO_NOTHING, db_constraint=False, related_name="seal")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        pass

    def __str__(self):
        return f"seal {self.position}"
