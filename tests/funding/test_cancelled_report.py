"""A report that is cancelled: before a worker has it, while it is compiled, and when it has ended."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import clock
from accounts.models import AuditEntry, Notification, OwedState
from accounts.roles import Role
from funding import tasks
from funding.models import ProgrammeReport
from funding.reports import cancelling, delivery, marking, programme
from tests.make import competitions, office, people
from tests.make.api import Asking
from tests.make.times import NOON


def asked() -> ProgrammeReport:
    return programme.request(None, by=people.user(Role.FUNDS), at=clock.now())


@pytest.mark.django_db
def test_one_that_waits_is_cancelled_and_never_handed_to_a_worker():
    report, person = asked(), people.user(Role.FUNDS)

    cancelling.cancel(report, by=person, at=clock.now())

    report.refresh_from_db()
    assert (report.state, report.cancelled_by) == (OwedState.VOID, person)
    assert ProgrammeReport.objects.lease(clock.now(), timedelta(minutes=3)) == []
    assert AuditEntry.objects.filter(action="cancel programme report", subject_id=report.pk).count() == 1


@pytest.mark.django_db
def test_what_has_ended_is_not_cancelled_and_others_may_not():
    report = asked()
    there = people.user(Role.FUNDS, region=competitions.region("TV", "Tees Valley"))

    for person in (people.user(Role.AUDITOR), people.user(Role.APPROVER), there):
        with pytest.raises(cancelling.NotTheirs):
            cancelling.cancel(report, by=person, at=clock.now())
    cancelling.cancel(report, by=people.manager(), at=clock.now())
    with pytest.raises(cancelling.HasEnded):
        cancelling.cancel(report, by=people.manager(), at=clock.now())


@pytest.mark.django_db
def test_the_database_knows_no_cancelled_report_that_goes_on():
    report = asked()

    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeReport.objects.filter(pk=report.pk).update(cancelled_by=people.manager())


@pytest.mark.django_db
def test_the_page_says_how_far_it_is_cancels_it_and_says_by_whom():
    report, person = asked(), people.manager()
    browser, address = office.sign_in(person), f"/admin/funding/programmereport/{report.pk}/change/"
    waiting = browser.get(address).text
    ProgrammeReport.objects.filter(pk=report.pk).update(
        state=OwedState.LEASED, claimed_at=NOON, leased_until=NOON, parts_done=3
    )
    begun = browser.get(address).text

    browser.post(f"/admin/funding/programmereport/{report.pk}/cancel/")

    ended = browser.get(address).text
    assert "Waiting for its turn" in waiting
    assert f"3 of {len(programme.PARTS)} parts are done" in begun
    assert f"The report was cancelled by {person}" in ended
    assert "Cancel the report" in begun and "Cancel the report" not in ended
    assert "Cancel the report" not in office.sign_in(people.user(Role.AUDITOR)).get(address).text


@pytest.mark.django_db
def test_the_api_says_how_far_it_is_and_cancels_it_once():
    report, asking = asked(), Asking(people.manager())
    ProgrammeReport.objects.filter(pk=report.pk).update(parts_done=2)

    before = asking.get(f"reports/{report.pk}/").json()
    cancelled = asking.post(f"reports/{report.pk}/cancel/", key="one")
    again = asking.post(f"reports/{report.pk}/cancel/", key="other")

    assert (before["state"], before["parts_done"], before["parts"]) == ("waiting", 2, len(programme.PARTS))
    assert before["sections"] is None
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "void")
    assert again.status_code == 409


def end(report: ProgrammeReport, person) -> None:
    """Cancel it as another process does, outside the snapshot that is being read here."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute(
            "UPDATE funding_programmereport SET state = 'void', cancelled_by_id = %s,"
            " finished_at = now(), leased_until = NULL WHERE id = %s",
            [person.pk, report.pk],
        )


def parts_done(report: ProgrammeReport) -> int:
    """As another process sees it."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT parts_done FROM funding_programmereport WHERE id = %s", [report.pk])
        return cursor.fetchone()[0]


@pytest.mark.slow
@pytest.mark.parametrize("is_cancelled", [True, False], ids=["cancelled", "left alone"])
def test_while_it_is_compiled_each_part_is_seen_and_a_cancelled_one_stops_there(
    committed_database, monkeypatch, is_cancelled
):
    """``left alone`` is the control: the same report that nobody cancels is compiled to its end."""
    person = people.manager()
    report = programme.request(None, by=person, at=clock.now())
    ProgrammeReport.objects.lease(clock.now(), timedelta(minutes=3))
    seen, read = [], []

    def halfway(covered):
        seen.append(parts_done(report))
        if is_cancelled:
            end(report, person)
        return section(covered)

    def noted(covered):
        read.append("delivery")
        return after(covered)

    section, after = marking.section, delivery.section
    monkeypatch.setattr(marking, "section", halfway)
    monkeypatch.setattr(delivery, "section", noted)

    tasks.compile_reports([report.pk])

    report.refresh_from_db()
    assert seen == [programme.PARTS.index(marking)]
    if is_cancelled:
        assert (report.state, report.contents, report.figures, read) == (OwedState.VOID, "", None, [])
        assert not Notification.objects.exists()
    else:
        assert (report.state, read) == (OwedState.DONE, ["delivery"])
        assert report.contents and report.figures
