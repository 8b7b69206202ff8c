"""Budgets, and rounds that draw on them, up to a decided one."""

from datetime import datetime
from decimal import Decimal
from itertools import count

from django.conf import settings

from accounts.models import Region, User
from accounts.roles import Role
from applications.models import Application, Competition
from applications.workflow import Status
from funding import allocation, awards, budget_changes, budgets, deciding, release
from funding.models import Allocation, Award, Budget, BudgetChange, BudgetKind, CompetitionBudgets
from tests.make import applications, assessments, competitions, people
from tests.make.times import DAY, NOON

_numbers = count(1)


def budget(
    kind: BudgetKind = BudgetKind.POT, ceiling: Decimal | str = "6000000.00", region: Region | None = None
) -> Budget:
    code = f"{kind}-{next(_numbers)}".upper()
    return budgets.open_budget(code, f"Budget {code}", kind, Decimal(ceiling), region, at=NOON - 60 * DAY)


def drawn(
    competition: Competition,
    *,
    programme: Budget | None = None,
    region: Budget | None = None,
    pot: Budget | None = None,
    part: Budget | None = None,
) -> CompetitionBudgets:
    """Give the competition its budgets: those named, and for the rest new ones with plenty in them."""
    pot = pot or budget(BudgetKind.POT)
    competition.pot = pot.code
    Competition.objects.filter(pk=competition.pk).update(pot=pot.code)
    return budgets.draw(
        competition,
        programme or budget(BudgetKind.PROGRAMME, "15000000.00"),
        region or budget(BudgetKind.REGION, "7500000.00", competition.region),
        pot,
        part,
    )


def funded_competition(*, ceiling: Decimal | str = "6000000.00", **fields) -> Competition:
    """A closed competition that draws on budgets; its pot holds ``ceiling`` pounds."""
    made = competitions.closed_competition(**fields)
    drawn(made, pot=budget(BudgetKind.POT, ceiling))
    return made


def assessed(
    within: Competition,
    mark: int = 8,
    *,
    grant: Decimal | str = "56000.00",
    fund: tuple[bool, ...] = (True, True, True),
    in_scope: tuple[bool, ...] = (True, True, True),
    marks: tuple[int, ...] | None = None,
    note_to_staff: str = "",
    **fields,
) -> Application:
    """An application in assessment that everybody has marked.

    ``mark`` is given to every question by every assessor; ``marks`` has one for each assessor.
    """
    made = applications.application(
        Status.IN_ASSESSMENT,
        within,
        grant_sought=Decimal(grant),
        total_costs=Decimal(grant) * 2,
        **fields,
    )
    for number, (funds, scopes) in enumerate(zip(fund, in_scope, strict=True)):
        given = marks[number] if marks else mark
        assessments.submitted(made, mark=given, fund=funds, in_scope=scopes, note_to_staff=note_to_staff)
    return made


def proposed_ceiling(
    budget: Budget, amount: Decimal | str | int, *, by: User | None = None, at: datetime = NOON
) -> BudgetChange:
    by = by or fund_manager()
    return budget_changes.propose_ceiling(budget, Decimal(amount), "The round.", by=by, at=at)


def with_ceiling(
    budget: Budget, amount: Decimal | str | int, *, by: User | None = None, at: datetime = NOON
) -> Budget:
    """The budget with another ceiling, which two people gave it; ``by`` proposed it."""
    budget_changes.approve(proposed_ceiling(budget, amount, by=by, at=at), by=approver(), at=at)
    return Budget.objects.get(pk=budget.pk)


def pots_of_one_region(
    first: Decimal | str = "100000.00", second: Decimal | str = "50000.00"
) -> tuple[Budget, Budget]:
    """Two pots that competitions of one region and programme draw on, one each."""
    region = competitions.region()
    shared = {
        "programme": budget(BudgetKind.PROGRAMME, "15000000.00"),
        "region": budget(BudgetKind.REGION, "7500000.00", region),
    }
    pots = budget(ceiling=first), budget(ceiling=second)
    for pot in pots:
        drawn(competitions.closed_competition(region=region), pot=pot, **shared)
    return pots


def fund_manager() -> User:
    return people.user(Role.FUNDS)


def approver() -> User:
    return people.user(Role.APPROVER)


def proposed(*within: Competition, by: User | None = None) -> Allocation:
    return allocation.propose(within, by=by or fund_manager(), at=NOON)


def approved(*within: Competition) -> Allocation:
    return deciding.approve(proposed(*within), by=approver(), at=NOON + DAY)


def released(made: Allocation, *, by: User | None = None, at: datetime = NOON + 2 * DAY) -> Allocation:
    """Begin its release so long before that it has gone at ``at``."""
    release.release(made, by=by or fund_manager(), at=at - settings.RELEASE_WAIT)
    release.let_go(at=at)
    made.refresh_from_db()
    return made


def award(within: Competition | None = None, grant: Decimal | str = "56000.00", at: datetime = NOON) -> Award:
    """An award, approved at NOON unless another moment is named, without a panel."""
    within = within or funded_competition()
    application = applications.application(
        Status.IN_ASSESSMENT, within, grant_sought=Decimal(grant), total_costs=Decimal(grant) * 2
    )
    return awards.make(
        application,
        awards.shares_asked_for(application),
        recommended_by=fund_manager(),
        by=approver(),
        at=at,
    )
