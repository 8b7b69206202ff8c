"""Awards and budgets as other systems read them."""

import pytest

from accounts.models import Membership
from accounts.roles import Role
from applications.models import Application
from funding.api.serializers import AllocationLineSerializer
from funding.models import AllocationLine
from tests.make import applications, assistance, offers, people
from tests.make import budgets as make
from tests.make.api import Asking
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

READERS = [Role.MANAGER, Role.FUNDS, Role.APPROVER, Role.AUDITOR]
OTHERS = [Role.APPLICANT, Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR]


def release(award):
    Application.objects.filter(pk=award.application_id).update(released_at=NOON)


def test_an_award_is_told_with_its_shares():
    award = make.award(grant="56000.00")
    competition = award.application.competition.code

    [row] = Asking(people.user(Role.FUNDS)).list("awards/")

    [share] = row.pop("shares")
    assert row == {
        "id": award.pk,
        "application": award.application.reference,
        "competition": competition,
        "amount": "56000.00",
        "status": "reserved",
        "made_at": "2026-06-01T12:00:00Z",
    }
    assert (share["grant"], share["percentage"], share["mfa_state"]) == ("56000.00", "70.00", None)


def mfa_states(asking, award) -> list:
    return [share["mfa_state"] for share in asking.get(f"awards/{award.pk}/").json()["shares"]]


def partner_of(award):
    """Who belongs to another organisation of its application, which is given nothing."""
    person = people.user(Role.APPLICANT)
    organisation = applications.partner(award.application).organisation
    Membership.objects.create(person=person, organisation=organisation, may_edit=True, joined_at=NOON)
    return person


def test_a_share_and_a_line_say_where_their_assistance_stands():
    award = offers.award()
    staff, lead = Asking(people.user(Role.FUNDS)), Asking(award.application.started_by)
    partner = Asking(partner_of(award))

    def of_line() -> str | None:
        line = AllocationLine.objects.with_state().get(application=award.application)
        return AllocationLineSerializer(line).data["mfa_state"]

    asked = mfa_states(staff, award), mfa_states(lead, award), of_line()
    assistance.confirmed_all(award, at=offers.OFFERED_AT)
    confirmed = mfa_states(staff, award), mfa_states(lead, award), of_line()

    assert asked == (["notified"], ["notified"], "notified")
    assert confirmed == (["confirmed"], ["confirmed"], "confirmed")
    assert mfa_states(partner, award) == [None]


def test_an_applicant_sees_an_award_once_it_is_released():
    award, other = make.award(), make.award()
    release(other)
    asking = Asking(award.application.started_by)
    address = f"awards/{award.pk}/"

    assert asking.list("awards/") == asking.list("awards/", application=award.application.reference) == []
    before, unknown = asking.get(address), asking.get("awards/999999999999999999/")
    release(award)
    after = asking.get(address)

    assert (before.status_code, before.content) == (404, unknown.content)
    assert after.json()["amount"] == "56000.00"
    assert [row["id"] for row in asking.list("awards/")] == [award.pk]
    assert asking.get(f"awards/{other.pk}/").content == unknown.content


@pytest.mark.parametrize("role", READERS)
def test_those_who_read_the_money_read_budgets(role):
    award = make.award(grant="56000.00")
    pot = award.budgets.pot

    answer = Asking(people.user(role)).get(f"budgets/{pot.code}/")

    assert answer.json() == {
        "code": pot.code,
        "name": pot.name,
        "kind": "pot",
        "region": None,
        "ceiling": "6000000.00",
        "available": "5944000.00",
        "reserved": "56000.00",
        "committed": "0.00",
        "paid": "0.00",
        "allocated": "56000.00",
    }


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_reads_budgets_or_awards(role):
    award = make.award()
    release(award)
    asking = Asking(people.user(role))

    refused, unknown = asking.get(f"budgets/{award.budgets.pot.code}/"), asking.get("budgets/NONE/")

    assert asking.list("budgets/") == asking.list("awards/") == []
    assert (refused.status_code, refused.content) == (404, unknown.content)


def test_awards_and_budgets_are_filtered_by_name():
    award = make.award(grant="56000.00")
    make.award(grant="20000.00")
    asking = Asking(people.user(Role.AUDITOR))
    code = award.application.competition.code

    def amounts(**filters):
        return [row["amount"] for row in asking.list("awards/", **filters)]

    assert amounts(ordering="amount") == ["20000.00", "56000.00"]
    assert amounts(competition=code) == amounts(application=award.application.reference) == ["56000.00"]
    assert amounts(status="lapsed") == []
    assert {row["kind"] for row in asking.list("budgets/", kind="pot")} == {"pot"}
    assert len(asking.list("budgets/", region="LCR")) == 2


@pytest.mark.parametrize(
    ("address", "name", "value"),
    [
        ("awards/", "status", "paid out"),
        ("awards/", "approved_by", "1"),
        ("awards/", "ordering", "approved_by__email"),
        ("budgets/", "kind", "purse"),
        ("budgets/", "region", "L\0"),
        ("budgets/", "ceiling", "1"),
    ],
)
def test_what_cannot_be_asked_is_refused(address, name, value):
    answer = Asking(people.user(Role.AUDITOR)).get(address, **{name: value})

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("address", ["awards/", "budgets/"])
def test_a_list_asks_as_often_for_three_rows_as_for_one(address, django_assert_max_num_queries):
    asking = Asking(people.user(Role.FUNDS))
    make.award()
    asking.get(address)  # the token's day is written once

    with django_assert_max_num_queries(20) as one:
        asking.list(address)
    make.award()
    make.award()
    with django_assert_max_num_queries(20) as three:
        asking.list(address)

    assert len(three) == len(one)
