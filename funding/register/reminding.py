"""When an information request has to be answered, and who is reminded of it."""

from datetime import date, datetime, timedelta

from accounts import outbox, working_days
from accounts.london import day_of
from accounts.models import User
from accounts.roles import held_by
from funding import duties
from funding.models import InformationRequest, RequestKind
from funding.register import scopes

#: Working days after receipt in which a Freedom of Information request is answered: section 10 of the Act.
#: The working day after that of the receipt is the first.
TO_ANSWER = 20
#: Working days before the day on which people are reminded; and once more when it has passed.
REMINDERS = (5, 1)
OVERDUE = -1

INFORMATION_REQUEST_DUE = "information_request_due"


def day_for(kind: str, received_on: date) -> date | None:
    """The last day to answer, where the kind says it; a Parliamentary question brings its own.

    Worked: received on Monday 30 November 2026, it is Wednesday 30 December.
    """
    return working_days.after(received_on, TO_ANSWER) if kind == RequestKind.INFORMATION else None


def step_at(request: InformationRequest, today: date) -> int | None:
    """The reminder whose turn it is, in working days before the due day; None before the first."""
    if today > request.due_on:
        return OVERDUE
    reached = [days for days in REMINDERS if working_days.before(request.due_on, days) <= today]
    return min(reached, default=None)


def remind(*, at: datetime) -> str:
    """Remind who answers of requests that are due within 5 and 1 working days, or overdue. Once of each."""
    today, posts = day_of(at), []
    people: dict[int | None, list[User]] = {}
    rows = InformationRequest.objects.open().filter(due_on__lte=today + timedelta(days=2 * REMINDERS[0] + 10))
    for request in rows.select_related("competition", "region").order_by("due_on", "pk"):
        days = step_at(request, today)
        if days is None:
            continue
        region = scopes.of(request).region_id
        if region not in people:
            people[region] = answering_for(region)
        for person in people[region]:
            cause = f"information request {request.pk}, due {request.due_on}, {days}: person {person.pk}"
            posts.append(outbox.Post(person, request.pk, cause))
    posted = outbox.post_all(INFORMATION_REQUEST_DUE, posts, subject_word="information request", at=at)
    return f"{posted} people reminded of information requests"


def answering_for(region: int | None) -> list[User]:
    """Those who answer requests about the region; about the whole programme, who hold their role for it."""
    regions = frozenset() if region is None else frozenset({region})
    people = User.objects.none()
    for role in sorted(duties.ANSWER):
        people = people | User.objects.holding(role, regions)
    return list(people.distinct().order_by("pk"))


def owed(person: User, today: date) -> list[InformationRequest]:
    """Those near or past their day that the person may answer, the first due first."""
    if not held_by(person) & duties.ANSWER:
        return []
    rows = InformationRequest.objects.answered_for_by(person).near(today)
    return list(rows.order_by("due_on", "pk"))
