"""What other systems do through the API: the same actions, once for each key."""

import uuid

import pytest

from accounts import clock
from accounts.models import AuditEntry
from accounts.roles import Role
from applications.workflow import Status
from funding import release
from funding.models import Award
from tests.make import applications, budgets, competitions, people
from tests.make.api import Asking
from tests.make.times import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    competition = competitions.open_now()
    return applications.complete_draft(competition, at=competition.opens_at)


@pytest.fixture
def proposed():
    within = budgets.funded_competition()
    budgets.assessed(within)
    return budgets.proposed(within)


def approve(asking: Asking, allocation, key: str | None = None):
    return asking.post(f"allocations/{allocation.pk}/approve/", key=key)


def test_an_application_is_submitted_once_and_answered_the_same(draft):
    asking, key = Asking(draft.started_by), str(uuid.uuid4())

    answers = [
        asking.post(f"applications/{draft.reference}/submit/", {"is_true": True}, key=key) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["status"] == "submitted"
    assert AuditEntry.objects.filter(action="submit application").count() == 1


def test_a_submission_that_breaks_rules_says_which_and_may_be_sent_again_under_its_key(draft):
    asking, key = Asking(draft.started_by), "mine-1"
    address = f"applications/{draft.reference}/submit/"
    marks = list(draft.completed_sections.all())
    draft.completed_sections.all().delete()

    refused = asking.post(address, {"is_true": True}, key=key)
    for mark in marks:
        mark.pk = None
        mark.save(force_insert=True)
    accepted = asking.post(address, {"is_true": True}, key=key)

    assert refused.status_code == 422
    assert {e["message"] for e in refused.json()["errors"]} == {"Complete all sections before submitting."}
    assert accepted.status_code == 200


@pytest.mark.parametrize("sent", [{}, {"is_true": False}, {"is_true": "perhaps"}])
def test_a_submission_without_its_declaration_is_refused_at_the_field(draft, sent):
    answer = Asking(draft.started_by).post(f"applications/{draft.reference}/submit/", sent)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["is_true"]
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_another_businesss_application_is_not_there_to_be_submitted(draft):
    asking = Asking(applications.stranger())

    theirs = asking.post(f"applications/{draft.reference}/submit/", {"is_true": True})
    nothing = asking.post("applications/LP-0000-0000/submit/", {"is_true": True})

    assert (theirs.status_code, theirs.content) == (404, nothing.content)


def test_an_allocation_is_approved_once(proposed):
    asking = Asking(budgets.approver())

    answers = [approve(asking, proposed, "k") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["state"] == "approved"
    assert Award.objects.count() == 1


def test_an_approval_under_another_key_is_told_that_it_was_decided(proposed):
    asking = Asking(budgets.approver())
    approve(asking, proposed, "first")

    answer = approve(asking, proposed, "second")

    assert answer.status_code == 409
    assert [error["code"] for error in answer.json()["errors"]] == ["already_decided"]
    assert AuditEntry.objects.get(is_refusal=True).reason == "AlreadyDecided"


def test_without_a_key_nothing_is_done(proposed):
    answer = approve(Asking(budgets.approver()), proposed, key="")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["Idempotency-Key"]
    assert not Award.objects.exists()


def test_a_key_that_stands_for_another_request_is_refused(proposed):
    asking = Asking(budgets.approver())
    asking.post(f"allocations/{proposed.pk}/refuse/", {"reason": "The scores are wrong."}, key="k")

    answer = asking.post(f"allocations/{proposed.pk}/refuse/", {"reason": "Another."}, key="k")

    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["key_reused"]


def test_who_proposed_does_not_approve_through_the_api_either(proposed):
    both = people.user(Role.FUNDS, Role.APPROVER)
    within = budgets.funded_competition()
    budgets.assessed(within)
    own = budgets.proposed(within, by=both)

    answer = approve(Asking(both), own)

    assert answer.status_code == 409
    assert [error["code"] for error in answer.json()["errors"]] == ["same_person"]


@pytest.mark.parametrize("role", [Role.FUNDS, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR, Role.APPLICANT])
def test_only_an_approver_approves(proposed, role):
    person = applications.stranger() if role == Role.APPLICANT else people.user(role)

    assert approve(Asking(person), proposed).status_code == 403
    assert not Award.objects.exists()


def test_a_release_shows_the_decision(proposed):
    approve(Asking(budgets.approver()), proposed)

    answer = Asking(budgets.fund_manager()).post(f"allocations/{proposed.pk}/release/")

    assert answer.status_code == 200
    [waiting] = answer.json()["releases"]
    assert (waiting["state"], answer.json()["released_at"]) == ("waiting", None)
    release.let_go(at=clock.now() + DAY)
    proposed.refresh_from_db()
    assert proposed.is_released


def test_a_release_is_recalled_with_a_reason_while_it_waits(proposed):
    approve(Asking(budgets.approver()), proposed)
    asking = Asking(budgets.fund_manager())
    asking.post(f"allocations/{proposed.pk}/release/")

    without = asking.post(f"allocations/{proposed.pk}/recall/", {"reason": " "})
    recalled = asking.post(f"allocations/{proposed.pk}/recall/", {"reason": "A figure is wrong."})
    again = asking.post(f"allocations/{proposed.pk}/recall/", {"reason": "A figure is wrong."})

    assert (without.status_code, recalled.status_code, again.status_code) == (400, 200, 409)
    assert [one["state"] for one in recalled.json()["releases"]] == ["recalled"]


def test_an_allocation_is_listed_with_its_lines(proposed):
    asking = Asking(budgets.fund_manager())

    [row] = asking.list("allocations/", state="proposed")
    one = asking.get(f"allocations/{row['id']}/").json()

    assert [line["outcome"] for line in one["lines"]] == ["fund"]
