"""Who belongs to an organisation: rights changed, memberships ended, and an editor who always remains."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import composing, formats, members, resending
from accounts.models import AuditEntry, Membership, Notification, Organisation, OwedState
from tests.databases import disarmed
from tests.make import applications, people
from tests.make.organisations import organisation
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


def of(person) -> Membership:
    return Membership.objects.get(person=person)


def path(membership: Membership) -> str:
    return f"/organisation/{membership.organisation_id}/people/{membership.pk}/"


def at_once() -> None:
    """Let what waits for the end of the transaction be checked now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.tells("membership_changed")
def test_an_editor_changes_what_another_may_do_and_they_are_told():
    firm = organisation()
    editor, other = people.member(firm), people.member(firm)

    members.change(of(other), may_edit=False, by=editor, at=NOON)

    assert not of(other).may_edit
    told = Notification.objects.get()
    assert (told.kind, told.recipient) == ("membership_changed", other)
    assert (told.facts["before"], told.facts["after"]) == (True, False)
    entry = AuditEntry.objects.get(action="change member's right")
    assert (entry.subject_word, entry.subject_id) == ("organisation", firm.pk)
    assert (entry.before, entry.after) == ({"may_edit": True}, {"person": other.pk, "may_edit": False})


@pytest.mark.tells("membership_changed", "members_changed")
def test_whoever_is_taken_out_is_told_and_so_are_the_other_editors():
    firm = organisation()
    editor, other, third, reader = (
        people.member(firm), people.member(firm), people.member(firm), people.member(firm, may_edit=False)
    )  # fmt: skip

    members.remove(of(other), by=editor, at=NOON)

    told = Notification.objects.values_list("kind", "recipient").order_by("kind", "recipient")
    assert list(told) == [("members_changed", third.pk), ("membership_changed", other.pk)]
    assert reader.pk in Membership.objects.values_list("person", flat=True)


@pytest.mark.tells("members_changed")
def test_a_reader_leaves_and_the_editors_are_told():
    firm = organisation()
    editor, reader = people.member(firm), people.member(firm, may_edit=False)

    members.leave(firm, by=reader, at=NOON)

    assert not Membership.objects.filter(person=reader).exists()
    assert list(Notification.objects.values_list("kind", "recipient")) == [("members_changed", editor.pk)]


def test_sent_again_it_still_says_when_it_was():
    firm = organisation()
    people.member(firm)
    members.leave(firm, by=people.member(firm, may_edit=False), at=NOON)
    told = Notification.objects.get()
    Notification.objects.filter(pk=told.pk).update(state=OwedState.FAILED, finished_at=NOON)

    again = resending.send_again(told, reason="The mailbox is back.", by=people.manager(), at=NOON + DAY)

    assert f"When: {formats.local_time(NOON)}" in composing.compose(again).text


@pytest.mark.parametrize(
    "act",
    [
        lambda firm, editor: members.leave(firm, by=editor, at=NOON),
        lambda firm, editor: members.remove(of(editor), by=editor, at=NOON),
        lambda firm, editor: members.change(of(editor), may_edit=False, by=editor, at=NOON),
    ],
    ids=["leave", "remove", "read alone"],
)
def test_the_last_editor_can_neither_go_nor_lose_the_right(act):
    firm = organisation()
    editor = people.member(firm)
    people.member(firm, may_edit=False)

    with pytest.raises(members.LastEditor):
        act(firm, editor)

    assert of(editor).may_edit


def test_an_editor_who_may_not_sign_in_is_no_editor_left():
    firm = organisation()
    editor, stopped = people.member(firm), people.member(firm)
    stopped.is_active = False
    stopped.save()

    with pytest.raises(members.LastEditor):
        members.leave(firm, by=editor, at=NOON)


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_itself_keeps_an_editor(act):
    editor = people.member(organisation())
    at_once()

    def take_away():
        row = Membership.objects.filter(person=editor)
        row.update(may_edit=False) if act == "update" else row.delete()
        at_once()

    with pytest.raises(IntegrityError, match="without anybody who may edit"), transaction.atomic():
        take_away()
    with disarmed("accounts_membership"):
        # The negative control: nothing else stands in the way.
        take_away()


def test_the_database_lets_one_editor_take_the_place_of_another():
    firm = organisation()
    editor, reader = people.member(firm), people.member(firm, may_edit=False)

    Membership.objects.filter(person=editor).update(may_edit=False)
    Membership.objects.filter(person=reader).update(may_edit=True)

    at_once()


def test_an_organisation_that_is_deleted_needs_no_editor():
    firm = organisation()
    people.member(firm)

    Organisation.objects.filter(pk=firm.pk).delete()

    at_once()


def test_a_reader_decides_for_nobody():
    firm = organisation()
    editor, reader = people.member(firm), people.member(firm, may_edit=False)
    people.member(firm)

    for act in (
        lambda: members.change(of(reader), may_edit=True, by=reader, at=NOON),
        lambda: members.remove(of(editor), by=reader, at=NOON),
    ):
        with pytest.raises(members.NotAnEditor):
            act()


def test_an_editor_of_another_organisation_decides_for_nobody():
    theirs, stranger = people.member(organisation()), people.member(organisation())

    with pytest.raises(members.NotAnEditor):
        members.remove(of(theirs), by=stranger, at=NOON)


def test_access_ends_at_once(client):
    draft = applications.draft()
    firm = draft.participants.get().organisation
    editor, other = draft.started_by, people.member(firm)
    client.force_login(other)
    address = f"/applications/{draft.reference}/"
    assert client.get(address).status_code == 200

    members.remove(of(other), by=editor, at=NOON)

    assert client.get(address).status_code == 404
    assert client.get(f"/organisation/{firm.pk}/people/").status_code == 404
    assert firm.name not in client.get("/organisation/").text


def test_members_see_who_belongs_and_a_reader_is_offered_to_leave_alone(client):
    firm = organisation()
    editor = people.member(firm, name="Ada Byron", email="ada@example.com")
    reader = people.member(firm, may_edit=False, name="Bob Reader")
    client.force_login(reader)

    page = client.get(f"/organisation/{firm.pk}/people/").text

    assert "Ada Byron" in page and "ada@example.com" in page and "Can edit, since" in page
    assert path(of(reader)) in page and path(of(editor)) not in page
    assert client.get(path(of(editor))).status_code == 404
    assert 'value="edit"' not in client.get(path(of(reader))).text


def test_an_editor_changes_a_right_on_the_page(client):
    firm = organisation()
    editor, other = people.member(firm), people.member(firm, name="Bob")
    client.force_login(editor)

    answer = client.post(path(of(other)), {"right": "read"}, follow=True)

    assert "Bob can read now." in answer.text
    assert not of(other).may_edit


def test_the_page_says_why_the_last_editor_stays(client):
    firm = organisation()
    editor = people.member(firm)
    client.force_login(editor)

    page = client.get(path(of(editor)))
    answer = client.post(path(of(editor)), {"right": "none"})

    assert "Nobody else can edit for" in page.text
    assert answer.status_code == 409
    assert "Somebody else has to be able to edit first" in answer.text
    assert of(editor).may_edit


def test_nothing_chosen_is_said_at_the_field(client):
    firm = organisation()
    editor, other = people.member(firm), people.member(firm)
    client.force_login(editor)

    answer = client.post(path(of(other)), {"right": ""})

    assert answer.status_code == 422
    assert "Select what they may do" in answer.text


def test_a_member_is_reached_through_their_own_organisation_alone(client):
    theirs, mine = people.member(organisation()), people.member(organisation())
    client.force_login(mine)

    answers = [
        client.get(path(of(theirs))).status_code,
        client.post(path(of(theirs)), {"right": "none"}).status_code,
        client.post(
            f"/organisation/{of(mine).organisation_id}/people/{of(theirs).pk}/", {"right": "none"}
        ).status_code,
    ]

    assert answers == [404, 404, 404]


@pytest.mark.parametrize("count", [1, 3])
def test_people_are_listed_in_constant_queries(client, django_assert_num_queries, count):
    firm = organisation()
    editor = people.member(firm)
    for _ in range(count):
        people.member(firm)
    client.force_login(editor)
    # The first request notes when the session began.
    client.get("/organisation/")

    # session, person, roles, moment, organisation, memberships, requests, invitations, unread, whether
    # the clock is set
    with django_assert_num_queries(10):
        client.get(f"/organisation/{firm.pk}/people/")
