from datetime import datetime

from django.conf import settings
from django.db import models


class Edited(models.Model):
    """A row that people fill in by hand. ``version`` rises with every save; see ``accounts.versions``."""

    version = models.PositiveIntegerField(default=1, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    saved_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    def note_save(self, *, by, at: datetime) -> None:
        """Set, without saving, that this is a further version of ``by``'s."""
        self.version += 1
        self.saved_by, self.saved_at = by, at


#: What ``note_save`` sets, for a save of some fields.
NOTED = ("version", "saved_by", "saved_at")
