"""What people were told of one application: what is about it, and what was about its competition for them."""

from django.db.models import Q

from accounts.models import Membership
from applications.deadline import COMPETITION_CHANGED
from applications.deadlines import APPLICATION_DEADLINE
from applications.models import Application


def _people(application: Application) -> list[int]:
    """Those of its organisations, as read with it or, where they were not, now."""
    if "people" in vars(application):
        return application.people
    of_it = Membership.objects.filter(organisation__participations__application=application)
    return list(of_it.order_by("person").values_list("person", flat=True).distinct())


def of(application: Application) -> Q:
    """Which notifications told its people of it: reminders of its draft and moved closes among them."""
    reminded = Q(kind=APPLICATION_DEADLINE, facts__drafts__contains=[application.pk])
    moved = Q(
        kind=COMPETITION_CHANGED,
        subject_word="competition",
        subject_id=application.competition_id,
        created_at__gte=application.started_at,
    )
    of_competition = Q(recipient__in=[*_people(application), application.started_by_id]) & (reminded | moved)
    return Q(subject_word="application", subject_id=application.pk) | of_competition
