"""Nobody judges an application of an organisation that they belong to, as lead or as partner."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts import invitations
from accounts.models import AuditEntry, Membership
from applications.assessment import assignment, declining, independence, scoring
from applications.models import Assessment, AssessmentStatus
from applications.workflow import DeclineReason, Status
from tests.databases import disarmed
from tests.make import applications, assessments, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

as_lead_and_as_partner = pytest.mark.parametrize("is_lead", [True, False], ids=["lead", "partner"])


def join(person, application, is_lead=True):
    """Let the person belong to the lead of the application, or to a new partner in it."""
    part = applications.lead(application) if is_lead else applications.partner(application)
    Membership.objects.create(organisation=part.organisation, person=person, joined_at=NOON)
    return part.organisation


@as_lead_and_as_partner
def test_a_manager_of_the_organisation_gives_nothing_out(is_lead):
    application, manager = applications.application(), people.manager()
    own = join(manager, application, is_lead)

    with pytest.raises(assignment.OwnOrganisation) as refusal:
        assignment.give(application, people.assessor(), by=manager, at=NOON)

    assert str(refusal.value) == (
        f"You belong to {own}, which takes part in {application.reference}. Somebody else has to do this."
    )
    entry = AuditEntry.objects.get(action="give application to assessor")
    assert entry.is_refusal
    assert entry.after == {"member": manager.pk, "organisation": own.pk}


@as_lead_and_as_partner
def test_an_assessor_who_joins_later_neither_saves_nor_submits(is_lead):
    application = applications.application(Status.IN_ASSESSMENT)
    made = assessments.marked(application)
    own = join(made.assessor, application, is_lead)

    for act in (
        lambda: scoring.save(made, {}, {}, version=1, by=made.assessor, at=NOON),
        lambda: scoring.submit(made, by=made.assessor, at=NOON),
    ):
        with pytest.raises(scoring.OwnOrganisation, match=f"You belong to {own}"):
            act()

    made.refresh_from_db()
    assert made.status == AssessmentStatus.READY


def test_an_assessor_who_accepts_an_invitation_later_submits_nothing():
    application = applications.application(Status.IN_ASSESSMENT)
    made = assessments.marked(application)
    firm, assessor = applications.lead(application).organisation, made.assessor
    EmailAddress.objects.create(user=assessor, email=assessor.email, verified=True, primary=True)
    invited = invitations.invite(firm, assessor.email, may_edit=False, by=application.started_by, at=NOON)

    invitations.accept(invited, by=assessor, at=NOON)

    with pytest.raises(scoring.OwnOrganisation):
        scoring.submit(made, by=assessor, at=NOON)


def test_an_assessor_who_joins_later_may_still_decline():
    application = applications.application(Status.IN_ASSESSMENT)
    made = assessments.marked(application)
    join(made.assessor, application)

    declining.decline(made, DeclineReason.CONFLICT, by=made.assessor, at=NOON)

    made.refresh_from_db()
    assert made.status == AssessmentStatus.REJECTED


@as_lead_and_as_partner
def test_the_database_refuses_a_submission_by_a_member(is_lead):
    application = applications.application(Status.IN_ASSESSMENT)
    made = assessments.marked(application)
    join(made.assessor, application, is_lead)
    submission = {"status": AssessmentStatus.SUBMITTED, "submitted_at": NOON}

    with pytest.raises(IntegrityError, match="belongs to an organisation"), transaction.atomic():
        Assessment.objects.filter(pk=made.pk).update(**submission)
    with disarmed("applications_assessment"):
        # The negative control: nothing else stands in the way.
        assert Assessment.objects.filter(pk=made.pk).update(**submission) == 1


def test_the_database_refuses_an_assessment_given_by_a_member():
    application, manager = applications.application(Status.IN_ASSESSMENT), people.manager()
    join(manager, application)

    with pytest.raises(IntegrityError, match="belongs to an organisation"), transaction.atomic():
        assessments.assessment(application, given_by=manager)
    with disarmed("applications_assessment"):
        assessments.assessment(application, given_by=manager)


def test_somebody_of_another_organisation_is_not_bound():
    application, other = applications.application(), applications.application()
    person = people.assessor()
    join(person, other)

    assert independence.tie([person], [application.pk]) is None
