"""Entering and changing an organisation's details: the actions and the pages over them."""

import pytest
from django.db import IntegrityError, transaction

from accounts import organisations
from accounts.company_number import NotACompanyNumber
from accounts.forms.organisation import OrganisationForm
from accounts.models import Organisation
from accounts.postcode import NotAPostcode
from accounts.roles import Role
from tests.accounts import test_company_number, test_postcode
from tests.make import people
from tests.make.organisations import organisation
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

DETAILS = {
    "name": "Mersey Castings Ltd",
    "company_number": "06500244",
    "kind": "business",
    "size": "micro_small",
    "address": "1 Dock Road\nLiverpool",
    "postcode": "L3 5TF",
}


@pytest.mark.parametrize(("typed", "kept"), test_company_number.NORMALISED)
def test_form_and_action_keep_a_company_number_alike(typed, kept):
    form = OrganisationForm({**DETAILS, "company_number": typed})
    made = organisations.create({**DETAILS, "company_number": typed}, by=people.user(Role.APPLICANT), at=NOON)

    assert form.is_valid(), form.errors
    assert (form.cleaned_data["company_number"], made.company_number) == (kept, kept)


@pytest.mark.parametrize("typed", test_company_number.REFUSED)
def test_form_and_action_refuse_what_is_no_company_number(typed):
    form = OrganisationForm({**DETAILS, "company_number": typed})

    with pytest.raises(NotACompanyNumber):
        organisations.create({**DETAILS, "company_number": typed}, by=people.user(Role.APPLICANT), at=NOON)

    assert list(form.errors) == ["company_number"]
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(("typed", "kept"), test_postcode.NORMALISED)
def test_form_and_action_keep_a_postcode_alike(typed, kept):
    form = OrganisationForm({**DETAILS, "postcode": typed})
    made = organisations.create({**DETAILS, "postcode": typed}, by=people.user(Role.APPLICANT), at=NOON)

    assert form.is_valid(), form.errors
    assert (form.cleaned_data["postcode"], made.postcode) == (kept, kept)


@pytest.mark.parametrize("typed", test_postcode.REFUSED)
def test_form_and_action_refuse_what_is_no_postcode(typed):
    form = OrganisationForm({**DETAILS, "postcode": typed})

    with pytest.raises(NotAPostcode):
        organisations.create({**DETAILS, "postcode": typed}, by=people.user(Role.APPLICANT), at=NOON)

    assert list(form.errors) == ["postcode"]


def test_whoever_enters_an_organisation_is_its_first_member():
    person = people.user(Role.APPLICANT)

    made = organisations.create(DETAILS, by=person, at=NOON)

    assert list(Organisation.objects.editable_by(person)) == [made]
    assert made.details_confirmed_on == NOON.date()


def test_entering_twice_makes_one_organisation():
    person = people.user(Role.APPLICANT)

    first = organisations.create(DETAILS, by=person, at=NOON)
    second = organisations.create(DETAILS, by=person, at=NOON)

    assert second == first
    assert Organisation.objects.count() == 1


def test_known_company_number_is_refused_and_writes_nothing():
    organisations.create(DETAILS, by=people.user(Role.APPLICANT), at=NOON)
    stranger = people.user(Role.APPLICANT)

    with pytest.raises(organisations.AlreadyRegistered):
        organisations.create({**DETAILS, "company_number": " 6500244"}, by=stranger, at=NOON)

    assert not Organisation.objects.editable_by(stranger).exists()


def test_database_itself_keeps_company_numbers_apart_and_in_form():
    organisation(company_number="06500244")

    with pytest.raises(IntegrityError), transaction.atomic():
        organisation(company_number="06500244")
    with pytest.raises(IntegrityError), transaction.atomic():
        organisation(company_number="6500244")


def test_stranger_may_not_change_an_organisation():
    made = organisation()

    with pytest.raises(organisations.MayNotEdit):
        organisations.change(made, DETAILS, version=1, by=people.user(Role.APPLICANT), at=NOON)


def test_refused_form_comes_back_with_all_that_was_typed(client):
    client.force_login(people.user(Role.APPLICANT))
    typed = {**DETAILS, "company_number": "XX12", "postcode": "Q1 1AA", "next": "/competitions/1204-DEMO/"}

    page = client.post("/organisation/new/", typed)

    assert page.status_code == 422
    assert "<title>Error: Your organisation – Launchpad</title>" in page.text
    assert 'href="#id_company_number"' in page.text
    for text in (
        "Mersey Castings Ltd",
        "XX12",
        "Q1 1AA",
        "1 Dock Road\nLiverpool",
        "/competitions/1204-DEMO/",
    ):
        assert text in page.text
    assert not Organisation.objects.exists()


def test_business_without_a_number_must_say_so(client):
    client.force_login(people.user(Role.APPLICANT))
    typed = {**DETAILS, "company_number": ""}

    silent = client.post("/organisation/new/", typed)
    said = client.post("/organisation/new/", {**typed, "has_no_number": "on", "next": "/organisation/"})

    assert "Enter the company number, or tick that you do not have one" in silent.text
    assert said["Location"] == "/organisation/"
    assert Organisation.objects.get().company_number == ""


def test_known_company_number_is_refused_at_the_field(client):
    organisation(company_number="06500244")
    client.force_login(people.user(Role.APPLICANT))

    page = client.post("/organisation/new/", DETAILS)

    (error,) = page.context["form"].errors["company_number"]
    assert error.startswith("This company is registered here already")
    assert page.status_code == 422


def test_next_address_elsewhere_is_not_followed(client):
    client.force_login(people.user(Role.APPLICANT))

    page = client.get("/organisation/new/?next=https://example.org/")

    assert "example.org" not in page.text


def test_member_changes_and_confirms_details(client):
    made = organisation()
    client.force_login(people.member(made))

    answer = client.post(f"/organisation/{made.pk}/", {**DETAILS, "size": "medium", "version": 1})

    made.refresh_from_db()
    assert answer["Location"] == "/organisation/"
    assert (made.size, made.version) == ("medium", 2)


def test_change_made_meanwhile_is_shown_and_not_overwritten(client):
    made = organisation(name="As it stands now", version=2)
    client.force_login(people.member(made))

    page = client.post(f"/organisation/{made.pk}/", {**DETAILS, "version": 1})
    seen = page.context["form"]["version"].value()
    again = client.post(f"/organisation/{made.pk}/", {**DETAILS, "version": seen})

    assert page.status_code == 409
    assert "As it stands now" in page.text
    assert "Mersey Castings Ltd" in page.text
    assert again.status_code == 302


@pytest.mark.parametrize("version", ["", "0", "x", "99999999999"])
def test_missing_or_wrong_version_never_overwrites(client, version):
    made = organisation(name="As it stands now")
    client.force_login(people.member(made))

    page = client.post(f"/organisation/{made.pk}/", {**DETAILS, "version": version})

    made.refresh_from_db()
    assert page.status_code in (422, 409)
    assert made.name == "As it stands now"


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_members_organisation_is_not_found(client, method):
    theirs = organisation()
    mine = organisation()
    client.force_login(people.member(mine))

    page = getattr(client, method)(f"/organisation/{theirs.pk}/", DETAILS)

    assert page.status_code == 404


def test_reader_sees_details_and_may_not_change_them(client):
    made = organisation()
    client.force_login(people.member(made, may_edit=False))

    page = client.get("/organisation/")
    change = client.get(f"/organisation/{made.pk}/")

    assert made.name in page.text
    assert change.status_code == 404


def test_office_has_no_business_in_the_organisation_pages(client):
    organisation()
    client.force_login(people.manager())

    page = client.get("/organisation/")

    assert page.status_code == 403


def test_signing_in_comes_first(client):
    page = client.get("/organisation/new/")

    assert page["Location"] == "/account/login/?next=/organisation/new/"


@pytest.mark.parametrize("count", [1, 3])
def test_own_organisations_are_listed_in_constant_queries(client, django_assert_num_queries, count):
    person = people.user(Role.APPLICANT)
    for _ in range(count):
        organisation().memberships.create(person=person, joined_at=NOON)
    client.force_login(person)

    # The first request notes when the session began.
    client.get("/organisation/")

    # session, person, groups, moment, invitations, requests, organisations, unread, whether the clock is set
    with django_assert_num_queries(9):
        client.get("/organisation/")


def test_an_empty_form_says_at_once_all_that_is_missing(client):
    client.force_login(people.user(Role.APPLICANT))

    page = client.post("/organisation/new/", {})

    assert page.status_code == 422
    assert "Select the type of organisation" in page.text
    assert "Enter the company number, or tick that you do not have one" in page.text
