"""The programme report as a job: from the button to its figures."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import clock
from accounts.models import Notification, OwedState
from accounts.roles import Role
from applications.workflow import Status
from funding import tasks
from funding.models import ProgrammeReport
from funding.reports import delivery, programme
from tests.make import applications as make
from tests.make import office, people
from tests.make.times import NOON


def leased(report: ProgrammeReport) -> ProgrammeReport:
    assert ProgrammeReport.objects.lease(clock.now(), timedelta(minutes=3)) == [report.pk]
    return report


@pytest.mark.slow
@pytest.mark.tells("report_ready")
def test_a_report_is_compiled_from_one_snapshot_and_kept(committed_database):
    make.application(Status.SUBMITTED)
    make.application(Status.DRAFT)
    report = leased(programme.request(None, by=people.user(Role.FUNDS), at=clock.now()))

    tasks.compile_reports([report.pk])
    tasks.compile_reports([report.pk])

    report.refresh_from_db()
    assert report.state == OwedState.DONE
    assert report.as_of is not None
    assert report.figures["F01"] == {"received": 1}
    assert report.tries == 1
    told = Notification.objects.get()
    assert (told.kind, told.recipient_id) == ("report_ready", report.requested_by_id)


@pytest.mark.slow
@pytest.mark.tells("report_failed")
def test_a_failure_is_noted_in_the_row(committed_database, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    report = leased(programme.request(None, by=people.user(Role.FUNDS), at=clock.now()))
    monkeypatch.setattr(programme.figures, "of", broken)

    tasks.compile_reports([report.pk])

    report.refresh_from_db()
    assert report.state == OwedState.FAILED
    assert report.last_error == "The figures at a glance: something went wrong."
    told = Notification.objects.get()
    assert (told.kind, told.recipient_id) == ("report_failed", report.requested_by_id)


@pytest.mark.slow
@pytest.mark.tells("report_failed")
def test_a_failed_report_names_its_part_and_its_page_says_what_to_do(committed_database, monkeypatch):
    def broken(_):
        raise ZeroDivisionError

    person = people.user(Role.FUNDS)
    report = leased(
        ProgrammeReport.objects.create(
            occasion="weekly", milestone="2026-W50", requested_at=NOON, due_at=NOON, request_id="asked-1"
        )
    )
    monkeypatch.setattr(delivery, "section", broken)

    tasks.compile_reports([report.pk])

    report.refresh_from_db()
    assert report.last_error == "Delivery: something went wrong."
    told = Notification.objects.get()
    assert (told.kind, told.recipient) == ("report_failed", person)
    page = office.sign_in(person).get(f"/admin/funding/programmereport/{report.pk}/change/").text
    assert report.last_error in page and "ZeroDivision" not in page
    assert f"tell an administrator that report {report.pk} failed" in page and "asked-1" in page
    assert "Ask for the report again" in page
    assert len(programme.PARTS) == len({part.TITLE for part in programme.PARTS})


@pytest.mark.django_db
def test_the_button_owes_a_report_and_its_page_shows_that(client):
    client.force_login(people.user(Role.MANAGER))

    answer = client.post(reverse("admin:funding_programmereport_request"), {"covers": ""}, follow=True)

    assert ProgrammeReport.objects.get().state == OwedState.WAITING
    assert "Waiting for its turn" in answer.content.decode()


@pytest.mark.django_db
def test_an_assessor_gets_no_report(client):
    client.force_login(people.assessor())

    answer = client.post(reverse("admin:funding_programmereport_request"), {"covers": ""})

    assert answer.status_code == 403
    assert not ProgrammeReport.objects.exists()
