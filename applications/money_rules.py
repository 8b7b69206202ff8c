"""The rules on costs and funding, tried on what organisations have entered."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from applications import costs, finances, labour, rules, sections
from applications.models import Application, Participant
from applications.rules import Breach

#: The most that a grant may cover, in percent, by the organisation's size.
Maxima = Mapping[str, Decimal]


def breaches(
    application: Application, participants: Sequence[Participant], maxima: Maxima | None = None
) -> list[Breach]:
    """Return what the sums of the application and the figures of ``participants`` break.

    The competition's limits bind the project's sums, the others each organisation's own.

    maxima  of ``finances.maxima``, where they were read already
    """
    maxima = finances.maxima(application) if maxima is None else maxima
    return [
        *rules.money_limits(application),
        *_of_the_percentages(participants, maxima),
        *_of_other_funding(participants),
        *_of_the_labour(application, participants),
    ]


def of_entered(
    application: Application, participant: Participant, maxima: Maxima | None = None
) -> list[Breach]:
    """The same of one organisation; nobody is told of sums that they have not entered yet."""
    entered = {
        sections.COSTS: participant.total_costs > 0,
        sections.FUNDING: participant.percentage_asked is not None,
    }
    found = breaches(application, [participant], maxima)
    return [breach for breach in found if entered[breach.section]]


def _of_the_percentages(participants: Sequence[Participant], maxima: Maxima) -> list[Breach]:
    """The maximum percentage binds each organisation; it has no number in the list of rules."""
    found = []
    for participant in participants:
        maximum = maxima.get(participant.funding_size)
        asked = participant.percentage_asked
        if asked is not None and maximum is not None and asked > maximum:
            found.append(Breach("FUNDING", rules.above_maximum(maximum), sections.FUNDING))
    return found


def _of_other_funding(participants: Sequence[Participant]) -> list[Breach]:
    """Other public money that leaves no grant: it may be so, but nobody should come to it unawares."""
    found = []
    for participant in participants:
        asked = participant.percentage_asked
        whole = costs.grant(participant.total_costs, asked or costs.NOUGHT, costs.NOUGHT)
        if asked is not None and whole and participant.other_funding >= whole:
            message = rules.no_grant_left(participant.other_funding, asked, whole)
            found.append(Breach("OTHER-FUNDING", message, sections.FUNDING, blocks=False))
    return found


def _of_the_labour(application: Application, participants: Sequence[Participant]) -> list[Breach]:
    """More days than a person can work; no number in the list of rules either."""
    messages = labour.too_many_days(application, participants)
    return [Breach("DAYS", message, sections.COSTS) for message in messages]
