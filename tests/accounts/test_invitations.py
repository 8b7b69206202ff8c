"""Inviting somebody to an organisation: one address, one link that works, one person who may accept."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import clock, composing, invitations, members
from accounts.invitations import key_of
from accounts.models import (
    AuditEntry,
    Invitation,
    InvitationState,
    Membership,
    Notification,
    Organisation,
    User,
)
from accounts.roles import Role
from tests.databases import disarmed
from tests.make import office, people
from tests.make.organisations import organisation
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

ADDRESS = "new@example.com"
PASSWORD = "three unrelated words"


def invited(firm=None, *, email=ADDRESS, may_edit=False, at=NOON) -> Invitation:
    firm = firm or organisation()
    editor = firm.memberships.first().person if firm.memberships.exists() else people.member(firm)
    return invitations.invite(firm, email, may_edit=may_edit, by=editor, at=at)


def owner(*roles, email=ADDRESS, verified=True) -> User:
    person = people.user(*(roles or (Role.APPLICANT,)), email=email)
    EmailAddress.objects.create(user=person, email=email, verified=verified, primary=True)
    return person


def link_in(email) -> str:
    return re.search(r"/invitation/[^/\s]+/", email.body).group()


@pytest.mark.tells("organisation_invitation")
def test_an_invitation_goes_to_the_address_and_holds_no_secret():
    made = invited()

    told = Notification.objects.get()
    email = composing.email(told)
    assert (told.kind, told.recipient, email.to) == ("organisation_invitation", made.invited_by, [ADDRESS])
    assert link_in(email) == f"/invitation/{key_of(made)}/"
    assert "Dear" not in email.body
    rows = [*Notification.objects.values(), *Invitation.objects.values(), *AuditEntry.objects.values()]
    assert key_of(made).partition(":")[2] not in str(rows)
    assert ADDRESS not in str([*AuditEntry.objects.values()])


def test_whoever_sent_it_finds_it_read_and_without_its_link():
    made = invited()

    told = Notification.objects.get()

    assert told.read_at == NOON
    assert key_of(made) not in composing.compose(told).text


@pytest.mark.parametrize("has_account", [True, False])
def test_the_answer_is_the_same_whether_or_not_the_address_has_an_account(client, has_account):
    firm = organisation()
    client.force_login(people.member(firm))
    if has_account:
        owner()

    answer = client.post(
        f"/organisation/{firm.pk}/people/invite/", {"email": " New@Example.com", "right": "read"}, follow=True
    )

    assert f"An invitation is on its way to {ADDRESS}." in answer.text
    assert Invitation.objects.get().email == ADDRESS
    assert "Being sent" in answer.text


def test_an_address_that_somebody_has_not_confirmed_tells_of_no_member(client):
    """Whoever signed up with another's address, and is a member, does not show by a refusal."""
    firm = organisation()
    people.member(firm)
    somebody = owner(verified=False)
    Membership.objects.create(organisation=firm, person=somebody, may_edit=False, joined_at=NOON)

    assert invited(firm).is_waiting


def test_a_member_is_not_invited_again():
    firm = organisation()
    people.member(firm)
    Membership.objects.create(organisation=firm, person=owner(), may_edit=False, joined_at=NOON)

    with pytest.raises(invitations.AlreadyAMember):
        invited(firm)


@pytest.mark.tells("members_changed")
def test_accepting_makes_a_member_and_the_editors_are_told():
    made, person = invited(may_edit=True), owner()

    invitations.accept(made, by=person, at=NOON + 6 * DAY)

    assert Membership.objects.get(person=person).may_edit
    made.refresh_from_db()
    assert (made.state, made.accepted_by) == (InvitationState.ACCEPTED, person)
    told = Notification.objects.get(kind="members_changed")
    assert (told.recipient, told.facts["how"]) == (made.invited_by, "joined")


@pytest.mark.parametrize("after", [timedelta(days=7), timedelta(days=8)])
def test_after_seven_days_it_cannot_be_accepted(after):
    made, person = invited(), owner()

    with pytest.raises(invitations.Ended):
        invitations.accept(made, by=person, at=NOON + after)
    invitations.accept(made, by=person, at=NOON + timedelta(days=7, microseconds=-1))


def test_only_the_owner_of_the_address_accepts():
    made = invited()
    owner(verified=False)

    for person in (User.objects.get(email=ADDRESS), owner(email="other@example.com")):
        with pytest.raises(invitations.AnothersAddress):
            invitations.accept(made, by=person, at=NOON)

    assert Membership.objects.count() == 1


def test_sent_again_the_old_link_is_dead_and_the_time_begins_anew():
    made, person = invited(), owner()
    old = key_of(made)

    again = invitations.send_again(made, by=made.invited_by, at=NOON + 6 * DAY)

    assert invitations.found_by(old) is None
    assert invitations.found_by(key_of(again)) == again
    with pytest.raises(invitations.Ended):
        invitations.accept(made, by=person, at=NOON + 7 * DAY)
    invitations.accept(again, by=person, at=NOON + 12 * DAY)


def test_an_email_that_was_held_up_is_not_sent_once_a_later_one_was_asked_for():
    made = invited()
    first = Notification.objects.get()

    invitations.send_again(made, by=made.invited_by, at=NOON)

    fates = [invitations_kind(one).may_be_told(one) for one in Notification.objects.order_by("pk")]
    assert first.facts == {"sends": 1}
    assert fates == [False, True]


def invitations_kind(notification):
    return composing.wording.of(notification.kind)


def test_invited_again_the_one_invitation_is_sent_again_with_the_right_named_now():
    firm = organisation()
    invited(firm)

    again = invited(firm, may_edit=True)

    assert Invitation.objects.get() == again
    assert (again.sends, again.may_edit) == (2, True)


def test_withdrawn_it_ends_for_good():
    made, person = invited(), owner()

    invitations.withdraw(made, by=made.invited_by, at=NOON)

    for act in (
        lambda: invitations.accept(made, by=person, at=NOON),
        lambda: invitations.send_again(made, by=made.invited_by, at=NOON),
        lambda: invitations.withdraw(made, by=made.invited_by, at=NOON),
    ):
        with pytest.raises(invitations.Ended):
            act()


def test_a_reader_and_a_stranger_invite_nobody():
    made = invited()
    reader = people.member(made.organisation, may_edit=False)

    for person in (reader, people.member(organisation())):
        for act in (
            lambda by: invitations.invite(made.organisation, "x@example.com", may_edit=True, by=by, at=NOON),
            lambda by: invitations.send_again(made, by=by, at=NOON),
            lambda by: invitations.withdraw(made, by=by, at=NOON),
        ):
            with pytest.raises(members.NotAnEditor):
                act(person)


def test_twenty_go_out_in_a_day_for_one_organisation_and_by_one_person():
    firm, other = organisation(), organisation()
    editor = people.member(firm)
    Membership.objects.create(organisation=other, person=editor, joined_at=NOON)
    colleague = people.member(firm)
    for number in range(invitations.A_DAY):
        invitations.invite(firm, f"{number}@example.com", may_edit=False, by=editor, at=NOON)

    for firm_, by in ((firm, editor), (firm, colleague), (other, editor)):
        with pytest.raises(invitations.TooManyInvitations):
            invitations.invite(firm_, "one-more@example.com", may_edit=False, by=by, at=NOON)

    invitations.invite(firm, "tomorrow@example.com", may_edit=False, by=editor, at=NOON + DAY)


def test_the_database_holds_one_open_invitation_of_an_address():
    made = invited()

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            organisation=made.organisation, email="NEW@example.com", may_edit=True, sent_at=NOON,
            invited_by=made.invited_by, invited_at=NOON, expires_at=NOON + DAY,
        )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"state": "accepted"},
        {"state": "withdrawn"},
        {"ended_at": NOON},
        {"email": "another@example.com"},
    ],
    ids=str,
)
def test_the_database_itself_refuses_half_an_end_and_another_address(change):
    made = invited()

    with pytest.raises(Exception) as refused, transaction.atomic():
        Invitation.objects.filter(pk=made.pk).update(**change)

    assert "invitation" in str(refused.value)


def test_the_database_refuses_an_acceptance_that_comes_too_late():
    made = invited()

    with pytest.raises(IntegrityError, match="accepted_in_time"), transaction.atomic():
        Invitation.objects.filter(pk=made.pk).update(
            state="accepted", accepted_by=made.invited_by, ended_at=NOON + 7 * DAY
        )


def test_the_database_ends_an_invitation_once():
    made = invited()
    invitations.withdraw(made, by=made.invited_by, at=NOON)
    back = {"state": "waiting", "ended_at": None}

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Invitation.objects.filter(pk=made.pk).update(**back)
    with disarmed("accounts_invitation"):
        # The negative control: nothing else stands in the way.
        assert Invitation.objects.filter(pk=made.pk).update(**back) == 1


# The pages.


def test_the_link_is_for_anybody_to_read_and_leads_to_sign_in():
    made = invited(at=clock.now())

    page = Client().get(f"/invitation/{key_of(made)}/")
    answer = Client().post(f"/invitation/{key_of(made)}/accept/")

    assert page.status_code == 200
    assert made.organisation.name in page.text and ADDRESS not in page.text
    assert answer["Location"].startswith("/account/login/?next=/invitation/")


def test_the_owner_accepts_on_the_page_and_a_second_press_is_answered_the_same():
    made = invited(at=clock.now())
    browser = office.sign_in(owner())
    address = f"/invitation/{key_of(made)}/accept/"

    answers = [browser.post(address, {"intent": "one"}) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == ["/organisation/"] * 2
    assert Membership.objects.count() == 2


def test_somebody_else_is_told_why_they_cannot_accept(client):
    made = invited(at=clock.now())
    client.force_login(other := owner(email="other@example.com"))

    page = client.get(f"/invitation/{key_of(made)}/")
    answer = client.post(f"/invitation/{key_of(made)}/accept/")

    assert f"You are signed in as {other.email}" in page.text and ADDRESS not in page.text
    assert answer.status_code == 409
    assert not Membership.objects.filter(person=other).exists()


def test_an_account_of_the_office_is_told_why_it_cannot_accept(client):
    made = invited(at=clock.now())
    client.force_login(staff := owner(Role.MANAGER))

    page = client.get(f"/invitation/{key_of(made)}/")
    answer = client.post(f"/invitation/{key_of(made)}/accept/")

    assert answer.status_code == 403
    assert "Your account is for work in the programme office" in page.text
    assert not Membership.objects.filter(person=staff).exists()


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (lambda made: invitations.withdraw(made, by=made.invited_by, at=clock.now()), "It was withdrawn."),
        (lambda made: invitations.accept(made, by=owner(), at=clock.now()), "It has been used."),
        (lambda made: Invitation.objects.update(expires_at=clock.now()), "It could be accepted until"),
    ],
    ids=["withdrawn", "used", "expired"],
)
def test_a_link_that_is_over_says_so_plainly(end, said):
    made = invited(at=clock.now())
    end(made)

    page = Client().get(f"/invitation/{key_of(made)}/")

    assert page.status_code == 410
    assert said in page.text


@pytest.mark.parametrize("key", ["x", "1-1", "1-1:forged", "%00", "é" * 50, "9" * 300])
def test_a_link_that_is_not_ours_says_nothing_of_anybody(key):
    made = invited(at=clock.now())

    page = Client().get(f"/invitation/{key}/")

    assert page.status_code in (400, 404, 410)
    assert made.organisation.name not in page.text


def test_somebody_without_an_account_is_led_through_sign_up_and_back():
    made = invited(at=clock.now())
    browser = Client()
    link = f"/invitation/{key_of(made)}/"
    sign_up = re.search(r'href="(/account/signup/[^"]+)"', browser.get(link).text).group(1)

    assert f'value="{ADDRESS}"' in browser.get(sign_up).text
    browser.post(sign_up, {"name": "Ada Byron", "email": ADDRESS, "password1": PASSWORD, "next": link})
    address = EmailAddress.objects.get(email=ADDRESS)
    confirmed = browser.post(f"/account/confirm-email/{EmailConfirmationHMAC(address).key}/")

    signed_in = browser.post(confirmed["Location"], {"login": ADDRESS, "password": PASSWORD}, follow=True)

    # In whatever browser they confirmed their address: the invitation is the first thing they see.
    assert signed_in.redirect_chain[-1][0] == link
    assert f"You are invited to {made.organisation.name}" in signed_in.text
    assert link in signed_in.text


def test_editors_see_who_is_invited_and_readers_do_not(client):
    made = invited(at=clock.now())
    reader = people.member(made.organisation, may_edit=False)
    page = f"/organisation/{made.organisation_id}/people/"

    client.force_login(made.invited_by)
    assert ADDRESS in client.get(page).text
    client.force_login(reader)
    assert ADDRESS not in client.get(page).text
    assert client.get(f"{page}invite/").status_code == 404


def test_buttons_beside_an_invitation_act_on_ones_own_alone(client):
    made, mine = invited(at=clock.now()), organisation()
    client.force_login(people.member(mine))

    for firm in (made.organisation, mine):
        for verb in ("again", "withdraw"):
            address = f"/organisation/{firm.pk}/people/invitations/{made.pk}/{verb}/"
            assert client.post(address).status_code == 404

    made.refresh_from_db()
    assert made.is_waiting and made.sends == 1
    assert Organisation.objects.count() == 2
