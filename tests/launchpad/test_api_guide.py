"""The guide for people who write a client says what the API does."""

import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client

from accounts.roles import Role
from applications.api.filters import ApplicationFilters, CompetitionFilters
from funding.api.filters import (
    AllocationFilters,
    AwardFilters,
    BudgetFilters,
    InformationRequestFilters,
    OfferFilters,
    ReportFilters,
)
from funding.budgets import open_budget
from funding.models import BudgetKind
from launchpad.api_docs import REFUSALS, operations
from tests.make import people
from tests.make.api import Asking
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

GUIDE = (settings.BASE_DIR / "docs" / "api.md").read_text()
FILTERS = {
    "competitions": CompetitionFilters,
    "applications": ApplicationFilters,
    "allocations": AllocationFilters,
    "awards": AwardFilters,
    "offers": OfferFilters,
    "budgets": BudgetFilters,
    "reports": ReportFilters,
    "information-requests": InformationRequestFilters,
}


@pytest.mark.parametrize("name", FILTERS)
def test_it_names_every_filter_and_order_of_a_list(name):
    [row] = [line.split("|")[2:4] for line in GUIDE.splitlines() if line.startswith(f"| `{name}/` |")]
    known, orders = (re.findall(r"`([a-z_]+)`", cell) for cell in row)
    filters = FILTERS[name].base_filters

    assert known == [filter_ for filter_ in filters if filter_ != "ordering"]
    assert orders == [order for order, _ in filters["ordering"].extra["choices"] if not order.startswith("-")]


def test_it_tells_every_refusal_that_is_described():
    told = {status for line in re.findall(r"^\| ([\d, ]+) \|", GUIDE, re.M) for status in line.split(", ")}

    assert told - {"500", "503"} == set(REFUSALS)


def test_it_names_every_request_that_does_something():
    acting = {operation.path for operation in operations() if operation.method == "POST"}

    named = re.findall(r"`((?:\w+/{\w+}/)+[\w-]+/)`|`POST (\w+/)`", GUIDE)
    assert {f"/api/v1/{on_one or anew}" for on_one, anew in named} == acting


def test_the_requests_to_try_are_understood():
    open_budget("LCR-R1", "Round 1", BudgetKind.POT, Decimal("6000000"), at=NOON)
    asking = Asking(people.user(*Role))
    addresses = re.findall(r"http://127\.0\.0\.1:8000/api/v1/([^\s\"]*)", GUIDE)

    statuses = {
        address: asking.client.get(f"/api/v1/{address}").status_code
        for address in addresses
        if not address.endswith(("/refuse/", "/decide/", "reports/"))
    }

    assert statuses.pop("awards/?ordering=paid") == 400
    assert len(statuses) == 5
    assert set(statuses.values()) == {200}


def test_it_can_be_read_from_the_page():
    client = Client()

    answer = client.get("/api/docs/guide/")

    assert 'href="/api/docs/guide/"' in client.get("/api/docs/").content.decode()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert b"".join(answer.streaming_content).decode() == GUIDE
