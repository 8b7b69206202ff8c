"""What each page that a business meets asks of the database: few queries, and as many for a full form as for
an empty one. Prints a table.
"""

from decimal import Decimal

import pytest
from django.test import Client

from accounts import clock
from applications import finances
from applications.models import Application, Category, Competition, Question, QuestionSet
from applications.workflow import Status
from tests import growth
from tests.make import applications, competitions, organisations, people
from tests.make.times import DAY

pytestmark = pytest.mark.django_db

#: No page asks more often.
MOST = 12
#: Asked on an installation whose clock can be set, which none is that people rely on.
NOT_DEPLOYED = "SELECT clock_timestamp(), (SELECT ahead FROM accounts_clocksetting)"

ANYBODY = [
    "/",
    "/?words=advanced&place=LCR&state=open",
    "/competitions/{code}/",
    "/facts/",
    "/competitions/{code}/check/",
    "/competitions/{code}/check/result/",
    "/contact/",
    "/accessibility/",
    "/privacy/",
    "/cookies/",
    "/receipts/",
    "/account/login/",
    "/account/signup/",
]
MEMBERS = [
    "/applications/",
    "/competitions/{code}/start/",
    "/organisation/",
    "/organisation/new/",
    "/organisation/{organisation}/",
    "/account/notifications/",
]
DRAFT = [
    "",
    "details/",
    "organisation/",
    "answers/scope/",
    "answers/risks/",
    "costs/",
    "costs/labour/",
    "costs/materials/",
    "funding/",
    "declarations/",
    "check/",
    "all/",
    "waiver/",
    "delete/",
]
SUBMITTED = ["", "receipt/", "withdraw/", "reopen/", "equality/"]


@pytest.fixture
def member(client):
    organisation = organisations.organisation()
    person = people.member(organisation)
    client.force_login(person)
    return organisation, person


def asked(client: Client, addresses: list[str]) -> dict[str, tuple[int, int]]:
    """By address, how many queries it takes once it is warm, and how many bytes it is."""
    found = {}
    for address in addresses:
        growth.queries(client, address)
        status, statements = growth.queries(client, address)
        assert status == 200, (address, status)
        of_the_clock = max(statements.count(NOT_DEPLOYED) - 1, 0)
        found[address] = len(statements) - of_the_clock, len(client.get(address).content)
    return found


def table(found: dict[str, tuple[int, int]]) -> None:
    for address, (queries, size) in found.items():
        print(f"{queries:>3} queries {size / 1000:>6.1f} kB  {address}")


def too_many(found: dict[str, tuple[int, int]], most: int = MOST) -> dict[str, int]:
    return {address: queries for address, (queries, _size) in found.items() if queries > most}


def longer(question_set: QuestionSet) -> None:
    """Ask thirty questions more."""
    Question.objects.bulk_create(
        Question(
            question_set=question_set, key=f"more-{number}", position=100 + number, title=f"More {number}",
            prompt="Tell us more.", guidance="All of it", word_limit=400,
        )
        for number in range(30)
    )  # fmt: skip


def test_pages_for_anybody_ask_little_however_much_there_is(client):
    opened = competitions.open_now()
    client.post(f"/competitions/{opened.code}/check/", {"lead_kind": "business"})
    addresses = [address.format(code=opened.code) for address in ANYBODY]
    few = asked(client, addresses)
    for _ in range(12):
        competitions.open_now()
    longer(opened.question_set)
    many = asked(client, addresses)

    table(many)
    assert too_many(many) == {}
    assert {address: few[address][0] for address in few} == {address: many[address][0] for address in many}


def test_pages_for_members_ask_little_however_much_is_in_hand(client, member):
    organisation, person = member
    now, opened = clock.now(), competitions.open_now()

    def more() -> None:
        applications.draft(opened, organisation, by=person, at=now)
        applications.application(Status.UNSUCCESSFUL, organisation=organisation, by=person)

    more()
    addresses = [address.format(code=opened.code, organisation=organisation.pk) for address in MEMBERS]
    few = asked(client, addresses)
    for _ in range(8):
        more()
    many = asked(client, addresses)

    table(many)
    assert too_many(many) == {}
    assert {address: few[address][0] for address in few} == {address: many[address][0] for address in many}


def test_a_full_form_asks_no_more_than_an_empty_one(client, member):
    organisation, person = member
    opened, now = competitions.open_now(closes_at=clock.now() + 60 * DAY), clock.now()
    empty = applications.draft(opened, organisation, by=person, at=now)
    before = asked(client, [f"/applications/{empty.reference}/{page}" for page in DRAFT])
    longer(opened.question_set)
    full = applications.complete_draft(opened, organisation, by=person, at=now)
    for number in range(20):
        line = {"description": f"Bar {number}", "quantity": Decimal(1), "unit_cost": Decimal(10)}
        finances.save_line(applications.lead(full), Category.MATERIALS, line, by=person, at=now)
    after = asked(client, [f"/applications/{full.reference}/{page}" for page in DRAFT])

    table(after)
    assert too_many(after) == {}
    grown = {
        page: (
            before[f"/applications/{empty.reference}/{page}"][0],
            after[f"/applications/{full.reference}/{page}"][0],
        )
        for page in DRAFT[1:]
    }
    assert {page: counts for page, counts in grown.items() if counts[1] > counts[0]} == {}


def test_a_submitted_application_asks_no_more_for_more_answers(client, member):
    organisation, person = member
    opened = competitions.open_now()

    def submitted() -> Application:
        afresh = Competition.objects.get(pk=opened.pk)
        made = applications.complete_draft(afresh, organisation, by=person, at=clock.now())
        client.post(f"/applications/{made.reference}/check/", {"is_true": "on"})
        return Application.objects.get(pk=made.pk, status=Status.SUBMITTED)

    few = asked(client, [f"/applications/{submitted().reference}/{page}" for page in SUBMITTED])
    longer(opened.question_set)
    many = asked(client, [f"/applications/{submitted().reference}/{page}" for page in SUBMITTED])

    table(many)
    assert too_many(many) == {}
    assert [queries for queries, _size in few.values()] == [queries for queries, _size in many.values()]
