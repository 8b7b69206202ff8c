"""The eligibility desk: what it decides, who decides, and what becomes of an application by that."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts import composing
from accounts.models import AuditEntry, Membership, Notification
from accounts.roles import Role
from applications.assessment import assignment, ranking
from applications.desk import checks, deciding, due, ineligibility, standing
from applications.desk.checks import Check, Outcome
from applications.desk.deciding import Ruling
from applications.models import Application, RuleDecision, StatusChange, Strand
from applications.workflow import MoveRefused, Status
from tests.make import applications as make
from tests.make import competitions, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

MEETS = Ruling(Outcome.MEETS)
WHY = "Most of the costs are for sales."


@pytest.fixture
def entry() -> Application:
    return make.application()


@pytest.fixture
def manager():
    return people.manager()


@pytest.fixture
def lead():
    return people.user(Role.LEAD)


def decide(entry, rulings, by, seen=None):
    known = deciding.last_of(deciding.latest(entry), of_scope=False)
    return deciding.decide(entry, rulings, seen=known if seen is None else seen, by=by, at=NOON)


def scope(entry, by, outcome=Outcome.IN_SCOPE, reason=""):
    seen = deciding.last_of(deciding.latest(entry), of_scope=True)
    return deciding.decide_scope(entry, Ruling(outcome, reason), seen=seen, by=by, at=NOON)


def every_rule(entry):
    return {check: MEETS for check in checks.of_strand(entry.competition.strand) if check != Check.SCOPE}


def ineligible(entry, by):
    decide(entry, {Check.COSTS: Ruling(Outcome.FAILS, WHY)}, by)
    return ineligibility.find_ineligible(entry, by=by, at=NOON)


def ids(rows):
    return set(rows.values_list("pk", flat=True))


def test_every_strand_has_as_many_checks():
    for strand in Strand:
        found = checks.of_strand(strand)
        assert len(found) == checks.EACH
        assert (Check.PLACE in found) == (strand == Strand.CLUSTER)
    assert set(checks.MESSAGES) == set(Check)


def test_an_application_is_checked_once_every_rule_and_its_scope_are_decided(entry, manager, lead):
    every = Application.objects.all()
    assert ids(standing.unchecked(every)) == {entry.pk}

    decide(entry, every_rule(entry), manager)
    assert not standing.checked(every).exists()
    assert "1 of 7 checks" in standing.warning_of(entry)
    scope(entry, lead, Outcome.BORDERLINE, "Half of it is.")

    assert ids(standing.checked(every)) == {entry.pk}
    assert standing.warning_of(entry) == ""
    noted = AuditEntry.objects.get(action="decide eligibility rules")
    assert noted.after["ELIG-09"] == "meets"


def test_the_last_decision_counts_and_all_are_kept(entry, manager):
    decide(entry, {Check.COSTS: Ruling(Outcome.FAILS, WHY)}, manager)
    assert ids(standing.against(Application.objects.all())) == {entry.pk}
    decide(entry, {Check.COSTS: MEETS, Check.ANSWERS: MEETS}, manager)
    decide(entry, {Check.COSTS: MEETS}, manager)

    assert not standing.against(Application.objects.all()).exists()
    assert entry.rule_decisions.filter(rule=Check.COSTS).count() == 2
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        RuleDecision.objects.update(outcome=Outcome.MEETS)


def test_whoever_read_the_page_before_another_decided_is_told(entry, manager):
    decide(entry, {Check.COSTS: MEETS}, manager)

    with pytest.raises(deciding.DecidedMeanwhile):
        decide(entry, {Check.ANSWERS: MEETS}, people.manager(), seen=0)


@pytest.mark.parametrize(
    ("rulings", "said"),
    [
        ({Check.COSTS: Ruling(Outcome.FAILS, "  ")}, "Give the reason"),
        ({Check.COSTS: Ruling(Outcome.FAILS, "x" * 2_001)}, "2,000 characters"),
        ({Check.COSTS: Ruling(Outcome.IN_SCOPE)}, "Choose one"),
        ({Check.PLACE: MEETS}, "Choose one"),
        ({"ELIG-01": MEETS}, "Choose one"),
        ({Check.SCOPE: Ruling(Outcome.IN_SCOPE)}, "its own page"),
    ],
)
def test_a_ruling_that_is_none_is_refused(entry, manager, rulings, said):
    with pytest.raises(deciding.RulingRefused, match=said):
        decide(entry, rulings, manager)

    assert not RuleDecision.objects.exists()


def test_rules_are_a_managers_of_the_region_and_the_scope_is_a_leads(entry, manager, lead):
    other = competitions.region("TV", "Tees Valley")
    for person in (lead, people.user(Role.MANAGER, region=other), people.user(Role.FUNDS)):
        with pytest.raises(deciding.NotTheDesk):
            decide(entry, {Check.COSTS: MEETS}, person)
    for person in (manager, people.user(Role.LEAD, region=other)):
        with pytest.raises(deciding.NotTheDesk):
            scope(entry, person)


def test_nobody_decides_for_their_own_organisation(entry, manager):
    organisation = entry.participants.get().organisation
    Membership.objects.create(organisation=organisation, person=manager, may_edit=False, joined_at=NOON)

    with pytest.raises(deciding.OwnApplication):
        decide(entry, {Check.COSTS: MEETS}, manager)
    row = {"application": entry, "rule": Check.COSTS, "outcome": Outcome.MEETS}
    with pytest.raises(IntegrityError, match="belongs to an organisation"), transaction.atomic():
        RuleDecision.objects.create(**row, decided_by=manager, decided_at=NOON)


def test_nothing_is_decided_before_the_close(manager):
    entry = make.application(within=competitions.competition())

    with pytest.raises(deciding.NotAtTheDesk, match="has not closed yet"):
        decide(entry, {Check.COSTS: MEETS}, manager)


@pytest.mark.tells("application_ineligible")
@pytest.mark.tells("application_reinstated")
def test_the_applicant_is_told_the_reasons_and_that_it_is_let_in_again(entry, manager, lead):
    scope(entry, lead, Outcome.OUT_OF_SCOPE, "It is about farming.")

    ineligible(entry, manager)

    told = Notification.objects.get(kind="application_ineligible")
    assert told.recipient == entry.started_by
    text = " ".join(composing.compose(told).text.split())
    for said in (WHY, "It is about farming.", checks.MESSAGES[Check.COSTS], checks.MESSAGES[Check.SCOPE]):
        assert said in text
    assert StatusChange.objects.get().reason == "Not met: ELIG-09, SCOPE"

    ineligibility.reinstate(entry, "The costs were explained.", by=people.manager(), at=NOON)

    told = Notification.objects.get(kind="application_reinstated")
    assert "The costs were explained." in " ".join(composing.compose(told).text.split())
    assert Application.objects.get().status == Status.SUBMITTED


def test_an_ineligible_application_is_out_of_the_running_and_given_to_nobody(entry, manager):
    within = entry.competition
    assert [row.application_id for row in ranking.panel_sheet([within])] == [entry.pk]

    ineligible(entry, manager)

    assert ranking.panel_sheet([within]) == []
    with pytest.raises(assignment.NotReadyForAssessment):
        assignment.give(entry, people.assessor(), by=manager, at=NOON)


def test_what_was_decided_against_is_not_given_out_until_it_is_decided_anew(entry, manager, lead):
    scope(entry, lead, Outcome.OUT_OF_SCOPE, "It is about farming.")
    with pytest.raises(assignment.DecidedAgainst, match="its scope"):
        assignment.give(entry, people.assessor(), by=manager, at=NOON)

    scope(entry, lead, Outcome.BORDERLINE, "Some of it is about machines.")

    assert assignment.give(entry, people.assessor(), by=manager, at=NOON)


def test_without_a_decision_against_it_nothing_is_ineligible(entry, manager):
    decide(entry, every_rule(entry), manager)

    with pytest.raises(ineligibility.NothingAgainst):
        ineligibility.find_ineligible(entry, by=manager, at=NOON)


def test_it_is_let_in_again_by_somebody_else_with_a_reason(entry, manager):
    ineligible(entry, manager)

    with pytest.raises(ineligibility.SameDecider):
        ineligibility.reinstate(entry, "A mistake.", by=manager, at=NOON)
    with pytest.raises(ineligibility.ReasonRefused):
        ineligibility.reinstate(entry, " ", by=people.manager(), at=NOON)
    with pytest.raises(MoveRefused):
        ineligibility.find_ineligible(entry, by=people.manager(), at=NOON)
    change = {"application": entry, "before": Status.INELIGIBLE, "after": Status.SUBMITTED}
    with pytest.raises(IntegrityError, match="reinstated by whoever"), transaction.atomic():
        StatusChange.objects.create(**change, made_by=manager, made_at=NOON)


def test_it_is_due_ten_working_days_after_the_close():
    within = competitions.closed_competition()
    # From Friday 29 May 2026.
    assert due.due_on(within) == date(2026, 6, 12)
    # Over the spring bank holiday of Monday 25 May.
    within.eligibility_days, within.closes_at = 2, within.closes_at.replace(day=22)
    assert due.due_on(within) == date(2026, 5, 27)
