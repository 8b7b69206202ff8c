"""Nobody proposes, decides on or releases money of an organisation that they belong to."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import Role
from applications.assessment import independence
from applications.workflow import Status
from funding import awards, deciding, release
from funding.models import Allocation, Award
from tests.databases import disarmed
from tests.make import applications, budgets, office, people
from tests.make.api import Asking
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

as_lead_and_as_partner = pytest.mark.parametrize("is_lead", [True, False], ids=["lead", "partner"])


def join(person, application, is_lead=True):
    part = applications.lead(application) if is_lead else applications.partner(application)
    Membership.objects.create(organisation=part.organisation, person=person, joined_at=NOON)
    return part.organisation


@pytest.fixture
def within():
    return budgets.funded_competition()


@pytest.fixture
def entry(within):
    """The one that will not be funded: a member has no hand in that either."""
    budgets.assessed(within, 9)
    return budgets.assessed(within, 3)


@as_lead_and_as_partner
def test_a_member_does_not_propose(within, entry, is_lead):
    proposer = budgets.fund_manager()
    own = join(proposer, entry, is_lead)

    with pytest.raises(independence.OwnOrganisation) as refusal:
        budgets.proposed(within, by=proposer)

    assert str(refusal.value) == (
        f"You belong to {own}, which takes part in {entry.reference}. Somebody else has to do this."
    )
    assert not Allocation.objects.exists()


@as_lead_and_as_partner
@pytest.mark.parametrize("decide", ["approve", "refuse"])
def test_a_member_does_not_decide(within, entry, decide, is_lead):
    made, approver = budgets.proposed(within), budgets.approver()
    own = join(approver, entry, is_lead)
    reason = ("No.",) if decide == "refuse" else ()

    with pytest.raises(independence.OwnOrganisation, match=f"You belong to {own}"):
        getattr(deciding, decide)(made, *reason, by=approver, at=NOON + DAY)

    made.refresh_from_db()
    assert made.is_proposed
    assert not Award.objects.exists()


def test_what_a_member_proposed_is_refused_and_not_approved(within, entry):
    proposer, approver = people.user(Role.FUNDS, name="Petra Poser"), budgets.approver()
    made = budgets.proposed(within, by=proposer)
    own = join(proposer, entry)

    with pytest.raises(independence.OwnOrganisation) as refusal:
        deciding.approve(made, by=approver, at=NOON + DAY)
    deciding.refuse(made, "Propose again.", by=approver, at=NOON + DAY)

    assert str(refusal.value) == f"Petra Poser belongs to {own}, which takes part in {entry.reference}."


def test_a_member_does_not_release(within, entry):
    made, releaser = budgets.approved(within), budgets.fund_manager()
    join(releaser, entry)

    with pytest.raises(independence.OwnOrganisation):
        release.release(made, by=releaser, at=NOON + 2 * DAY)

    made.refresh_from_db()
    assert not made.is_released


@pytest.mark.parametrize("who", ["recommended_by", "by"])
@as_lead_and_as_partner
def test_neither_the_action_nor_the_database_lets_a_member_award(within, who, is_lead):
    application = applications.application(Status.IN_ASSESSMENT, within)
    persons = {"recommended_by": budgets.fund_manager(), "by": budgets.approver()}
    promised = {"recommended_by_id": persons["recommended_by"].pk, "by": persons["by"], "at": NOON}
    join(persons[who], application, is_lead)
    shares = [share for share in awards.shares_asked_for(application) if share.grant]

    with pytest.raises(independence.OwnOrganisation):
        awards.make(application, shares, **persons, at=NOON)
    with pytest.raises(IntegrityError, match="recommended or approved belongs"), transaction.atomic():
        awards.promise(application, shares, **promised)
    application.refresh_from_db()
    with disarmed("funding_award"):
        # The negative control: nothing else stands in the way.
        awards.reserve(awards.promise(application, shares, **promised), by=persons["by"], at=NOON)


@pytest.mark.parametrize("state", ["approved", "refused"])
def test_the_database_refuses_a_decision_by_a_member(within, entry, state):
    made, approver = budgets.proposed(within), budgets.approver()
    join(approver, entry)
    decision = {"state": state, "decided_by": approver, "decided_at": NOON}

    with pytest.raises(IntegrityError, match="belongs to an organisation"), transaction.atomic():
        Allocation.objects.filter(pk=made.pk).update(**decision)
    with disarmed("funding_allocation"):
        assert Allocation.objects.filter(pk=made.pk).update(**decision) == 1


def test_the_database_refuses_to_approve_what_a_member_proposed(within, entry):
    made, approver = budgets.proposed(within), budgets.approver()
    join(made.proposed_by, entry)
    decision = {"decided_by": approver, "decided_at": NOON}

    with pytest.raises(IntegrityError, match="belongs to an organisation"), transaction.atomic():
        Allocation.objects.filter(pk=made.pk).update(state="approved", **decision)
    assert Allocation.objects.filter(pk=made.pk).update(state="refused", **decision) == 1


def test_the_database_refuses_a_release_by_a_member_and_none_for_an_earlier_decision(within, entry):
    made, releaser = budgets.approved(within), budgets.fund_manager()
    join(releaser, entry)
    # Who decided and joined after that stands in nobody's way.
    join(made.decided_by, entry)

    with pytest.raises(IntegrityError, match="belongs to an organisation"), transaction.atomic():
        Allocation.objects.filter(pk=made.pk).update(released_by=releaser, released_at=NOON)
    other = budgets.fund_manager()
    assert Allocation.objects.filter(pk=made.pk).update(released_by=other, released_at=NOON) == 1


def test_the_pages_say_why_and_offer_nothing(within, entry):
    member = people.user(Role.FUNDS, Role.APPROVER)
    own = join(member, entry)
    browser = office.sign_in(member)
    sentence = f"You belong to {own}, which takes part in {entry.reference}. Somebody else has to do this."

    sheet = browser.get(reverse("admin:funding_panel_sheet", args=[within.code])).text
    made = budgets.proposed(within)
    page = browser.get(reverse("admin:funding_allocation_change", args=[made.pk])).text
    pressed = browser.post(reverse("admin:funding_allocation_approve", args=[made.pk]))

    assert sentence in sheet
    assert "Propose the allocation" not in sheet
    assert sentence in page
    assert "Approve the allocation" not in page
    assert pressed.status_code == 409
    assert pressed.text.count(sentence) == 1


def test_another_system_is_told_the_same(within, entry):
    member, made = budgets.approver(), budgets.proposed(within)
    own = join(member, entry)

    answer = Asking(member).post(f"allocations/{made.pk}/approve/")

    assert answer.status_code == 409
    assert f"You belong to {own}" in answer.content.decode()
