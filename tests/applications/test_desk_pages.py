"""The pages of the eligibility desk, and what an applicant reads of what was decided there."""

import pytest
from django.urls import reverse

from accounts import clock
from accounts.roles import Role
from applications.desk import deciding, ineligibility
from applications.desk.checks import Check, Outcome
from applications.desk.deciding import Ruling
from applications.models import Application, RuleDecision
from applications.workflow import Status
from tests import growth
from tests.make import applications, competitions, office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

WHY = "Most of the costs are for sales."
LIST = "/admin/applications/eligibilitycase/"


@pytest.fixture
def entry() -> Application:
    return applications.application()


@pytest.fixture
def manager():
    return people.manager()


def page_of(entry, verb="change"):
    return f"{LIST}{entry.pk}/{verb}/"


def test_a_manager_decides_and_finds_ineligible_and_another_lets_it_in_again(entry, manager):
    browser = office.sign_in(manager)
    typed = {"outcome-ELIG-09": "does not meet", "reason-ELIG-09": WHY, "outcome-ELIG-23": "meets"}

    answer = browser.post(page_of(entry, "decide"), {"seen": "0", **typed})
    assert answer.status_code == 302
    page = browser.get(page_of(entry)).text
    assert "Find it ineligible" in page and "2 of 7 checks decided" in page
    browser.post(page_of(entry, "ineligible"))
    assert Application.objects.get().status == Status.INELIGIBLE
    assert "Another competition manager" in browser.get(page_of(entry)).text

    other = office.sign_in(people.manager())
    assert other.post(page_of(entry, "reinstate"), {"reason": ""}).status_code == 422
    assert other.post(page_of(entry, "reinstate"), {"reason": "Explained."}).status_code == 302
    assert Application.objects.get().status == Status.SUBMITTED


def test_a_decision_without_its_reason_comes_back_with_all_that_was_typed(entry, manager):
    typed = {"outcome-ELIG-09": "does not meet", "outcome-ELIG-23": "meets", "reason-ELIG-23": "Long enough."}

    answer = office.sign_in(manager).post(page_of(entry, "decide"), {"seen": "0", **typed})

    assert answer.status_code == 422
    assert "Give the reason for your decision" in answer.text and "Long enough." in answer.text
    assert not RuleDecision.objects.exists()


def test_whoever_read_an_older_page_is_shown_what_was_decided_meanwhile(entry, manager):
    ruling = {Check.COSTS: Ruling(Outcome.MEETS)}
    deciding.decide(entry, ruling, seen=0, by=people.manager(), at=NOON)

    answer = office.sign_in(manager).post(page_of(entry, "decide"), {"seen": "0", "outcome-ELIG-23": "meets"})

    assert answer.status_code == 409
    assert "Somebody else has decided meanwhile" in answer.text


def test_a_lead_sees_the_scope_answer_alone(entry):
    lead = office.sign_in(people.user(Role.LEAD))
    page = f"/admin/applications/scopecase/{entry.pk}/"

    shown = lead.get(f"{page}change/").text
    assert "What we say about scope." in shown
    for hidden in (entry.title, entry.participants.get().name, "What we say about risks."):
        assert hidden not in shown
    assert lead.get(page_of(entry)).status_code == 403
    assert lead.get(reverse("admin:applications_application_change", args=[entry.pk])).status_code == 403

    assert lead.post(f"{page}decide/", {"seen": "0", "outcome": "borderline"}).status_code == 422
    typed = {"seen": "0", "outcome": "borderline", "reason": "Half of it."}
    assert lead.post(f"{page}decide/", typed).status_code == 302
    assert RuleDecision.objects.get().outcome == Outcome.BORDERLINE


def test_nothing_is_on_the_desk_before_the_close(manager):
    applications.application(within=competitions.open_now())

    assert "0 eligibility checks" in office.sign_in(manager).get(LIST).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("eligibility=open", True), ("eligibility=overdue", True), ("eligibility=against", False),
        ("eligibility=checked", False), ("scope=none", True), ("scope=in+scope", False),
    ],
)  # fmt: skip
def test_the_list_is_filtered_by_what_is_open(entry, manager, query, found):
    assert (entry.reference in office.sign_in(manager).get(f"{LIST}?{query}").text) == found


def test_the_list_asks_as_often_for_many_as_for_one(entry, manager):
    browser = office.sign_in(manager)
    browser.get(LIST)
    _status, few = growth.queries(browser, LIST)
    for _ in range(5):
        applications.application(within=entry.competition)

    status, many = growth.queries(browser, LIST)

    assert (status, len(many)) == (200, len(few))
    print(len(many), "queries")
    assert len(many) <= 18


def test_the_applicant_reads_what_it_does_not_meet(entry, manager):
    deciding.decide(entry, {Check.COSTS: Ruling(Outcome.FAILS, WHY)}, seen=0, by=manager, at=NOON)
    browser = office.sign_in(entry.started_by)
    address = reverse("applications:detail", args=[entry.reference])
    assert WHY not in browser.get(address).text

    ineligibility.find_ineligible(entry, by=manager, at=clock.now())

    assert WHY in browser.get(address).text
    assert "Ineligible" in browser.get(reverse("applications:dashboard")).text
