"""Awards and outcomes of which nobody outside may be told, and texts that name such an award."""

import re
from collections.abc import Collection
from datetime import date, datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.london import day_of
from applications.models import Application, StatusChange
from applications.workflow import DECISIONS
from funding.models import OVER, Award, AwardStatus, CompetitionBudgets, PublishedGrant, Transfer
from funding.models.award import AwardQuerySet
from funding.places import Place


def are_untold(competitions: Collection[int], as_of: datetime) -> bool:
    """Whether outcomes stood at that moment of which those who applied had not been told.

    Also refusals, places in reserve and what was put on hold, which have no award.
    """
    return awards(competitions, as_of).exists() or _decided(competitions, as_of).exists()


def awards(competitions: Collection[int], as_of: datetime) -> AwardQuerySet:
    """Those of which nobody outside had been told at that moment.

    Also those that were taken back since: figures of that moment count them.
    """
    made = _of(competitions).filter(made_at__lte=as_of)
    told = made.filter(application__released_at__lte=as_of, application__told_status="")
    reversed_ = made.filter(status=AwardStatus.REVERSED, pk__in=_given_back(as_of))
    return made.exclude(pk__in=reversed_.values("pk")).exclude(pk__in=told.values("pk"))


def embargoed(competitions: Collection[int], as_of: datetime, today: date) -> AwardQuerySet:
    """Those told of at ``as_of`` that are not public ``today``, by the rule of the open data.

    An offer that is not accepted is not public, nor one that ended, unless it was published before.
    """
    told = _of(competitions).filter(application__released_at__lte=as_of)
    told = told.exclude(status=AwardStatus.REVERSED)
    published = PublishedGrant.objects.filter(publication__withdrawal=None).values("share__award")
    may_be_known = Q(status=AwardStatus.COMMITTED) | Q(status__in=OVER, pk__in=published)
    public = told.filter(may_be_known, embargo_until__lte=today)
    return told.exclude(pk__in=public.values("pk"))


def holding(rows: AwardQuerySet, as_of: datetime) -> AwardQuerySet:
    """Of the awards those that held money at that moment, whatever became of them since."""
    return rows.filter(made_at__lte=as_of).exclude(pk__in=_given_back(as_of))


def drawing_with(competitions: Collection[int], *, is_whole: bool) -> set[int]:
    """The competitions that draw on one of the budgets of these: their awards are in its sums too.

    is_whole  whether the programme's own budget is one of them
    """
    found = set(competitions)
    drawn = CompetitionBudgets.objects.filter(competition__in=competitions)
    budgets = {pk for one in drawn for pk in one.budget_ids if is_whole or pk != one.programme_id}
    of_one = Q()
    for level in ("programme", "region", "pot", "part"):
        of_one |= Q(**{f"{level}__in": budgets})
    return found | set(CompetitionBudgets.objects.filter(of_one).values_list("competition", flat=True))


def named(competitions: Collection[int], text: str, at: datetime) -> list[str]:
    """The references of awards that ``text`` names, by reference, title or lead, as words of their own."""
    said = _plain(text)
    untold, hidden = awards(competitions, at), embargoed(competitions, at, day_of(at))
    rows = Award.objects.filter(Q(pk__in=untold.values("pk")) | Q(pk__in=hidden.values("pk")))
    found = set()
    for award in rows.select_related("application").prefetch_related("application__participants"):
        one = award.application
        leads = [part.name for part in one.participants.all() if part.is_lead]
        if any(_is_in(said, _plain(words)) for words in (one.reference, one.title, *leads)):
            found.add(one.reference)
    return sorted(found)


def _is_in(said: str, words: str) -> bool:
    """Worked: "arc" is in "of arc, ltd", and not in "research"."""
    if not words or words not in said:
        return False
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", said) is not None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _decided(competitions: Collection[int], as_of: datetime) -> QuerySet[Application]:
    """Decided at that moment, and not told of. What was decided since then is in no figure of it."""
    moves = StatusChange.objects.filter(application=OuterRef("pk"), made_at__lte=as_of)
    stood = Application.objects.filter(competition__in=competitions).annotate(
        stood=Subquery(moves.order_by("-made_at", "-pk").values("after")[:1])
    )
    decided = stood.filter(stood__in=DECISIONS)
    return decided.exclude(
        pk__in=Application.objects.filter(released_at__lte=as_of, told_status="").values("pk")
    )


def _given_back(as_of: datetime) -> QuerySet:
    return Transfer.objects.filter(target=Place.AVAILABLE, award__isnull=False, made_at__lte=as_of).values(
        "award"
    )


def _of(competitions: Collection[int]) -> AwardQuerySet:
    return Award.objects.filter(application__competition__in=competitions)
