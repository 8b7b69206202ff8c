"""Asking to be let in to a company that is here already: by its members, or by the office in their place."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import clock, invitations, members, membership_requests, settling
from accounts.models import AuditEntry, Membership, MembershipRequest, Notification, RequestState
from accounts.roles import Role
from tests.databases import disarmed
from tests.make import office, people
from tests.make.organisations import organisation
from tests.make.times import DAY, NOON
from tests.organisation_presses import owner_of

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Mersey Castings Ltd", "kind": "business", "size": "micro_small",
    "address": "1 Dock Road", "postcode": "L3 5TF",
}  # fmt: skip


def asked(firm=None, *, at=NOON, person=None) -> MembershipRequest:
    firm = firm or organisation()
    if not firm.memberships.exists():
        people.member(firm)
    return membership_requests.ask(firm, by=person or people.user(Role.APPLICANT), at=at)


def editor_of(request: MembershipRequest):
    return request.organisation.memberships.get(may_edit=True).person


@pytest.mark.tells("membership_asked")
def test_those_who_may_edit_are_told_that_somebody_asks():
    firm = organisation()
    editor, stopped = people.member(firm), people.member(firm)
    people.member(firm, may_edit=False)
    stopped.is_active = False
    stopped.save()

    request = asked(firm)

    told = Notification.objects.get()
    assert (told.kind, told.recipient, told.subject_id) == ("membership_asked", editor, request.pk)


@pytest.mark.parametrize("may_edit", [True, False])
@pytest.mark.tells("membership_answered")
def test_an_editor_lets_them_in_and_they_are_told(may_edit):
    request = asked()

    membership_requests.answer(request, may_edit=may_edit, word="Hello.", by=editor_of(request), at=NOON)

    assert Membership.objects.get(person=request.asked_by).may_edit == may_edit
    request = MembershipRequest.objects.get()
    assert (request.state, request.may_edit, request.by_office) == (RequestState.LET_IN, may_edit, False)
    told = Notification.objects.get(kind="membership_answered")
    assert told.recipient == request.asked_by
    assert "Hello." not in str([*AuditEntry.objects.values()])


def test_refused_they_stay_outside_and_may_ask_again_after_a_week():
    request = asked()
    membership_requests.answer(request, may_edit=None, by=editor_of(request), at=NOON)

    with pytest.raises(membership_requests.AskingRefused, match="a week after"):
        asked(request.organisation, at=NOON + 6 * DAY, person=request.asked_by)
    again = asked(request.organisation, at=NOON + 7 * DAY, person=request.asked_by)

    assert again != request
    assert not Membership.objects.filter(person=request.asked_by).exists()


def test_asked_twice_it_is_one_request():
    request = asked()

    assert asked(request.organisation, person=request.asked_by) == request
    assert Notification.objects.count() == 1


def test_five_are_asked_in_a_day():
    person = people.user(Role.APPLICANT)
    for _ in range(membership_requests.A_DAY):
        asked(person=person)

    with pytest.raises(membership_requests.AskingRefused, match="Try again tomorrow"):
        asked(person=person)
    asked(person=person, at=NOON + DAY)


def test_a_member_has_nothing_to_ask_for():
    firm = organisation()

    with pytest.raises(membership_requests.AskingRefused):
        asked(firm, person=people.member(firm))


@pytest.mark.parametrize("who", ["reader", "editor elsewhere", "asker"])
def test_nobody_but_an_editor_answers(who):
    request = asked()
    person = {
        "reader": lambda: people.member(request.organisation, may_edit=False),
        "editor elsewhere": lambda: people.member(organisation()),
        "asker": lambda: request.asked_by,
    }[who]()

    with pytest.raises(members.NotAnEditor):
        membership_requests.answer(request, may_edit=True, by=person, at=NOON)


def test_a_request_is_answered_once():
    request = asked()
    membership_requests.answer(request, may_edit=None, by=editor_of(request), at=NOON)

    with pytest.raises(membership_requests.AlreadyAnswered):
        membership_requests.answer(request, may_edit=True, by=editor_of(request), at=NOON)


def test_whoever_came_in_otherwise_waits_no_longer():
    person = owner_of("new@example.com")
    request = asked(person=person)
    made = invitations.invite(
        request.organisation, person.email, may_edit=False, by=editor_of(request), at=NOON
    )

    invitations.accept(made, by=person, at=NOON)

    assert MembershipRequest.objects.get().state == RequestState.OVERTAKEN


@pytest.mark.parametrize(
    "change",
    [{"state": "let_in"}, {"state": "refused"}, {"answered_at": NOON}, {"word": "Yes"}],
    ids=str,
)
def test_the_database_itself_refuses_half_an_answer(change):
    asked()

    with pytest.raises(IntegrityError, match="answered_as_a_whole"), transaction.atomic():
        MembershipRequest.objects.update(**change)


def test_the_database_itself_refuses_ones_own_answer():
    request = asked()
    own = {"state": "refused", "answered_by": request.asked_by, "answered_at": NOON}

    with pytest.raises(IntegrityError, match="answered_by_another"), transaction.atomic():
        MembershipRequest.objects.update(**own)


def test_the_database_itself_keeps_an_answer():
    request = asked()
    membership_requests.answer(request, may_edit=None, by=editor_of(request), at=NOON)

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        MembershipRequest.objects.update(word="Another word")
    with disarmed("accounts_membershiprequest"):
        # The negative control: nothing else stands in the way.
        assert MembershipRequest.objects.update(word="Another word") == 1


# In the members' place.


@pytest.mark.tells("membership_answered")
def test_an_administrator_settles_it_with_a_reason_that_stays_in_the_trail():
    request, admin = asked(), people.user(Role.ADMINISTRATOR)

    settling.settle(request, may_edit=True, reason="The members have left.", by=admin, at=NOON)

    request = MembershipRequest.objects.get()
    assert (request.state, request.answered_by, request.by_office) == (RequestState.LET_IN, admin, True)
    entry = AuditEntry.objects.get(action="settle membership request")
    assert entry.reason == "The members have left."
    assert Membership.objects.get(person=request.asked_by).may_edit


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_settles_it(role):
    with pytest.raises(settling.NotASettler):
        settling.settle(asked(), may_edit=True, reason="So.", by=people.user(role), at=NOON)


def test_an_administrator_settles_nothing_of_their_own_organisation():
    request = asked()
    admin = people.member(request.organisation, True, Role.ADMINISTRATOR)

    with pytest.raises(settling.OwnOrganisation):
        settling.settle(request, may_edit=True, reason="So.", by=admin, at=NOON)


def test_settling_needs_a_reason():
    with pytest.raises(settling.SettlingRefused):
        settling.settle(asked(), may_edit=None, reason=" ", by=people.user(Role.ADMINISTRATOR), at=NOON)


# The pages.


def test_whoever_enters_a_known_number_is_led_to_ask_with_all_typed_kept(client):
    firm = organisation()
    people.member(firm, name="Ada Byron")
    client.force_login(people.user(Role.APPLICANT))

    page = client.post("/organisation/new/", {**NEW, "company_number": firm.company_number})
    ask = client.get(f"/organisation/ask/{firm.company_number}/")

    assert page.status_code == 422
    assert f'href="/organisation/ask/{firm.company_number}/"' in page.text
    assert "Mersey Castings Ltd" in page.text
    # What a public register says, and nothing of its people.
    assert firm.name in ask.text and "Ada Byron" not in ask.text and firm.address not in ask.text


def test_asking_and_answering_on_the_pages(client):
    firm = organisation()
    editor, person = people.member(firm), people.user(Role.APPLICANT, name="Bob")
    client.force_login(person)
    client.post(f"/organisation/ask/{firm.company_number.lstrip('0')}/")
    waiting = client.get("/organisation/").text
    request = MembershipRequest.objects.get()
    client.force_login(editor)
    page = f"/organisation/{firm.pk}/people/requests/{request.pk}/"

    listed = client.get(f"/organisation/{firm.pk}/people/").text
    answer = client.post(page, {"right": "read", "word": "Hello."}, follow=True)

    assert f"You have asked to be let in to {firm.name}" in waiting
    assert page in listed
    assert "Bob can read now, and is told so by email." in answer.text
    assert not Membership.objects.get(person=person).may_edit


def test_a_number_that_nobody_has_entered_leads_nowhere(client):
    client.force_login(people.user(Role.APPLICANT))

    for number in ("01234567", "x", "%00", "9" * 200):
        assert client.get(f"/organisation/ask/{number}/").status_code in (400, 404)


def test_a_request_is_answered_through_ones_own_organisation_alone(client):
    request = asked(at=clock.now())
    mine = organisation()
    reader = people.member(request.organisation, may_edit=False)
    for person, firm in ((people.member(mine), mine), (reader, request.organisation)):
        client.force_login(person)
        page = f"/organisation/{firm.pk}/people/requests/{request.pk}/"

        assert client.get(page).status_code == client.post(page, {"right": "edit"}).status_code == 404


def test_the_office_settles_it_on_its_page():
    request = asked()
    browser = office.sign_in(people.user(Role.ADMINISTRATOR))
    page = reverse("admin:accounts_membershiprequest_change", args=[request.pk])
    settle = reverse("admin:accounts_membershiprequest_settle", args=[request.pk])

    seen = browser.get(page).text
    silent = browser.post(settle, {"right": "edit", "reason": ""})
    done = browser.post(settle, {"right": "edit", "reason": "Nobody answered."}, follow=True)

    assert request.asked_by.email in seen
    assert silent.status_code == 422 and "Say why" in silent.text
    assert "It is settled" in done.text and "for the office" in done.text


@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 403), (Role.MANAGER, 403)])
def test_others_of_the_office_settle_nothing_on_the_page(role, status):
    request = asked()
    browser = office.sign_in(people.user(role))

    answer = browser.post(
        reverse("admin:accounts_membershiprequest_settle", args=[request.pk]),
        {"right": "edit", "reason": "So."},
    )

    assert answer.status_code == status
    assert MembershipRequest.objects.get().is_waiting
