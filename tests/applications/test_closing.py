"""The closing list: whoever came in before the close is on it, whoever came later is not, and it stands."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.london import LONDON
from accounts.models import AuditEntry
from accounts.roles import Role
from applications import closing, reopening, submission
from applications.closing import REQUEST_LIMIT
from applications.models import (
    Application,
    ClosingList,
    ClosingListEntry,
    Competition,
    Stage,
    StatusChange,
)
from applications.workflow import Status
from funding.reports import covered
from launchpad import web_server
from tests.applications.test_submission import CLOSING_DAYS
from tests.databases import as_owner
from tests.make import applications, office, people
from tests.make.competitions import closed_competition, competition
from tests.make.times import DAY, NOON

INSTANT = timedelta(microseconds=1)


def closing_at_eleven(day=(2026, 7, 1)) -> Competition:
    closes_at = datetime(*day, 11, tzinfo=LONDON)
    return competition(opens_at=closes_at - 30 * DAY, closes_at=closes_at)


def submitted(within: Competition, at: datetime) -> Application:
    draft = applications.complete_draft(within, at=within.closes_at - DAY)
    return submission.submit(draft, by=draft.started_by, at=at)


def listed(within: Competition) -> list[str]:
    entries = ClosingListEntry.objects.filter(closing_list__competition=within).order_by("position")
    return list(entries.values_list("application__reference", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "zone"), CLOSING_DAYS)
def test_the_last_microsecond_is_on_the_list_and_eleven_is_not(day, zone):
    within = closing_at_eleven(day)
    late = applications.complete_draft(within, at=within.closes_at - DAY)
    in_time = submitted(within, datetime(*day, 10, 59, 59, 999_999, tzinfo=LONDON))

    with pytest.raises(submission.CompetitionClosed):
        submission.submit(late, by=late.started_by, at=datetime(*day, 11, tzinfo=LONDON))
    drawn = closing.draw(within, at=within.closes_at + REQUEST_LIMIT)

    assert within.closes_at.astimezone(LONDON).tzname() == zone
    assert listed(within) == [in_time.reference]
    assert (drawn.received, drawn.closes_at) == (1, within.closes_at)
    assert drawn.entries.get().submitted_at == within.closes_at - INSTANT


@pytest.mark.django_db
def test_the_list_is_drawn_one_request_limit_after_the_close_and_not_before():
    within = closing_at_eleven()
    submitted(within, within.closes_at - DAY)

    early = closing.draw_due(at=within.closes_at + REQUEST_LIMIT - INSTANT)
    with pytest.raises(closing.CannotClose):
        closing.draw(within, at=within.closes_at + REQUEST_LIMIT - INSTANT)
    due = closing.draw_due(at=within.closes_at + REQUEST_LIMIT)

    assert early == "No competition has closed"
    assert due == "1 closing lists drawn, 1 applications received"


def test_the_limit_is_what_the_web_server_gives_a_request():
    assert timedelta(seconds=web_server.timeout) == REQUEST_LIMIT


@pytest.mark.django_db
def test_a_list_is_drawn_once():
    within = closed_competition()

    first = closing.draw_due(at=NOON)
    second = closing.draw_due(at=NOON)
    with pytest.raises(closing.CannotClose):
        closing.draw(within, at=NOON)

    assert (first, second) == (
        "1 closing lists drawn, 0 applications received",
        "No competition has closed",
    )


@pytest.mark.django_db
def test_one_that_is_being_set_up_or_is_open_has_no_list():
    competition(stage=Stage.SET_UP, closes_at=NOON - DAY)
    competition()

    assert closing.draw_due(at=NOON) == "No competition has closed"


@pytest.mark.django_db
def test_drafts_and_what_was_withdrawn_before_the_close_are_not_on_it():
    within = closing_at_eleven()
    kept, taken_back, taken_back_later = (
        submitted(within, within.closes_at - hours * timedelta(hours=1)) for hours in (5, 4, 3)
    )
    applications.draft(within, at=within.closes_at - DAY)
    for one, moment in ((taken_back, -INSTANT), (taken_back_later, timedelta())):
        Application.objects.filter(pk=one.pk).update(status=Status.WITHDRAWN)
        StatusChange.objects.create(
            application=one,
            before=Status.SUBMITTED,
            after=Status.WITHDRAWN,
            made_by=one.started_by,
            made_at=within.closes_at + moment,
        )

    closing.draw_due(at=within.closes_at + REQUEST_LIMIT)

    assert listed(within) == [kept.reference, taken_back_later.reference]


@pytest.mark.django_db
def test_once_it_is_drawn_a_submission_that_came_in_before_the_close_is_refused():
    within = closing_at_eleven()
    slow = applications.complete_draft(within, at=within.closes_at - DAY)
    closing.draw(within, at=within.closes_at + REQUEST_LIMIT)

    with pytest.raises(submission.CompetitionClosed):
        submission.submit(slow, by=slow.started_by, at=within.closes_at - INSTANT)

    slow.refresh_from_db()
    assert (slow.status, listed(within)) == (Status.DRAFT, [])


@pytest.mark.django_db
def test_once_it_is_drawn_nothing_on_it_is_taken_back_to_be_changed():
    within = closing_at_eleven()
    entry = submitted(within, within.closes_at - DAY)
    closing.draw(within, at=within.closes_at + REQUEST_LIMIT)

    with pytest.raises(submission.CompetitionClosed):
        reopening.reopen(entry, by=entry.started_by, at=within.closes_at - INSTANT)
    with pytest.raises(IntegrityError, match="comes too late"), transaction.atomic():
        Application.objects.filter(pk=entry.pk).update(status=Status.DRAFT, submitted_at=None)

    assert listed(within) == [entry.reference]


@pytest.mark.django_db
def test_the_database_refuses_it_too():
    within = closing_at_eleven()
    slow = applications.complete_draft(within, at=within.closes_at - DAY)
    closing.draw(within, at=within.closes_at + REQUEST_LIMIT)

    with pytest.raises(IntegrityError, match="comes too late"), transaction.atomic():
        Application.objects.filter(pk=slow.pk).update(
            status=Status.SUBMITTED, submitted_at=within.closes_at - INSTANT, submitted_by=slow.started_by
        )
    with pytest.raises(IntegrityError, match=r"the dates of .* stand"), transaction.atomic():
        Competition.objects.filter(pk=within.pk).update(closes_at=within.closes_at + DAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE applications_closinglist SET received = 9",
        "DELETE FROM applications_closinglistentry",
        "TRUNCATE applications_closinglist, applications_closinglistentry",
        "UPDATE applications_closinglistentry SET submitted_at = submitted_at - interval '1 hour'",
    ],
)
def test_the_list_stands(statement):
    within = closing_at_eleven()
    submitted(within, within.closes_at - DAY)
    closing.draw(within, at=within.closes_at + REQUEST_LIMIT)
    check_constraints()

    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        as_owner(statement)


def check_constraints() -> None:
    """Run what the database keeps for COMMIT, now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.django_db
def test_nothing_is_added_to_a_list_and_none_counts_what_it_lacks():
    within = closing_at_eleven()
    one = submitted(within, within.closes_at - DAY)
    elsewhere = submitted(closing_at_eleven(), within.closes_at - DAY)
    drawn = closing.draw(within, at=within.closes_at + REQUEST_LIMIT)
    check_constraints()

    for application, position in ((elsewhere, 1), (one, 2)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClosingListEntry.objects.create(
                closing_list=drawn, application=application, position=position, submitted_at=one.submitted_at
            )
    with pytest.raises(IntegrityError, match="does not have the entries"), transaction.atomic():
        ClosingList.objects.create(
            competition=elsewhere.competition, closes_at=NOON, drawn_at=NOON, received=1
        )
        check_constraints()


@pytest.mark.django_db
def test_the_programme_report_counts_what_is_on_the_list():
    within = closing_at_eleven()
    for hours in (2, 1):
        submitted(within, within.closes_at - timedelta(hours=hours))
    before = covered.read([within], is_whole=False, as_of=within.closes_at).received
    closing.draw(within, at=within.closes_at + REQUEST_LIMIT)
    # Whatever happens later, the list is what was received.
    Application.objects.filter(competition=within).update(
        status=Status.WITHDRAWN, submitted_at=within.closes_at + DAY
    )

    after = covered.read([within], is_whole=False, as_of=within.closes_at + DAY).received

    assert (len(before), len(after)) == (2, 2)


@pytest.mark.django_db
def test_drawing_it_is_in_the_audit_trail():
    within = closing_at_eleven()
    submitted(within, within.closes_at - DAY)

    closing.draw_due(at=within.closes_at + REQUEST_LIMIT)

    row = AuditEntry.objects.get(action="draw closing list")
    assert (row.subject_id, row.after, row.by_id) == (within.pk, {"received": 1}, None)


@pytest.mark.django_db
def test_staff_see_the_list_on_the_competitions_page():
    within = closing_at_eleven()
    one = submitted(within, within.closes_at - DAY)
    closing.draw(within, at=within.closes_at + REQUEST_LIMIT)
    client = office.sign_in(people.user(Role.AUDITOR))

    page = client.get(f"/admin/applications/competition/{within.pk}/change/").content.decode()
    address = f"/admin/applications/closinglistentry/?closing_list__competition__id__exact={within.pk}"
    entries = client.get(address).content.decode()

    assert "1 application had been received" in page
    assert address in page
    assert one.reference in entries


@pytest.mark.django_db
def test_another_regions_staff_do_not_find_the_entries():
    within = closing_at_eleven()
    one = submitted(within, within.closes_at - DAY)
    closing.draw(within, at=within.closes_at + REQUEST_LIMIT)

    assert not ClosingListEntry.objects.visible_to(people.user(Role.ASSESSOR)).exists()
    assert ClosingListEntry.objects.visible_to(people.manager()).get().application == one
