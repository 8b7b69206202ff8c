"""What an answer says of its proof, held to the question by multiplication, addition and a search.

The prices of the relaxed problem are not the only ones that show a portfolio to be the best. Another version
of the solver library may come to others, and to another bound by them; those of the answer show it as well,
or they do not, whoever found them.
"""

from fractions import Fraction

from funding.portfolio.bound import Multipliers, Proof, certificate_holds, upper_bound
from funding.portfolio.core import search_holds
from funding.portfolio.halves import TooMany
from funding.portfolio.problem import PortfolioProblem
from funding.scenarios import working
from funding.scenarios.working import Answer, Question

#: What of an answer hangs on the prices that were found, while the portfolio is the same.
HANGS_ON_PRICES = {"bound", "prices", "proof"}


def holds(question: Question, kept: Answer) -> bool:
    """Whether the prices of a proven answer show its bound, and a search at them comes to its very portfolio.

    False where a solver alone said so, and where the search would be too long.
    """
    if kept["proof"] not in (Proof.ARITHMETIC, Proof.SEARCH) or kept["tie"] != Proof.SEARCH or kept["gap"]:
        return False
    asked = working.problem(question, working.candidates(question))
    funded = {one["reference"] for one in kept["awards"]}
    chosen = frozenset(one.id for one in asked.candidates if one.reference in funded)
    try:
        prices = named_prices(asked, kept)
        if upper_bound(asked, prices) != kept["bound"] or len(chosen) != len(funded):
            return False
        if kept["proof"] == Proof.ARITHMETIC and not certificate_holds(asked, chosen, kept["value"], prices):
            return False
        return search_holds(asked, chosen, kept["value"], prices)
    except (LookupError, ValueError, ZeroDivisionError, TooMany):
        return False


def named_prices(asked: PortfolioProblem, kept: Answer) -> Multipliers:
    """Raises KeyError for a price of what is no condition, ValueError for what is no price."""
    named = {working.in_words(one): one for one in asked.conditions}
    return {named[words]: Fraction(price) for words, price in kept["prices"]}
