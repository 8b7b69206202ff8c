"""Programme reports that nobody asks for: of each week, of each month, and at a competition's milestones.

They cover what is real, the whole programme and each of its regions, and the demonstration as a whole where
there is one. A job may run twice: the database takes one report of each occasion.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from accounts.london import day_of
from accounts.models import Region
from applications.models import ClosingList, Competition, Stage
from funding.models import Occasion, ProgrammeReport, Release, ReleaseState

#: A milestone that is older has no report any more: its figures would be of another day.
FRESH = timedelta(days=1)


def at_their_time(*, at: datetime) -> str:
    """Owe the reports of the London week and month that it is, where they are not owed yet."""
    day = day_of(at)
    occasions = ((Occasion.WEEKLY, f"{day:%G-W%V}"), (Occasion.MONTHLY, f"{day:%Y-%m}"))
    made = [
        _owe(occasion, milestone, region=region, of_demonstration=of_demonstration, at=at)
        for occasion, milestone in occasions
        for region, of_demonstration in _covered()
    ]
    return _said(sum(made))


def at_milestones(*, at: datetime) -> str:
    """Owe the report of each competition that has closed, or whose outcomes were released, within a day."""
    closed = ClosingList.objects.filter(drawn_at__gt=at - FRESH, drawn_at__lte=at).order_by("pk")
    done = Release.objects.filter(state=ReleaseState.DONE, ended_at__gt=at - FRESH, ended_at__lte=at)
    released = done.order_by("pk").values_list("pk", "allocation__competitions")
    made = [_owe(Occasion.CLOSED, "close", competition_id=one.competition_id, at=at) for one in closed]
    made += [
        _owe(Occasion.RELEASED, f"release {pk}", competition_id=competition, at=at)
        for pk, competition in released
    ]
    return _said(sum(made))


def _covered() -> Iterator[tuple[Region | None, bool]]:
    """The region, or None for the whole; and whether it is the demonstration's. Only where there is something
    to count."""
    begun = Competition.objects.exclude(stage=Stage.SET_UP)
    real = begun.filter(is_demonstration=False)
    if real.exists():
        yield None, False
    for region in Region.objects.filter(pk__in=real.values("region")).order_by("name"):
        yield region, False
    if begun.filter(is_demonstration=True).exists():
        yield None, True


def _owe(occasion: Occasion, milestone: str, *, at: datetime, **covers: Any) -> bool:
    """Whether it was not owed before."""
    _, is_new = ProgrammeReport.objects.get_or_create(
        occasion=occasion,
        milestone=milestone,
        **{"competition_id": None, "region": None, "of_demonstration": False, **covers},
        defaults={"requested_at": at, "due_at": at},
    )
    return is_new


def _said(made: int) -> str:
    return f"{made} reports asked for" if made else "Nothing was due"
