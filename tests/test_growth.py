"""Pages that grow: the queries of every list with one row, with three and with twelve, and the rows that
each page reads in a programme of a hundred applications and in one of three hundred.
"""

from collections import Counter
from itertools import count

import pytest
from django.db import transaction
from django.db.models import Count
from django.test import Client
from django.urls import get_resolver

from accounts import tokens
from accounts.models import JobRun, Membership, User
from accounts.roles import Role
from applications.models import Assessment
from bench.growth import Look, looks
from funding.models import Award
from funding.reports import programme as programme_report
from launchpad.access import ROUTES
from launchpad.demo.grown import programme
from tests import access, databases, growth
from tests.make import applications, budgets, offers, office, organisations, people
from tests.make.times import DAY, NOON

#: Pages without a parameter in their address: every list is among them.
LISTS = [route for route in access.walk(get_resolver()) if route.key in ROUTES and not route.parameters]
_numbers = count(1)


def more(number: int, person: User) -> None:
    """Add so many of everything that a list can show, all of it ``person``'s to see."""
    for _ in range(number):
        organisation = organisations.organisation()
        Membership.objects.create(organisation=organisation, person=person, may_edit=True, joined_at=NOON)
        applications.draft(organisation=organisation, by=person)
        within = budgets.funded_competition(pot_sharing="alone")
        budgets.assessed(within, organisation=organisation, by=person)
        approved = budgets.approved(within)
        budgets.released(approved, by=people.manager(), at=NOON + 2 * DAY)
        offers.offer(Award.objects.get(application__competition=within), ["Send the plan."])
        programme_report.request(within, by=people.manager(), at=NOON)
        tokens.issue(person, f"token {next(_numbers)}", by=person, at=NOON)
        JobRun.objects.create(job=f"job {next(_numbers)}", period=NOON, taken_at=NOON, due_at=NOON)


def counted(client: Client) -> dict[str, list[str]]:
    """By the address of each list, the statements that it takes."""
    found = {}
    for route in LISTS:
        address = route.address({})
        growth.queries(client, address)
        status, statements = growth.queries(client, address)
        if status == 200:
            found[address] = statements
    return found


def test_no_list_takes_more_queries_for_twelve_rows_than_for_three(db):
    everybody = people.user(*Role)
    client = office.sign_in(everybody)
    more(1, everybody)
    one = counted(client)
    more(2, everybody)
    three = counted(client)
    more(9, everybody)
    twelve = counted(client)

    assert len(twelve) > 40
    assert {address: len(statements) for address, statements in twelve.items()} == {
        address: len(statements) for address, statements in three.items()
    }
    assert [address for address in three if len(three[address]) > len(one[address]) + 1] == []


@pytest.fixture(scope="module")
def read(django_db_setup, django_db_blocker):
    """By the name of each page, the rows read for it in two programmes, and the rows that it shows.

    Each programme has a database of its own: what other tests left in a table's pages sways the planner.
    """
    found = {}
    with django_db_blocker.unblock():
        for size in (100, 300):
            with databases.copy_of_template(), transaction.atomic():
                found[size] = _read_in_programme_of(size)
    return found


def _read_in_programme_of(size: int) -> dict[str, tuple[Look, Counter]]:
    programme.make(size, at=NOON)
    visits = [(look, Client()) for look in looks()]
    for look, client in visits:
        client.force_login(look.person)
    with growth.with_statistics():
        return {look.name: _read(look, client) for look, client in visits} | {"control": _control()}


def _read(look: Look, client: Client) -> tuple[Look, Counter]:
    growth.rows_read(client, look.path)
    status, rows = growth.rows_read(client, look.path)
    assert status == 200, look
    return look, rows


def _control() -> tuple[Look, Counter]:
    """A page as nobody should write it: it counts the marks of all assessments before it takes the first."""
    counted = Assessment.objects.annotate(number=Count("scores")).order_by("-given_at", "-pk")
    rows = growth.read_by(lambda: list(counted[:50]))
    return Look("control", "", None, listed=Assessment.objects.count(), passes=1), rows


def _grown(small: Counter, large: Counter) -> dict[str, tuple[int, int]]:
    """The tables of which more was read."""
    return {table: (small[table], large[table]) for table in large if large[table] > small[table]}


def test_a_page_reads_no_more_rows_when_the_programme_is_three_times_as_large(read):
    too_many = {}
    for name, (look, small) in read[100].items():
        then, large = read[300][name]
        longer = look.passes * (then.listed - look.listed)
        if look.rows == 1 and large.total() > 1.25 * small.total() + longer + 50:
            too_many[name] = _grown(small, large)

    assert "applications_score" in too_many.pop("control")
    assert too_many == {}


def test_a_long_page_reads_no_more_rows_for_each_that_it_shows(read):
    too_many = {}
    for name, (look, small) in read[100].items():
        then, large = read[300][name]
        if look.rows > 1 and large.total() / then.rows > 1.25 * small.total() / look.rows:
            too_many[name] = _grown(small, large)

    assert {look.name for look, _ in read[100].values() if look.rows > 1} == {
        "panel sheet",
        "funding report, CSV",
    }
    assert too_many == {}
