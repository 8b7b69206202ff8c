"""Which outcomes are others without one assessor: all that they gave is left out of the list at once.

Each application that they marked gets another place or leaves the candidates; the rest stand in their
order. The line is followed from one such change to the next, with what the changes so far add to each
budget's running total.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from funding.line import Line
from funding.models import Outcome
from funding.running_totals import Changed, Totals, pence

#: One of the applications that the assessor marked, and what it is without them.
Without = tuple[Line, Changed]


class Event(NamedTuple):
    """A candidate comes in before the one that stands at ``at``, or is the one there and goes."""

    at: int
    goes: bool
    place: tuple
    code: str
    grant: int


def of_each(without: Mapping[int, Sequence[Without]], totals: Totals) -> dict[int, dict[int, Outcome | None]]:
    """By assessor's id, the outcomes that are others without them; nobody of whom there is none."""
    found = ((assessor, _others(given, totals)) for assessor, given in sorted(without.items()))
    return {assessor: others for assessor, others in found if others}


def _others(given: Sequence[Without], totals: Totals) -> dict[int, Outcome | None]:
    stop = _stop(sorted(_events(given, totals)), totals)
    marked = {line.standing.application_id for line, _changed in given}
    others: dict[int, Outcome | None] = {}
    for line, changed in given:
        outcome = changed.outcome
        if outcome == Outcome.FUND and stop is not None and changed.place >= stop:
            outcome = Outcome.BELOW_LINE
        if outcome != line.outcome:
            others[line.standing.application_id] = outcome
    at = len(totals.candidates) if stop is None else bisect_left(totals.places, stop)
    for line in totals.candidates[min(at, totals.stop) : max(at, totals.stop)]:
        if line.standing.application_id not in marked:
            others[line.standing.application_id] = Outcome.FUND if at > totals.stop else Outcome.BELOW_LINE
    return others


def _events(given: Sequence[Without], totals: Totals) -> Iterator[Event]:
    for line, changed in given:
        one = line.standing
        grant = pence(one.grant_sought)
        was = totals.index.get(one.application_id)
        if was is not None:
            yield Event(was, True, totals.places[was], one.competition_code, grant)
        if changed.outcome == Outcome.FUND:
            at = bisect_left(totals.places, changed.place)
            yield Event(at, False, changed.place, one.competition_code, grant)


def _stop(events: Sequence[Event], totals: Totals) -> tuple | None:
    """The place of the first candidate that does not fit every budget; None where all of them do."""
    more = dict.fromkeys(totals.available, 0)
    reached = 0
    for event in events:
        stop = totals.first_over(reached, event.at, more)
        if stop < event.at:
            return totals.places[stop]
        budgets = totals.of_code[event.code]
        if event.goes:
            for pk in budgets:
                more[pk] -= event.grant
            reached = event.at + 1
            continue
        for pk in budgets:
            before = totals.taken[pk][event.at - 1] if event.at else 0
            if before + more[pk] + event.grant > totals.available[pk]:
                return event.place
            more[pk] += event.grant
        reached = event.at
    end = len(totals.candidates)
    stop = totals.first_over(reached, end, more)
    return totals.places[stop] if stop < end else None
