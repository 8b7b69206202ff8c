"""How alike two texts are, and what in a text is its own."""

import re
from collections.abc import Iterable, Set

#: Words that are compared together.
SHINGLE = 3

#: Two proposals that share so much of their three-word runs, of all that either has, are alike.
ALIKE = 0.5

#: Two answers of one form that share so much say the same.
REPEATED = 0.8

#: So many runs of a text are looked for in others: one that shares most of its runs shares some of these.
SOUGHT = 12

WORD = re.compile(r"[^\W_]+")

Shingle = tuple[str, ...]


def shingles(text: str) -> frozenset[Shingle]:
    """The runs of three words in it, without case and signs; a shorter text is one run."""
    words = WORD.findall(text.casefold())
    if not words:
        return frozenset()
    last = max(1, len(words) - SHINGLE + 1)
    return frozenset(tuple(words[start : start + SHINGLE]) for start in range(last))


def likeness(one: Set[Shingle], other: Set[Shingle]) -> float:
    """Jaccard's measure: what both have of all that either has, from 0 to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0


def distinctive(found: Iterable[Shingle]) -> list[Shingle]:
    """The runs by which to find the text elsewhere: of the longest words, which are seldom common ones."""
    return sorted(found, key=lambda run: (-min(map(len, run)), -sum(map(len, run)), run))[:SOUGHT]
