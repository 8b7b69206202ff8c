"""What waits for the person who is signed in: the first thing that the office shows them.

The apps above know what waits, so they fill ``asked`` when they start. Each function there takes the
person and the moment, starts from what the person may see, and asks the same number of questions
of the database however much there is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import JobRun, OwedState, RoleChange, User
from accounts.resending import SOME_SENDERS, may_be_sent_by
from accounts.roles import OPERATORS, Role, held_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing to do. ``says`` is the link; ``route``, ``of`` and ``query`` are the page where it is done.

    more   a few words beside the link: which case, which competition
    since  the moment from which it has waited
    """

    says: str
    route: str
    of: str | int | None = None
    query: str = ""
    more: str = ""
    since: datetime | None = None


asked: list[Callable[[User, datetime], Iterable[Waiting]]] = []


def for_person(person: User, *, at: datetime) -> list[Waiting]:
    """Everything that waits for them, in the order in which the story is told."""
    return [one for ask in [*asked, office] for one in ask(person, at)]


def office(person: User, at: datetime) -> Iterable[Waiting]:
    """Role changes to decide, messages that did not arrive, jobs that have stopped."""
    roles = held_by(person)
    if Role.ADMINISTRATOR in roles:
        yield from _role_changes(person)
    if roles & SOME_SENDERS:
        yield from _failed_messages(person)
    if roles & OPERATORS - {Role.AUDITOR}:
        yield from _failed_jobs(person)


def _role_changes(person: User) -> Iterable[Waiting]:
    changes = RoleChange.objects.visible_to(person).waiting().exclude(asked_by=person).exclude(person=person)
    for change in changes.select_related("person", "asked_by").order_by("asked_at", "pk"):
        yield Waiting(
            says=f"Confirm or refuse a change of roles for {change.person}",
            route="admin:accounts_user_change",
            of=change.person_id,
            more=f"Asked for by {change.asked_by}",
            since=change.asked_at,
        )


def _failed_messages(person: User) -> Iterable[Waiting]:
    failed = may_be_sent_by(person).unreached().count()
    if failed:
        yield Waiting(
            says="Send 1 message again" if failed == 1 else f"Send {failed:,} messages again",
            route="admin:accounts_notification_changelist",
            query="unreached=yes",
            more="They did not reach their people" if failed > 1 else "It did not reach its person",
        )


def _failed_jobs(person: User) -> Iterable[Waiting]:
    latest = JobRun.objects.visible_to(person).ended().latest_of_each_job()
    for run in sorted((run for run in latest if run.state == OwedState.FAILED), key=lambda run: run.job):
        yield Waiting(
            says=f"Look at the job “{run.job}”, which has failed",
            route="admin:accounts_jobrun_change",
            of=run.pk,
            since=run.finished_at,
        )
