"""Two organisations that are one company: everything of the one goes over, and nothing is lost or opened."""

import pytest
from django.db import IntegrityError, transaction

from accounts import invitations, membership_requests, merging, settling
from accounts.models import (
    AuditEntry,
    Membership,
    MembershipRequest,
    Notification,
    Organisation,
    RequestState,
)
from accounts.roles import Role
from applications.assessment import scoring
from applications.models import Participant
from applications.workflow import Status
from tests.accounts.test_members import at_once
from tests.databases import disarmed
from tests.make import applications, assessments, office, people
from tests.make.organisations import organisation
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def twice() -> tuple[Organisation, Organisation]:
    """One company entered twice: first without its number."""
    return organisation(name="Mersey Castings", company_number=""), organisation(name="Mersey Castings Ltd")


def merged(emptied, kept, reason="Entered twice.", by=None) -> Organisation:
    return merging.merge(emptied, kept, reason=reason, by=by or people.user(Role.ADMINISTRATOR), at=NOON)


def test_members_applications_and_requests_go_over():
    application = applications.draft()
    emptied = application.participants.get().organisation
    Organisation.objects.filter(pk=emptied.pk).update(company_number="")
    emptied.refresh_from_db()
    kept = organisation()
    first, both = application.started_by, people.member(emptied, may_edit=True)
    Membership.objects.create(organisation=kept, person=both, may_edit=False, joined_at=NOON)
    owner, asker = people.member(kept), people.user(Role.APPLICANT)
    membership_requests.ask(emptied, by=asker, at=NOON)
    part = Participant.objects.get(application=application)

    merged(emptied, kept)
    at_once()

    rights = dict(kept.memberships.values_list("person", "may_edit"))
    assert rights == {first.pk: True, both.pk: True, owner.pk: True}
    assert not emptied.memberships.exists()
    assert Participant.objects.get(pk=part.pk).organisation == kept
    assert Participant.objects.get(pk=part.pk).name == part.name
    assert MembershipRequest.objects.get().organisation == kept
    emptied.refresh_from_db()
    assert emptied.merged_into == kept
    entry = AuditEntry.objects.get(action="merge organisations")
    assert (entry.subject_id, entry.reason) == (emptied.pk, "Entered twice.")
    assert entry.after["merged_into"] == kept.pk
    assert entry.after["applications that it takes part in"] == 1


@pytest.mark.tells("membership_changed", "members_changed")
def test_whose_access_changes_is_told_and_so_are_the_editors_that_were_there():
    emptied, kept = twice()
    came, grew = people.member(emptied), people.member(emptied)
    Membership.objects.create(organisation=kept, person=grew, may_edit=False, joined_at=NOON)
    owner, reader = people.member(kept), people.member(kept, may_edit=False)

    merged(emptied, kept)

    told = Notification.objects.filter(subject_word="organisation", subject_id=kept.pk)
    own = told.filter(kind="membership_changed").values_list("recipient", "facts__before", "facts__after")
    assert set(own) == {(came.pk, None, True), (grew.pk, False, True)}
    of_others = told.filter(kind="members_changed").values_list("recipient", "facts__person")
    assert set(of_others) == {(owner.pk, came.pk), (grew.pk, came.pk)}
    assert not told.filter(recipient=reader).exists()


def test_every_table_that_names_an_organisation_is_thought_of():
    """A new one fails here: say in accounts/merging.py, or by ``merging.moved``, what becomes of its rows."""
    goes_over = {"Membership", "MembershipRequest", "Participant"}
    stays = {"Invitation", "SizeFigures"}  # invitations that are open are withdrawn
    is_pointed_on = {"Organisation"}

    named = {relation.related_model.__name__ for relation in Organisation._meta.related_objects}

    assert named == goes_over | stays | is_pointed_on


def test_whoever_asked_both_asks_once_and_whoever_is_in_asks_no_more():
    emptied, kept = twice()
    asker = people.user(Role.APPLICANT)
    for firm in (emptied, kept):
        membership_requests.ask(firm, by=asker, at=NOON)
    inside = people.user(Role.APPLICANT)
    membership_requests.ask(emptied, by=inside, at=NOON)
    Membership.objects.create(organisation=kept, person=inside, joined_at=NOON)

    merged(emptied, kept)

    waiting = MembershipRequest.objects.waiting()
    assert [(one.organisation, one.asked_by) for one in waiting] == [(kept, asker)]
    assert MembershipRequest.objects.filter(state=RequestState.OVERTAKEN).count() == 2


def test_open_invitations_of_the_emptied_one_are_withdrawn():
    emptied, kept = twice()
    made = invitations.invite(emptied, "new@example.com", may_edit=True, by=people.member(emptied), at=NOON)

    merged(emptied, kept)

    made.refresh_from_db()
    assert not made.is_waiting


def test_what_was_merged_before_is_led_on_too():
    first, second = twice()
    Organisation.objects.filter(pk=second.pk).update(company_number="")
    second.refresh_from_db()
    third = organisation()
    merged(first, second)

    merged(second, third)
    at_once()

    first.refresh_from_db()
    assert first.merged_into == third


def test_both_in_one_application_cannot_become_one():
    application = applications.draft()
    kept = application.participants.get().organisation
    part = applications.partner(application)
    emptied = part.organisation
    Organisation.objects.filter(pk=emptied.pk).update(company_number="")
    emptied.refresh_from_db()

    with pytest.raises(merging.CannotBeMerged, match=f"Both take part in {application.reference}"):
        merged(emptied, kept)

    assert Participant.objects.get(pk=part.pk).organisation == emptied


@pytest.mark.parametrize(
    "pair",
    [
        lambda: (organisation(), organisation()),
        lambda: (one := organisation(company_number=""), one),
        lambda: (organisation(company_number=""), gone()),
        lambda: (gone(), organisation()),
    ],
    ids=["two numbers", "the same", "into a merged one", "merged already"],
)
def test_what_is_not_one_company_twice_is_refused(pair):
    with pytest.raises(merging.CannotBeMerged):
        merged(*pair())


def gone() -> Organisation:
    emptied, kept = twice()
    merged(emptied, kept)
    emptied.refresh_from_db()
    return emptied


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_an_administrator_merges(role):
    with pytest.raises(settling.NotASettler):
        merged(*twice(), by=people.user(role))


@pytest.mark.parametrize("which", [0, 1])
def test_nobody_merges_an_organisation_of_their_own(which):
    pair = twice()

    with pytest.raises(settling.OwnOrganisation):
        merged(*pair, by=people.member(pair[which], True, Role.ADMINISTRATOR))


def test_merging_needs_a_reason():
    with pytest.raises(settling.SettlingRefused):
        merged(*twice(), reason=" ")


def test_the_database_itself_keeps_a_merged_one_empty():
    emptied = gone()

    with pytest.raises(IntegrityError, match="was merged into another"), transaction.atomic():
        people.member(emptied)
    with disarmed("accounts_membership"):
        # The negative control: nothing else stands in the way.
        people.member(emptied)


def test_the_database_itself_refuses_to_merge_one_with_members():
    emptied, kept = twice()
    people.member(emptied)

    with pytest.raises(IntegrityError, match="merged and not empty"), transaction.atomic():
        Organisation.objects.filter(pk=emptied.pk).update(merged_into=kept)
        at_once()


def test_the_database_itself_refuses_one_with_a_number():
    one, other = organisation(), organisation()

    with pytest.raises(IntegrityError, match="has_no_number"), transaction.atomic():
        Organisation.objects.filter(pk=one.pk).update(merged_into=other)


def test_an_assessor_who_is_tied_by_a_merger_submits_nothing():
    """They belonged to the same company under its other name: with the merger it shows."""
    application = applications.application(Status.IN_ASSESSMENT)
    made = assessments.marked(application)
    kept = applications.lead(application).organisation
    emptied = organisation(company_number="")
    Membership.objects.create(organisation=emptied, person=made.assessor, joined_at=NOON)

    said = merging.warnings(emptied, kept)
    merged(emptied, kept)

    assert f"{made.assessor} assesses {application.reference}" in said[0]
    with pytest.raises(scoring.OwnOrganisation):
        scoring.submit(made, by=made.assessor, at=NOON)


def test_the_page_shows_what_goes_over_before_it_does():
    emptied, kept = twice()
    people.member(emptied, name="Ada Byron")
    browser = office.sign_in(people.user(Role.ADMINISTRATOR))
    page = f"/admin/accounts/organisation/{emptied.pk}/merge/"

    search = browser.get(page).text
    preview = browser.get(f"{page}?into={kept.pk}").text
    silent = browser.post(page, {"kept": kept.pk, "reason": ""})
    done = browser.post(page, {"kept": kept.pk, "reason": "Entered twice."})

    assert f"{page}?into={kept.pk}" in search
    assert "1 member; 0 applications that it takes part in; 0 requests" in preview
    assert "Ada Byron" in preview
    assert silent.status_code == 422
    assert done["Location"] == f"/admin/accounts/organisation/{kept.pk}/change/"


def test_the_page_says_what_cannot_be_merged():
    one, other = organisation(), organisation()
    browser = office.sign_in(people.user(Role.ADMINISTRATOR))

    page = browser.get(f"/admin/accounts/organisation/{one.pk}/merge/?into={other.pk}").text

    assert "two numbers are two companies" in page
    assert 'name="kept"' not in page


def test_a_member_is_led_from_the_merged_one_to_the_kept_one(client):
    emptied, kept = twice()
    client.force_login(people.member(emptied))
    merged(emptied, kept)

    led = client.get(f"/organisation/{emptied.pk}/people/")
    client.force_login(people.member(organisation()))
    stranger = client.get(f"/organisation/{emptied.pk}/people/")

    assert led["Location"] == f"/organisation/{kept.pk}/people/"
    assert stranger.status_code == 404
