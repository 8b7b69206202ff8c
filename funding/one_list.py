"""Which competitions make one ranked list."""

from django.db.models import Q

from applications.models import Competition, PotSharing
from funding.models import CompetitionBudgets


def allocated_with(competition: Competition) -> list[Competition]:
    """The competitions whose applications make one list with this one's.

    All those that draw on the same pot where its list is merged; otherwise the competition alone,
    which has the pot or its stated part to itself.
    """
    if competition.pot_sharing != PotSharing.MERGED:
        return [competition]
    return list(
        Competition.objects.filter(
            pot_sharing=PotSharing.MERGED, budgets__pot__in=CompetitionBudgets.pot_of(competition)
        ).order_by("code")
    ) or [competition]


def list_of(code: str) -> tuple[Competition, list[Competition]] | None:
    """The competition of this code with those that it is ``allocated_with``, in one query."""
    pot = CompetitionBudgets.objects.filter(competition__code=code).values("pot")
    merged = Q(pot_sharing=PotSharing.MERGED, budgets__pot__in=pot)
    rows = list(Competition.objects.filter(merged | Q(code=code)).order_by("code"))
    found = next((one for one in rows if one.code == code), None)
    if found is None:
        return None
    return found, rows if found.pot_sharing == PotSharing.MERGED else [found]
