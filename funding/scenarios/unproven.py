"""An answer whose time ran out before it was known that nothing is better, or which of equals is the first.

Another machine, or this one on another day, may find another portfolio in the same time. So it is not held
to what is found again, but to what can be checked of it: that it keeps every condition and is worth what it
says, and that its bound is one.
"""

from funding.portfolio import relaxation
from funding.portfolio.bound import Proof, bound, is_allowed
from funding.portfolio.problem import PortfolioProblem
from funding.portfolio.solve import OutOfTime
from funding.portfolio.whole import whole
from funding.scenarios import proof, working
from funding.scenarios.working import Answer, Question

#: What an answer says of its proof, beside what follows from who is chosen.
SAID = ("value", "bound", "gap", "proof", "tie", "prices")


def is_unproven(found: Answer) -> bool:
    return Proof.NONE in {found.get("proof"), found.get("tie")}


def again(question: Question, kept: Answer) -> Answer:
    """What follows from the kept portfolio: its order, outcomes, awards and money, worked out anew."""
    chosen = {one["reference"] for one in kept["awards"]}
    return working.of_chosen(question, chosen, {name: kept[name] for name in SAID})


def wrong(question: Question, kept: Answer) -> list[str]:
    """What the kept portfolio says of itself that is not so, in sentences."""
    asked, chosen = _asked(question, kept)
    value, model, found = asked.value(chosen), whole(asked), []
    most = bound(model, relaxation.prices(model)).whole * model.unit
    known = {one.reference for one in asked.candidates}
    if strange := sorted({one["reference"] for one in kept["awards"]} - known):
        found.append(f"Awards are named that were not to be chosen from: {', '.join(strange)}.")
    if not is_allowed(asked, chosen):
        found.append("The portfolio does not keep every condition.")
    if value != kept["value"]:
        found.append(f"The portfolio is worth {value}, the file says {kept['value']}.")
    if kept["bound"] < value + kept["gap"]:
        found.append(f"A gap of {kept['gap']} is more than the bound of {kept['bound']} leaves.")
    if kept["proof"] == Proof.NONE and kept["bound"] < most:
        found.append(f"Nothing shows the bound of {kept['bound']}: worked out again it is {most}.")
    return found


def in_words(question: Question, kept: Answer) -> list[str]:
    """What can be said of it, and what the same time comes to here."""
    asked, chosen = _asked(question, kept)
    said = [
        "What is recommended keeps every condition and is worth what the file says.",
        proof.in_words(kept),
    ]
    try:
        here = working.answer(question)
    except OutOfTime:
        return [*said, "Worked out again here, nothing was found in the same time."]
    other = asked.value(_asked(question, here)[1])
    if {one["reference"] for one in here["awards"]} == {one["reference"] for one in kept["awards"]}:
        return [*said, "Worked out again here, the same awards come out."]
    if other == asked.value(chosen):
        return [*said, "Worked out again here, another portfolio comes out that is worth the same."]
    more = "more" if other > asked.value(chosen) else "less"
    worth = f"it is worth {other}, which is {more} than {asked.value(chosen)}"
    return [*said, f"Worked out again here, another portfolio comes out: {worth}."]


def _asked(question: Question, found: Answer) -> tuple[PortfolioProblem, frozenset[int]]:
    asked = working.problem(question, working.candidates(question))
    funded = {one["reference"] for one in found["awards"]}
    return asked, frozenset(one.id for one in asked.candidates if one.reference in funded)
