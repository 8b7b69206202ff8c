"""Whether facts of a round may be published after others of it. Plain values; no query.

Anybody can lay the two beside each other. So what differs is itself a table, and has to keep the rule of
``suppression``: in every cell nobody came or went, or five or more did. And what is hidden is
hidden in the same places for the same applications, or the one table would fill the gaps of the other.

Worked: later money funds one project in reserve. "Funded" would rise from 9 to 10, and the mean of
their scores would say the score of the one: the facts stay as they were. Where it funds seven of one
area, size and band, all of it may be published.
"""

from collections.abc import Hashable, Iterable, Sequence

from applications.models import Area
from funding.reports import facts, suppression
from funding.reports.suppression import Hidden
from funding.reports.told import Told

#: The applications that a cell counts, with all that its figures are made of.
Counted = frozenset[Hashable]


def may_follow(before: Sequence[Told], after: Sequence[Told], areas: Sequence[Area]) -> bool:
    if not all(map(_may_stand_after, _totals(before), _totals(after))):
        return False
    rows_before, rows_after = facts.in_rows(before, areas), facts.in_rows(after, areas)
    return all(
        _tables_may(facts.columns(rows), facts.columns(rows_after[name]))
        for name, rows in rows_before.items()
    )


def column_may_follow(before: Sequence[Counted], after: Sequence[Counted]) -> bool:
    """Of one column whose total anybody may know, as ``suppression.column`` shows it."""
    shown = zip(
        *(suppression.column([len(cell) for cell in cells]) for cells in (before, after)), strict=True
    )
    for (was, is_), earlier, later in zip(shown, before, after, strict=True):
        if isinstance(was, Hidden) or isinstance(is_, Hidden):
            if was != is_ or earlier != later:
                return False
        elif not _is_apart(earlier, later):
            return False
    return True


def _tables_may(before: dict[str, list[list[Told]]], after: dict[str, list[list[Told]]]) -> bool:
    return before.keys() == after.keys() and all(
        column_may_follow([_known(cell) for cell in before[name]], [_known(cell) for cell in after[name]])
        for name in before
    )


def _totals(received: Sequence[Told]) -> list[Counted]:
    """What the round's own counts, rates and means are made of. A mean is of scores, and tells of one that
    changed as well."""
    return [
        _known(received),
        _known(one for one in received if one.is_assessed),
        _known(one for one in received if not one.is_funded),
        frozenset((one.application, one.score) for one in received if one.is_funded),
        frozenset((one.application, one.score) for one in received if one.is_unsuccessful),
    ]


def _may_stand_after(before: Counted, after: Counted) -> bool:
    return column_may_follow([before], [after])


def _known(received: Iterable[Told]) -> Counted:
    return frozenset(one.application for one in received)


def _is_apart(before: Counted, after: Counted) -> bool:
    """Whether those that came, those that went and the difference of the two counts are each none or many."""
    came, went = len(after - before), len(before - after)
    return not any(map(suppression.is_small, (came, went, abs(came - went))))
