"""The grown programme, from its budgets to its awards."""

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection, transaction

from accounts import role_groups
from accounts.models import AuditEntry, AuditSeal, Organisation, User
from accounts.roles import Role
from applications.models import (
    Application,
    Area,
    Assessment,
    Competition,
    MaximumPercentage,
    Participant,
    Question,
)
from funding.models import Allocation, Award
from launchpad.demo import equality
from launchpad.demo import people as sign_ins
from launchpad.demo.grown import blocks, decisions, ids, organisations, people, rounds, trail
from launchpad.demo.grown.plan import MOST_ASSESSORS, MOST_PARTICIPANTS, Call, Plan, Staff
from launchpad.demo.grown.trail import Deed
from launchpad.demo.programme import Refused
from launchpad.loading import programme as real

SMALLEST, LARGEST = 100, 100_000
SEED = 1204
#: Applications to an organisation and to an assessor, and the fewest of both.
TO_A_BODY, TO_AN_ASSESSOR, FEWEST = 2.5, 12, 40

Say = Callable[[str], None]


def make(
    size: int, *, seed: int = SEED, at: datetime, processes: int = 0, say: Say = lambda line: None
) -> int:
    """Make a programme of ``size`` applications beside whatever demonstration is there; return its rows.

    processes  how many write at once; none writes all of it in the transaction that is open

    Raises Refused in a deployment, where real people have accounts, and where one stands already.
    """
    check(size)
    stopwatch = Stopwatch(say)
    with transaction.atomic():
        blocks.prepare_session()
        plan = prepared(size, seed, at)
        written = people.write_contacts(plan) + people.write_assessors(plan) + organisations.write(plan)
    stopwatch.lap("people and organisations", written)

    entered = sum(blocks.in_processes(blocks.write, plan, blocks.of(plan), processes))
    describe()
    stopwatch.lap("applications and assessments", entered)

    decided = sum(blocks.in_processes(decisions.decide, plan, decisions.lists(plan), processes))
    stopwatch.lap("decisions, awards and the ledger", decided)

    with transaction.atomic():
        blocks.prepare_session()
        answered = equality.answer([call.competition for call in plan.calls], seed, at=at)
    stopwatch.lap("answers to the equality questions", answered)

    trail.seal(at)
    describe()
    stopwatch.lap("the audit trail's chain", AuditSeal.objects.count())
    stopwatch.total()
    return written + entered + decided + answered


def check(size: int) -> None:
    if not SMALLEST <= size <= LARGEST:
        raise Refused(f"The size is a number of applications from {SMALLEST} to {LARGEST:,}.")
    if settings.DEPLOYED:
        raise Refused("This is a deployment (SITE_URL is not this machine); nothing invented belongs there.")
    if Competition.objects.filter(code__in=rounds.codes()).exists():
        raise Refused(
            "A grown programme stands here already, or was begun. The ledger keeps what is written: "
            "take another database, or another STATE_DIR."
        )
    real_people = (email for email in User.objects.values_list("email", flat=True).iterator())
    if any(not sign_ins.is_invented(email) for email in real_people):
        raise Refused("Somebody has an account here. A programme grows only where all people are invented.")


def prepared(size: int, seed: int, at: datetime) -> Plan:
    """Load what the programme stands on, make its rounds, and settle every id."""
    role_groups.sync()
    real.load()
    staff = _staff(at)
    calls = rounds.make(size, by=staff["manager@example.com"], at=at)
    question_set = calls[0].competition.question_set
    bodies = max(FEWEST, int(size / TO_A_BODY))
    assessors = max(FEWEST, size // TO_AN_ASSESSOR)
    return Plan(
        seed=seed,
        size=size,
        at=at,
        begins_at=min(call.competition.opens_at for call in calls) - timedelta(days=45),
        host=str(urlsplit(settings.SITE_URL).hostname),
        bodies=bodies,
        assessors=assessors,
        calls=tuple(calls),
        questions=tuple(Question.objects.filter(question_set=question_set).order_by("position")),
        maxima=_maxima(calls),
        areas={area.name: area for area in Area.objects.all()},
        staff=Staff(
            manager=staff["manager@example.com"].pk,
            funds=staff["funds@example.com"].pk,
            approver=staff["approver@example.com"].pk,
        ),
        groups=dict(Group.objects.filter(name__in=list(Role)).values_list("name", "pk")),
        first_assessor=ids.reserve(User, assessors).first,
        ids={
            User: ids.reserve(User, bodies, each=2),
            Organisation: ids.reserve(Organisation, bodies),
            Application: ids.reserve(Application, size),
            Participant: ids.reserve(Participant, size, each=MOST_PARTICIPANTS),
            Assessment: ids.reserve(Assessment, size, each=MOST_ASSESSORS),
            Award: ids.reserve(Award, size),
            Allocation: ids.reserve(Allocation, len(calls)),
            AuditEntry: ids.reserve(AuditEntry, size, each=len(Deed)),
        },
    )


def _staff(at: datetime) -> dict[str, User]:
    """Those who act in the office: the demonstration's own, made now where it is not loaded."""
    found = User.objects.filter(email__in=sign_ins.EVERYBODY).prefetch_related("holdings")
    return {person.email: person for person in found} or sign_ins.make(at=at)


def _maxima(calls: list[Call]) -> dict[str, dict[str, Decimal]]:
    """The percentages by research category and, in each, by the column of the table."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for cell in MaximumPercentage.objects.filter(table=calls[0].competition.intensity_table_id):
        found[cell.research_category][cell.size] = cell.percentage
    return dict(found)


def describe() -> None:
    """Tell the planner of the rows just written, or it takes the tables to be empty."""
    blocks.prepare_session()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class Stopwatch:
    """Says of each lap how many rows it wrote, in what time, and how many that is a second."""

    def __init__(self, say: Say):
        self.say = say
        self.started_at = self.lap_at = time.monotonic()
        self.rows = 0

    def lap(self, what: str, rows: int) -> None:
        now = time.monotonic()
        self._line(what, rows, now - self.lap_at)
        self.lap_at = now
        self.rows += rows

    def total(self) -> None:
        self._line("all of it", self.rows, time.monotonic() - self.started_at)

    def _line(self, what: str, rows: int, seconds: float) -> None:
        self.say(f"{what:<34}{rows:>12,} rows {seconds:>8.1f} s {rows / max(seconds, 0.001):>10,.0f} rows/s")
