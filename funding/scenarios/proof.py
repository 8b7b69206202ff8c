"""How it is known that nothing is better than the portfolio of an answer, in words."""

from decimal import Decimal
from fractions import Fraction
from math import ceil

from accounts.formats import percent
from funding.portfolio.bound import Proof
from funding.scenarios.working import Answer

#: Parts of a percent that a gap is told in; it is rounded up, so that no more than that may be missing.
PARTS = 10_000


def in_words(found: Answer) -> str:
    """Nothing of an answer that goes from the top.

    Worked: a gap of 3 to a value of 1,600 is "a better one may exist, worth up to 0.1875% more".
    """
    if not found.get("proof"):
        return ""
    if found["proof"] == Proof.NONE:
        return f"It is not proven that nothing is better: a better one may exist{_gap(found)}."
    best = f"{_known(found['proof'])}: gap {found['gap']}."
    if found["tie"] == Proof.NONE:
        return f"{best} Others may be worth the same: which of them is the first by rank was not settled."
    return (
        f"{best} Of portfolios worth the same, this is the one that funds the best-ranked project in which"
        " they differ."
    )


def _known(proof: str) -> str:
    """A solver counts in floating point, so that its word is no proof."""
    return "The solver says that nothing is better" if proof == Proof.SOLVER else f"Proven best by {proof}"


def _gap(found: Answer) -> str:
    if not found["value"]:
        return ""
    share = Fraction(found["gap"], found["value"])
    return f", worth up to {percent(Decimal(ceil(share * 100 * PARTS)) / PARTS)} more"
