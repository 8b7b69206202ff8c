"""Signs that marks or feedback deserve a second look. They say where to look, and never change a mark.

Four signs: the same mark for every question; feedback that repeats other feedback; feedback too thin for an
extreme mark; and marks that drift, against those of other assessors, in the order of reading.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from zlib import crc32

#: Questions marked alike before it is said.
FEWEST_ALIKE = 4
#: Words that feedback on an extreme mark has at least, and what part of the maximum is extreme.
FEWEST_WORDS, LOW, HIGH = 8, 0.2, 0.9
#: Words before a text can be said to repeat another, words to a shingle, and the share of common shingles.
REPEATABLE, SHINGLE, ALIKE = 8, 3, 0.8
#: A text is compared with those that share one of its so many lowest shingles.
SKETCH = 6
#: Assessments before a trend is looked for; points between first and last, and standard errors, to be said.
FEWEST_READ, DRIFT, SURE = 6, 10.0, 2.5

RULES = (
    f"Marks alike: at least {FEWEST_ALIKE} questions and one mark for all of them.",
    f"Repeated feedback: at least {REPEATABLE} words, of which four in five groups of three words are those "
    "of another text, of the same assessor or of another.",
    f"Thin feedback: fewer than {FEWEST_WORDS} words for a mark of a fifth of the maximum or less, or of "
    "nine tenths or more.",
    f"Drift: over at least {FEWEST_READ} assessments, in the order in which they were submitted, the "
    f"difference from the other assessors moves by {DRIFT:.0f} points or more, beyond chance.",
)


@dataclass(frozen=True, slots=True)
class Written:
    """One question's mark and feedback; ``most`` is the question's maximum."""

    assessment: int
    number: int
    mark: int | None
    most: int
    feedback: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Points by which marks moved, against the others', from the first read to the last."""

    points: float
    read: int


def words(text: str) -> list[str]:
    """The words, whatever their case, accents' form and punctuation."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def is_marked_alike(written: Iterable[Written]) -> bool:
    """Whether every question got the same share of its marks."""
    marked = [(one.mark, one.most) for one in written if one.mark is not None]
    first = marked[0] if marked else (0, 1)
    return len(marked) >= FEWEST_ALIKE and all(mark * first[1] == first[0] * most for mark, most in marked)


def is_thin(one: Written) -> bool:
    if one.mark is None or LOW * one.most < one.mark < HIGH * one.most:
        return False
    return len(words(one.feedback)) < FEWEST_WORDS


def repeated(written: Sequence[Written]) -> list[tuple[Written, Written]]:
    """Pairs of texts that are the same or nearly so, each text with the first that it repeats."""
    sets: list[frozenset[int]] = []
    sharing: dict[int, list[int]] = defaultdict(list)
    pairs = []
    for position, one in enumerate(written):
        shingles = _shingles(one.feedback)
        sets.append(shingles)
        lowest = sorted(shingles)[:SKETCH]
        candidates = sorted({other for hashed in lowest for other in sharing[hashed]})
        found = next((other for other in candidates if _likeness(shingles, sets[other]) >= ALIKE), None)
        if found is not None:
            pairs.append((written[found], one))
        else:
            # What repeats another needs not be found again: the first stands for both.
            for hashed in lowest:
                sharing[hashed].append(position)
    return pairs


def drift(differences: Sequence[float]) -> Trend | None:
    """The trend of what an assessor gave less what the others gave, in the order of reading.

    A straight line by least squares. -6, -4, -2, 0, 2, 4 and 6 move by 12 points; None where the line
    does not stand out from the scatter about it, or moves by less than is worth saying.
    """
    number = len(differences)
    if number < FEWEST_READ:
        return None
    middle, mean = (number - 1) / 2, sum(differences) / number
    width = sum((at - middle) ** 2 for at in range(number))
    slope = sum((at - middle) * (one - mean) for at, one in enumerate(differences)) / width
    scatter = sum((one - mean - slope * (at - middle)) ** 2 for at, one in enumerate(differences))
    error = sqrt(scatter / (number - 2) / width)
    points = slope * (number - 1)
    return Trend(points, number) if abs(points) >= DRIFT and abs(slope) >= SURE * error else None


def differences(
    percentages: Mapping[int, Mapping[int, float]], order: Mapping[int, Sequence[int]]
) -> dict[int, list[float]]:
    """By assessor, their percentage less the mean of the others', in the order in which they read.

    percentages  application's id -> assessor's id -> percentage
    order        assessor's id -> applications' ids
    """
    found: dict[int, list[float]] = {}
    for assessor, read in order.items():
        found[assessor] = [
            percentages[pk][assessor]
            - sum(one for other, one in percentages[pk].items() if other != assessor)
            / (len(percentages[pk]) - 1)
            for pk in read
            if len(percentages[pk]) > 1
        ]
    return found


def _shingles(text: str) -> frozenset[int]:
    found = words(text)
    if len(found) < REPEATABLE:
        return frozenset()
    return frozenset(
        crc32(" ".join(found[at : at + SHINGLE]).encode()) for at in range(len(found) - SHINGLE + 1)
    )


def _likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Jaccard's: what is common to both, of all that there is."""
    return len(one & other) / len(one | other) if one and other else 0.0
