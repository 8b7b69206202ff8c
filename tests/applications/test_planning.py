"""Giving out a whole competition: worked out, shown, carried out as shown, or not at all."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import AuditEntry, Membership, Notification
from accounts.roles import Role
from applications.assessment import assignment, declining, planning, topics
from applications.models import (
    AgreementAcceptance,
    AgreementVersion,
    ApplicationSkill,
    Assessment,
    AssessmentStatus,
    AssessorProfile,
    AssignmentPlan,
    ConflictState,
    Skill,
    Stage,
)
from applications.workflow import DeclineReason, Status
from tests.make import applications, assessments, assessors, competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def competition():
    return competitions.closed_competition(assessors_each=2)


@pytest.fixture
def manager():
    return people.manager()


def entries(competition, count, **fields):
    return [applications.application(competition=competition, **fields) for _ in range(count)]


def pool(count, **fields):
    return [assessors.profile(people.assessor(), **fields).person for _ in range(count)]


def block(entry, person, manager):
    fields = {
        "state": ConflictState.BLOCKED,
        "ruled_by": manager,
        "ruled_at": NOON,
        "ruling": "They work together.",
    }
    assessors.conflict(entry, person, **fields)


def carried_out(competition, manager, at=NOON):
    plan = planning.draw_up(competition, by=manager, at=at)
    return planning.carry_out(plan, by=manager, at=at)


def pairs():
    rows = Assessment.objects.exclude(status=AssessmentStatus.WITHDRAWN)
    return set(rows.values_list("assessor", "application"))


@pytest.mark.tells("assessments_given")
def test_a_plan_gives_every_application_its_assessors_and_tells_each_once(competition, manager):
    many, people_ = entries(competition, 3), pool(3, capacity=2)

    plan = carried_out(competition, manager)

    assert Assessment.objects.count() == 6
    assert {one.assessments.count() for one in many} == {2}
    assert {one.assessments.count() for one in people_} == {2}
    assert {one.status for one in competition.applications.all()} == {Status.IN_ASSESSMENT}
    competition.refresh_from_db()
    assert competition.stage == Stage.IN_ASSESSMENT
    assert (plan.carried_out_by, plan.carried_out_at) == (manager, NOON)
    told = Notification.objects.filter(kind="assessments_given")
    assert sorted(told.values_list("recipient", flat=True)) == sorted(one.pk for one in people_)
    assert Notification.objects.count() == 3


def test_nothing_is_given_before_the_plan_is_carried_out(competition, manager):
    entries(competition, 2)
    pool(2)

    planning.draw_up(competition, by=manager, at=NOON)

    assert not Assessment.objects.exists()
    assert not Notification.objects.exists()


def test_what_changed_after_the_plan_keeps_it_from_being_carried_out(competition, manager):
    one, _ = entries(competition, 2)
    first, _, _ = pool(3)
    plan = planning.draw_up(competition, by=manager, at=NOON)
    block(one, first, manager)

    with pytest.raises(planning.Stale):
        planning.carry_out(plan, by=manager, at=NOON)

    assert not Assessment.objects.exists()


def test_a_plan_is_carried_out_once(competition, manager):
    entries(competition, 1)
    pool(2)
    plan = carried_out(competition, manager)

    with pytest.raises(planning.AlreadyCarriedOut):
        planning.carry_out(plan, by=manager, at=NOON)

    with pytest.raises(DatabaseError), transaction.atomic():
        type(plan).objects.filter(pk=plan.pk).update(carried_out_at=NOON + DAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        type(plan).objects.filter(pk=plan.pk).update(content={})


def test_a_conflict_is_never_given(competition, manager):
    (entry,) = entries(competition, 1)
    tied, *others = pool(3)
    block(entry, tied, manager)

    carried_out(competition, manager)

    assert pairs() == {(person.pk, entry.pk) for person in others}


def test_who_is_not_ready_is_given_nothing(competition, manager):
    (entry,) = entries(competition, 1)
    agreed, _not_agreed = pool(2)
    agreement = AgreementVersion.objects.create(number=1, text="Agree.", written_by=manager, written_at=NOON)
    AgreementAcceptance.objects.create(version=agreement, person=agreed, accepted_at=NOON)

    plan = carried_out(competition, manager)

    assert pairs() == {(agreed.pk, entry.pk)}
    assert plan.content["short"] == [[entry.pk, 1]]


def test_a_decline_is_filled_and_nobody_else_is_moved(competition, manager):
    entries(competition, 3)
    pool(4, capacity=3)
    carried_out(competition, manager)
    before = pairs()
    declined = Assessment.objects.order_by("pk").first()
    declining.decline(declined, DeclineReason.WORKLOAD, "", by=declined.assessor, at=NOON + DAY)

    plan = carried_out(competition, manager, at=NOON + DAY)

    after = set(
        Assessment.objects.exclude(status=AssessmentStatus.REJECTED).values_list("assessor", "application")
    )
    assert plan.content["moved"] == []
    assert before - {(declined.assessor_id, declined.application_id)} < after
    assert len(after) == 6


def test_a_late_conflict_is_taken_back_and_filled(competition, manager):
    (entry,) = entries(competition, 1)
    pool(3)
    carried_out(competition, manager)
    tied = Assessment.objects.order_by("pk").first()
    block(entry, tied.assessor, manager)

    carried_out(competition, manager, at=NOON + DAY)

    tied.refresh_from_db()
    assert (tied.status, tied.end_comment) == (AssessmentStatus.WITHDRAWN, planning.CONFLICT)
    assert entry.assessments.exclude(pk=tied.pk).count() == 2


def test_an_offer_is_moved_only_where_a_place_would_stay_empty(competition, manager):
    competition.assessors_each = 1
    competition.save()
    (first,) = entries(competition, 1)
    one, two = pool(2, capacity=1)
    assessments.assessment(first, one, AssessmentStatus.PENDING)
    applications_ = entries(competition, 1)
    block(applications_[0], two, manager)

    plan = carried_out(competition, manager)

    assert plan.content["moved"] == [[one.pk, first.pk]]
    assert pairs() == {(two.pk, first.pk), (one.pk, applications_[0].pk)}


def test_only_a_manager_of_the_region_draws_up_and_carries_out(competition, manager):
    entries(competition, 1)
    pool(2)
    plan = planning.draw_up(competition, by=manager, at=NOON)

    for stranger in (people.assessor(), people.user(Role.AUDITOR)):
        with pytest.raises(planning.NotAManager):
            planning.draw_up(competition, by=stranger, at=NOON)
        with pytest.raises(planning.NotAManager):
            planning.carry_out(plan, by=stranger, at=NOON)


def test_skills_that_a_text_names_are_asked_for():
    batteries = Skill.objects.create(name="Battery recycling", area="Clean energy")
    Skill.objects.create(name="Robotics", area="Digital")
    entry = applications.application(title="Recycled batteries: battery recycling at scale")

    topics.note([entry.pk])
    topics.note([entry.pk])

    assert list(ApplicationSkill.objects.values_list("application", "skill")) == [(entry.pk, batteries.pk)]


def test_points_for_skills_had_and_near():
    one, two, three = (
        Skill.objects.create(name=name, area=area)
        for name, area in (("Casting", "Materials"), ("Welding", "Materials"), ("Robotics", "Digital"))
    )

    found = topics.match([one, two, three], [one])

    assert found == topics.Match(points=5, had=(one.pk,), near=(two.pk,))
    assert topics.match([], [one]).points == 0


def test_the_pages_show_the_plan_and_give_it_out(competition, manager):
    (entry,) = entries(competition, 1)
    first, second = pool(2)
    desk = office.sign_in(manager)
    start = reverse("admin:applications_competition_assign", args=[competition.pk])

    assert "Work out the best assignment" in desk.get(start).content.decode()
    plan_page = desk.post(start)
    shown = desk.get(plan_page.url).content.decode()
    assert entry.reference in shown
    assert str(first) in shown
    assert "Give these out" in shown
    desk.post(plan_page.url)

    assert pairs() == {(first.pk, entry.pk), (second.pk, entry.pk)}
    assert AuditEntry.objects.filter(action="carry out assignment plan").count() == 1
    assert "Every application has its assessors." in desk.get(start).content.decode()


def test_what_was_offered_by_hand_beyond_the_need_stays(competition, manager):
    extra, lacking = entries(competition, 2)
    people_ = pool(4, capacity=2)
    for person in people_[:3]:
        assignment.give(extra, person, by=manager, at=NOON)
    assignment.give(lacking, people_[3], by=manager, at=NOON)

    carried_out(competition, manager)

    assert {pair for pair in pairs() if pair[1] == extra.pk} == {(one.pk, extra.pk) for one in people_[:3]}
    assert lacking.assessments.count() == 2


def test_an_offer_to_somebody_who_is_no_longer_ready_holds_its_place(competition, manager):
    [entry] = entries(competition, 1)
    first, *_ = people_ = pool(3)
    for person in people_[:2]:
        assignment.give(entry, person, by=manager, at=NOON)
    AssessorProfile.objects.filter(person=first).update(undeclared_since=NOON)

    with pytest.raises(planning.NothingToGive):
        planning.draw_up(competition, by=manager, at=NOON)


def test_work_on_what_is_not_given_out_here_counts_towards_capacity(competition, manager):
    own, entry = entries(competition, 2)
    [busy] = pool(1, capacity=1)
    assignment.give(own, busy, by=manager, at=NOON)
    other = people.manager()
    Membership.objects.create(organisation=own.participants.get().organisation, person=other, joined_at=NOON)

    plan = planning.draw_up(competition, by=other, at=NOON)

    assert plan.content["pairs"] == []
    assert [list(one) for one in plan.content["short"]] == [[entry.pk, 2]]


def test_an_offer_that_is_answered_while_a_plan_is_carried_out_stays(competition, manager, monkeypatch):
    """Somebody accepts between the plan being compared and its being carried out."""
    entries(competition, 2)
    people_ = pool(2, capacity=1)
    [first, second] = competition.applications.order_by("pk")
    offer = assignment.give(first, people_[0], by=manager, at=NOON)
    plan = planning.draw_up(competition, by=manager, at=NOON)
    plan.content["moved"] = [[people_[0].pk, first.pk]]
    monkeypatch.setattr(AssignmentPlan.objects, "select_for_update", lambda: _Only(plan))
    Assessment.objects.filter(pk=offer.pk).update(status=AssessmentStatus.ACCEPTED)
    monkeypatch.setattr(planning, "situation", lambda *_, **__: SimpleNamespace(basis=plan.basis))

    with pytest.raises(planning.Stale):
        planning.carry_out(plan, by=manager, at=NOON)

    offer.refresh_from_db()
    assert offer.status == AssessmentStatus.ACCEPTED
    assert second.assessments.count() == 0


class _Only:
    """A manager that finds this one row."""

    def __init__(self, row):
        self.row = row

    def get(self, **_):
        return self.row
