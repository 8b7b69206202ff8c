"""The eleven figures of the programme report, each a plain function of scores and awards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from accounts import money

TENTH = Decimal("0.1")

#: A band's name, its number and its share in percent.
Band = dict[str, str | int | None]
Figure = str | int | None | list[Band]

#: Scores have one decimal, so the bands leave no gap: 75.0 is in the second, 75.1 in the third.
BANDS = (
    ("<70.0", Decimal("0.0"), Decimal("69.9")),
    ("70.0-75.0", Decimal("70.0"), Decimal("75.0")),
    ("75.1-80.0", Decimal("75.1"), Decimal("80.0")),
    ("80.1-85.0", Decimal("80.1"), Decimal("85.0")),
    ("85.1-90.0", Decimal("85.1"), Decimal("90.0")),
    ("90.1-95.0", Decimal("90.1"), Decimal("95.0")),
    ("95.1-100.0", Decimal("95.1"), Decimal("100.0")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One application that was received: what the figures need of it.

    score    mean percentage with one decimal; None where no assessment counts
    is_funded, has_lapsed  successful with a live award; or with none but one that lapsed
    is_unsuccessful  decided so: not what is on hold, in reserve, withdrawn or undecided
    amount   pounds of its live award, 0 where it has none
    """

    is_assessed: bool = False
    score: Decimal | None = None
    is_funded: bool = False
    has_lapsed: bool = False
    is_unsuccessful: bool = False
    amount: Decimal = Decimal("0.00")


def of(entries: Sequence[Entry]) -> dict[str, dict[str, Figure]]:
    """Return F01 to F11, in values that JSON keeps exactly: counts as numbers, the rest as text.

    A rate or mean of nothing is None. Money in pounds, scores and rates in percent; a mean is
    that of the scores as shown, with one decimal. F07 is the mean of the unsuccessful alone. F11
    counts every assessed application, also one withdrawn since: it was marked like the others,
    and the bands then add up to F02.
    """
    funded = [entry for entry in entries if entry.is_funded]
    assessed = sum(entry.is_assessed for entry in entries)
    total = sum((entry.amount for entry in funded), Decimal("0.00"))
    funded_scores = _scores(funded)
    unsuccessful_scores = _scores([entry for entry in entries if entry.is_unsuccessful])
    return {
        "F01": {"received": len(entries)},
        "F02": {"assessed": assessed},
        "F03": {"funded": len(funded), "lapsed": sum(entry.has_lapsed for entry in entries)},
        "F04": {"of_received": rate(len(funded), len(entries)), "of_assessed": rate(len(funded), assessed)},
        "F05": {"lowest_funded": text(min(funded_scores, default=None))},
        "F06": {"highest_funded": text(max(funded_scores, default=None))},
        "F07": {"mean_of_unfunded": text(mean(unsuccessful_scores, TENTH))},
        "F08": {"mean_grant": text(mean([entry.amount for entry in funded], money.PENNY))},
        "F09": {"mean_of_funded": text(mean(funded_scores, TENTH))},
        "F10": {"allocated": text(money.exact(total))},
        "F11": {"bands": bands(_scores(entries))},
    }


def bands(scores: Sequence[Decimal]) -> list[Band]:
    """Return the bands with how many scores each holds and their share in percent."""
    counts = [(name, sum(least <= score <= most for score in scores)) for name, least, most in BANDS]
    return [{"band": name, "number": number, "percent": rate(number, len(scores))} for name, number in counts]


def rate(part: int, whole: int) -> str | None:
    """Return ``part`` of ``whole`` in percent, half up to one decimal: 1 of 3 is "33.3"."""
    return str((Decimal(part * 100) / whole).quantize(TENTH, ROUND_HALF_UP)) if whole else None


def mean(values: Sequence[Decimal], step: Decimal) -> Decimal | None:
    return (sum(values, Decimal(0)) / len(values)).quantize(step, ROUND_HALF_UP) if values else None


def sum_of(amounts: Iterable[Decimal]) -> Decimal:
    """The amounts in pounds together, to the penny; of none, 0.00."""
    return money.exact(sum(amounts, Decimal("0.00")))


def text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _scores(entries: Sequence[Entry]) -> list[Decimal]:
    return [entry.score for entry in entries if entry.score is not None]
