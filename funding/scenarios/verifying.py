"""Working a decision out again from its pack alone.

Nothing of it is asked of a database: whoever has the file and this program can check the decision.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from funding.models import Verdict
from funding.portfolio.solve import OutOfTime
from funding.scenarios import certificate, unproven, working
from funding.scenarios.making import fingerprint_of
from funding.scenarios.pack import fingerprint, versions
from funding.scenarios.working import Answer, ImpossibleScenario, Question


def differences(pack: Mapping[str, Any]) -> list[str]:
    """Work the decision out again from the pack's own inputs, and say in sentences what is other.

    Nothing where the sheet has its fingerprint, the question and answer theirs and the decisions theirs,
    the figures of the question are those of the sheet, and the answer is byte for byte what the question
    comes to. Where something differs, versions of libraries that do are named too. Prices that another
    version of the solver would find otherwise are held to what they show (``certificate``). A portfolio
    whose time ran out hangs on the machine: of it is checked what can be, also that nothing found here is
    worth more than it allows for (``unproven``), and ``in_words`` says so.
    """
    sheet, question, kept = pack["sheet"], pack["question"], pack["answer"]
    found = []
    if hashlib.sha256(sheet["content"].encode()).hexdigest() != sheet["fingerprint"]:
        found.append("The panel sheet is not the one of its fingerprint.")
    if question["sheet"] != sheet["fingerprint"]:
        found.append("The scenario was made from another panel sheet.")
    if fingerprint_of(working.as_text(question), working.as_text(kept)) != pack["fingerprint"]:
        found.append("The question and the answer are not those of their fingerprint.")
    if fingerprint(pack["decisions"]) != pack["fingerprint_of_decisions"]:
        found.append("The decisions are not those of their fingerprint.")
    found += _figures(sheet["content"], question)
    try:
        if unproven.is_unproven(question, kept):
            again = unproven.again(question, kept)
            found += [*unproven.wrong(question, kept), *unproven.beaten(question, kept)]
        else:
            again = _shown(question, kept, working.answer(question))
    except OutOfTime:
        return [*found, "No answer was found here in the time that a scenario has.", *changed_versions(pack)]
    except (ImpossibleScenario, ValueError, ArithmeticError, LookupError, TypeError) as problem:
        return [*found, f"The question has no answer: {problem}.", *changed_versions(pack)]
    found += [*_answers(kept, again), *_decided(pack, again)]
    if unproven.is_unproven(question, again) and not unproven.is_unproven(question, kept):
        found.append(unproven.NOT_PROVEN_HERE)
    return [*found, *changed_versions(pack)] if found else []


def _shown(question: Question, kept: Answer, again: Answer) -> Answer:
    """What a proven answer is held to: what comes out here, or what follows from its own portfolio where
    that is shown to be the best by its own prices, and other prices or too little time are all that differs.
    """
    differ = {
        name
        for name in kept.keys() | again.keys()
        if working.as_text(kept.get(name)) != working.as_text(again.get(name))
    }
    may_be_shown = bool(differ) and (
        differ <= certificate.HANGS_ON_PRICES or unproven.is_unproven(question, again)
    )
    return unproven.again(question, kept) if may_be_shown and certificate.holds(question, kept) else again


def in_words(pack: Mapping[str, Any]) -> list[str]:
    """What a pack without differences says: what was recommended, and what was decided of it.

    A pack of before the decision says that nothing is decided.
    """
    recommended = {one["reference"]: one["amount"] for one in pack["answer"]["awards"]}
    last = {one["reference"]: one for one in pack["decisions"]}
    awarded = {one["reference"] for one in last.values() if one["verdict"] == Verdict.FUND}
    sentences = [f"The same: {_awards(len(recommended))} recommended, byte for byte."]
    if unproven.is_unproven(pack["question"], pack["answer"]):
        sentences = unproven.in_words(pack["question"], pack["answer"])
    if not last:
        return [*sentences, "Nothing is decided in this file."]
    sentences.append(f"{_awards(len(awarded))} decided.")
    for reference in sorted(recommended.keys() - awarded):
        verdict = last[reference]["verdict"] if reference in last else "no decision"
        sentences.append(f"{reference} was recommended and has: {verdict}.")
    others = sorted(awarded - recommended.keys())
    sentences += [f"{reference} is funded and was not recommended." for reference in others]
    return [
        *sentences,
        f"Fingerprint of the decisions: {pack['fingerprint_of_decisions']}. The page of allocation "
        f"{pack['allocation']['number']} shows the same.",
    ]


def _awards(number: int) -> str:
    return f"{number} {'award' if number == 1 else 'awards'}"


def changed_versions(pack: Mapping[str, Any]) -> list[str]:
    """What has another version here than in the file: Launchpad, and libraries."""
    here = versions()
    return [
        f"{name} was {version} and is {here.get(name, 'not there')}: the answer may hang on it."
        for name, version in sorted(pack["versions"].items())
        if here.get(name) != version
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
        sheet = json.loads(content)
        frozen = {line["reference"]: line for line in sheet["lines"]}
        found = _limits(sheet, question)
    except (ValueError, LookupError, TypeError):
        return ["The panel sheet cannot be read."]
    asked = {line["reference"]: line for line in question["lines"]}
    found += [f"{reference} is not on both lists." for reference in sorted(frozen.keys() ^ asked.keys())]
    for reference in sorted(frozen.keys() & asked.keys()):
        for ours, theirs in names.items():
            said = frozen[reference][theirs]
            if said is not None and asked[reference][ours] != said:
                found.append(f"{reference}: {ours} is {asked[reference][ours]}, the sheet says {said}.")
        found += _shares(asked[reference])
    return found


def _limits(sheet: Mapping[str, Any], question: Mapping[str, Any]) -> list[str]:
    """Where the thresholds or the money that the question goes by are not those of the frozen sheet."""
    thresholds = {one["code"]: one["threshold"] for one in sheet["competitions"]}
    available = {one["code"]: one["available"] for one in sheet["budgets"]}
    found = []
    for what, ours, theirs in (
        ("the threshold of", question["thresholds"], thresholds),
        ("what is available in", question["budgets"], available),
    ):
        found += [
            f"{what.capitalize()} {code} is {ours.get(code)}, the sheet says {theirs.get(code)}."
            for code in sorted(ours.keys() | theirs.keys())
            if ours.get(code) != theirs.get(code)
        ]
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
