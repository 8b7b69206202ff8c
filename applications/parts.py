"""The parts of the organisations in an application, read as a whole."""

from django.db.models import Prefetch, prefetch_related_objects

from applications.models import Application, Participant


def of(application: Application) -> list[Participant]:
    """Return the parts, the lead first, each with its area, its cost lines and other funding.

    Three queries whatever their number, and none when the same ``application`` is asked again: read
    the application afresh after a change.
    """
    prefetch_related_objects([application], Prefetch("participants", Participant.objects.whole()))
    return list(application.participants.all())


def read_costs(application: Application) -> None:
    """Read the parts with their costs alone, in two queries, for a page that lists no other funding."""
    prefetch_related_objects([application], Prefetch("participants", Participant.objects.with_costs()))
