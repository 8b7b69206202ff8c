"""An answer whose time ran out before it was known that nothing is better, or which of equals is the first.

Another machine, or this one on another day, may find another portfolio in the same time. So it is not held
to what is found again, but to what can be checked of it: that it keeps every condition and is worth what it
says, that its prices show its bound, and that nothing is found here that is worth more than its gap allows.
"""

import json
from functools import lru_cache

from funding.portfolio.bound import Proof, certificate_holds, is_allowed, upper_bound
from funding.portfolio.problem import PortfolioProblem
from funding.portfolio.solve import OutOfTime
from funding.scenarios import certificate, proof, working
from funding.scenarios.working import Answer, Question

#: What an answer says of its proof, beside what follows from who is chosen.
SAID = ("value", "bound", "gap", "proof", "tie", "prices")
NOT_PROVEN_HERE = "Here the time did not suffice to prove it: that may be all that differs."


def is_unproven(question: Question, found: Answer) -> bool:
    """Of a list from the top nothing has to be proven, whatever its answer says of that."""
    said = {found.get("proof"), found.get("tie")}
    return question["method"] == working.PORTFOLIO and Proof.NONE in said


def again(question: Question, kept: Answer) -> Answer:
    """What follows from the kept portfolio: its order, outcomes, awards and money, worked out anew."""
    chosen = {one["reference"] for one in kept["awards"]}
    return working.of_chosen(question, chosen, {name: kept[name] for name in SAID})


def wrong(question: Question, kept: Answer) -> list[str]:
    """What the kept portfolio says of itself that is not so, in sentences."""
    asked, chosen = _asked(question, kept)
    value, found = asked.value(chosen), list[str]()
    known = {one.reference for one in asked.candidates}
    if strange := sorted({one["reference"] for one in kept["awards"]} - known):
        found.append(f"Awards are named that were not to be chosen from: {', '.join(strange)}.")
    if not is_allowed(asked, chosen):
        found.append("The portfolio does not keep every condition.")
    if value != kept["value"]:
        found.append(f"The portfolio is worth {value}, the file says {kept['value']}.")
    if kept["bound"] < value + kept["gap"]:
        found.append(f"A gap of {kept['gap']} is more than the bound of {kept['bound']} leaves.")
    if kept["gap"] and kept["proof"] != Proof.NONE:
        found.append(f"A gap of {kept['gap']} is none where nothing is better by {kept['proof']}.")
    return [*found, *_prices(asked, chosen, kept)]


def beaten(question: Question, kept: Answer) -> list[str]:
    """Where what is found here shows that the gap of the kept portfolio is too small, in sentences; and where
    a proof that it names is not come to here, nor added up from its prices.
    """
    asked, chosen = _asked(question, kept)
    here = _here(working.as_text(question))
    is_claimed = kept["proof"] in (Proof.SEARCH, Proof.SOLVER)
    if here is None:
        return ["No answer was found here in the time that a scenario has."] if is_claimed else []
    most = asked.value(chosen) + kept["gap"]
    if here["value"] > most:
        return [
            f"Worked out again here, a portfolio is worth {here['value']}: the file allows {most} at most."
        ]
    return [NOT_PROVEN_HERE] if is_claimed and here["proof"] == Proof.NONE else []


def in_words(question: Question, kept: Answer) -> list[str]:
    """What can be said of it, and what the same time comes to here."""
    asked, chosen = _asked(question, kept)
    said = [
        "What is recommended keeps every condition and is worth what the file says.",
        proof.in_words(kept),
    ]
    here = _here(working.as_text(question))
    if here is None:
        return [*said, "Worked out again here, nothing was found in the same time."]
    other = asked.value(_asked(question, here)[1])
    if {one["reference"] for one in here["awards"]} == {one["reference"] for one in kept["awards"]}:
        return [*said, "Worked out again here, the same awards come out."]
    if other == asked.value(chosen):
        return [*said, "Worked out again here, another portfolio comes out that is worth the same."]
    more = "more" if other > asked.value(chosen) else "less"
    worth = f"it is worth {other}, which is {more} than {asked.value(chosen)}"
    return [*said, f"Worked out again here, another portfolio comes out: {worth}."]


def _prices(asked: PortfolioProblem, chosen: frozenset[int], kept: Answer) -> list[str]:
    """Where the prices of the file do not show what it says of its bound and its proof."""
    try:
        prices = certificate.named_prices(asked, kept)
        most = upper_bound(asked, prices)
    except (LookupError, ValueError, ZeroDivisionError):
        return ["The prices of the file are none of this question."]
    if kept["bound"] != most:
        return [f"Nothing shows the bound of {kept['bound']}: by the prices of the file it is {most}."]
    if kept["proof"] == Proof.ARITHMETIC and not certificate_holds(asked, chosen, kept["value"], prices):
        return [f"The prices of the file do not prove that nothing is worth more than {kept['value']}."]
    return []


@lru_cache(maxsize=1)
def _here(question: str) -> Answer | None:
    """What the same question comes to on this machine, looked for once, as it may take a minute; or None.

    question  its text
    """
    try:
        return working.answer(json.loads(question))
    except OutOfTime:
        return None


def _asked(question: Question, found: Answer) -> tuple[PortfolioProblem, frozenset[int]]:
    asked = working.problem(question, working.candidates(question))
    funded = {one["reference"] for one in found["awards"]}
    return asked, frozenset(one.id for one in asked.candidates if one.reference in funded)
