"""What staff make of a conflict: blocked or cleared, with a reason, by somebody who has no part in it."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEntry, Membership
from accounts.roles import Role
from applications.assessment import assignment, conflicts, rulings
from applications.assessment.ties import ConflictKind
from applications.models import Conflict, ConflictState
from applications.workflow import Status
from tests.make import applications, assessors, competitions, office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def found(**fields) -> Conflict:
    return assessors.conflict(applications.application(Status.IN_ASSESSMENT), people.assessor(), **fields)


def rule(conflict, is_cleared=True, reason="Namesakes.", by=None):
    return rulings.rule(conflict, is_cleared=is_cleared, reason=reason, by=by or people.manager(), at=NOON)


def test_cleared_the_assessor_is_given_it():
    application = applications.application()
    assessor, manager = people.assessor(), people.manager()
    assessors.profile(assessor, employer=applications.lead(application).organisation.name)
    conflicts.refresh_competition(application.competition, at=NOON)

    ruled = rule(Conflict.objects.get(), by=manager)
    assignment.give(application, assessor, by=manager, at=NOON)

    assert (ruled.state, ruled.ruled_by, ruled.ruling) == (ConflictState.CLEARED, manager, "Namesakes.")
    entry = AuditEntry.objects.get(action="rule on conflict")
    assert entry.reason == "Namesakes."


def test_a_flag_that_is_blocked_keeps_them_away():
    conflict = found(kind=ConflictKind.ADDRESS, blocks=False)

    rule(conflict, is_cleared=False)

    pair = (conflict.assessor_id, conflict.application_id)
    assert conflicts.blocked_pairs(conflict.application.competition) == {pair}


@pytest.mark.parametrize("kind", [ConflictKind.MEMBER, ConflictKind.DECLARED])
def test_some_are_never_cleared(kind):
    conflict = found(kind=kind)

    with pytest.raises(rulings.CannotBeCleared):
        rule(conflict)
    with pytest.raises(IntegrityError), transaction.atomic():
        Conflict.objects.update(
            state=ConflictState.CLEARED, blocks=False, ruled_by=people.manager(), ruled_at=NOON, ruling="So."
        )


def test_nobody_with_a_part_in_it_rules():
    conflict = found()
    elsewhere = people.user(Role.MANAGER, region=competitions.region("TV", "Tees Valley"))
    member = people.manager()
    firm = applications.lead(conflict.application).organisation
    Membership.objects.create(organisation=firm, person=member, may_edit=False, joined_at=NOON)

    for by, refusal in (
        (elsewhere, rulings.NotAManager),
        (people.user(Role.FUNDS), rulings.NotAManager),
        (member, rulings.OwnOrganisation),
    ):
        with pytest.raises(refusal):
            rule(conflict, by=by)
    assert Conflict.objects.get().state == ConflictState.FOUND


def test_a_ruling_has_its_reason_and_is_of_what_was_seen():
    conflict = found()

    with pytest.raises(rulings.ReasonMissing):
        rule(conflict, reason="  ")
    Conflict.objects.update(reason="Something else.")
    with pytest.raises(rulings.Changed):
        rule(conflict)


def test_the_page_rules_and_keeps_what_was_typed():
    conflict = found()
    browser = office.sign_in(people.manager())
    page = reverse("admin:applications_conflict_change", args=[conflict.pk])
    address = reverse("admin:applications_conflict_rule", args=[conflict.pk])

    assert conflict.reason in browser.get(page).text
    refused = browser.post(address, {"reason": "They only share a name."})
    assert (refused.status_code, "They only share a name." in refused.text) == (422, True)
    seen = re.search('name="seen" value="([^"]*)"', browser.get(page).text)[1]
    assert browser.post(address, {"ruling": "clear", "reason": "Namesakes.", "seen": seen}).url == page
    late = browser.post(address, {"ruling": "block", "reason": "After all.", "seen": seen})
    assert (late.status_code, "has changed" in late.text) == (409, True)

    conflict.refresh_from_db()
    assert conflict.state == ConflictState.CLEARED
    assert office.sign_in(conflict.assessor).get(page).status_code == 403
