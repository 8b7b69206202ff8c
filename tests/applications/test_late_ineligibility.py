"""An application that assessors have already is found ineligible, and let in again."""

import pytest
from django.db import IntegrityError, transaction

from accounts import composing
from accounts.models import Notification
from accounts.roles import Role
from applications.assessment import assignment, offers, planning, ranking, scoring
from applications.desk import deciding, ineligibility, standing
from applications.desk.checks import Check, Outcome
from applications.desk.deciding import Ruling
from applications.models import Application, Assessment, Score
from applications.workflow import DECISIONS, AssessmentStatus, MoveRefused, Status
from funding import deciding as panel
from funding import line_decisions, verdicts
from funding.models import Verdict
from tests.make import applications as make
from tests.make import assessments, assessors, budgets, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

WHY = "A partner told us of it today."
LATER = NOON + DAY


@pytest.fixture
def manager():
    return people.manager()


@pytest.fixture
def entry(manager) -> Application:
    made = make.application(Status.IN_ASSESSMENT)
    against(made, manager)
    return made


def against(entry, manager):
    seen = deciding.last_of(deciding.latest(entry), of_scope=False)
    fails = {Check.COSTS: Ruling(Outcome.FAILS, "Most of it is for sales.")}
    deciding.decide(entry, fails, seen=seen, by=manager, at=NOON)


def meets(entry, by):
    seen = deciding.last_of(deciding.latest(entry), of_scope=False)
    deciding.decide(entry, {Check.COSTS: Ruling(Outcome.MEETS)}, seen=seen, by=by, at=LATER)


def found(entry, manager, reason=WHY, at=NOON):
    return ineligibility.find_ineligible(entry, reason, by=manager, at=at)


def let_in(entry):
    other = people.manager()
    again = ineligibility.reinstate(entry, "It was explained.", by=other, at=LATER)
    meets(again, other)
    return again


def test_a_reason_is_asked_for_and_stands_in_the_history(entry, manager):
    with pytest.raises(ineligibility.ReasonRefused, match="only now"):
        found(entry, manager, " ")
    with pytest.raises(ineligibility.ReasonRefused, match="or fewer"):
        found(entry, manager, "a" * (ineligibility.LONGEST_REASON + 1))

    out = found(entry, manager, "a" * ineligibility.LONGEST_REASON)

    assert out.status == Status.INELIGIBLE
    assert out.status_changes.get().reason.startswith("Not met: ELIG-09. aaa")


def test_what_is_open_is_taken_back_and_its_assessors_are_told(entry, manager):
    offered, begun = assessments.offered(entry), assessments.marked(entry)
    prepared = assessments.assessment(entry, status=AssessmentStatus.CREATED)
    declined = assessments.assessment(entry, status=AssessmentStatus.REJECTED)
    done = assessments.submitted(entry)

    found(entry, manager)

    for one in (offered, begun, prepared):
        one.refresh_from_db()
        assert (one.status, one.ended_at) == (AssessmentStatus.WITHDRAWN, NOON)
        assert WHY in one.end_comment and one.ended_with_application
        assert not Assessment.objects.visible_to(one.assessor).exists()
        assert not Application.objects.visible_to(one.assessor).exists()
    assert begun.scores.exists()
    for one, status in ((declined, AssessmentStatus.REJECTED), (done, AssessmentStatus.SUBMITTED)):
        one.refresh_from_db()
        assert one.status == status
    told = Notification.objects.filter(kind="assessment_taken_back")
    assert {row.recipient for row in told} == {offered.assessor, begun.assessor}
    assert entry.reference in composing.compose(told[0]).text
    assert ranking.panel_sheet([entry.competition]) == []


def test_let_in_again_it_is_where_it_was_and_what_was_submitted_counts(entry, manager):
    assessments.submitted(entry, mark=9)
    found(entry, manager)

    again = let_in(entry)

    assert again.status == Status.IN_ASSESSMENT
    [line] = ranking.panel_sheet([entry.competition])
    assert (line.percentage, line.outstanding) == (90, 0)
    change = again.status_changes.latest("pk")
    assert (change.before, change.after) == (Status.INELIGIBLE, Status.IN_ASSESSMENT)


def test_it_may_be_given_to_the_same_assessor_with_what_they_had_saved(entry, manager):
    assessor = assessors.profile(people.assessor()).person
    begun = assessments.marked(entry, assessor)
    found(entry, manager)
    with pytest.raises(assignment.NotReadyForAssessment):
        assignment.give(entry, assessor, by=manager, at=LATER)
    let_in(entry)

    anew = assignment.give(entry, assessor, by=manager, at=LATER)

    begun.refresh_from_db()
    anew.refresh_from_db()
    assert (begun.status, anew.status) == (AssessmentStatus.WITHDRAWN, AssessmentStatus.PENDING)
    assert saved(anew) == saved(begun) and len(saved(anew)) == 10
    assert (anew.fund, anew.scope_reason) == (begun.fund, begun.scope_reason)
    with pytest.raises(assignment.AlreadyGiven):
        assignment.give(entry, assessor, by=manager, at=LATER)
    told = Notification.objects.filter(kind="assessment_given", recipient=assessor)
    assert [row.subject_id for row in told] == [anew.pk]
    offers.accept(anew, has_no_conflict=True, by=assessor, at=LATER)
    ready = Assessment.objects.get(pk=anew.pk)
    assert scoring.submit(ready, by=assessor, at=LATER).status == AssessmentStatus.SUBMITTED


def saved(assessment) -> list[tuple]:
    rows = Score.objects.filter(assessment=assessment).order_by("question")
    return list(rows.values_list("question", "mark", "feedback"))


def test_out_and_in_and_out_once_more_tells_each_time(entry, manager):
    assessor = assessors.profile(people.assessor()).person
    assessments.offered(entry, assessor)
    found(entry, manager)
    let_in(entry)
    assignment.give(entry, assessor, by=manager, at=LATER)
    against(entry, manager)

    found(entry, manager, at=LATER)

    assert Notification.objects.filter(kind="assessment_taken_back", recipient=assessor).count() == 2
    assert entry.assessments.filter(ended_with_application=True).count() == 2


def test_a_plan_gives_it_to_the_same_assessor_too(entry, manager):
    assessor = assessors.profile(people.assessor()).person
    begun = assessments.marked(entry, assessor)
    found(entry, manager)
    let_in(entry)

    plan = planning.draw_up(entry.competition, by=manager, at=LATER)
    planning.carry_out(plan, by=manager, at=LATER)

    anew = entry.assessments.get(status=AssessmentStatus.PENDING)
    assert anew.assessor == assessor and saved(anew) == saved(begun)


@pytest.mark.parametrize("status", sorted(DECISIONS))
def test_what_is_decided_never_becomes_ineligible(manager, status):
    entry = make.application(Status.IN_ASSESSMENT)
    against(entry, manager)
    Application.objects.filter(pk=entry.pk).update(status=status)

    with pytest.raises(MoveRefused):
        found(entry, manager)
    with pytest.raises(IntegrityError, match="does not become ineligible"), transaction.atomic():
        Application.objects.filter(pk=entry.pk).update(status=Status.INELIGIBLE)


def test_a_proposed_allocation_that_holds_it_is_not_approved(manager):
    within = budgets.funded_competition()
    entry = budgets.assessed(within)
    budgets.assessed(within)
    proposed = budgets.proposed(within)
    against(entry, manager)

    found(entry, manager)

    approver = budgets.approver()
    with pytest.raises(verdicts.SheetChanged):
        panel.approve(proposed, by=approver, at=LATER)
    with pytest.raises(verdicts.AlreadyDecided):
        line_decisions.decide(proposed.lines.get(application=entry), Verdict.FUND, by=approver, at=LATER)


def test_what_was_given_out_unchecked_still_waits_at_the_desk(manager):
    entry = make.application(Status.IN_ASSESSMENT)

    for waiting in (standing.rules_to_decide, standing.scope_to_decide):
        assert waiting(Application.objects.all()).get() == entry
    for query in ("eligibility=open", "eligibility=rules"):
        listed = office.sign_in(manager).get(f"/admin/applications/eligibilitycase/?{query}").text
        assert entry.reference in listed


def test_the_database_refuses_whoever_found_it_to_let_it_in_again(entry, manager):
    found(entry, manager)
    row = {"application": entry, "before": Status.INELIGIBLE, "after": Status.IN_ASSESSMENT}

    with pytest.raises(IntegrityError, match="reinstated by whoever"), transaction.atomic():
        entry.status_changes.model.objects.create(**row, made_by=manager, made_at=NOON)


def test_the_page_says_what_is_taken_back_and_keeps_what_was_typed(entry, manager):
    assessments.offered(entry)
    assessments.submitted(entry)
    browser, case = office.sign_in(manager), f"/admin/applications/eligibilitycase/{entry.pk}/"

    page = browser.get(f"{case}change/").text
    assert "What 1 of them has not submitted" in page and "1 submitted assessment stays" in page
    answer = browser.post(f"{case}ineligible/", {"late_reason": ""})
    assert answer.status_code == 422 and "only now" in answer.text
    long = "b" * 401
    answer = browser.post(f"{case}ineligible/", {"late_reason": long})
    assert answer.status_code == 422 and long in answer.text
    told = browser.post(f"{case}ineligible/", {"late_reason": WHY}, follow=True).text
    assert "its assessors that it is taken back" in told and f"Not met: ELIG-09. {WHY}" in told

    shown = browser.get(f"/admin/applications/application/{entry.pk}/change/").text
    assert shown.count(WHY) >= 2
    lead = office.sign_in(people.user(Role.AUDITOR)).get(f"{case}change/")
    assert lead.status_code == 200
