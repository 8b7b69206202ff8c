"""Notifications of the grown programme: nearly all sent, some on their way, some that never arrive."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import OwedState
from launchpad.demo.grown.plan import Plan
from launchpad.demo.grown.rows import Rows

LEASE = timedelta(minutes=3)
#: One message in so many is refused for good, and one was no longer true when it was its turn.
REFUSED, OUTDATED = 53, 67
#: So many of the latest applications have messages that are on their way at this moment.
ON_THEIR_WAY = 60


@dataclass(frozen=True, slots=True)
class Way:
    """How far a message has come."""

    state: OwedState
    due_at: datetime
    tries: int = 1
    finished_at: datetime | None = None
    error: str = ""
    leased_until: datetime | None = None
    claimed_at: datetime | None = None


def add(
    rows: Rows,
    plan: Plan,
    number: int,
    *,
    kind: str,
    to: int,
    about: tuple[str, int],
    cause: str,
    at: datetime,
) -> None:
    """Add what one person is told; ``number`` is the application's, from which its way follows."""
    way = _way(plan, number, len(cause) + to, at)
    message = uuid.uuid5(uuid.NAMESPACE_URL, f"{plan.seed} {cause}")
    rows.add(
        to,
        kind,
        *about,
        cause,
        f"<{message}@{plan.host}>",
        at,
        way.due_at,
        way.state,
        way.tries,
        way.finished_at,
        way.error,
        way.leased_until,
        LEASE if way.leased_until else None,
        way.claimed_at,
    )


def _way(plan: Plan, number: int, salt: int, at: datetime) -> Way:
    if plan.size - number <= ON_THEIR_WAY:
        match number % 4:
            case 0:
                return Way(OwedState.LEASED, plan.at, leased_until=plan.at + LEASE, claimed_at=plan.at)
            case 1:
                error = "451 the mailbox is busy, try again later"
                return Way(OwedState.WAITING, plan.at + timedelta(hours=2), tries=3, error=error)
    sent_at = plan.not_after_now(at + timedelta(seconds=2 + salt % 50))
    if (number + salt) % REFUSED == 0:
        return Way(OwedState.FAILED, at, finished_at=sent_at, error="550 there is no such mailbox")
    if (number + salt) % OUTDATED == 0:
        return Way(OwedState.VOID, at, finished_at=sent_at)
    return Way(OwedState.DONE, at, finished_at=sent_at)
