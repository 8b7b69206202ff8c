"""Inviting an assessor by address: one link that works, its owner alone, and a role that two people give."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts import addresses, appointments, clock, composing
from accounts.models import (
    AuditEntry,
    ChangeState,
    InvitationState,
    Membership,
    Notification,
    RoleChange,
    User,
)
from accounts.roles import Appointment, Role
from applications.assessment import conflicts, inviting, profiles
from applications.assessment.inviting import key_of
from applications.models import AssessorInvitation, Conflict
from applications.models.assessor_invitation import Stand
from applications.workflow import Status
from tests.databases import disarmed
from tests.make import applications, competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

ADDRESS = "new@example.com"
PASSWORD = "three unrelated words"
LIST = "/admin/applications/assessorinvitation/"


def invited(*, email=ADDRESS, by=None, region=None, at=NOON) -> AssessorInvitation:
    return inviting.invite(region or competitions.region(), email, by=by or people.manager(), at=at)


def owner(*roles, email=ADDRESS, verified=True) -> User:
    person = people.user(*(roles or (Role.APPLICANT,)), email=email)
    EmailAddress.objects.create(user=person, email=email, verified=verified, primary=True)
    return person


def link(made) -> str:
    return f"/assessors/invitation/{key_of(made)}/"


def fresh(person) -> User:
    return User.objects.get(pk=person.pk)


@pytest.mark.tells("assessor_invitation")
def test_an_invitation_goes_to_the_address_and_holds_no_secret():
    made = invited()

    told = Notification.objects.get()
    email = composing.email(told)
    assert (told.kind, told.recipient, email.to) == ("assessor_invitation", made.invited_by, [ADDRESS])
    assert re.search(r"/assessors/invitation/[^/\s]+/", email.body).group() == link(made)
    assert "Dear" not in email.body
    rows = [
        *Notification.objects.values(), *AssessorInvitation.objects.values(), *AuditEntry.objects.values()
    ]  # fmt: skip
    assert key_of(made).partition(":")[2] not in str(rows)
    assert ADDRESS not in str([*AuditEntry.objects.values()])
    assert key_of(made) not in composing.compose(told).text
    assert not Notification.objects.in_pages_of(made.invited_by).exists()


@pytest.mark.parametrize("who", ["nobody", "somebody", "an assessor there", "an applicant's member"])
def test_the_answer_is_the_same_whoever_has_the_address(who):
    entry = applications.application(Status.SUBMITTED)
    if who == "somebody":
        owner()
    if who == "an assessor there":
        owner(Role.ASSESSOR)
    if who == "an applicant's member":
        Membership.objects.create(
            organisation=applications.lead(entry).organisation, person=owner(), may_edit=False, joined_at=NOON
        )
    browser = office.sign_in(people.manager())
    typed = {"email": " New@Example.com", "region": competitions.region().pk}

    answer = browser.post(f"{LIST}add/", typed, follow=True)

    assert f"An invitation is on its way to {ADDRESS}." in answer.text
    assert AssessorInvitation.objects.get().email == addresses.normal(ADDRESS)
    assert Notification.objects.filter(kind="assessor_invitation").count() == 1


def test_accepting_asks_for_the_role_and_an_administrator_confirms():
    made, person = invited(), owner()

    accepted = inviting.accept(made, by=person, at=NOON + 13 * DAY)

    change = RoleChange.objects.get()
    assert (change.asked_by, change.state, change.person) == (made.invited_by, ChangeState.WAITING, person)
    assert accepted.stand_at(NOON) == Stand.ACCEPTED
    assert Role.ASSESSOR not in fresh(person).roles
    appointments.confirm(change, by=people.user(Role.ADMINISTRATOR), at=NOON + 13 * DAY)

    region = competitions.region()
    assert Role.ASSESSOR in fresh(person).roles_in(region.pk)
    assert {one.appointment for one in fresh(person).held} == {
        Appointment(Role.APPLICANT), Appointment(Role.ASSESSOR, region.code),
    }  # fmt: skip
    assert AssessorInvitation.objects.get().stand_at(NOON) == Stand.ASSESSOR
    profiles.save({"employer": "Dee Works"}, [], by=fresh(person), at=NOON)


def test_neither_the_one_who_invited_nor_the_invited_confirms():
    both = people.user(Role.MANAGER, Role.ADMINISTRATOR)
    people.user(Role.ADMINISTRATOR)
    person = owner(Role.ADMINISTRATOR)
    inviting.accept(invited(by=both), by=person, at=NOON)
    change = RoleChange.objects.get()

    with pytest.raises(appointments.SamePerson):
        appointments.confirm(change, by=both, at=NOON)
    with pytest.raises(appointments.OwnRoles):
        appointments.confirm(change, by=person, at=NOON)
    with pytest.raises(appointments.NotAnAdministrator):
        appointments.confirm(change, by=people.manager(), at=NOON)
    assert Role.ASSESSOR not in fresh(person).roles


def test_nobody_invites_themselves():
    manager = owner(Role.MANAGER)
    made = invited(by=manager)

    with pytest.raises(inviting.CannotBeAsked):
        inviting.accept(made, by=manager, at=NOON)
    with pytest.raises(IntegrityError, match="is_to_another"), transaction.atomic():
        AssessorInvitation.objects.update(state="accepted", accepted_by=manager, ended_at=NOON)


def test_a_manager_asks_by_it_for_no_other_role_and_no_other_region():
    manager = people.manager(region=competitions.region())
    there = competitions.region("TV", "Tees Valley")
    person = owner()

    for wanted in (
        Appointment(Role.ASSESSOR),
        Appointment(Role.ASSESSOR, there.code),
        Appointment(Role.MANAGER, competitions.region().code),
        Appointment(Role.ADMINISTRATOR),
    ):
        with pytest.raises(appointments.AskerGone):
            appointments.ask_for_invited(person, wanted, asked_by=manager, reason="Mine.", by=person, at=NOON)
    with pytest.raises(inviting.NotAManager):
        invited(by=manager, region=there)
    assert not RoleChange.objects.exists()


def test_what_was_asked_by_somebody_who_is_no_manager_any_more_is_not_confirmed():
    made = invited()
    inviting.accept(made, by=owner(), at=NOON)
    made.invited_by.holdings.all().delete()

    with pytest.raises(appointments.AskerGone):
        appointments.confirm(RoleChange.objects.get(), by=people.user(Role.ADMINISTRATOR), at=NOON)

    again = invited(email="other@example.com")
    again.invited_by.holdings.all().delete()
    with pytest.raises(inviting.CannotBeAsked, match="cannot ask for this any more"):
        inviting.accept(again, by=owner(email="other@example.com"), at=NOON)


def test_what_an_administrator_refuses_is_said_in_the_list():
    made, person = invited(), owner()
    inviting.accept(made, by=person, at=NOON)
    appointments.refuse(RoleChange.objects.get(), "Not known.", by=people.user(Role.ADMINISTRATOR), at=NOON)

    made.refresh_from_db()
    assert made.stand_at(NOON) == Stand.REFUSED
    assert "did not confirm it" in office.sign_in(person).get(link(made)).text


def test_a_change_that_is_waiting_comes_first():
    made, person = invited(), owner()
    appointments.ask(
        person, [Appointment(Role.LEAD)], may_sign_in=True, reason="Starts.",
        by=people.user(Role.ADMINISTRATOR), at=NOON,
    )  # fmt: skip

    with pytest.raises(inviting.CannotBeAsked, match="another change"):
        inviting.accept(made, by=person, at=NOON)
    made.refresh_from_db()
    assert made.is_waiting


def test_who_assesses_there_already_is_led_to_the_profile_and_nothing_is_asked_for():
    made = invited(at=clock.now())
    browser = office.sign_in(owner(Role.ASSESSOR))

    answer = browser.post(f"{link(made)}accept/")

    assert answer.url == "/admin/applications/assessorprofile/own/"
    assert not RoleChange.objects.exists()
    made.refresh_from_db()
    assert made.stand_at(NOON) == Stand.ASSESSOR


@pytest.mark.parametrize("after", [inviting.VALID, inviting.VALID + DAY])
def test_after_its_time_it_cannot_be_accepted(after):
    made, person = invited(), owner()

    with pytest.raises(inviting.Ended):
        inviting.accept(made, by=person, at=NOON + after)
    assert made.stand_at(NOON + after) == Stand.EXPIRED
    inviting.accept(made, by=person, at=NOON + inviting.VALID - timedelta(microseconds=1))


def test_only_the_owner_of_the_address_accepts():
    made = invited()
    owner(verified=False)

    for person in (User.objects.get(email=ADDRESS), owner(email="other@example.com")):
        with pytest.raises(inviting.AnothersAddress):
            inviting.accept(made, by=person, at=NOON)


def test_it_is_used_once():
    made, person = invited(), owner()
    inviting.accept(made, by=person, at=NOON)

    for act in (
        lambda: inviting.accept(made, by=person, at=NOON),
        lambda: inviting.send_again(made, by=made.invited_by, at=NOON),
        lambda: inviting.withdraw(made, by=made.invited_by, at=NOON),
    ):
        with pytest.raises(inviting.Ended):
            act()


def test_sent_again_the_old_link_is_dead_and_another_manager_stands_behind_it():
    made, person, other = invited(), owner(), people.manager()
    old = key_of(made)

    again = inviting.send_again(made, by=other, at=NOON + 13 * DAY)

    assert inviting.found_by(old) is None and inviting.found_by(key_of(again)) == again
    fates = [composing.wording.of(one.kind).still_true(one) for one in Notification.objects.order_by("pk")]
    assert fates == [False, True]
    inviting.accept(again, by=person, at=NOON + 26 * DAY)
    assert RoleChange.objects.get().asked_by == other
    # Invited once more to the same address while nothing waits, it is another invitation.
    assert invited().pk != made.pk


def test_invited_again_it_is_the_one_invitation_that_is_sent_again():
    region = competitions.region()
    invited(region=region)

    again = invited(region=region, email="NEW@example.com")

    assert (AssessorInvitation.objects.get(), again.sends) == (again, 2)
    assert invited(region=competitions.region("TV", "Tees Valley")).sends == 1


def test_so_many_go_out_in_a_day_for_one_region_and_by_one_person():
    manager, region = people.manager(), competitions.region()
    for number in range(inviting.A_DAY):
        invited(region=region, email=f"{number}@example.com", by=manager)

    for where, by in ((region, people.manager()), (competitions.region("TV", "Tees Valley"), manager)):
        with pytest.raises(inviting.TooMany):
            invited(region=where, by=by)
    browser = office.sign_in(manager)
    invited(region=region, by=manager, at=NOON + DAY)
    assert browser.get(f"{LIST}add/").status_code == 200


def test_an_applicants_member_may_be_invited_and_the_conflict_is_found():
    entry = applications.application()
    person = owner()
    Membership.objects.create(
        organisation=applications.lead(entry).organisation, person=person, may_edit=False, joined_at=NOON
    )
    inviting.accept(invited(region=entry.competition.region), by=person, at=NOON)
    appointments.confirm(RoleChange.objects.get(), by=people.user(Role.ADMINISTRATOR), at=NOON)

    profiles.save({}, [], by=fresh(person), at=NOON)

    assert set(Conflict.objects.values_list("assessor", flat=True)) == {person.pk}
    assert conflicts.blocked_pairs(entry.competition) == {(person.pk, entry.pk)}


@pytest.mark.parametrize(
    "change",
    [{"state": "accepted"}, {"state": "withdrawn"}, {"ended_at": NOON}, {"email": "another@example.com"}],
    ids=str,
)
def test_the_database_refuses_half_an_end_and_another_address(change):
    invited()
    with pytest.raises(Exception, match=r"assessor_invitation|Cannot update"), transaction.atomic():
        AssessorInvitation.objects.update(**change)


def test_the_database_ends_it_once_and_keeps_it():
    made = invited()
    inviting.withdraw(made, by=made.invited_by, at=NOON)
    back = {"state": InvitationState.WAITING, "ended_at": None}

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        AssessorInvitation.objects.update(**back)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        AssessorInvitation.objects.all().delete()
    with disarmed("applications_assessorinvitation"):
        # The negative control: nothing else stands in the way.
        assert AssessorInvitation.objects.update(**back) == 1
