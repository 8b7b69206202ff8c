"""Working a decision on later money out again from its pack alone, without a database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from funding.models import AllocationState, Outcome, Verdict
from funding.scenarios import later_pack, pack, working
from funding.scenarios.verifying import changed_versions

#: The budgets that every award draws on; one more where a competition has a part of its pot.
KINDS = ("programme", "region", "pot")


def differences(packed: Mapping[str, Any]) -> list[str]:
    """What is other than the inputs come to, in sentences; nothing where it is byte for byte the same.

    Beside the fingerprints: the rule, that two people proposed and decided in this order, that the money
    was in every budget, and that what was decided is the award that the inputs come to.
    """
    inputs, kept = packed["inputs"], packed["answer"]
    found = []
    if inputs["decision"]["state"] not in {AllocationState.APPROVED, AllocationState.REFUSED}:
        found.append(f"The proposal is {inputs['decision']['state']}: nothing was decided.")
    if later_pack.fingerprint_of(inputs, kept) != packed["fingerprint"]:
        found.append("The inputs and the answer are not those of their fingerprint.")
    if pack.fingerprint(packed["decisions"]) != packed["fingerprint_of_decisions"]:
        found.append("The decisions are not those of their fingerprint.")
    if inputs["rule"] != later_pack.RULE:
        found.append(f"The rule is {inputs['rule']}: later money goes by “{later_pack.RULE}”.")
    found += [*_people(inputs), *_money(inputs)]
    try:
        again = later_pack.answer_of(inputs)
    except (ValueError, ArithmeticError, TypeError) as problem:
        return [*found, f"The inputs have no answer: {problem}.", *changed_versions(packed)]
    if working.as_text(kept) != working.as_text(again):
        found.append(f"The file says {kept}, worked out again it is {again}.")
    found += _decided(packed, again)
    return [*found, *changed_versions(packed)] if found else []


def in_words(packed: Mapping[str, Any]) -> list[str]:
    """What a pack without differences says."""
    award, number = packed["answer"]["award"], packed["inputs"]["proposal"]["number"]
    said = f"£{award['amount']} for {award['reference']}" if award else "no award: it was refused"
    taken_back = packed["decisions"] and packed["decisions"][-1]["verdict"] == Verdict.TAKEN_BACK
    return [
        f"The same, byte for byte: {said}.",
        *(["Afterwards the decision was taken back, and the money with it."] if taken_back else []),
        f"Fingerprint: {packed['fingerprint']}. The page of allocation {number} shows the same.",
    ]


def _people(inputs: Mapping[str, Any]) -> list[str]:
    proposal, decision = inputs["proposal"], inputs["decision"]
    found = []
    if None in (proposal["proposed_by"], decision["decided_by"]):
        found.append("Who proposed or decided is not named.")
    if proposal["proposed_by"] == decision["decided_by"]:
        found.append("One person proposed and decided.")
    try:
        in_order = datetime.fromisoformat(proposal["proposed_at"]) <= datetime.fromisoformat(
            decision["decided_at"]
        )
    except (ValueError, TypeError):
        return [*found, "A moment cannot be read."]
    return found if in_order else [*found, "It was decided before it was proposed."]


def _money(inputs: Mapping[str, Any]) -> list[str]:
    """Where an approval does not draw on the budgets that it has to, or raises what may not be."""
    if inputs["decision"]["state"] != AllocationState.APPROVED:
        return []
    found = []
    kinds = [one["kind"] for one in inputs["budgets"]]
    if any(kinds.count(kind) != 1 for kind in KINDS) or not set(kinds) <= {*KINDS, "part"}:
        found.append("The budgets are not those that an award draws on.")
    if inputs["proposal"]["outcome"] != Outcome.FUND:
        found.append("The line was not proposed to be funded.")
    return found


def _decided(packed: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    """Where the verdicts are not those of this application and of what the inputs come to."""
    reference = packed["inputs"]["proposal"]["application"]
    if any(one["reference"] != reference for one in packed["decisions"]):
        return ["A decision is on another application."]
    amounts = [one["amount"] for one in packed["decisions"] if one["verdict"] == Verdict.FUND]
    award = again["award"]
    if amounts == ([award["amount"]] if award else []):
        return []
    short = ", ".join(again["short"])
    why = f" The grant does not fit {short}." if short else ""
    return [f"What was decided is not what the inputs come to.{why}"]
