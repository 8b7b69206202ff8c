"""The closing list and submissions that are under way, as real processes; and with each protection gone."""

from datetime import datetime

import pytest
from django.db import connection, transaction

from accounts.models import User
from applications import closing, competition_lock, deadline, eligibility, submission
from applications.closing import REQUEST_LIMIT
from applications.models import Application, Competition
from applications.workflow import Status
from tests import processes
from tests.applications.test_closing import INSTANT, closing_at_eleven, listed
from tests.applications.test_submission import most_waiters
from tests.databases import as_owner
from tests.make import applications, people
from tests.make.times import DAY

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("races")]


def submit_there(application_id: int, person_id: int, at: str) -> str:
    be_patient()
    draft = Application.objects.get(pk=application_id)
    submission.submit(draft, by=User.objects.get(pk=person_id), at=datetime.fromisoformat(at))
    return "submitted"


def submit_slowly(application_id: int, person_id: int, at: str) -> str:
    """Take long over it where all that is asked of the competition has been asked."""
    found = eligibility.breaches

    def slowly(draft, *, at):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [PAUSE])
        return found(draft, at=at)

    eligibility.breaches = slowly
    return submit_there(application_id, person_id, at)


def submit_past_the_lock(application_id: int, person_id: int, at: str) -> str:
    competition_lock.share = lambda competition_id: None
    return submit_slowly(application_id, person_id, at)


def draw_there(competition_id: int, at: str) -> str:
    be_patient()
    drawn = closing.draw(Competition.objects.get(pk=competition_id), at=datetime.fromisoformat(at))
    return f"{drawn.received} received"


def be_patient() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '60s'; SET statement_timeout = '60s'")


#: The number of the lock at which a submission is made to wait.
PAUSE = 59_59


def drawn_under_slow_submissions(job, number: int = 3) -> tuple[list[str], str, int, Competition]:
    """Let submissions of 10:59:59.999999 go on only after the list has been asked for.

    Returns their answers, the list's, how many waited at most, and the competition.
    """
    within = closing_at_eleven()
    drafts = [applications.complete_draft(within, at=within.closes_at - DAY) for _ in range(number)]
    at, drawn_at = within.closes_at - INSTANT, within.closes_at + REQUEST_LIMIT
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PAUSE])
        entering = [processes.start(job, one.pk, one.started_by_id, at.isoformat()) for one in drafts]
        assert most_waiters(wanted=number) == number
        drawing = processes.start(draw_there, within.pk, drawn_at.isoformat())
        waited = most_waiters(wanted=number + 1, within=5)
    return [one.answer() for one in entering], drawing.answer(), waited, within


def submitted_to(within: Competition) -> int:
    return Application.objects.filter(competition=within, status=Status.SUBMITTED).count()


def test_slow_submissions_from_before_the_close_are_all_on_the_list(committed_database):
    answers, drawn, waited, within = drawn_under_slow_submissions(submit_slowly)

    assert answers == ["submitted"] * 3
    assert (drawn, waited) == ("3 received", 4)
    assert len(listed(within)) == submitted_to(within) == 3


def test_without_the_lock_the_database_refuses_what_would_be_missing(committed_database):
    answers, drawn, waited, within = drawn_under_slow_submissions(submit_past_the_lock)

    assert (drawn, waited) == ("0 received", 3)
    assert answers == ["IntegrityError"] * 3
    assert submitted_to(within) == 0


def test_without_either_submissions_would_be_missing_from_the_list(committed_database):
    """The negative control: were this green, the tests above would prove nothing."""
    as_owner("ALTER TABLE applications_application DISABLE TRIGGER USER")

    answers, drawn, _waited, within = drawn_under_slow_submissions(submit_past_the_lock)

    assert (answers, drawn) == (["submitted"] * 3, "0 received")
    assert (submitted_to(within), listed(within)) == (3, [])


def test_a_submission_slower_than_the_list_is_refused_and_not_lost(committed_database):
    within = closing_at_eleven()
    draft = applications.complete_draft(within, at=within.closes_at - DAY)
    at = within.closes_at - INSTANT
    with transaction.atomic():
        # The list is being drawn while the submission, which came in before the close, comes to its lock.
        competition_lock.hold_alone(within.pk)
        late = processes.start(submit_there, draft.pk, draft.started_by_id, at.isoformat())
        assert most_waiters(wanted=1) == 1
        drawn = closing.draw(within, at=within.closes_at + REQUEST_LIMIT)

    assert late.answer() == "CompetitionClosed"
    draft.refresh_from_db()
    assert (drawn.received, draft.status) == (0, Status.DRAFT)


def test_the_close_is_not_moved_under_a_submission(committed_database):
    within = closing_at_eleven()
    draft = applications.complete_draft(within, at=within.closes_at - DAY)
    manager = people.manager()
    at = within.closes_at - INSTANT
    with transaction.atomic():
        Application.objects.select_for_update().get(pk=draft.pk)
        entering = processes.start(submit_there, draft.pk, draft.started_by_id, at.isoformat())
        assert most_waiters(wanted=1) == 1
        moving = processes.start(move_there, within.pk, manager.pk, at.isoformat())
        # One waits for the row, the other for the competition.
        assert most_waiters(wanted=2) == 2
        still = Competition.objects.get(pk=within.pk).closes_at

    assert still == within.closes_at
    assert (entering.answer(), moving.answer()) == ("submitted", "moved")


def move_there(competition_id: int, person_id: int, at: str) -> str:
    be_patient()
    within = Competition.objects.get(pk=competition_id)
    manager = User.objects.get(pk=person_id)
    deadline.move(within, within.closes_at + DAY, "Fog", by=manager, at=datetime.fromisoformat(at))
    return "moved"
