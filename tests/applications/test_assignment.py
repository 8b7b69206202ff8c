from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Membership, Notification
from accounts.roles import Role
from applications.assessment import assignment
from applications.models import Assessment, AssessmentStatus, Stage, StatusChange
from applications.workflow import Status
from tests.make import applications, assessments, organisations, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def give(application, assessor, by=None, at=NOON):
    return assignment.give(application, assessor, by=by or people.manager(), at=at)


def test_the_first_assessor_brings_the_application_into_assessment():
    application = applications.application()
    assessor, manager = people.assessor(), people.manager()

    given = give(application, assessor, by=manager)

    application.refresh_from_db()
    application.competition.refresh_from_db()
    assert (given.status, given.given_by, given.given_at) == (AssessmentStatus.PENDING, manager, NOON)
    assert application.status == Status.IN_ASSESSMENT
    assert application.competition.stage == Stage.IN_ASSESSMENT
    assert StatusChange.objects.get(application=application).made_by == manager


def test_the_second_assessor_moves_nothing():
    application = applications.application()
    give(application, people.assessor())

    give(application, people.assessor())

    assert application.assessments.count() == 2
    assert application.status_changes.count() == 1


@pytest.mark.tells("assessment_given")
def test_the_assessor_is_owed_one_notification():
    application = applications.application()
    assessor = people.assessor()

    given = give(application, assessor)

    notification = Notification.objects.get()
    assert (notification.kind, notification.recipient) == ("assessment_given", assessor)
    assert (notification.subject_word, notification.subject_id) == ("assessment", given.pk)


@pytest.mark.parametrize(
    "status", sorted(set(Status) - {Status.SUBMITTED, Status.IN_ASSESSMENT}), ids=lambda status: status.name
)
def test_what_is_not_waiting_for_assessment_is_refused(status):
    application = applications.application(status)

    with pytest.raises(assignment.NotReadyForAssessment):
        give(application, people.assessor(), at=application.competition.closes_at)

    assert not Assessment.objects.exists()


def test_nothing_is_given_before_the_close():
    application = applications.application()
    closes_at = application.competition.closes_at

    with pytest.raises(assignment.NotReadyForAssessment):
        give(application, people.assessor(), at=closes_at - timedelta(milliseconds=1))
    give(application, people.assessor(), at=closes_at)

    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("stage", [Stage.PANEL, Stage.DECIDED, Stage.RELEASED])
def test_nothing_is_given_once_the_panel_has_it(stage):
    application = applications.application(
        Status.IN_ASSESSMENT, within=applications.closed_competition(stage=stage)
    )

    with pytest.raises(assignment.NotReadyForAssessment):
        give(application, people.assessor())


def test_nobody_assesses_an_application_of_their_own_organisation():
    own = organisations.organisation()
    assessor = people.member(own, True, Role.ASSESSOR)
    application = applications.application(organisation=own, by=people.member(own))

    with pytest.raises(assignment.OwnOrganisation) as refusal:
        give(application, assessor)

    application.refresh_from_db()
    assert refusal.value.part.organisation == own
    assert application.status == Status.SUBMITTED


def test_the_database_refuses_an_assessor_of_the_same_organisation():
    application = applications.application()
    assessor = people.assessor()
    organisation = application.participants.get().organisation
    Membership.objects.create(organisation=organisation, person=assessor, joined_at=NOON)

    with pytest.raises(IntegrityError, match="belongs to an organisation"), transaction.atomic():
        assessments.assessment(application, assessor)


def test_the_database_refuses_to_pass_an_assessment_on_to_a_member():
    application = applications.application()
    given = assessments.assessment(application)
    member = people.member(application.participants.get().organisation, True, Role.ASSESSOR)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE applications_assessment SET assessor_id = %s WHERE id = %s", [member.pk, given.pk]
        )


def test_nobody_is_given_an_application_twice():
    application = applications.application()
    assessor = people.assessor()
    first = give(application, assessor)

    with pytest.raises(assignment.AlreadyGiven) as refusal:
        give(application, assessor)

    assert refusal.value.assessment == first
    assert Notification.objects.count() == 1


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ASSESSOR}))
def test_only_an_assessor_is_given_applications(role):
    with pytest.raises(assignment.NotAnAssessor):
        give(applications.application(), people.user(role))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.FUNDS, Role.APPROVER, Role.AUDITOR])
def test_who_sees_the_marks_of_others_gives_none(role):
    with pytest.raises(assignment.NotAnAssessor):
        give(applications.application(), people.user(Role.ASSESSOR, role))


def test_an_assessor_who_may_no_longer_sign_in_is_refused():
    assessor = people.assessor()
    assessor.is_active = False
    assessor.save()

    with pytest.raises(assignment.NotAnAssessor):
        give(applications.application(), assessor)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
def test_only_a_manager_gives_applications_out(role):
    with pytest.raises(assignment.NotAManager):
        give(applications.application(), people.assessor(), by=people.user(role))
