"""What the office is to look at in an entry: rules that block nobody, but that staff decide on."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from applications.models import Participant


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule of the programme's list (ELIG-11), the word that marks it in a list, and what it is about."""

    rule: str
    word: str
    sentence: str


def of_applications(ids: Iterable[int]) -> dict[int, list[Flag]]:
    """Return the flags of each of these applications that has any, in one query whatever their number."""
    found = defaultdict(list)
    outside = Participant.objects.filter(application__in=list(ids)).exclude(elsewhere="")
    for part in outside.select_related("application__competition__region").order_by("-is_lead", "pk"):
        found[part.application_id].append(_works_elsewhere(part))
    return dict(found)


def _works_elsewhere(part: Participant) -> Flag:
    region = part.application.competition.region.name
    return Flag(
        "ELIG-11",
        "works elsewhere",
        f"{part.name} works in {part.elsewhere}, outside {region}. Decide by its activity in the cluster "
        "whether it is active there or will grow.",
    )
