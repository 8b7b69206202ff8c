"""Awards of a decided list, with their shares and every movement of their money."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from applications.assessment.standings import Standing
from applications.models import Application, Competition, Participant
from funding.models import Award, AwardShare, AwardStatus, Budget, CompetitionBudgets, Transfer
from funding.places import Place
from launchpad.demo.grown import blocks, trail
from launchpad.demo.grown.plan import Plan
from launchpad.demo.grown.rows import Rows

#: How many days after its approval an award was accepted, given back or left to lapse.
ANSWERED = timedelta(days=14)
#: What became of an approved award: the move of its money, and the word of its cause.
ANSWERS = {
    AwardStatus.COMMITTED: (Place.COMMITTED, "accepted"),
    AwardStatus.LAPSED: (Place.AVAILABLE, "lapsed"),
    AwardStatus.REVERSED: (Place.AVAILABLE, "reversed"),
}


@dataclass(frozen=True, slots=True)
class Promised:
    """An award: its id, its amount and the budgets that it draws on."""

    pk: int
    amount: Decimal
    budgets: list[int]


class Books:
    """Awards, shares and transfers to be written; a transfer that is written moves its budget's totals."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.awards = Rows(
            Award, "id application_id budgets_id amount status recommended_by_id approved_by_id made_at"
        )
        self.shares = Rows(AwardShare, "award_id participant_id grant percentage subsidy_basis")
        self.transfers = Rows(Transfer, "budget_id award_id source target amount cause made_by_id made_at")
        self.trail = trail.rows()

    def move(self, award: Promised, source: Place, target: Place, word: str, at: datetime) -> None:
        """Move the award's whole amount in every budget it draws on."""
        cause, by = f"award {award.pk} {word}", self.plan.staff.approver
        for budget in award.budgets:
            self.transfers.add(budget, award.pk, source, target, award.amount, cause, by, at)

    def write(self) -> int:
        """Write the awards with their shares and money, and let the database check them.

        An award may only then be looked at: it has to have all of its shares and transfers.
        """
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        written = self.awards.write() + self.shares.write() + self.transfers.write()
        written += self.trail.write()
        blocks.check_at_once()
        return written


def write(
    plan: Plan, competitions: list[Competition], funded: list[Standing], *, is_released: bool, at: datetime
) -> int:
    """Award what each of ``funded`` asked for, approved at ``at``; return how many rows that took.

    is_released  applicants know of it, and most have answered
    """
    books, staff = Books(plan), plan.staff
    drawn = CompetitionBudgets.objects.filter(competition__in=competitions).select_related("competition")
    by_code = {row.competition.code: row for row in drawn}
    _hold(pk for row in drawn for pk in row.budget_ids)
    parts = _parts([standing.application_id for standing in funded])
    written = 0
    for place, standing in enumerate(funded, start=1):
        application, amount = standing.application_id, standing.grant_sought
        budgets = by_code[standing.competition_code]
        number = plan.ids[Application].number_of(application)
        award = Promised(plan.ids[Award].of(number), amount, budgets.budget_ids)
        status = _answer(number) if is_released else AwardStatus.RESERVED
        books.awards.add(award.pk, application, budgets.pk, amount, status, staff.funds, staff.approver, at)
        for pk, grant, percentage in parts[application]:
            books.shares.add(award.pk, pk, grant, percentage, budgets.competition.subsidy_basis)
        books.move(award, Place.AVAILABLE, Place.RESERVED, "approved", at)
        if status in ANSWERS:
            target, word = ANSWERS[status]
            books.move(award, Place.RESERVED, target, word, plan.not_after_now(at + ANSWERED))
        if place % blocks.BLOCK == 0:
            written += books.write()
    written += books.write()
    return written


def _hold(budgets: Iterable[int]) -> None:
    """Lock the budgets in the order of their ids, as all do whose transfers move them."""
    rows = Budget.objects.filter(pk__in=set(budgets)).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk"))


def _answer(number: int) -> AwardStatus:
    if number % 16 == 5:
        return AwardStatus.LAPSED
    if number % 16 == 11:
        return AwardStatus.REVERSED
    return AwardStatus.RESERVED if number % 4 == 2 else AwardStatus.COMMITTED


def _parts(applications: list[int]) -> dict[int, list[tuple[int, Decimal, Decimal]]]:
    """Of each application the id, grant and percentage of every participant, the lead first."""
    found: dict[int, list[tuple[int, Decimal, Decimal]]] = defaultdict(list)
    rows = Participant.objects.filter(application__in=applications).order_by("-is_lead", "pk")
    for application, *part in rows.values_list("application", "pk", "grant_sought", "percentage_asked"):
        found[application].append((part[0], part[1], part[2]))
    return found
