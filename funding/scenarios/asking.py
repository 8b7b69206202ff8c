"""Asking for a scenario: small ones are answered at once, the others are owed and worked out by a job."""

import hashlib
import json
import logging
from collections.abc import Iterable
from datetime import datetime

from accounts import audit
from accounts.models import OwedState, User
from accounts.refusals import Refusal
from applications.models import Competition
from funding.models import Scenario, ScenarioRequest
from funding.portfolio.bound import Proof
from funding.scenarios import costs, making, working
from funding.scenarios.making import MAKERS, Worked
from funding.scenarios.question import Definition
from funding.scenarios.working import Question

logger = logging.getLogger(__name__)

#: A portfolio of so many candidates at most is tried while its asker waits, for so many seconds; and
#: as long again for what its rules cost.
SMALL, AT_ONCE = 40, 0.5
#: How many of one person's may be under way at once: they are worked out one after the other, for everybody.
WAITING_AT_MOST = 5
#: What needs no machine's word: such an answer is the same in whatever time it is found.
SETTLED = {Proof.ARITHMETIC, Proof.SEARCH}


class TooManyAsked(making.ScenarioRefused):
    def __init__(self) -> None:
        super().__init__(
            f"You have asked for {WAITING_AT_MOST} scenarios that are not worked out yet. Wait until one is,"
            " or cancel one."
        )


class NotTheirs(Refusal):
    def __init__(self) -> None:
        super().__init__("A scenario is cancelled by a competition manager or fund manager of its list.")


class HasEnded(Refusal):
    def __init__(self) -> None:
        super().__init__("It has come to its end meanwhile: there is nothing to cancel.")


@audit.action("make scenario")
def ask(
    competitions: Iterable[Competition], asked: Definition, *, by: User, at: datetime
) -> Scenario | ScenarioRequest:
    """Freeze the sheet as it stands and return the scenario, or the request that a job works out.

    From the top and of few applications it is worked out here. Raises RoleMissing, OwnOrganisation or a
    kind of ScenarioRefused, of which one is TooManyAsked.
    """
    sheet = making.held(competitions, by)
    frozen = making.frozen(sheet, asked, by=by, at=at)
    text = working.as_text(frozen.question)
    worked = _at_once(frozen.question)
    if worked is not None:
        made = making.record(frozen.sheet, asked.name.strip(), text, worked, by=by, at=at)
        noted = {"scenario": made.pk, "sheet": made.sheet.number, "method": str(made.method)}
        audit.note(after=noted)
        return made
    if ScenarioRequest.objects.under_way().filter(asked_by=by).count() >= WAITING_AT_MOST:
        raise TooManyAsked
    owed = ScenarioRequest.objects.create(
        sheet=frozen.sheet,
        name=asked.name.strip(),
        method=asked.method,
        question=text,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
        parts=1 + costs.number_of(frozen.question),
        asked_by=by,
        asked_at=at,
        due_at=at,
    )
    noted = {"request": owed.pk, "sheet": owed.sheet.number, "method": str(owed.method)}
    audit.note(after=noted)
    logger.info("scenario asked for", extra={"request": owed.pk})
    return owed


@audit.action("cancel scenario")
def cancel(owed: ScenarioRequest, *, by: User, at: datetime) -> ScenarioRequest:
    """End it without an answer. Its worker stops at its next step, and what it finds is thrown away.
    Until then, or until its lease runs out, no other is worked out.

    Raises NotTheirs, and HasEnded where it is worked out, has failed or was cancelled already.
    """
    owed = ScenarioRequest.objects.select_for_update(of=("self",)).get(pk=owed.pk)
    if not may_cancel(owed, by):
        raise NotTheirs
    if not owed.is_under_way:
        raise HasEnded
    owed.state, owed.cancelled_by, owed.finished_at = OwedState.VOID, by, at
    if owed.claimed_at is None:
        owed.leased_until = None
    owed.save(update_fields=["state", "cancelled_by", "finished_at", "leased_until"])
    audit.note(after={"request": owed.pk})
    return owed


def may_cancel(owed: ScenarioRequest, by: User) -> bool:
    codes = json.loads(owed.question)["thresholds"]
    regions = Competition.objects.filter(code__in=codes).values_list("region", flat=True)
    return bool(by.roles_in_all(regions) & MAKERS)


def _at_once(question: Question) -> Worked | None:
    """The answer with what its rules cost, or None where that takes a job. Raises Impossible."""
    if question["method"] == working.TOP_DOWN:
        return making.worked(question)
    if len(working.candidates(question)) > SMALL:
        return None
    try:
        found = making.answer(question, time_limit=AT_ONCE)
    except making.NotInTime:
        return None
    except making.Impossible as refusal:
        if refusal.is_fewest:
            raise
        return None
    if not {found["proof"], found["tie"]} <= SETTLED:
        return None
    kept = costs.worked_out(question, found, each=AT_ONCE, in_all=AT_ONCE)
    return Worked(found, kept) if all(one["is_sure"] for one in kept) else None
