"""The Celery application with a claim that asks nothing, for the test that finds what came twice."""

import django
from django.db.models import F

from launchpad.celery import app

django.setup()

from accounts.models.owed import OwedQuerySet  # noqa: E402 - models can be read from here on

__all__ = ["app"]


def claim(self, pk, *, at):
    """Take the row whoever has it and whether or not it has come to its end."""
    self.filter(pk=pk).update(claimed_at=at, begun_at=at, tries=F("tries") + 1)
    return self.get(pk=pk)


OwedQuerySet.claim = claim
