"""A conflict of interest that is found after an assessment was given: its place is to be filled."""

import html

import pytest

from accounts import waiting
from accounts.models import Membership
from accounts.roles import Role
from applications.assessment import apart, board, due, replacing
from applications.models import Application, Assessment, AssessmentStatus, Competition, Conflict, Stage
from applications.workflow import UNFINISHED, Status
from tests.make import applications, assessments, assessors, competitions, people
from tests.make.office import sign_in
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

DUE = NOON + 30 * DAY


@pytest.fixture
def within() -> Competition:
    return competitions.closed_competition(assessments_due_at=DUE, assessors_each=1)


def begun(within, status=AssessmentStatus.OPEN) -> Assessment:
    entry = applications.application(Status.IN_ASSESSMENT, within)
    return assessments.assessment(entry, status=status)


def stopped(within, status=AssessmentStatus.OPEN, **fields) -> Assessment:
    assessment = begun(within)
    if status == AssessmentStatus.SUBMITTED:
        assessment = assessments.submitted(applications.application(Status.IN_ASSESSMENT, within))
    else:
        Assessment.objects.filter(pk=assessment.pk).update(status=status)
    assessors.conflict(assessment.application, assessment.assessor, **fields)
    return assessment


def to_do(person) -> list[tuple[str, int]]:
    found = waiting.for_person(person, at=NOON + DAY)
    return [(one.says, one.of) for one in found if one.route == "admin:applications_assessment_replace"]


@pytest.mark.parametrize("status", sorted(UNFINISHED - {AssessmentStatus.CREATED}))
def test_its_place_is_to_be_filled_and_is_not_late(within, status):
    begun(within)
    late = stopped(within, status)

    line = board.total(board.assessors(within, DUE))
    short = board.applications(within, DUE, board.SHORT)
    wanted = apart.short_of_assessors(Application.objects.all(), NOON + DAY)
    reminded = due.remind_late(within, by=people.manager(), at=DUE)

    assert (line.total, line.overdue, reminded) == (1, 1, 1)
    assert [(one.pk, one.total, one.overdue) for one in short] == [(late.application_id, 0, 0)]
    assert [one.pk for one in wanted] == [late.application_id]


def test_manager_is_led_to_the_place_and_fills_it(within):
    late, manager = stopped(within), people.manager()
    other = people.assessor()
    assessors.profile(other)
    before = to_do(manager)
    page = sign_in(manager).get(f"/admin/applications/assessment/{late.pk}/replace/")
    replacing.replace(late, other, "A conflict was found.", by=manager, at=NOON + DAY)

    reference = late.application.reference
    assert before == [(f"Replace {late.assessor}, who has a conflict of interest in {reference}", late.pk)]
    assert "Employer: Tees Holdings Ltd takes part." in page.text
    assert to_do(manager) == []
    assert board.applications(within, DUE).get().total == 1


def test_board_leads_to_the_places_of_its_competition(within):
    late, elsewhere = stopped(within), stopped(competitions.closed_competition())
    address = f"/admin/applications/competition/{within.pk}/board/"

    page = html.unescape(sign_in(people.manager()).get(address).text)
    read = sign_in(people.user(Role.AUDITOR)).get(address).text

    assert f"/admin/applications/assessment/{late.pk}/replace/" in page
    assert f"/admin/applications/assessment/{elsewhere.pk}/replace/" not in page
    assert "Places to fill again" not in read


def test_what_is_cleared_submitted_or_nobodys_to_replace_does_not_wait(within):
    manager = people.manager()
    flagged = stopped(within, kind="domain", blocks=False)
    sent = stopped(within, AssessmentStatus.SUBMITTED)
    own = stopped(within)
    firm = applications.lead(own.application).organisation
    Membership.objects.create(organisation=firm, person=manager, joined_at=NOON)
    other = people.manager(region=competitions.region("TV", "Tees Valley"))
    at_panel = stopped(competitions.closed_competition(stage=Stage.PANEL))

    assert to_do(manager) == to_do(other) == []
    assert Conflict.objects.filter(blocks=True, assessor__in=[sent.assessor, at_panel.assessor]).count() == 2
    assert flagged.application_id not in {
        one.pk for one in apart.short_of_assessors(Application.objects.all(), NOON + DAY)
    }
