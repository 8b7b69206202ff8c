"""A frozen sheet as it is read again, and how it differs from the sheet of today: plain values."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from applications.assessment.standings import RanksBy
from funding import fragility
from funding.models import Outcome

#: What is compared of a line, with its words.
COMPARED = {
    "rank": "rank",
    "score": "score",
    "mean": "mean",
    "spread": "spread",
    "assessments": "assessments that count",
    "conflicted": "assessments in conflict that count",
    "scope_votes": "votes in scope",
    "fund_votes": "votes to fund",
    "grant_sought": "grant sought",
    "outcome": "outcome",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept line, for a page: ``line.of.reference``, with its sums and its outcome in words."""

    of: dict[str, Any]

    @property
    def grant(self) -> Decimal:
        return Decimal(self.of["grant_sought"])

    @property
    def grant_submitted(self) -> Decimal | None:
        """Versions from before it was kept have none."""
        return Decimal(self.of["grant_submitted"]) if self.of.get("grant_submitted") else None

    @property
    def fragile(self) -> list[str]:
        return [words for kind, words in fragility.WORDS.items() if kind in self.of["fragile"]]

    @property
    def running(self) -> Decimal | None:
        return Decimal(self.of["running_total"]) if self.of["running_total"] else None

    @property
    def is_funded(self) -> bool:
        return self.of["outcome"] == Outcome.FUND

    @property
    def outcome(self) -> str:
        return in_words(self.of["outcome"])


def sums(budget: dict[str, Any]) -> dict[str, Any]:
    """A kept budget with its sums as sums again."""
    names = ("ceiling", "available", "taken", "left")
    return {**budget, **{name: Decimal(budget[name]) for name in names}}


def in_words(outcome: str | None) -> str:
    return str(Outcome(outcome).label) if outcome else "Not assessed"


def differences(kept: dict[str, Any], now: dict[str, Any], *, budgets: Collection[str]) -> list[str]:
    """What is another today, in sentences.

    budgets  the codes of those whose figures may be told
    """
    then, today = ({line["reference"]: line for line in one["lines"]} for one in (kept, now))
    sentences = []
    if kept["ranks_by"] != now["ranks_by"]:
        sentences.append(
            f"What ranks: {RanksBy(kept['ranks_by']).label} then, {RanksBy(now['ranks_by']).label} now."
        )
    if kept["competitions"] != now["competitions"]:
        sentences.append("A competition, its threshold or its limit for wide marks is another.")
    for reference in sorted(then.keys() | today.keys()):
        if reference not in today:
            sentences.append(f"{reference} is no longer on the list.")
        elif reference not in then:
            sentences.append(f"{reference} has come on the list.")
        else:
            sentences += _of_line(reference, then[reference], today[reference])
    available = {one["code"]: one["available"] for one in now["budgets"]}
    for one in kept["budgets"]:
        if one["code"] in budgets and one["available"] != available.get(one["code"]):
            sentences.append(f"{one['name']} has another sum available.")
    if kept["exclusions"] != now["exclusions"]:
        sentences.append("Other marks are taken out of the mean.")
    if kept["notes"] != now["notes"] or kept["application_notes"] != now["application_notes"]:
        sentences.append("Notes have been added.")
    return sentences


def _of_line(reference: str, then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    changed = [
        f"{word} {_said(name, then[name])} then, {_said(name, now[name])} now"
        for name, word in COMPARED.items()
        # Versions from before it was kept say nothing of it.
        if name in then and then[name] != now[name]
    ]
    return [f"{reference}: {'; '.join(changed)}."] if changed else []


def _said(name: str, value: object) -> object:
    if name == "outcome":
        return f"“{in_words(value)}”"  # type: ignore[arg-type]
    return "none" if value is None else value
