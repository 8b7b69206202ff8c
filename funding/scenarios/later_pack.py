"""The decision pack of later money: what one application was proposed by, and what its budgets had then.

It has no scenario: its one rule is that the whole grant fits every budget that it draws on.
"""

import hashlib
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Max, Q, Sum, When

from accounts.fields import pounds
from funding.models import Allocation, AllocationState, Award, Budget, Transfer, Verdict
from funding.places import Place
from funding.scenarios import pack, working

#: Whoever changes what such a pack has raises the number.
FORM = "later money 1"
RULE = "fits every budget"


class NotDecided(LookupError):
    """Nothing has been decided yet, so that there is nothing to work out again."""


def of(allocation: Allocation) -> dict[str, Any]:
    """The pack of a decided proposal of later money as JSON has it, people by their numbers.

    Raises NotDecided.
    """
    if allocation.state == AllocationState.PROPOSED:
        raise NotDecided(str(allocation))
    inputs = inputs_of(allocation)
    answer = answer_of(inputs)
    decisions = pack.decisions_of(allocation)
    return {
        "form": FORM,
        "inputs": inputs,
        "answer": answer,
        "fingerprint": fingerprint_of(inputs, answer),
        "decisions": decisions,
        "fingerprint_of_decisions": pack.fingerprint(decisions),
        "versions": pack.versions(),
    }


def inputs_of(allocation: Allocation) -> dict[str, Any]:
    """What the decision was made from: the proposal, who decided it and when, and the money there was."""
    line = allocation.lines.select_related("application__competition").get()
    figures = ("fund_votes", "scope_votes", "assessments", "marks", "outcome")
    return {
        "rule": RULE,
        "proposal": {
            "number": allocation.pk,
            "application": line.application.reference,
            "competition": line.application.competition.code,
            "amount": str(line.amount),
            "score": None if line.score is None else str(line.score),
            "spread": None if line.spread is None else str(line.spread),
            **{name: getattr(line, name) for name in figures},
            "why": allocation.why,
            "proposed_by": allocation.proposed_by_id,
            "proposed_at": allocation.proposed_at.isoformat(),
        },
        "decision": {
            "state": str(allocation.state),
            "decided_by": allocation.decided_by_id,
            "decided_at": allocation.decided_at.isoformat() if allocation.decided_at else None,
            "reason": allocation.reason,
        },
        "budgets": _budgets(allocation),
    }


def answer_of(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the inputs come to: the award that an approval makes, and what each budget has left then.

    Worked: £56,000 of a pot with £60,000 and a region with £55,000 does not fit, and is no award.
    """
    amount = Decimal(inputs["proposal"]["amount"])
    left = {one["code"]: Decimal(one["available"]) - amount for one in inputs["budgets"]}
    short = sorted(code for code, money in left.items() if money < 0)
    is_approved = inputs["decision"]["state"] == AllocationState.APPROVED
    is_awarded = is_approved and bool(left) and not short
    return {
        "award": {"reference": inputs["proposal"]["application"], "amount": str(amount)}
        if is_awarded
        else None,
        "left": {code: str(money) for code, money in sorted(left.items())},
        "short": short,
    }


def fingerprint_of(inputs: dict[str, Any], answer: dict[str, Any]) -> str:
    """SHA-256 of the inputs and what they come to. The allocation's page shows the same."""
    return hashlib.sha256(working.as_text({"inputs": inputs, "answer": answer}).encode()).hexdigest()


def _budgets(allocation: Allocation) -> list[dict[str, Any]]:
    """What was available in each budget just before the approval moved its money; of a refusal, nothing."""
    award = Award.objects.filter(
        decisions__line__allocation=allocation, decisions__verdict=Verdict.FUND
    ).first()
    if award is None:
        return []
    approved = Transfer.objects.filter(award=award, source=Place.AVAILABLE, target=Place.RESERVED)
    before = dict(approved.values("budget").annotate(last=Max("pk")).values_list("budget", "last"))
    brought = Case(
        When(target=Place.AVAILABLE, then=F("amount")),
        When(source=Place.AVAILABLE, then=-F("amount")),
        output_field=pounds(),
    )
    moves = Q(source=Place.AVAILABLE) | Q(target=Place.AVAILABLE)
    found = []
    for budget in Budget.objects.filter(pk__in=before).in_order():
        # Who writes to a budget holds it, so that its transfers stand in the order of their numbers.
        earlier = Transfer.objects.filter(moves, budget=budget, pk__lt=before[budget.pk])
        available = earlier.aggregate(sum=Sum(brought))["sum"] or Decimal("0.00")
        found.append({"code": budget.code, "kind": str(budget.kind), "available": str(available)})
    return found
