"""Tells staff that a competition has closed, with the numbers of its closing list."""

from datetime import datetime, timedelta

from accounts import outbox
from accounts.roles import Role
from applications import audience
from applications.models import Competition

COMPETITION_CLOSED = "competition_closed"

#: A close further back is no news.
LOOKS_BACK = timedelta(days=7)


def tell(*, at: datetime) -> str:
    """Owe whoever was its staff at the close the news of each competition whose list is drawn.

    Done twice it tells nobody twice.
    """
    closed = Competition.objects.filter(closing_list__closes_at__gt=at - LOOKS_BACK)
    posted = 0
    for competition in closed.order_by("closes_at", "pk"):
        closed_at = competition.closes_at.isoformat()
        staff = audience.staff_of(competition, Role.MANAGER, Role.FUNDS, since=competition.closes_at)
        posts = [
            outbox.Post(
                person,
                competition.pk,
                f"competition {competition.pk} closed at {closed_at}: person {person.pk}",
            )
            for person in staff.order_by("pk")
        ]
        posted += outbox.post_all(COMPETITION_CLOSED, posts, subject_word="competition", at=at)
    return f"{posted} told of a competition that closed"
