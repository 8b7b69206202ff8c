"""Awards whose decision is released, and offers of them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from accounts import clock
from applications.models import Competition
from funding import award_endings
from funding.models import Award, AwardEnding, Offer
from funding.offers import answering, making
from funding.subsidy import mfa
from tests.make import assistance, budgets
from tests.make.times import DAY, NOON

RELEASED_AT = NOON + 2 * DAY
OFFERED_AT = NOON + 3 * DAY


def award(within: Competition | None = None, grant: Decimal | str = "56000.00") -> Award:
    """A released award of an application that three assessors marked; its enterprise is asked to confirm."""
    within = within or budgets.funded_competition()
    application = budgets.assessed(within, 9, grant=grant)
    budgets.released(budgets.approved(within), at=RELEASED_AT)
    made = Award.objects.get(application=application)
    mfa.notify(made, by=budgets.fund_manager(), at=RELEASED_AT)
    return made


def offer(
    of: Award | None = None,
    conditions: Sequence[str] = (),
    *,
    days: int = making.DAYS,
    at: datetime = OFFERED_AT,
) -> Offer:
    """An offer that can be accepted: its enterprises have confirmed their assistance."""
    of = of or award()
    assistance.confirmed_all(of, at=at)
    return making.make(of, conditions, days=days, by=budgets.fund_manager(), at=at)


def accepted(made: Offer | None = None) -> Award:
    made = made or offer()
    by = signer(made)
    return answering.accept(made, name="Ada Lovelace", role="Director", by=by, at=made.issued_at).award


def ending(of: Award | None = None, *, at: datetime = OFFERED_AT) -> AwardEnding:
    """Proposed, and waiting for a second person."""
    return award_endings.propose(of or award(), "They cannot begin.", by=budgets.fund_manager(), at=at)


def signer(made: Offer):
    """Who may edit for the lead."""
    return made.award.application.started_by


def current_offer() -> Offer:
    """One that can be answered now, by the clock of the pages."""
    return offer(at=clock.now())
