"""Somebody whom a conflict keeps from an application walks every address: nothing of it is anywhere."""

import pytest
from django.test import Client

from applications.models import Assessment, AssessmentStatus
from applications.workflow import Status
from tests import crawl
from tests.make import applications, assessments, assessors, office, people
from tests.make.organisations import organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def given() -> Assessment:
    """One that was accepted, and of which nobody but its parties should find a word."""
    firm = organisation(name="Planted Works", address="9 Planted Lane")
    application = applications.application(Status.IN_ASSESSMENT, organisation=firm, title="Planted gears")
    for answer in application.answers.all():
        answer.text = "Planted answer."
        answer.save()
    return assessments.assessment(application, people.assessor())


def leaks(browser: Client, assessment: Assessment) -> list[str]:
    """The addresses that tell something of the application, whatever they are asked by."""
    application = assessment.application
    reference, part = application.reference, applications.lead(application)
    ids = {assessment.pk, application.pk, part.organisation_id, application.competition_id}
    values = {"reference": reference, "code": application.competition.code, "number": part.company_number}
    found = []
    for how, address, body in crawl.answers(browser, ids, values, searched=["Planted", reference]):
        if how == "search":
            is_told = b"Planted gears" in body or b"Planted Works" in body
        else:
            is_told = b"lanted" in body or reference.encode() in body.replace(address.encode(), b"")
        if is_told:
            found.append(f"{how} {address}")
    return sorted(set(found))


def test_a_conflicted_assessor_finds_it_nowhere(given):
    assessors.conflict(given.application, given.assessor)

    assert leaks(office.sign_in(given.assessor), given) == []


def test_the_walk_sees_what_an_assessor_without_a_conflict_reads(given):
    seen = leaks(office.sign_in(given.assessor), given)

    assert f"get /admin/applications/assessment/{given.pk}/score/" in seen
    assert any(one.startswith("search") for one in seen)


def test_of_an_offer_only_the_summary_is_told(given):
    Assessment.objects.filter(pk=given.pk).update(status=AssessmentStatus.PENDING)
    browser = office.sign_in(given.assessor)

    offer = f"/admin/applications/assessment/{given.pk}/offer/"
    pages = {one.split(" ")[1] for one in leaks(browser, given) if one.startswith(("get", "post"))}

    assert offer in pages
    assert not any(given.application.reference in one or "/score/" in one for one in pages)
    assert browser.get(offer).text.count("Planted answer.") == 1
