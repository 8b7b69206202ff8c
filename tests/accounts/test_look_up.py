"""Looking a company up at Companies House: filled in where it answers, and nothing lost where it does not."""

import time

import pytest
from django.core.cache import cache
from django.db import connection

from accounts import companies_house
from accounts.models import Organisation
from accounts.roles import Role
from tests.companies_house_server import KEY, CompaniesHouse, profile
from tests.make import people
from tests.make.organisations import organisation

pytestmark = pytest.mark.django_db

NUMBER, PAGE = "06500244", "/organisation/new/look-up/"
TYPED = {
    "name": "What I typed Ltd", "company_number": " 6500244", "kind": "business", "size": "medium",
    "address": "9 Typed Street", "postcode": "L1 1AA", "next": "/organisation/", "version": "",
}  # fmt: skip


@pytest.fixture
def register(settings):
    with CompaniesHouse() as register:
        settings.COMPANIES_HOUSE_API_KEY, settings.COMPANIES_HOUSE_URL = KEY, register.url
        cache.delete(companies_house.RESTING)
        yield register
        cache.delete(companies_house.RESTING)


@pytest.fixture
def patience(monkeypatch):
    monkeypatch.setattr(companies_house, "PATIENCE", 0.5)


@pytest.fixture
def applicant(client):
    client.force_login(people.user(Role.APPLICANT))
    return client


def test_what_is_registered_is_filled_in_and_the_rest_stays_typed(register, applicant):
    register.companies[NUMBER] = profile()

    page = applicant.post(PAGE, TYPED)

    shown = page.context["form"].initial
    assert page.status_code == 200
    assert (shown["name"], shown["address"], shown["postcode"]) == (
        "MERSEY CASTINGS LTD", "1 Dock Road\nLiverpool\nEngland", "L3 5TF",
    )  # fmt: skip
    assert (shown["company_number"], shown["kind"], shown["size"]) == (NUMBER, "business", "medium")
    assert 'value="/organisation/"' in page.text
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("status", ["dissolved", "liquidation", "converted-closed"])
def test_a_company_that_is_not_active_is_said_aloud(register, applicant, status):
    register.companies[NUMBER] = profile(company_status=status)

    page = applicant.post(PAGE, TYPED)

    assert f"the status of this company is “{status.replace('-', ' ')}”" in page.text


def all_typed_is_there(page) -> bool:
    return all(text in page.text for text in ("What I typed Ltd", "9 Typed Street", "L1 1AA", "6500244"))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "has no company with this number"),
        (429, "has been asked too often"),
        (401, "does not answer at the moment"),
        (500, "does not answer at the moment"),
        (503, "does not answer at the moment"),
        (302, "does not answer at the moment"),
    ],
)
def test_a_refusal_is_a_plain_sentence_and_nothing_typed_is_lost(register, applicant, status, said):
    register.answer(status)

    page = applicant.post(PAGE, TYPED)

    assert page.status_code == 200
    assert said in page.text
    assert all_typed_is_there(page)
    assert len(register.asked) == 1  # a redirect is not followed: the key goes to nobody else


@pytest.mark.parametrize(
    "body",
    [
        b"<html>", b"", b"[]", b"null", b"{}", b'{"company_name": 7}', b'{"company_name": ""}',
        b"\xff\xfe\x00", b"[" * 100_000, b'{"company_name": "x"' + b" " * 300_000,
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_none(register, applicant, body):
    register.say(body or b" ")

    page = applicant.post(PAGE, TYPED)

    assert "does not answer at the moment" in page.text
    assert all_typed_is_there(page)


@pytest.mark.parametrize("address", [None, [], "one", {"postal_code": "nowhere", "locality": 7}])
def test_an_address_that_is_none_leaves_what_was_typed(register, applicant, address):
    register.companies[NUMBER] = profile(registered_office_address=address)

    shown = applicant.post(PAGE, TYPED).context["form"].initial

    assert (shown["address"], shown["postcode"]) == ("9 Typed Street", "L1 1AA")


@pytest.mark.parametrize("slow", [lambda register: register.wait(20), lambda register: register.drip()])
def test_a_slow_answer_is_waited_for_no_longer_than_said(register, applicant, patience, slow):
    slow(register)
    began = time.monotonic()

    page = applicant.post(PAGE, TYPED)

    assert time.monotonic() - began < 3
    assert "does not answer at the moment" in page.text
    assert all_typed_is_there(page)


def test_five_seconds_are_all_that_is_waited():
    assert companies_house.PATIENCE == 5


def test_one_that_is_down_is_left_alone_for_a_while(register, applicant):
    register.answer(500)

    applicant.post(PAGE, TYPED)
    page = applicant.post(PAGE, TYPED)

    assert "does not answer at the moment" in page.text
    assert len(register.asked) == 1


def test_nobody_at_that_address_is_no_answer(register, applicant, settings):
    settings.COMPANIES_HOUSE_URL = "http://127.0.0.1:9"

    assert "does not answer at the moment" in applicant.post(PAGE, TYPED).text


@pytest.mark.parametrize("number", ["", "XX12", "a\x01", "9" * 1000])
def test_what_is_no_company_number_is_asked_of_nobody(register, applicant, number):
    page = applicant.post(PAGE, {**TYPED, "company_number": number})

    assert page.status_code in (400, 422)
    assert register.asked == []


def test_it_is_not_asked_inside_a_transaction(register, applicant, monkeypatch):
    depth = len(connection.savepoint_ids)
    seen = []

    def looked_up(number):
        seen.append(len(connection.savepoint_ids))
        raise companies_house.NoAnswer

    monkeypatch.setattr(companies_house, "look_up", looked_up)
    applicant.post(PAGE, TYPED)

    assert seen == [depth]


def test_without_a_key_there_is_no_button_and_no_look_up(applicant, settings):
    settings.COMPANIES_HOUSE_API_KEY = ""

    assert "Look up" not in applicant.get("/organisation/new/").text
    assert applicant.post(PAGE, TYPED).status_code == 404


def test_with_a_key_the_button_is_there_and_enter_still_saves(register, applicant):
    page = applicant.get("/organisation/new/").text

    assert f'formaction="{PAGE}"' in page
    assert page.index("<button hidden") < page.index("formaction=")


def test_a_member_looks_their_own_up_and_a_stranger_does_not(register, client):
    register.companies[NUMBER] = profile()
    mine, theirs = organisation(), organisation()
    client.force_login(people.member(mine))

    own = client.post(f"/organisation/{mine.pk}/look-up/", {**TYPED, "version": "1"})
    another = client.post(f"/organisation/{theirs.pk}/look-up/", {**TYPED, "version": "1"})

    assert "MERSEY CASTINGS LTD" in own.text and 'name="version" value="1"' in own.text
    assert another.status_code == 404


def test_many_look_ups_are_put_off_with_all_typed_kept(register, applicant, settings):
    register.companies[NUMBER] = profile()
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "look_up_company": "2/m/user"}

    answers = [applicant.post(PAGE, TYPED) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert all_typed_is_there(answers[-1])
