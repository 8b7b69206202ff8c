"""What waits at the eligibility desk, and of marks for a second person: the first page, and the list."""

import re
from html import unescape

import pytest

from accounts.models import Membership
from accounts.roles import Role
from applications.assessment import moderation
from applications.desk import checks, deciding
from applications.desk.checks import Check, Outcome
from applications.desk.deciding import Ruling
from applications.models import Exclusion
from applications.workflow import Status
from tests.make import applications, assessments, competitions, people
from tests.make.office import sign_in
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

LINK = re.compile(r'<a class="office-waiting__link" href="([^"]+)">([^<]+)</a>')
LIST = "/admin/applications/exclusion/"


def waiting_for(person, about: str) -> dict[str, str]:
    """Each thing of ``about`` that waits, with its address."""
    found = LINK.findall(sign_in(person).get("/admin/").text)
    return {unescape(says): unescape(address) for address, says in found if about in says}


def listed(person, address: str) -> set[str]:
    return {row.reference for row in sign_in(person).get(address).context["cl"].result_list}


def decide_rules(entry, outcome=Outcome.MEETS):
    rules = [rule for rule in checks.of_strand(entry.competition.strand) if rule != Check.SCOPE]
    deciding.decide(
        entry, {rule: Ruling(outcome, "Why.") for rule in rules}, seen=0, by=people.manager(), at=NOON
    )


def propose(application=None, by=None) -> Exclusion:
    application = application or applications.application(Status.IN_ASSESSMENT)
    marked = assessments.submitted(application)
    return moderation.propose(marked, reason="They do not fit.", by=by or people.manager(), at=NOON)


def test_a_manager_is_led_to_the_rules_that_are_to_be_decided():
    within = competitions.closed_competition()
    one, two = (applications.application(Status.SUBMITTED, within) for _ in range(2))
    decide_rules(applications.application(Status.SUBMITTED, within))
    decide_rules(applications.application(Status.SUBMITTED, within), Outcome.FAILS)
    applications.application(Status.SUBMITTED, competitions.open_now())
    manager = people.manager()

    found = waiting_for(manager, "await")

    address = f"/admin/applications/eligibilitycase/?eligibility=rules&competition__id__exact={within.pk}"
    assert found == {"2 applications await a check of eligibility": address}
    assert listed(manager, address) == {one.reference, two.reference}


def test_a_lead_is_led_to_the_scopes_that_are_to_be_decided():
    within = competitions.closed_competition()
    entry, decided = (applications.application(Status.SUBMITTED, within) for _ in range(2))
    lead = people.user(Role.LEAD)
    deciding.decide_scope(decided, Ruling(Outcome.IN_SCOPE), seen=0, by=lead, at=NOON)
    decide_rules(entry)

    found = waiting_for(lead, "await")

    address = f"/admin/applications/scopecase/?scope=waits&competition__id__exact={within.pk}"
    assert found == {"1 application awaits a check of scope": address}
    assert listed(lead, address) == {entry.reference}
    # A manager has decided all that is a manager's there.
    assert list(waiting_for(people.manager(), "await")) == ["1 application awaits a check of eligibility"]


def test_nobody_is_led_to_their_own_organisations_or_to_another_region():
    entry = applications.application(Status.SUBMITTED, competitions.closed_competition())
    member, lead = people.manager(), people.user(Role.LEAD)
    for person in (member, lead):
        Membership.objects.create(
            organisation=applications.lead(entry).organisation, person=person, may_edit=False, joined_at=NOON
        )
    there = people.manager(region=competitions.region("TV", "Tees Valley"))

    for person in (member, lead, there, people.user(Role.AUDITOR), people.user(Role.FUNDS)):
        assert waiting_for(person, "await") == {}


def test_an_exclusion_waits_for_everybody_who_moderates_but_its_proposer():
    asker = people.manager()
    proposed = propose(by=asker)
    application = proposed.assessment.application
    there = people.manager(region=competitions.region("TV", "Tees Valley"))

    for person in (asker, there, people.user(Role.AUDITOR), proposed.assessment.assessor):
        assert waiting_for(person, "exclusion") == {}
    says = f"Confirm or refuse an exclusion of {application.reference}"
    address = f"/admin/applications/application/{application.pk}/marks/"
    for person in (people.manager(), people.user(Role.FUNDS)):
        assert waiting_for(person, "exclusion") == {says: address}

    moderation.decide(proposed, confirm=True, by=people.user(Role.FUNDS), at=NOON)
    assert waiting_for(people.manager(), "exclusion") == {}
    moderation.propose_lifting(proposed, reason="They do fit.", by=asker, at=NOON)
    lifting = f"Confirm or refuse the lifting of an exclusion of {application.reference}"
    assert list(waiting_for(people.manager(), "exclusion")) == [lifting]


def test_of_many_exclusions_the_list_tells():
    for _ in range(13):
        propose()
    manager = people.manager()

    found = waiting_for(manager, "exclusion")

    assert len(found) == 13
    address = found["See all exclusions that wait for a second person"]
    assert address == f"{LIST}?state__exact=waiting"
    assert len(sign_in(manager).get(address).context["cl"].result_list) == 13


def test_the_list_names_what_is_proposed_and_leads_to_the_marks():
    proposed = propose()
    application = proposed.assessment.application
    moderation.propose(
        assessments.submitted(application),
        application.competition.question_set.questions.get(number=1),
        reason="Too low.", by=people.manager(), at=NOON,
    )  # fmt: skip
    browser = sign_in(people.user(Role.AUDITOR))

    text = browser.get(LIST).text

    for said in (application.reference, "Whole assessment", "Mark of question 1", "Waiting for a second"):
        assert said in text
    answer = browser.get(f"{LIST}{proposed.pk}/change/")
    assert answer.url == f"/admin/applications/application/{application.pk}/marks/"


def test_the_list_is_the_offices_own_and_of_ones_region():
    propose()
    there = people.manager(region=competitions.region("TV", "Tees Valley"))

    assert not sign_in(there).get(LIST).context["cl"].result_list
    for role in (Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR):
        assert sign_in(people.user(role)).get(LIST).status_code == 403
