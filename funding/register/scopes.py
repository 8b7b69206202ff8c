"""What a request or a report is about: a competition, a region or the whole, real or the demonstration."""

from collections.abc import Set
from dataclasses import dataclass

from accounts.models import Region, User, in_regions_of
from accounts.roles import Role, held_in
from applications.models import Competition
from funding.models import InformationRequest, ProgrammeReport


@dataclass(frozen=True, slots=True)
class Scope:
    """Neither competition nor region: the whole programme."""

    competition: Competition | None = None
    region: Region | None = None
    of_demonstration: bool = False

    @property
    def region_id(self) -> int | None:
        """Whose people answer for it; None where it is the programme's."""
        if self.competition is not None:
            return self.competition.region_id
        return self.region.pk if self.region is not None else None

    @property
    def fields(self) -> dict:
        """As the columns of a request or a report say it."""
        return {
            "competition": self.competition,
            "region": self.region,
            "of_demonstration": self.of_demonstration,
        }


def of(row: InformationRequest | ProgrammeReport) -> Scope:
    return Scope(row.competition, row.region, row.of_demonstration)


def open_to(person: User, roles: Set[Role]) -> dict[str, tuple[str, Scope]]:
    """What the person may choose in one of the roles, by what a form sends; each with its words."""
    regions = list(Region.objects.filter(in_regions_of(person, roles, "pk")).order_by("name"))
    competitions = list(Competition.objects.run_by(person, roles).select_related("region").order_by("code"))
    has_all = bool(held_in(person, None) & roles)
    found: dict[str, tuple[str, Scope]] = {}
    if has_all:
        found["programme"] = ("The whole programme", Scope())
    for region in regions:
        found[f"region:{region.code}"] = (region.name, Scope(region=region))
    for one in competitions:
        found[f"competition:{one.code}"] = (one.code, Scope(competition=one))
    if Competition.objects.filter(is_demonstration=True).exists():
        if has_all:
            found["demonstration"] = ("The whole demonstration", Scope(of_demonstration=True))
        for region in regions:
            scope = Scope(region=region, of_demonstration=True)
            found[f"demonstration:{region.code}"] = (f"{region.name} (demonstration)", scope)
    return found
