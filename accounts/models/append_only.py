import pgtrigger
from django.db import models


class AppendOnly(models.Model):
    """Rows that are written once and stay: the database refuses UPDATE, DELETE and TRUNCATE.

    It refuses twice: by this trigger, whoever asks, and by leaving the role that serves without the
    right. A model with a ``Meta`` of its own inherits ours: ``class Meta(AppendOnly.Meta)``; one with
    triggers of its own adds to ``AppendOnly.Meta.triggers``.
    """

    class Meta:
        abstract = True
        triggers = [
            # By statement, so that one which finds no row is refused like any other.
            pgtrigger.Trigger(
                name="append_only",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
                func="RAISE EXCEPTION '% is append-only: its rows stay as they were written', TG_TABLE_NAME;",
            ),
        ]
