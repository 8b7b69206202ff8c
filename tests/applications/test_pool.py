"""What staff keep for the pool, in the admin's own forms."""

import pytest

from accounts.models import AuditEntry
from accounts.roles import Role
from applications.assessment import conflicts
from applications.models import AgreementVersion, ParentCompany, Skill
from tests.make import applications, assessors, competitions, office, people

pytestmark = pytest.mark.django_db

ADD = "/admin/applications/{}/add/"


def test_a_manager_of_the_programme_keeps_skills_and_the_agreement():
    browser = office.sign_in(people.manager())

    browser.post(ADD.format("skill"), {"name": "Hydrogen", "area": "Net zero", "is_offered": "on"})
    browser.post(ADD.format("agreementversion"), {"text": "Mark alone."})
    browser.post(ADD.format("agreementversion"), {"text": "Mark alone, and tell nobody."})
    twice = browser.post(ADD.format("skill"), {"name": "hydrogen", "area": "Net zero"})

    assert Skill.objects.get().name == "Hydrogen"
    assert twice.status_code == 422
    assert list(AgreementVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert AuditEntry.objects.filter(action="publish assessor agreement").count() == 2


def test_a_parent_that_is_noted_finds_its_subsidiary():
    application = applications.application()
    assessor = people.assessor()
    number = applications.lead(application).organisation.company_number
    assessors.profile(assessor, employer="Holdings plc", employer_number="00000007")
    browser = office.sign_in(people.manager())

    refused = browser.post(ADD.format("parentcompany"), {"number": number, "parent_number": "seven"})
    itself = browser.post(ADD.format("parentcompany"), {"number": "7", "parent_number": "00000007"})
    browser.post(ADD.format("parentcompany"), {"number": number, "parent_number": "7"})

    assert (refused.status_code, itself.status_code) == (422, 422)
    assert ParentCompany.objects.get().parent_number == "00000007"
    assert conflicts.blocked_pairs(application.competition) == {(assessor.pk, application.pk)}


def test_others_read_and_add_nothing():
    region = competitions.region("TV", "Tees Valley")
    for person in (people.user(Role.FUNDS), people.user(Role.MANAGER, region=region)):
        browser = office.sign_in(person)
        assert browser.post(ADD.format("skill"), {"name": "X", "area": "Y"}).status_code == 403
        assert browser.get("/admin/applications/skill/").status_code == 200
