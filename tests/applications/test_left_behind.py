"""Members of an organisation that left an application: by no way do they reach it any more."""

import pytest
from django.urls import get_resolver

from accounts import composing, inbox, wording
from accounts.models import Notification
from applications import audience, leaving
from applications.models import Application, Assessment, Departure, Participant, Waiver
from applications.workflow import Status
from funding.models import Award
from tests.access import walk
from tests.make import api, assessments, budgets, office, organisations, people
from tests.make import applications as make
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Application:
    made = make.application(title="Planted gears")
    make.partner(made, organisations.organisation(name="Widnes Threads Ltd"))
    return made


@pytest.fixture
def member(entry):
    return people.member(partner(entry).organisation)


def partner(entry) -> Participant:
    return entry.participants.get(name="Widnes Threads Ltd")


def leave(entry, part, **more):
    return leaving.record(entry, part, "It has closed.", by=people.manager(), at=NOON, **more)


def addresses(entry) -> list[str]:
    """Every public page, file and part of a page of the application, and its place in the API."""
    values = {"reference": entry.reference, "key": "scope", "category": "labour", "pk": "1"}
    routes = [route for route in walk(get_resolver()) if "reference" in route.parameters]
    found = [route.address({name: values.get(name, "1") for name in route.parameters}) for route in routes]
    assert len(found) > 15
    return found


def test_its_pages_files_and_rows_are_as_if_they_were_not_there(entry, member):
    browser, asking = office.sign_in(member), api.Asking(member)
    opened = [address for address in addresses(entry) if browser.get(address).status_code == 200]
    assert f"/applications/{entry.reference}/receipt/" in opened

    leave(entry, partner(entry))

    # The API's address for submitting answers nobody's GET.
    answers = {address: browser.get(address).status_code for address in addresses(entry)}
    assert {address: code for address, code in answers.items() if code not in (404, 405)} == {}
    assert answers[f"/api/v1/applications/{entry.reference}/"] == 404
    for method in (browser.post, browser.put, browser.patch, browser.delete):
        answers = {address: method(address).status_code for address in addresses(entry)}
        assert {address: code for address, code in answers.items() if code < 400} == {}
    assert asking.list("applications/") == []
    assert asking.list("applications/", competition=entry.competition.code) == []
    assert asking.get(f"applications/{entry.reference}/").status_code == 404
    assert asking.post(f"applications/{entry.reference}/submit/", {"is_true": True}).status_code == 404
    assert "Planted" not in browser.get("/applications/").text


def test_it_is_in_none_of_their_rows(entry, member):
    award = budgets.award()
    waiver = Waiver.objects.create(
        application=award.application, months=24, reason="Slow.", asked_by=member, asked_at=NOON
    )
    Participant.objects.filter(pk=partner(entry).pk).update(application=award.application)
    part = Participant.objects.get(name="Widnes Threads Ltd")
    Application.objects.filter(pk=award.application_id).update(released_at=NOON)
    of_theirs = [
        (Application, award.application_id), (Award, award.pk), (Waiver, waiver.pk),
    ]  # fmt: skip

    assert all(model.objects.visible_to(member).filter(pk=pk) for model, pk in of_theirs)
    assert member in audience.editors(Application.objects.filter(pk=award.application_id))
    record_straight(part)

    assert not any(model.objects.visible_to(member).filter(pk=pk) for model, pk in of_theirs)
    assert member not in audience.editors(Application.objects.filter(pk=award.application_id))
    assert member not in audience.editors_of_each([award.application])[award.application_id]


def record_straight(part: Participant):
    """A departure without the rules of when: what was decided is not left by the office's page."""
    return Departure.objects.create(
        participant=part, reason="It has closed.", costs_before=1, costs_after=1, grant_before=1,
        grant_after=1, recorded_by=people.manager(), recorded_at=NOON,
    )  # fmt: skip


def test_others_and_the_office_go_on_reading_it(entry, member):
    other, manager = people.member(make.lead(entry).organisation), people.manager()
    leave(entry, partner(entry))

    for person in (other, entry.started_by, manager):
        assert Application.objects.visible_to(person).get() == entry
    page = office.sign_in(other).get(f"/applications/{entry.reference}/").text
    assert "It left the project on" in page
    both = people.member(make.lead(entry).organisation)
    partner(entry).organisation.memberships.create(person=both, may_edit=True, joined_at=NOON)
    assert Application.objects.visible_to(both).exists()


def test_the_old_lead_reaches_it_no_more_and_the_new_one_does(entry, member):
    leave(entry, make.lead(entry), new_lead=partner(entry))

    assert not Application.objects.visible_to(entry.started_by).exists()
    assert not Application.objects.led_by(entry.started_by).exists()
    assert Application.objects.led_by(member).get() == entry


def test_what_ended_with_its_lead_stays_theirs_to_read(entry, member):
    leave(entry, make.lead(entry))

    for person in (member, entry.started_by):
        assert Application.objects.visible_to(person).get().status == Status.WITHDRAWN


def test_whoever_left_is_told_so_without_a_way_in_and_of_nothing_later(entry, member):
    leave(entry, partner(entry))

    told = Notification.objects.filter(kind="participant_left")
    theirs, others = told.get(recipient=member), told.get(recipient=entry.started_by)
    assert wording.of("participant_left").may_be_told(theirs)
    text = " ".join(composing.compose(theirs).text.split())
    assert "you cannot open the application" in text and entry.reference + "/" not in text
    text = " ".join(composing.compose(others).text.split())
    assert "you cannot open" not in text and entry.reference + "/" in text

    earlier = Notification.objects.filter(recipient=member).exclude(kind="participant_left")
    assert [inbox.read(one) for one in earlier] == [None] * len(earlier)
    assert inbox.read(theirs) is not None


def test_a_member_of_who_left_still_judges_nothing_of_it(entry):
    leave(entry, partner(entry))
    assessor = people.assessor()
    given = assessments.assessment(entry, assessor, given_at=NOON + DAY)

    partner(entry).organisation.memberships.create(person=assessor, may_edit=False, joined_at=NOON)

    assert not Assessment.objects.visible_to(assessor).filter(pk=given.pk).exists()
