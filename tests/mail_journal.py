"""What a mail server took and what was killed meanwhile, to tell a copy that a kill explains from any other.

Between the server's "250" and the mark in the row lies the only way to a second copy: whoever dies there
has sent an email that nobody knows of. A copy from anywhere else is a fault.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise


@dataclass(frozen=True, slots=True)
class Taken:
    """An email that the server said "250" to: when, by ``time.monotonic``, and who had handed it over."""

    message_id: str
    sender: str
    at: float


@dataclass(frozen=True, slots=True)
class Kill:
    """A process that was killed.

    sender    the worker that went, by its name at the mail server; empty where it was the database,
              under all of them
    began, ended  before the signal, and once all was quiet that the process had set going
    unmarked  the message ids of what was in some worker's hand, and not marked, after that
    """

    sender: str
    began: float
    ended: float
    unmarked: frozenset[str]

    def explains(self, first: Taken, second: Taken) -> bool:
        """Whether this kill fell between the first "250" and its mark, and before the second copy came."""
        return (
            self.sender in ("", first.sender)
            and first.message_id in self.unmarked
            and first.at <= self.ended
            and self.began <= second.at
        )


def unexplained(takings: Iterable[Taken], kills: list[Kill]) -> list[tuple[Taken, Taken]]:
    """The copies, each with the one before it, that no kill explains. One kill explains one copy of each."""
    ordered = sorted(takings, key=lambda taken: (taken.message_id, taken.at))
    found = []
    for _, copies in groupby(ordered, key=lambda taken: taken.message_id):
        unused = list(kills)
        for first, second in pairwise(copies):
            reason = next((kill for kill in unused if kill.explains(first, second)), None)
            if reason is None:
                found.append((first, second))
            else:
                unused.remove(reason)
    return found


def lost(message_ids: Iterable[str], takings: Iterable[Taken]) -> set[str]:
    """What is owed and never came."""
    return set(message_ids) - {taken.message_id for taken in takings}
