"""Two who act on one application at once: they take turns, and nobody is cut off; and without the order."""

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import Notification, Region, User
from applications import withdrawal
from applications.assessment import declining, inviting, offers, turns
from applications.models import Application, Assessment, AssessmentStatus, AssessorInvitation
from applications.workflow import DeclineReason, Status
from tests import processes
from tests.applications.test_submission import most_waiters
from tests.make import applications, assessments, competitions, people
from tests.make.times import NOON

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("races")]

DEADLOCK = "deadlock"
COMMENT = "My sister works there."


def be_patient() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '60s'; SET statement_timeout = '60s'")


def decline_there(pk: int) -> str:
    be_patient()
    assessment = Assessment.objects.get(pk=pk)
    try:
        declining.decline(assessment, DeclineReason.CONFLICT, COMMENT, by=assessment.assessor, at=NOON)
    except declining.AlreadyOver:
        return "over already"
    except OperationalError as error:
        return DEADLOCK if DEADLOCK in str(error) else str(error)
    return "declined"


def decline_out_of_turn(pk: int) -> str:
    turns.hold_applications = lambda assessments: None
    return decline_there(pk)


def accept_there(pk: int) -> str:
    be_patient()
    assessment = Assessment.objects.get(pk=pk)
    try:
        offers.accept(assessment, has_no_conflict=True, by=assessment.assessor, at=NOON)
    except offers.NotOffered:
        return "not offered"
    return "accepted"


def withdrawn_meanwhile(job, assessment: Assessment) -> tuple[str, str, int]:
    """Withdraw the application while the job, which came second, waits for it.

    Returns what became of the withdrawal and of the job, and how many waited.
    """
    be_patient()
    application = assessment.application
    mine = "withdrawn"
    try:
        with transaction.atomic():
            Application.objects.select_for_update().get(pk=application.pk)
            other = processes.start(job, assessment.pk)
            waited = most_waiters(wanted=1)
            withdrawal.withdraw(application, by=applications.editor(application), at=NOON)
    except OperationalError as error:
        mine = DEADLOCK if DEADLOCK in str(error) else str(error)
    return mine, other.answer(), waited


def test_a_decline_waits_for_a_withdrawal_under_way(committed_database):
    assessment = assessments.marked(applications.application(Status.IN_ASSESSMENT))

    assert withdrawn_meanwhile(decline_there, assessment) == ("withdrawn", "over already", 1)


def test_an_acceptance_waits_for_a_withdrawal_under_way(committed_database):
    assessment = assessments.offered(applications.application(Status.IN_ASSESSMENT))

    assert withdrawn_meanwhile(accept_there, assessment) == ("withdrawn", "not offered", 1)


def test_without_the_order_one_of_the_two_would_be_cut_off(committed_database):
    assessment = assessments.marked(applications.application(Status.IN_ASSESSMENT))

    mine, other, waited = withdrawn_meanwhile(decline_out_of_turn, assessment)

    assert waited == 1
    assert [mine, other].count(DEADLOCK) == 1


def test_whoever_declines_first_keeps_their_comment(committed_database):
    assessment = assessments.marked(applications.application(Status.IN_ASSESSMENT))

    assert processes.run(decline_there, assessment.pk) == "declined"

    withdrawal.withdraw(assessment.application, by=applications.editor(assessment.application), at=NOON)
    assessment.refresh_from_db()
    assert (assessment.status, assessment.end_comment) == (AssessmentStatus.REJECTED, COMMENT)


def invite_there(region: int, by: int) -> str:
    be_patient()
    try:
        made = inviting.invite(
            Region.objects.get(pk=region), "new@example.com", by=User.objects.get(pk=by), at=NOON
        )
    except Exception as error:
        return type(error).__name__
    return f"sent {made.sends}"


def invite_past_the_region(region: int, by: int) -> str:
    inviting._hold = lambda region: None
    return invite_there(region, by)


def invited_at_once(job) -> tuple[list[str], int]:
    """Let two managers invite one address; both have come as far as the first of them can be held."""
    region = competitions.region()
    managers = [people.manager(email=f"manager{n}@example.com") for n in range(2)]
    with transaction.atomic():
        # They may look for an invitation meanwhile, and write none.
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE applications_assessorinvitation IN SHARE ROW EXCLUSIVE MODE")
        running = [processes.start(job, region.pk, one.pk) for one in managers]
        waited = most_waiters(wanted=2)
    return sorted(one.answer() for one in running), waited


def test_one_new_address_invited_twice_at_once_has_one_invitation(committed_database):
    answers, waited = invited_at_once(invite_there)

    assert (answers, waited) == (["sent 1", "sent 2"], 2)
    assert AssessorInvitation.objects.count() == 1
    assert Notification.objects.filter(kind="assessor_invitation").count() == 2


def test_without_the_lock_of_the_region_the_second_would_be_an_error(committed_database):
    answers, waited = invited_at_once(invite_past_the_region)

    assert (answers, waited) == (["IntegrityError", "sent 1"], 2)
