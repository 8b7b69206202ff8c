"""The decision pack: one file with all that a decision was made from, and working it out again from the file.

Nothing of it is asked of a database: whoever has the file and this program can check the decision.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from importlib import metadata
from typing import Any

from funding.models import Allocation, Scenario
from funding.scenarios import working
from funding.scenarios.making import fingerprint_of, question_and_answer
from funding.scenarios.working import ImpossibleScenario

#: Whoever changes what a pack has raises it.
FORM = 2
LIBRARIES = ("Django", "highspy", "numpy")


class NoScenario(LookupError):
    """The allocation was proposed without one, by an earlier release."""


def of(allocation: Allocation) -> dict[str, Any]:
    """The pack of an allocation as JSON has it: people by their numbers, sums as text.

    Raises NoScenario.
    """
    scenario: Scenario | None = allocation.scenario
    if scenario is None:
        raise NoScenario(str(allocation))
    question, found = question_and_answer(scenario)
    return {
        "form": FORM,
        "allocation": {
            "number": allocation.pk,
            "competitions": sorted(allocation.competitions.values_list("code", flat=True)),
            "state": str(allocation.state),
            "proposed_by": allocation.proposed_by_id,
            "proposed_at": allocation.proposed_at.isoformat(),
            "decided_by": allocation.decided_by_id,
            "decided_at": allocation.decided_at.isoformat() if allocation.decided_at else None,
        },
        "sheet": {
            "number": scenario.sheet.number,
            "fingerprint": scenario.sheet.fingerprint,
            "content": scenario.sheet.content,
        },
        "question": question,
        "answer": found,
        "fingerprint": scenario.fingerprint,
        "decisions": _decisions(allocation),
        "versions": {name: metadata.version(name) for name in LIBRARIES},
    }


def differences(pack: Mapping[str, Any]) -> list[str]:
    """Work the decision out again from the pack's own inputs, and say in sentences what is other.

    Nothing where the sheet has its fingerprint, the question and answer theirs, the figures of the
    question are those of the sheet, and the answer is byte for byte what the question comes to.
    """
    sheet, question, kept = pack["sheet"], pack["question"], pack["answer"]
    found = []
    if hashlib.sha256(sheet["content"].encode()).hexdigest() != sheet["fingerprint"]:
        found.append("The panel sheet is not the one of its fingerprint.")
    if question["sheet"] != sheet["fingerprint"]:
        found.append("The scenario was made from another panel sheet.")
    if fingerprint_of(working.as_text(question), working.as_text(kept)) != pack["fingerprint"]:
        found.append("The question and the answer are not those of their fingerprint.")
    found += _figures(sheet["content"], question)
    try:
        again = working.answer(question, time_limit=60)
    except (ImpossibleScenario, ValueError, ArithmeticError, LookupError, TypeError) as problem:
        return [*found, f"The question has no answer: {problem}."]
    return [*found, *_answers(kept, again), *_decided(pack, again)]


def _decisions(allocation: Allocation) -> list[dict[str, Any]]:
    rows = allocation.lines.order_by("position", "decisions__pk").exclude(decisions=None)
    names = ("application__reference", "decisions__verdict", "decisions__award__amount", "decisions__reason")
    return [
        {
            "reference": reference,
            "verdict": verdict,
            "amount": str(amount) if amount is not None else None,
            "reason": reason,
        }
        for reference, verdict, amount, reason in rows.values_list(*names)
    ]


def _figures(content: str, question: Mapping[str, Any]) -> list[str]:
    """Where a line of the question says other than the same line of the frozen sheet."""
    names = {
        "competition": "competition",
        "score": "score",
        "spread": "spread",
        "fund_votes": "fund_votes",
        "scope_votes": "scope_votes",
        "assessments": "assessments",
        "sought": "grant_sought",
    }
    try:
        frozen = {line["reference"]: line for line in json.loads(content)["lines"]}
    except (ValueError, LookupError, TypeError):
        return ["The panel sheet cannot be read."]
    asked = {line["reference"]: line for line in question["lines"]}
    found = [f"{reference} is not on both lists." for reference in sorted(frozen.keys() ^ asked.keys())]
    for reference in sorted(frozen.keys() & asked.keys()):
        for ours, theirs in names.items():
            said = frozen[reference][theirs]
            if said is not None and asked[reference][ours] != said:
                found.append(f"{reference}: {ours} is {asked[reference][ours]}, the sheet says {said}.")
        found += _shares(asked[reference])
    return found


def _shares(line: Mapping[str, Any]) -> list[str]:
    """Where the shares of a line are not its grant, or it is given other than it seeks without a word."""
    sought, grant = Decimal(line["sought"]), Decimal(line["grant"])
    found = []
    if sum(map(Decimal, line["shares"].values()), Decimal(0)) != grant:
        found.append(f"{line['reference']}: the shares do not add up to £{line['grant']}.")
    if (line["part"] and not 0 < grant < sought) or (not line["part"] and grant != sought):
        found.append(f"{line['reference']}: £{line['grant']} of £{line['sought']} is no part award.")
    return found


def _answers(kept: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    found = []
    for name in sorted(kept.keys() | again.keys()):
        ours, theirs = (working.as_text(one.get(name)) for one in (kept, again))
        if ours != theirs:
            found.append(f"{name}: the file says {ours[:300]}, worked out again it is {theirs[:300]}.")
    return found


def _decided(pack: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    """Where an award is not of what was recommended, in its amount."""
    amounts = {one["reference"]: one["amount"] for one in again["awards"]}
    grants = {line["reference"]: line["grant"] for line in pack["question"]["lines"]}
    return [
        f"{one['reference']}: £{one['amount']} was awarded, not £{grants.get(one['reference'])}."
        for one in pack["decisions"]
        if one["amount"] is not None
        and one["amount"] != amounts.get(one["reference"], grants.get(one["reference"]))
    ]
