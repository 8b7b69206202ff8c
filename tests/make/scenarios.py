"""Scenarios that a job works out."""

import hashlib
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from applications.models import Competition
from funding.models import Method, ScenarioRequest
from funding.portfolio.problem import Measure, Rule, Sense
from funding.scenarios import costs, making, working
from funding.scenarios.question import Definition
from tests.make import budgets
from tests.make.times import NOON


def list_of(*grants: str, ceiling: str = "120000.00") -> Competition:
    """A competition whose brief announces a portfolio: of three, the first alone or the other two fit."""
    made = budgets.funded_competition(ceiling=ceiling)
    Competition.objects.filter(pk=made.pk).update(announces_portfolio=True)
    for mark, grant in zip((9, 8, 8), grants or ("100000.00", "60000.00", "60000.00"), strict=True):
        budgets.assessed(made, mark, grant=grant)
    made.refresh_from_db()
    return made


def one_only(within: Competition, name: str = "One only", *, at_least: int = 0) -> Definition:
    """The best portfolio of one project at most, and so that a rule has its cost.

    at_least  so many projects, which cannot be kept with the other rule where it is more than one
    """
    tag = f"region:{within.region.code}"
    rules = [Rule(tag, Sense.AT_MOST, Measure.PROJECTS, Decimal(1))]
    rules += [Rule(tag, Sense.AT_LEAST, Measure.PROJECTS, Decimal(at_least))] if at_least else []
    return Definition(name, method=Method.PORTFOLIO, rules=rules)


@transaction.atomic
def owed(
    within: Competition, asked: Definition | None = None, *, by: User | None = None, at: datetime = NOON
) -> ScenarioRequest:
    """Asked for as if it were too large to be answered at once."""
    by = by or budgets.fund_manager()
    if asked is None:
        asked = one_only(within) if within.announces_portfolio else Definition("From the top")
    frozen = making.frozen(making.held([within], by), asked, by=by, at=at)
    text = working.as_text(frozen.question)
    return ScenarioRequest.objects.create(
        sheet=frozen.sheet, name=asked.name, method=asked.method, question=text,
        parts=1 + costs.number_of(frozen.question),
        fingerprint=hashlib.sha256(text.encode()).hexdigest(), asked_by=by, asked_at=at, due_at=at,
    )  # fmt: skip
