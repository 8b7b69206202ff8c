"""Reports that could not be compiled: who hears of it, once, and in words that one can act on."""

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError

from accounts import composing
from accounts.models import Notification, OwedState
from accounts.roles import Role
from funding.models import Occasion, ProgrammeReport
from funding.reports import failing
from tests.make import competitions, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def weekly(region=None, *, milestone: str = "2026-W48", of_demonstration: bool = False) -> ProgrammeReport:
    return ProgrammeReport.objects.create(
        occasion=Occasion.WEEKLY, milestone=milestone, region=region, of_demonstration=of_demonstration,
        requested_at=NOON, due_at=NOON,
    )  # fmt: skip


def fail(report: ProgrammeReport) -> None:
    ProgrammeReport.objects.filter(pk=report.pk).update(
        state=OwedState.FAILED,
        finished_at=NOON,
        last_error="Selection: something went wrong.",
    )
    report.refresh_from_db()
    failing.tell(report, NOON)


def test_of_a_report_that_nobody_asked_for_those_hear_who_keep_it():
    there, here = competitions.region("TV", "Tees Valley"), competitions.region()
    of_all = {people.user(Role.FUNDS), people.manager()}
    of_here = {people.user(Role.FUNDS, region=here)}
    for role, region in ((Role.APPROVER, None), (Role.AUDITOR, None), (Role.FUNDS, there)):
        people.user(role, region=region)

    fail(weekly(here))

    told = Notification.objects.filter(kind="report_failed")
    assert {one.recipient for one in told} == of_all | of_here


def test_the_whole_programmes_is_kept_by_those_of_the_whole_programme():
    person = people.user(Role.FUNDS)
    people.user(Role.FUNDS, region=competitions.region())

    fail(weekly())

    assert {one.recipient for one in Notification.objects.all()} == {person}


def test_reports_of_one_week_that_fail_are_one_message_that_names_them_all():
    person, region = people.user(Role.FUNDS), competitions.region()
    for report in (weekly(), weekly(region), weekly(of_demonstration=True)):
        fail(report)
        failing.tell(report, NOON)

    notification = Notification.objects.get(recipient=person)
    letter = composing.compose(notification)
    assert "whole programme" in letter.subject
    for words in (
        "The weekly report, 2026-W48",
        "Liverpool City Region: Selection: something went wrong.",
        "the whole programme (demonstration): Selection",
        "Ask for a report on the same once more",
    ):
        assert words in " ".join(letter.text.split())
    fail(weekly(milestone="2026-W49"))
    assert Notification.objects.filter(recipient=person).count() == 2


def test_one_that_closed_is_told_of_apart_from_another_that_closed():
    people.user(Role.FUNDS)
    for _ in range(2):
        report = ProgrammeReport.objects.create(
            occasion=Occasion.CLOSED, milestone="close", competition=competitions.closed_competition(),
            requested_at=NOON, due_at=NOON,
        )  # fmt: skip
        fail(report)

    assert Notification.objects.count() == 2


def test_what_failed_is_said_by_its_part_and_never_by_a_name_of_ours():
    assert failing.reason(ZeroDivisionError("x"), "Selection") == ("Selection: something went wrong.")
    for lost in (OperationalError("timeout"), InterfaceError("connection already closed")):
        assert "database did not answer in time" in failing.reason(lost, "Selection")
    too_long = failing.reason(SoftTimeLimitExceeded(), "Selection")
    assert too_long == "Selection: it took longer than a report may."
