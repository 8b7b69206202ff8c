"""Conflicts as they are kept: found in few queries, and holding on every way to an application."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership, Organisation
from applications.assessment import assignment, conflicts, rulings
from applications.assessment.ties import ConflictKind
from applications.models import (
    Application,
    Assessment,
    Conflict,
    ConflictState,
    InterestKind,
    ParentCompany,
    Whose,
)
from tests.make import applications, assessments, assessors, competitions, organisations, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def lead_of(application: Application) -> Organisation:
    return applications.lead(application).organisation


def refreshed(application: Application) -> set[tuple[int, int]]:
    conflicts.refresh_competition(application.competition, at=NOON)
    return conflicts.blocked_pairs(application.competition)


def test_an_employer_that_applies_blocks():
    application = applications.application()
    assessor, other = people.assessor(), people.assessor()
    assessors.profile(assessor, employer="MM", employer_number=lead_of(application).company_number)

    assert refreshed(application) == {(assessor.pk, application.pk)}
    with pytest.raises(assignment.InConflict, match="Employer: MM"):
        assignment.give(application, assessor, by=people.manager(), at=NOON)
    assignment.give(application, other, by=people.manager(), at=NOON)


def test_an_employer_of_the_last_year_blocks_and_one_before_does_not():
    application = applications.application()
    lately, long_ago = people.assessor(), people.assessor()
    firm = lead_of(application)
    for person, left_on in ((lately, date(2025, 6, 1)), (long_ago, date(2025, 5, 31))):
        assessors.profile(
            person,
            earlier_employer=firm.name,
            earlier_employer_number=firm.company_number,
            earlier_left_on=left_on,
        )

    assert refreshed(application) == {(lately.pk, application.pk)}
    assert Conflict.objects.get().kind == ConflictKind.EARLIER


def test_an_employer_that_owns_an_applicant_blocks():
    application = applications.application()
    assessor = people.assessor()
    ParentCompany.objects.create(number=lead_of(application).company_number, parent_number="00000007")
    assessors.profile(assessor, employer="Holdings plc", employer_number="00000007")

    assert refreshed(application) == {(assessor.pk, application.pk)}


def test_a_consultancy_address_that_both_have_is_flagged_and_work_is_given():
    application = applications.application()
    assessor = people.assessor()
    assessors.profile(assessor, address="1 Dock Rd", postcode="L3 4AA")

    assert refreshed(application) == set()
    found = Conflict.objects.get()
    assert (found.kind, found.state, found.blocks) == (ConflictKind.ADDRESS, ConflictState.FOUND, False)
    assignment.give(application, assessor, by=people.manager(), at=NOON)


@pytest.mark.parametrize("whose", Whose.values)
def test_an_interest_of_ones_own_or_of_the_family_blocks(whose):
    application = applications.application()
    assessor = people.assessor()
    assessors.interest(assessor, lead_of(application).name.upper(), whose=whose)

    assert refreshed(application) == {(assessor.pk, application.pk)}


def test_a_member_of_a_rival_is_blocked_from_the_whole_round():
    application = applications.application()
    rival = applications.application(within=application.competition)
    assessor = people.assessor()
    Membership.objects.create(organisation=lead_of(rival), person=assessor, may_edit=False, joined_at=NOON)

    assert refreshed(application) == {(assessor.pk, application.pk), (assessor.pk, rival.pk)}
    kinds = dict(
        Conflict.objects.filter(kind__in=["member", "competitor"]).values_list("application", "kind")
    )
    assert kinds == {application.pk: ConflictKind.COMPETITOR, rival.pk: ConflictKind.MEMBER}


@pytest.mark.parametrize("way", ["employer", "interest"])
def test_an_employee_and_an_owner_of_a_rival_are_blocked_as_its_member_is(way):
    application = applications.application()
    rival = applications.application(within=application.competition)
    elsewhere = applications.application(within=competitions.closed_competition(pot="TV-R1"))
    assessor, firm = people.assessor(), lead_of(rival)
    if way == "employer":
        assessors.profile(assessor, employer="Another name", employer_number=firm.company_number)
    else:
        assessors.interest(assessor, firm.name, kind=InterestKind.FINANCIAL)

    # Asked of one application alone, the rival beside it is seen too.
    with pytest.raises(assignment.InConflict, match=f"{firm.name}, which takes part in the competition"):
        assignment.give(application, assessor, by=people.manager(), at=NOON)
    assert refreshed(application) == {(assessor.pk, application.pk), (assessor.pk, rival.pk)}
    assert refreshed(elsewhere) == set()


@pytest.mark.parametrize("field", ["employer_number", "employer_parent_number", "earlier_employer_number"])
def test_an_employer_given_by_a_number_alone_blocks(field):
    application = applications.application()
    assessor = people.assessor()
    assessors.profile(assessor, **{field: lead_of(application).company_number})

    assert refreshed(application) == {(assessor.pk, application.pk)}


def test_what_blocks_stays_when_its_fact_is_gone_until_staff_clear_it():
    application = applications.application()
    assessor = people.assessor()
    made = assessors.profile(assessor, employer=lead_of(application).name)
    refreshed(application)

    made.employer = ""
    made.save()
    assert refreshed(application) == refreshed(application) == {(assessor.pk, application.pk)}
    row = Conflict.objects.get()
    assert row.reason.count(conflicts.GONE) == 1
    with pytest.raises(assignment.InConflict, match="No longer found"):
        assignment.give(application, assessor, by=people.manager(), at=NOON)

    rulings.rule(row, is_cleared=True, reason="Left in May.", by=people.manager(), at=NOON)
    assert refreshed(application) == set()
    assert Conflict.objects.get().state == ConflictState.CLEARED

    made.employer = lead_of(application).name
    made.save()
    assert refreshed(application) == {(assessor.pk, application.pk)}
    assert conflicts.GONE not in Conflict.objects.get().reason


def test_nobody_gets_in_by_leaving_an_organisation_that_takes_part():
    application = applications.application()
    rival = applications.application(within=application.competition)
    assessor = people.assessor()
    belongs = Membership.objects.create(
        organisation=lead_of(rival), person=assessor, may_edit=False, joined_at=NOON
    )
    kept_out = refreshed(application)
    belongs.delete()

    assert refreshed(application) == kept_out == {(assessor.pk, application.pk), (assessor.pk, rival.pk)}
    member = Conflict.objects.get(kind=ConflictKind.MEMBER)
    assert member.reason.endswith(conflicts.GONE_FOR_GOOD)
    with pytest.raises(rulings.CannotBeCleared):
        rulings.rule(member, is_cleared=True, reason="Has left.", by=people.manager(), at=NOON)


def test_a_flag_goes_with_what_was_flagged():
    application = applications.application()
    assessor = people.assessor()
    made = assessors.profile(assessor, address="1 Dock Rd", postcode="L3 4AA")
    refreshed(application)
    assert Conflict.objects.exists()

    made.address = ""
    made.save()
    refreshed(application)
    assert not Conflict.objects.exists()


def test_what_was_ruled_stays():
    application = applications.application()
    assessor = people.assessor()
    assessors.conflict(
        application,
        assessor,
        state=ConflictState.BLOCKED,
        ruled_by=people.manager(),
        ruled_at=NOON,
        ruling="So.",
    )
    assert refreshed(application) == {(assessor.pk, application.pk)}
    assert conflicts.GONE not in Conflict.objects.get().reason


def test_a_ruling_made_while_conflicts_are_sought_is_not_undone(monkeypatch):
    application = applications.application()
    assessor, manager = people.assessor(), people.manager()
    made = assessors.profile(assessor, employer=lead_of(application).name)
    refreshed(application)
    made.employer = ""
    made.save()
    again = conflicts._say_again

    def ruled_before(*given):
        rulings.rule(Conflict.objects.get(), is_cleared=True, reason="Left.", by=manager, at=NOON)
        return again(*given)

    monkeypatch.setattr(conflicts, "_say_again", ruled_before)
    with CaptureQueriesContext(connection) as queries:
        assert refreshed(application) == set()
    row = Conflict.objects.get()
    assert (row.state, row.ruling) == (ConflictState.CLEARED, "Left.")
    assert "FOR UPDATE" in [one["sql"] for one in queries if "applications_conflict" in one["sql"]][-2]


def test_what_was_cleared_is_open_again_where_something_else_is_found():
    application = applications.application()
    assessor = people.assessor()
    made = assessors.profile(assessor, employer=lead_of(application).name)
    refreshed(application)
    Conflict.objects.update(
        state=ConflictState.CLEARED,
        blocks=False,
        ruled_by=people.manager(),
        ruled_at=NOON,
        ruling="Namesakes.",
    )
    assert refreshed(application) == set()

    made.employer_number = lead_of(application).company_number
    made.save()
    assert refreshed(application) == {(assessor.pk, application.pk)}


def test_a_blocked_assessor_sees_nothing_of_what_they_were_given():
    application = applications.application("in assessment")
    assessor = people.assessor()
    given = assessments.assessment(application, assessor)
    assert Application.objects.visible_to(assessor).exists()

    row = assessors.conflict(application, assessor)
    assert not Application.objects.visible_to(assessor).exists()
    assert not Assessment.objects.visible_to(assessor).exists()

    row.delete()
    assert Assessment.objects.visible_to(assessor).get() == given


def test_the_database_takes_no_assessment_of_a_blocked_pair():
    application = applications.application("in assessment")
    assessor = people.assessor()
    assessors.conflict(application, assessor)

    with pytest.raises(IntegrityError, match="a conflict of interest keeps"), transaction.atomic():
        assessments.assessment(application, assessor)


def test_the_same_few_queries_seek_for_one_pair_and_for_many():
    application = applications.application()

    def counted() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            conflicts.seek(conflicts.pool(), Application.objects.values_list("pk", flat=True), at=NOON)
        return len(queries)

    assessors.interest(people.assessor())
    Membership.objects.create(
        organisation=organisations.organisation(), person=people.assessor(), may_edit=False, joined_at=NOON
    )
    one = counted()
    for _ in range(3):
        applications.application(within=application.competition)
        assessors.interest(people.assessor())

    assert counted() == one <= 12


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_pair_in_conflict_is_ever_given(data):
    """Whatever ties there are, what is given is never a pair that something ties."""
    with transaction.atomic():
        entries = [applications.application()]
        entries += [applications.application(within=entries[0].competition) for _ in range(2)]
        firms = [lead_of(entry) for entry in entries]
        tied, crowd, manager = set(), [people.assessor() for _ in range(3)], people.manager()
        for person in crowd:
            way = data.draw(st.sampled_from(["none", "employer", "earlier", "interest", "member", "parent"]))
            which = data.draw(st.integers(0, 2))
            firm, entry = firms[which], entries[which]
            if way == "employer":
                assessors.profile(person, employer=firm.name.upper())
            elif way == "earlier":
                left = NOON.date() - timedelta(days=data.draw(st.integers(0, 365)))
                assessors.profile(person, earlier_employer=firm.name, earlier_left_on=left)
            elif way == "interest":
                assessors.interest(person, "Other name", company_number=firm.company_number)
            elif way == "parent":
                assessors.profile(person, employer="P", employer_parent_number=firm.company_number)
            elif way == "member":
                Membership.objects.create(organisation=firm, person=person, may_edit=False, joined_at=NOON)
            if way in ("employer", "interest", "parent", "member"):
                tied |= {(person.pk, one.pk) for one in entries}
            if way != "none":
                tied.add((person.pk, entry.pk))
        for person in data.draw(st.permutations(crowd)):
            for entry in entries:
                try:
                    with transaction.atomic():
                        assignment.give(entry, person, by=manager, at=NOON)
                except assignment.AssignmentRefused:
                    assert (person.pk, entry.pk) in tied
        held = set(Assessment.objects.values_list("assessor", "application"))
        assert held & tied == set()
        assert len(held) == 9 - len(tied)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("pot", "sharing", "is_tied"),
    [("R1", "merged", True), ("R1", "alone", False), ("R2", "merged", False)],
)
def test_strands_whose_list_is_merged_are_one_round(pot, sharing, is_tied):
    one = competitions.closed_competition(pot="R1", pot_sharing="merged")
    other = competitions.closed_competition(pot=pot, pot_sharing=sharing)
    entry, rival = applications.application(within=one), applications.application(within=other)
    assessor = people.assessor()
    assessors.profile(assessor, employer="MM", employer_number=lead_of(entry).company_number)

    with pytest.raises(assignment.InConflict) if is_tied else nullcontext():
        assignment.give(rival, assessor, by=people.manager(), at=NOON)

    assert refreshed(rival) == ({(assessor.pk, rival.pk)} if is_tied else set())
