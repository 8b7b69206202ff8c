"""Awards that may be known to anybody, and publications of them."""

from datetime import date, datetime
from decimal import Decimal

from accounts.models import User
from applications.models import Competition
from funding.exports import open_data as files
from funding.models import Award, OpenDataPublication
from funding.offers import answering
from funding.open_data import embargo, publishing
from tests.make import budgets, offers
from tests.make.times import DAY, NOON

ACCEPTED_AT = NOON + 4 * DAY
PUBLISHED_AT = NOON + 10 * DAY
#: NOON's day; an embargo until it is over.
OVER = NOON.date()


def accepted(within: Competition | None = None, grant: Decimal | str = "56000.00") -> Award:
    """An award whose offer was accepted; it is under embargo, as every award is at first."""
    made = offers.offer(offers.award(within, grant))
    answering.accept(made, name="Ada Lovelace", role="Director", by=offers.signer(made), at=ACCEPTED_AT)
    return Award.objects.select_related("application__competition").get(pk=made.award_id)


def lifted(award: Award, until: date | None = OVER, *, by: User | None = None, at: datetime = NOON) -> Award:
    competition = award.application.competition
    embargo.set_until(competition, [award], until, "It is announced.", by=by or budgets.fund_manager(), at=at)
    award.refresh_from_db()
    return award


def ready(within: Competition | None = None, grant: Decimal | str = "56000.00") -> Award:
    """Accepted, and out of its embargo."""
    return lifted(accepted(within, grant))


def published(
    *, of_demonstration: bool = False, by: User | None = None, at: datetime = PUBLISHED_AT
) -> OpenDataPublication:
    person = by or budgets.fund_manager()
    seen = publishing.preview(person, of_demonstration=of_demonstration, at=at).fingerprint
    return publishing.publish(
        "The round.", seen, sizes=files.sizes, of_demonstration=of_demonstration, by=person, at=at
    )
