"""The list of projects funded beside an independent one from raw rows: SQL, and nothing of the report's."""

from datetime import date, timedelta

import pytest

from applications.models import Application
from funding import award_endings
from funding.models import AwardStatus
from funding.reports import contents, covered, programme, shown
from funding.reports.contents import Kind
from funding.reports.projects import OUTCOMES
from tests.funding import report_queries
from tests.funding.raw_rows import rows
from tests.make import assistance, budgets, offers
from tests.make.programme import generate
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

AS_OF = NOON + 400 * DAY


def projects(made) -> list[list]:
    sections = programme.sections(covered.read(made, is_whole=True, as_of=AS_OF))
    [found] = [table for one in sections for table in one.tables if table.name == "projects"]
    return found.rows


def test_every_award_that_was_told_of_stands_in_the_list_as_an_independent_query_has_it():
    made = generate(5)
    funded = Application.objects.filter(awards__isnull=False).exclude(status="withdrawn").order_by("pk")
    # Of every third the outcome waits for its release.
    for number, application in enumerate(funded.distinct()):
        released_at = None if number % 3 == 0 else NOON + number * timedelta(hours=7)
        Application.objects.filter(pk=application.pk).update(released_at=released_at)

    codes = [one.code for one in made]
    expected = [list(row) for row in rows(report_queries.PROJECTS, codes, AS_OF)]

    assert len(expected) > 10 and len({row[-1] for row in expected}) == 4
    assert projects(made) == expected


def test_what_is_decided_and_not_released_is_in_no_answer():
    award = budgets.award()
    within = [award.application.competition]

    assert award.status == AwardStatus.RESERVED and projects(within) == []
    Application.objects.filter(pk=award.application_id).update(released_at=AS_OF + DAY)
    assert projects(within) == []
    Application.objects.filter(pk=award.application_id).update(released_at=AS_OF)
    assert [row[0] for row in projects(within)] == [award.application.reference]


def test_an_award_that_was_told_of_before_stays_while_another_waits_for_its_release():
    award = assistance.released()
    application = Application.objects.get(pk=award.application_id)
    within = [application.competition]
    assert len(projects(within)) == 1

    Application.objects.filter(pk=application.pk).update(told_status="on_hold")

    assert projects(within) == []


def test_a_day_is_read_in_words_and_is_no_number():
    assert shown.in_words("2026-11-30", Kind.DAY) == "30 Nov 2026"
    assert not Kind.DAY.is_number and Kind.MONEY.is_number
    day = contents.Table(
        name="days", title="Days", columns=[contents.Column("On", Kind.DAY)], rows=[["2026-11-30"]]
    )
    [section] = contents.from_json(
        contents.as_json([contents.Section(name="days", title="Days", tables=[day])])
    )
    assert date.fromisoformat(section.tables[0].rows[0][0]) == date(2026, 11, 30)


def test_an_award_that_was_ended_stands_in_the_list_as_ended():
    ending = offers.ending()
    award_endings.approve(ending, by=budgets.approver(), at=ending.proposed_at + DAY)

    [row] = projects([ending.award.application.competition])
    assert (row[0], row[-1]) == (ending.award.application.reference, "Ended after it was awarded")


def test_no_status_that_was_told_of_is_without_its_words():
    assert set(AwardStatus) - {AwardStatus.REVERSED} == set(OUTCOMES)
