"""What is left of a project without one of its organisations: its sums, and the rules it breaks then."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from applications import eligibility
from applications.models import Application, Participant
from applications.rules import Breach


@dataclass(frozen=True, slots=True)
class Remainder:
    """The project without ``part``, as it leaves. Where nobody remains nothing is broken: it is withdrawn."""

    part: Participant
    total_costs: Decimal
    grant_sought: Decimal
    broken: tuple[Breach, ...]


def without(application: Application, part: Participant, others: Collection[Participant]) -> Remainder:
    """Work out what is left where only ``others`` take part still."""
    broken = eligibility.of_those_left(application, others) if others else []
    return Remainder(
        part,
        total_costs=sum((one.total_costs for one in others), Decimal(0)),
        grant_sought=sum((one.grant_sought for one in others), Decimal(0)),
        broken=tuple(broken),
    )


def of_each(application: Application, parts: Collection[Participant]) -> list[Remainder]:
    """What would be left without each of ``parts``, which are all that take part still."""
    return [without(application, part, [one for one in parts if one != part]) for part in parts]
