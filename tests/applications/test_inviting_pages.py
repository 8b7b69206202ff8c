"""The pages of an assessor's invitation: the link's, and the office's."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.test import Client

from accounts import appointments, clock
from accounts.models import RoleChange
from accounts.roles import Role
from applications.assessment import inviting
from applications.assessment.inviting import key_of
from applications.models import AssessorInvitation
from tests.applications.test_inviting import ADDRESS, LIST, fresh, invited, link, owner
from tests.make import competitions, office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

PASSWORD = "three unrelated words"


def test_the_link_is_for_anybody_to_read_and_leads_to_sign_in():
    made = invited(at=clock.now())

    page = Client().get(link(made))
    answer = Client().post(f"{link(made)}accept/")

    assert (page.status_code, ADDRESS in page.text) == (200, False)
    assert str(made.region) in page.text
    assert answer["Location"].startswith("/account/login/?next=/assessors/invitation/")


def test_the_owner_accepts_on_the_page_and_a_second_press_is_answered_the_same():
    made = invited(at=clock.now())
    browser = office.sign_in(owner())

    answers = [browser.post(f"{link(made)}accept/", {"intent": "one"}) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [link(made)] * 2
    assert RoleChange.objects.count() == 1
    assert "An administrator of the programme now confirms" in browser.get(link(made)).text


def test_once_it_is_confirmed_its_page_leads_to_the_profile():
    made, person = invited(at=clock.now()), owner()
    inviting.accept(made, by=person, at=clock.now())
    appointments.confirm(RoleChange.objects.get(), by=people.user(Role.ADMINISTRATOR), at=clock.now())
    browser = office.sign_in(fresh(person))

    page = browser.get(link(made)).text

    own = re.search(r'href="([^"]+)"[^>]*>Complete your assessor profile', page).group(1)
    assert browser.get(own).status_code == 200
    assert "Complete your assessor profile" in browser.get("/admin/").text


def test_somebody_without_an_account_is_led_through_sign_up_and_back():
    made = invited(at=clock.now())
    browser = Client()
    sign_up = re.search(r'href="(/account/signup/[^"]+)"', browser.get(link(made)).text).group(1)

    assert f'value="{ADDRESS}"' in browser.get(sign_up).text
    browser.post(sign_up, {"name": "Ada Byron", "email": ADDRESS, "password1": PASSWORD, "next": link(made)})
    address = EmailAddress.objects.get(email=ADDRESS)
    confirmed = browser.post(f"/account/confirm-email/{EmailConfirmationHMAC(address).key}/")
    signed_in = browser.post(confirmed["Location"], {"login": ADDRESS, "password": PASSWORD}, follow=True)

    assert signed_in.redirect_chain[-1][0] == link(made)
    accepted = browser.post(f"{link(made)}accept/", {"intent": "one"}, follow=True)
    assert "You have accepted this invitation" in accepted.text
    assert RoleChange.objects.get().person.email == ADDRESS


@pytest.mark.parametrize("spoil", [lambda key: key + "x", lambda key: "1-1:" + key.rpartition(":")[2]])
def test_only_the_signed_link_fills_in_the_address(spoil):
    made = invited(at=clock.now())
    address = f"/account/signup/?next=/assessors/invitation/{spoil(key_of(made))}/"

    assert ADDRESS not in Client().get(address).text
    AssessorInvitation.objects.update(expires_at=NOON - timedelta(days=900))
    assert ADDRESS not in Client().get(f"/account/signup/?next={link(made)}").text


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (lambda made: inviting.withdraw(made, by=made.invited_by, at=clock.now()), "It was withdrawn."),
        (lambda made: inviting.accept(made, by=owner(), at=clock.now()), "It has been used."),
        (
            lambda made: AssessorInvitation.objects.update(expires_at=clock.now()),
            "It could be accepted until",
        ),
    ],
    ids=["withdrawn", "used", "expired"],
)
def test_a_link_that_is_over_says_so_plainly(end, said):
    made = invited(at=clock.now())
    end(made)

    page = Client().get(link(made))

    assert (page.status_code, said in page.text) == (410, True)


@pytest.mark.parametrize("key", ["x", "1-1", "1-1:forged", "%00", "é" * 50, "9" * 300])
def test_a_link_that_is_not_ours_says_nothing_of_anybody(key):
    made = invited(at=clock.now())

    page = Client().get(f"/assessors/invitation/{key}/")

    assert page.status_code in (400, 404, 410)
    assert str(made.region) not in page.text


def test_bad_input_comes_back_at_its_field_with_what_was_typed():
    browser = office.sign_in(people.manager())
    region = competitions.region()

    for typed, says in (
        ({"email": "not an address", "region": region.pk}, "not an address"),
        ({"email": "new@example.com"}, "Choose a region"),
        ({"email": "new@example.com", "region": "999999"}, "Choose a region from the list"),
        ({"region": region.pk}, "Enter an email address"),
    ):
        answer = browser.post(f"{LIST}add/", typed)
        assert (answer.status_code, says in answer.text) == (422, True)
        assert typed.get("email", "") in answer.text


def test_the_pool_shows_who_is_invited_and_the_list_all_of_them():
    region = competitions.region()
    for email in ("open@example.com", "taken@example.com"):
        invited(email=email, region=region, at=clock.now())
    gone = invited(email="gone@example.com", region=region, at=clock.now())
    inviting.withdraw(gone, by=gone.invited_by, at=clock.now())
    late = invited(email="late@example.com", region=region, at=NOON - timedelta(days=900))
    taken = AssessorInvitation.objects.get(email="taken@example.com")
    inviting.accept(taken, by=owner(email="taken@example.com"), at=clock.now())
    manager = people.manager()
    browser = office.sign_in(manager)

    pool = browser.get("/admin/applications/assessorprofile/").text
    for said in ("open@example.com", "late@example.com", "Expired", "Accepted, waits for an administrator"):
        assert said in pool
    assert "gone@example.com" not in pool
    for stand, email in {
        "expired": "late",
        "invited": "open",
        "confirm": "taken",
        "withdrawn": "gone",
    }.items():
        rows = browser.get(f"{LIST}?stand={stand}").context["cl"].result_list
        assert [row.email for row in rows] == [f"{email}@example.com"]
    page = f"{LIST}{late.pk}/change/"
    assert "Send it again" in browser.get(page).text
    assert "Send it again" not in office.sign_in(people.user(Role.AUDITOR)).get(page).text


def test_another_regions_manager_neither_sees_nor_touches_it():
    made = invited(region=competitions.region())
    there = people.manager(region=competitions.region("TV", "Tees Valley"))
    browser = office.sign_in(there)

    assert ADDRESS not in browser.get(LIST).text + browser.get("/admin/applications/assessorprofile/").text
    for verb in ("change", "again", "withdraw"):
        address = f"{LIST}{made.pk}/{verb}/"
        answer = browser.get(address) if verb == "change" else browser.post(address)
        assert answer.status_code == 404
    assert (
        browser.post(f"{LIST}add/", {"email": "x@example.com", "region": made.region_id}).status_code == 422
    )
    for role in (Role.FUNDS, Role.AUDITOR):
        assert office.sign_in(people.user(role)).post(f"{LIST}{made.pk}/withdraw/").status_code == 403
