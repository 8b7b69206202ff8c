"""A submitted assessment that is given back: kept as it was, counted no more, submitted again."""

import hashlib
import json

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.urls import reverse

from accounts.models import Notification
from accounts.roles import Role
from applications.assessment import moderation, ranking, reopening, scoring
from applications.models import Assessment, AssessmentReopening, AssessmentStatus, AssessmentVersion
from applications.workflow import Status
from tests.make import applications, assessments, budgets, people
from tests.make.office import sign_in
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

WHY = "Question 3 says that the costs are missing; they are in the table."


@pytest.fixture
def done() -> Assessment:
    made = assessments.marked(applications.application(Status.IN_ASSESSMENT))
    return scoring.submit(made, by=made.assessor, at=NOON)


def reopen(assessment, reason=WHY, *, by=None):
    return reopening.reopen(assessment, reason, by=by or people.manager(), at=NOON + DAY)


def page(assessment) -> str:
    return reverse("admin:applications_assessment_score", args=[assessment.pk])


@pytest.mark.tells("assessment_reopened")
def test_assessor_is_told_why_and_may_change_it(done):
    opened = reopen(done)

    told = Notification.objects.get(kind="assessment_reopened")
    text = sign_in(done.assessor).get(page(done)).text
    assert (opened.status, opened.submitted_at) == (AssessmentStatus.OPEN, None)
    assert told.recipient == done.assessor
    assert WHY in text
    assert "<textarea" in text


def test_it_counts_no_more_until_it_is_submitted_again(done):
    competition = done.application.competition
    before = ranking.scores([competition])

    opened = reopen(done)
    without = ranking.scores([competition])
    scoring.submit(opened, by=done.assessor, at=NOON + 2 * DAY)

    assert (list(before), list(without)) == ([done.application_id], [])
    assert ranking.scores([competition]) == before


def test_every_version_that_was_submitted_is_kept_as_it_was(done):
    opened = reopen(done)
    question = scoring.scored_questions(opened)[0]
    changed = scoring.save(
        opened, {question.pk: (2, "On reflection.")}, {}, version=opened.version, by=done.assessor, at=NOON
    )
    scoring.submit(changed, by=done.assessor, at=NOON + 2 * DAY)

    first, second = AssessmentVersion.objects.order_by("number")
    marks = [json.loads(version.content)["marks"][0] for version in (first, second)]
    assert [(one["mark"], one["feedback"]) for one in marks] == [
        (8, "Clear, with some evidence."),
        (2, "On reflection."),
    ]
    assert (first.submitted_at, second.submitted_at) == (NOON, NOON + 2 * DAY)
    assert first.fingerprint == hashlib.sha256(first.content.encode()).hexdigest()
    assert AssessmentReopening.objects.get().version == first


def test_what_was_submitted_before_versions_were_kept_gets_its_own_when_it_is_reopened():
    old = assessments.submitted(applications.application(Status.IN_ASSESSMENT))
    assert not AssessmentVersion.objects.exists()

    reopen(old)

    assert AssessmentVersion.objects.get().submitted_at == old.submitted_at


@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.FUNDS, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_nobody_but_a_competition_manager_reopens(done, role):
    with pytest.raises(reopening.NotAManager):
        reopen(done, by=people.user(role))


def test_manager_of_the_applicant_does_not_reopen(done):
    member = people.member(applications.lead(done.application).organisation, True, Role.MANAGER)

    with pytest.raises(reopening.OwnOrganisation):
        reopen(done, by=member)


@pytest.mark.parametrize("reason", ["", "  ", "word " * 101, "x" * 100_000])
def test_reason_is_asked_for_and_short(done, reason):
    with pytest.raises(reopening.ReasonMissing):
        reopen(done, reason)

    done.refresh_from_db()
    assert done.is_submitted


def test_what_is_not_submitted_is_not_reopened(done):
    opened = reopen(done)

    with pytest.raises(reopening.NotSubmitted):
        reopen(opened)


def test_after_an_allocation_was_proposed_the_marks_stay_until_it_is_refused():
    within = budgets.funded_competition()
    entry = budgets.assessed(within)
    budgets.proposed(within)

    with pytest.raises(reopening.TooLate, match="An allocation stands on the marks"):
        reopen(entry.assessments.first())


@pytest.mark.parametrize(
    "change",
    [
        "status = 'open', submitted_at = NULL",
        "status = 'withdrawn', end_comment = 'x', ended_at = now()",
        "fund = NOT fund",
    ],
)
def test_database_keeps_the_lock_where_no_reopening_says_why(done, change):
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE applications_assessment SET {change} WHERE id = %s", [done.pk])


@pytest.mark.parametrize(
    "change",
    [
        "status = 'open', submitted_at = NULL, fund = NOT fund",
        "status = 'open', submitted_at = NULL, note_to_staff = 'x'",
        "status = 'pending', submitted_at = NULL",
        "status = 'open'",
    ],
)
def test_a_reopening_permits_its_own_move_and_no_other(done, change):
    version = AssessmentVersion.objects.get()
    AssessmentReopening.objects.create(version=version, reason=WHY, made_by=people.manager(), made_at=NOON)

    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE applications_assessment SET {change} WHERE id = %s", [done.pk])


def test_a_reopening_serves_once(done):
    opened = reopen(done)
    scoring.submit(opened, by=done.assessor, at=NOON + 2 * DAY)

    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE applications_assessment SET status = 'open', submitted_at = NULL WHERE id = %s", [done.pk]
        )


def test_manager_reopens_on_the_page_and_reads_what_was_submitted(done):
    manager = sign_in(people.manager())

    offered = manager.get(page(done))
    empty = manager.post(page(done), {"reopen": "1", "reopen_reason": " "})
    answer = manager.post(page(done), {"reopen": "1", "reopen_reason": WHY}, follow=True)
    version = manager.get(reverse("admin:applications_assessment_version", args=[done.pk, 1]))

    assert "Reopen this assessment" in offered.text
    assert (empty.status_code, "Enter why you reopen the assessment" in empty.text) == (422, True)
    assert "What was submitted before" in answer.text
    assert [text for text in ("80 of 100", WHY, "A strong team") if text not in version.text] == []


def test_the_assessor_reads_at_once_why_it_was_reopened(done):
    sign_in(people.manager()).post(page(done), {"reopen": "1", "reopen_reason": WHY})

    shown = sign_in(done.assessor).get(page(done)).text

    assert f": {WHY} It counts again when you submit it." in shown


def test_others_are_offered_no_reopening_and_refused(done):
    for person in (done.assessor, people.user(Role.AUDITOR)):
        browser = sign_in(person)
        assert "reopen_reason" not in browser.get(page(done)).text
        assert browser.post(page(done), {"reopen": "1", "reopen_reason": WHY}).status_code == 403


def test_version_is_read_by_who_may_read_the_assessment_and_by_no_other(done):
    address = reverse("admin:applications_assessment_version", args=[done.pk, 1])
    other = assessments.assessment(done.application)

    assert sign_in(done.assessor).get(address).status_code == 200
    assert sign_in(other.assessor).get(address).status_code == 404
    assert sign_in(done.assessor).get(address.replace("/1/", "/2/")).status_code == 404


def test_excluded_marks_are_settled_before_it_is_reopened(done):
    waiting = moderation.propose(done, reason="No reason given.", by=people.manager(), at=NOON)

    with pytest.raises(reopening.MarksExcluded):
        reopen(done)
    assert not reopening.is_reopenable(done, people.manager())

    moderation.decide(waiting, confirm=False, reason="It has its reasons.", by=people.manager(), at=NOON)
    assert reopen(done).status == AssessmentStatus.OPEN
