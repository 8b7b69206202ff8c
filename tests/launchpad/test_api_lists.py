"""Every list of the API: in each of its orders, over several pages, with rows that are equal."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.roles import Role
from applications.api.filters import ApplicationFilters, CompetitionFilters
from applications.models import Application, Competition
from applications.workflow import Status
from funding.api.filters import (
    AllocationFilters,
    AwardFilters,
    BudgetFilters,
    InformationRequestFilters,
    OfferFilters,
    ReportFilters,
)
from funding.models import Allocation, Award, Budget, InformationRequest, Offer, ProgrammeReport
from funding.reports import programme
from tests.make import applications, budgets, offers, people, register
from tests.make.api import Asking
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

#: Each list with what names a row in it, its model and its filters.
LISTS = {
    "competitions": ("code", Competition, CompetitionFilters),
    "applications": ("reference", Application, ApplicationFilters),
    "awards": ("id", Award, AwardFilters),
    "offers": ("id", Offer, OfferFilters),
    "budgets": ("code", Budget, BudgetFilters),
    "reports": ("id", ProgrammeReport, ReportFilters),
    "information-requests": ("id", InformationRequest, InformationRequestFilters),
    "allocations": ("id", Allocation, AllocationFilters),
}
SIZE = 3


@pytest.fixture
def asking():
    """Somebody who sees every row; there are at least seven in each list, with few different values."""
    for number in range(7):
        title, opens_at = f"Round {number % 2}", NOON - (60 + number % 3) * DAY
        competition = budgets.funded_competition(title=title, opens_at=opens_at)
        at = NOON + timedelta(hours=int(number < 2))
        budgets.award(competition, grant=Decimal(20_000 + number % 2), at=at)
        decided = budgets.funded_competition(title=title)
        budgets.assessed(decided, fund=(True,) * 3, in_scope=(True,) * 3)
        budgets.proposed(decided)
        programme.request(None, by=people.manager(), at=NOON + number % 3 * DAY)
        register.asked(kind="other", due_on=(NOON + number % 3 * DAY).date())
        offers.offer(days=30 - number % 3, at=offers.OFFERED_AT + number % 2 * DAY)
    for status in (Status.SUBMITTED, Status.SUBMITTED, Status.UNSUCCESSFUL):
        applications.application(status, competition)
    applications.application(
        Status.WITHDRAWN, competition, submitted_at=None, submitted_by=None, total_costs=Decimal(60_000)
    )
    return Asking(people.user(*Role))


def orders_of(filters) -> list[str]:
    return [name for name, _ in filters.base_filters["ordering"].extra["choices"]]


def expected(model, order: str) -> list:
    """All rows by the order's field and then by id, those without a value last both ways."""
    name, is_falling = order.lstrip("-"), order.startswith("-")
    rows = sorted(model.objects.all(), key=lambda row: row.pk, reverse=is_falling)
    valued = [row for row in rows if getattr(row, name) is not None]
    # Python keeps equal rows in the order they came in, falling or not.
    valued.sort(key=lambda row: getattr(row, name), reverse=is_falling)
    return valued + [row for row in rows if getattr(row, name) is None]


@pytest.mark.parametrize("address", LISTS)
def test_every_order_of_a_list_is_total_and_holds_over_its_pages(asking, address):
    known_by, model, filters = LISTS[address]
    total, orders = model.objects.count(), orders_of(filters)

    for order in [None, *orders]:
        pages = walk(asking, f"{address}/", **({"ordering": order} if order else {}))

        wanted = [getattr(row, known_by) for row in expected(model, order or orders[0])]
        assert [row[known_by] for page in pages for row in page["results"]] == wanted
        assert [page["count"] for page in pages] == [total] * len(pages)
        assert len(pages) >= 3


def walk(asking: Asking, address: str, **parameters) -> list[dict]:
    """Follow the addresses of the next page to the end, and those of the one before back to the start."""
    pages = [asking.get(address, page_size=SIZE, **parameters).json()]
    while pages[-1]["next"]:
        pages.append(asking.client.get(pages[-1]["next"]).json())
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(asking.client.get(back[-1]["previous"]).json())
    assert back == pages[::-1]
    assert {len(page["results"]) for page in pages[:-1]} == {SIZE}
    return pages


def test_the_rows_that_are_ordered_have_ties_in_most_orders(asking):
    """Or the test above would not show that the id decides."""
    orders = [(model, name) for _, model, filters in LISTS.values() for name in orders_of(filters)]
    values = [list(model.objects.values_list(name.lstrip("-"), flat=True)) for model, name in orders]

    tied = [name for (_, name), found in zip(orders, values, strict=True) if len(set(found)) < len(found)]

    assert set(tied) >= {"title", "opens_at", "status", "submitted_at", "grant_sought", "total_costs"}
    assert set(tied) >= {"made_at", "amount", "ceiling", "available", "proposed_at"}


@pytest.mark.parametrize("address", LISTS)
def test_a_page_holds_one_to_a_hundred_rows(address):
    asking = Asking(people.user(*Role))

    for size in ("1", "100"):
        assert asking.get(f"{address}/", page_size=size).status_code == 200
    for size in ("101", "0", "-3"):
        assert list(asking.faults(f"{address}/", page_size=size)) == ["page_size"]


@pytest.mark.parametrize("address", LISTS)
def test_orders_and_filters_that_are_not_listed_are_refused(address):
    asking = Asking(people.user(*Role))
    _, model, filters = LISTS[address]

    for name in {field.name for field in model._meta.concrete_fields} - set(filters.base_filters):
        assert list(asking.faults(f"{address}/", **{name: "1"})) == [name]
    assert list(asking.faults(f"{address}/", ordering="pk")) == ["ordering"]
