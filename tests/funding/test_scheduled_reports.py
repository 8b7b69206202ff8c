"""Reports that nobody asks for: each is owed once for its week, its month or its milestone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import OwedState
from accounts.roles import Role
from applications import closing
from applications.models import Stage
from funding.models import Occasion, ProgrammeReport, Release
from funding.reports import scheduled
from tests.make import budgets, competitions, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

#: A Sunday evening, and the Monday that has begun by the London clock while UTC still says Sunday.
SUNDAY = datetime(2026, 8, 30, 22, 30, tzinfo=UTC)
MONDAY = SUNDAY + timedelta(hours=1)


def owed() -> list[tuple]:
    rows = ProgrammeReport.objects.order_by("pk")
    return [
        (one.occasion, one.milestone, one.region and one.region.code, one.of_demonstration) for one in rows
    ]


def test_each_week_and_month_is_owed_once_for_the_programme_and_each_of_its_regions():
    competitions.competition()
    competitions.competition(region=competitions.region("TV", "Tees Valley"))

    first = scheduled.at_their_time(at=SUNDAY)
    again = scheduled.at_their_time(at=SUNDAY + timedelta(minutes=20))
    scheduled.at_their_time(at=MONDAY)
    scheduled.at_their_time(at=datetime(2026, 9, 1, 6, tzinfo=UTC))

    of_all = [(None, False), ("LCR", False), ("TV", False)]
    assert (first, again) == ("6 reports asked for", "Nothing was due")
    assert owed() == [
        *(("weekly", "2026-W35", *covers) for covers in of_all),
        *(("monthly", "2026-08", *covers) for covers in of_all),
        *(("weekly", "2026-W36", *covers) for covers in of_all),
        *(("monthly", "2026-09", *covers) for covers in of_all),
    ]


def test_the_demonstration_has_its_own_and_what_is_set_up_has_none():
    competitions.competition(is_demonstration=True)
    competitions.competition(stage=Stage.SET_UP, region=competitions.region("TV", "Tees Valley"))

    scheduled.at_their_time(at=NOON)

    assert {(region, of_demonstration) for *_, region, of_demonstration in owed()} == {(None, True)}


def test_a_competition_that_closed_has_one_report_and_one_that_closed_long_ago_has_none():
    within = competitions.closed_competition()
    closing.draw(within, at=NOON)

    scheduled.at_milestones(at=NOON + timedelta(hours=1))
    scheduled.at_milestones(at=NOON + timedelta(hours=2))
    assert ProgrammeReport.objects.get().occasion == Occasion.CLOSED
    ProgrammeReport.objects.all().delete()

    assert scheduled.at_milestones(at=NOON + DAY) == "Nothing was due"


def test_each_release_has_a_report_of_every_competition_that_it_told():
    within = budgets.funded_competition()
    budgets.assessed(within)
    budgets.released(budgets.approved(within), at=NOON)
    release = Release.objects.get()

    scheduled.at_milestones(at=release.ended_at + timedelta(minutes=5))
    scheduled.at_milestones(at=release.ended_at + timedelta(minutes=10))

    report = ProgrammeReport.objects.get(occasion=Occasion.RELEASED)
    assert (report.competition, report.milestone) == (within, f"release {release.pk}")
    assert report.requested_by is None and report.state == OwedState.WAITING


def test_the_database_takes_one_of_each_and_none_without_who_asked_or_what_for():
    facts = {"requested_at": NOON, "due_at": NOON}
    weekly = {**facts, "occasion": Occasion.WEEKLY, "milestone": "2026-W35"}
    ProgrammeReport.objects.create(**weekly)
    asked = {**facts, "requested_by": people.user(Role.FUNDS)}

    for wrong in (
        weekly,
        facts,
        {**weekly, "milestone": ""},
        {**facts, "occasion": Occasion.MONTHLY},
        {**asked, "milestone": "2026-W35"},
        {**asked, "occasion": Occasion.MONTHLY, "milestone": "2026-08"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProgrammeReport.objects.create(**wrong)
