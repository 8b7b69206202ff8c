"""The decision pack: one file with all that a decision was made from, and with what was decided.

``funding.scenarios.verifying`` works it out again from the file.
"""

import hashlib
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from django.conf import settings

from funding.models import Allocation, Scenario
from funding.scenarios import working
from funding.scenarios.making import question_and_answer

#: Whoever changes what a pack has raises it.
FORM = 3
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
    decisions = decisions_of(allocation)
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
        "decisions": decisions,
        "fingerprint_of_decisions": fingerprint(decisions),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Of Launchpad and of the libraries that an answer may hang on. Packs of before name no Launchpad."""
    return {"Launchpad": settings.VERSION} | {name: metadata.version(name) for name in LIBRARIES}


def fingerprint(decisions: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of what was decided. The allocation's page shows the same, so that a file can be held to it."""
    return hashlib.sha256(working.as_text(decisions).encode()).hexdigest()


def decisions_of(allocation: Allocation) -> list[dict[str, Any]]:
    """Every verdict on its lines, in the order of the list and then of time: those taken back too."""
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
