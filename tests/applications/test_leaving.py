"""An organisation that leaves after the close: what counts then, who leads, and who is told."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts import composing
from accounts.models import AuditEntry, Kind, Membership, Notification
from accounts.roles import Role
from applications import leaving, rules
from applications.assessment import assignment, ranking
from applications.desk import deciding, ineligibility
from applications.desk.checks import Check, Outcome
from applications.desk.deciding import Ruling
from applications.models import (
    Application,
    Departure,
    LimitBasis,
    Participant,
    Strand,
    Waiver,
    WaiverState,
)
from applications.workflow import AssessmentStatus, Status
from funding import awards
from tests.databases import as_owner, disarmed
from tests.make import applications as make
from tests.make import assessments, competitions, office, organisations, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

WHY = "It has closed its works in Widnes."


@pytest.fixture
def entry() -> Application:
    """£80,000 of costs by the lead, and £20,000 by a partner."""
    made = make.application(total_costs=Decimal(80_000), grant_sought=Decimal(56_000))
    other = make.partner(made, organisations.organisation(name="Widnes Threads Ltd"))
    Participant.objects.filter(pk=other.pk).update(total_costs=20_000, grant_sought=14_000)
    Application.objects.filter(pk=made.pk).update(total_costs=100_000, grant_sought=70_000)
    made.refresh_from_db()
    return made


@pytest.fixture
def manager():
    return people.manager()


def partner(entry) -> Participant:
    return entry.participants.get(is_lead=False)


def record(entry, part, by, reason=WHY, **more):
    return leaving.record(entry, part, reason, by=by, at=NOON, **more)


@pytest.mark.tells("participant_left")
def test_a_partner_leaves_and_its_costs_count_no_more(entry, manager):
    member = people.member(partner(entry).organisation)

    departure = record(entry, partner(entry), manager)

    entry.refresh_from_db()
    assert (entry.total_costs, entry.grant_sought) == (80_000, 56_000)
    assert (departure.grant_before, departure.grant_after) == (70_000, 56_000)
    assert partner(entry).grant_sought == 14_000
    assert [share.grant for share in awards.shares_asked_for(entry)] == [56_000]
    line = ranking.panel_sheet([entry.competition])[0]
    assert (line.grant_sought, line.grant_submitted) == (56_000, 70_000)
    told = Notification.objects.filter(kind="participant_left")
    assert {row.recipient for row in told} == {entry.started_by, member}
    text = " ".join(composing.compose(told[0]).text.split())
    assert WHY in text and "goes on without them" in text and "£56,000" in text


def test_where_the_lead_leaves_another_takes_the_lead(entry, manager):
    old, new = make.lead(entry), partner(entry)

    record(entry, old, manager, new_lead=new)

    entry.refresh_from_db()
    assert make.lead(entry) == new
    assert entry.grant_sought == 14_000
    assert [share.participant_id for share in awards.shares_asked_for(entry)] == [new.pk]


@pytest.mark.tells("assessed_lead_left")
def test_where_nobody_takes_the_lead_it_is_withdrawn_with_its_assessments(entry, manager):
    given = assignment.give(entry, people.assessor(), by=manager, at=NOON)

    record(entry, make.lead(entry), manager)

    entry.refresh_from_db()
    given.refresh_from_db()
    assert entry.status == Status.WITHDRAWN and given.status == AssessmentStatus.WITHDRAWN
    assert entry.status_changes.latest("pk").made_by == manager
    told = Notification.objects.filter(recipient=given.assessor).exclude(kind="assessment_given").get()
    text = " ".join(composing.compose(told).text.split())
    assert told.kind == "assessed_lead_left"
    assert "has left it, and no other takes the lead" in text and make.lead(entry).name in text


@pytest.mark.tells("assessed_participant_left")
def test_whoever_holds_it_is_told_that_a_partner_left(entry, manager):
    given = assignment.give(entry, people.assessor(), by=manager, at=NOON)
    begun = assessments.assessment(entry)
    sent = assessments.submitted(entry)
    over = assessments.assessment(entry, status=AssessmentStatus.EXPIRED)

    record(entry, partner(entry), manager)

    told = Notification.objects.filter(kind="assessed_participant_left")
    assert {row.subject_id for row in told} == {given.pk, begun.pk, sent.pk}
    assert over.assessor not in {row.recipient for row in told}
    text = " ".join(composing.compose(told.get(subject_id=given.pk)).text.split())
    assert "Widnes Threads Ltd" in text and "goes on without them" in text
    assert WHY not in text and f"/{given.pk}/offer/" in text


@pytest.mark.parametrize("status", [Status.SUCCESSFUL, Status.UNSUCCESSFUL, Status.INELIGIBLE])
def test_what_is_decided_is_not_touched(manager, status):
    entry = make.application(status)

    with pytest.raises(leaving.NotInHand):
        record(entry, make.lead(entry), manager)


def test_until_the_close_its_applicant_changes_it(manager):
    entry = make.application(within=competitions.competition())

    with pytest.raises(leaving.NotInHand, match="still open"):
        record(entry, make.lead(entry), manager)


def test_who_cannot_lead_is_refused(entry, manager):
    Participant.objects.filter(pk=partner(entry).pk).update(kind=Kind.RESEARCH)

    with pytest.raises(leaving.LeadRefused, match="academic"):
        record(entry, make.lead(entry), manager, new_lead=partner(entry))


def test_one_leaves_once_with_a_reason_and_by_the_office_alone(entry, manager):
    with pytest.raises(leaving.ReasonRefused):
        record(entry, partner(entry), manager, reason=" ")
    with pytest.raises(leaving.NotTheOffice):
        record(entry, partner(entry), people.user(Role.FUNDS))
    own = people.manager()
    organisation = partner(entry).organisation
    Membership.objects.create(organisation=organisation, person=own, may_edit=False, joined_at=NOON)
    with pytest.raises(leaving.OwnApplication):
        record(entry, partner(entry), own)
    record(entry, partner(entry), manager)
    with pytest.raises(leaving.NotTakingPart):
        record(entry, partner(entry), manager)


def test_the_page_asks_who_leads_then_and_shows_both_sums(entry, manager):
    browser, lead, other = office.sign_in(manager), make.lead(entry), partner(entry)
    page = f"/admin/applications/application/{entry.pk}/leaves/"

    answer = browser.post(page, {"part": lead.pk, "reason": WHY})
    assert answer.status_code == 422 and "Choose who leads then" in answer.text and WHY in answer.text
    assert browser.post(page, {"part": other.pk, "reason": WHY, "lead": other.pk}).status_code == 302

    shown = browser.get(page).text
    assert "£70,000 before, £56,000 since" in shown
    assert Departure.objects.get().new_lead is None
    assert "£70,000 before" in browser.get(f"/admin/applications/application/{entry.pk}/change/").text


@pytest.fixture
def together() -> Application:
    """£150,000 of grant or more is sought by two that each claim some, or it breaks a rule."""
    within = competitions.closed_competition(
        strand=Strand.CRD, needs_partners=True, limit_basis=LimitBasis.GRANT,
        limit_min=Decimal(150_000), limit_max=Decimal(1_000_000), research_participation_max=Decimal(30),
    )  # fmt: skip
    made = make.application(within=within)
    lead, *others = make.lead(made), make.partner(made), make.partner(made)
    figures = [(lead, 200_000, 140_000), (others[0], 40_000, 28_000), (others[1], 10_000, 0)]
    for part, costs, grant in figures:
        Participant.objects.filter(pk=part.pk).update(total_costs=costs, grant_sought=grant)
    Application.objects.filter(pk=made.pk).update(total_costs=250_000, grant_sought=168_000)
    made.refresh_from_db()
    return made


def test_the_rules_are_tried_again_and_shown_before_and_after(together, manager):
    claims = together.participants.get(grant_sought=28_000)
    browser = office.sign_in(manager)
    page = f"/admin/applications/application/{together.pk}/leaves/"

    before = browser.get(page).text
    assert before.count("ELIG-04") == 2 and before.count("ELIG-15") == 2
    assert "It keeps the rules on sums and partners" in before
    answer = browser.post(page, {"part": claims.pk, "reason": WHY}, follow=True)

    departure = Departure.objects.get()
    assert [rule for rule, _ in departure.broken] == ["ELIG-04", "ELIG-15"]
    assert "does not keep ELIG-04, ELIG-15 any more" in answer.text
    assert rules.ADD_A_PARTNER in answer.text
    noted = AuditEntry.objects.get(action="record that participant left")
    assert noted.after["broken"] == ["ELIG-04", "ELIG-15"]


def test_who_claims_nothing_leaves_and_nothing_is_broken(together, manager):
    departure = record(together, together.participants.get(grant_sought=0), manager)

    assert departure.broken == []


def test_what_a_waiver_let_in_stays_let_in(together, manager):
    Waiver.objects.create(
        application=together, amount=Decimal(100_000), reason="Small.", asked_by=together.started_by,
        asked_at=NOON, state=WaiverState.GRANTED, decided_by=manager, decided_at=NOON,
        decision_reason="It may.",
    )  # fmt: skip
    Application.objects.filter(pk=together.pk).update(waived_amount=100_000)

    departure = record(together, together.participants.get(grant_sought=28_000), manager)

    assert [rule for rule, _ in departure.broken] == ["ELIG-15"]


def test_the_desk_decides_on_what_is_broken_since(together, manager):
    desk = "/admin/applications/eligibilitycase/"
    browser = office.sign_in(manager)
    case, listed = f"{desk}{together.pk}/change/", f"{desk}?eligibility=open"
    for check in deciding.of(together):
        decided(together, check, manager if check != Check.SCOPE else people.user(Role.LEAD))
    assert "PARTIES" not in browser.get(case).text
    assert together.reference not in browser.get(listed).text

    record(together, together.participants.get(grant_sought=28_000), manager)

    shown = browser.get(case).text
    assert rules.ADD_A_PARTNER in shown and "£168,000 before, £140,000 since" in shown
    assert "1 of 8" in browser.get(listed).text
    decided(together, Check.PARTIES, manager, Ruling(Outcome.FAILS, "One claims grant."))
    assert together.reference not in browser.get(listed).text
    ineligibility.find_ineligible(together, by=manager, at=NOON)
    told = Notification.objects.filter(kind="application_ineligible")[0]
    assert "Without the organisation that left" in " ".join(composing.compose(told).text.split())


def decided(entry, check, by, ruling=None):
    of_scope = check == Check.SCOPE
    seen = deciding.last_of(deciding.latest(entry), of_scope=of_scope)
    if of_scope:
        return deciding.decide_scope(entry, Ruling(Outcome.IN_SCOPE), seen=seen, by=by, at=NOON)
    return deciding.decide(entry, {check: ruling or Ruling(Outcome.MEETS)}, seen=seen, by=by, at=NOON)


def departing(entry) -> dict:
    return {
        "participant": partner(entry), "reason": WHY, "costs_before": 1, "costs_after": 1,
        "grant_before": 1, "grant_after": 1, "recorded_at": NOON,
    }  # fmt: skip


@pytest.mark.parametrize("of_lead", [True, False])
def test_the_database_refuses_a_departure_recorded_by_a_member(entry, of_lead):
    own = people.manager()
    organisation = entry.participants.get(is_lead=of_lead).organisation
    Membership.objects.create(organisation=organisation, person=own, may_edit=False, joined_at=NOON)

    with pytest.raises(IntegrityError, match="who records that participant"), transaction.atomic():
        Departure.objects.create(**departing(entry), recorded_by=own)
    with disarmed("applications_departure"):
        # The negative control: nothing else stands in the way.
        assert Departure.objects.create(**departing(entry), recorded_by=own)


def test_the_database_takes_a_departure_recorded_by_somebody_else(entry):
    assert Departure.objects.create(**departing(entry), recorded_by=people.manager())


def test_the_database_keeps_a_departure_as_it_was_recorded(entry):
    Departure.objects.create(**departing(entry), recorded_by=people.manager())
    another = "UPDATE applications_departure SET reason = 'Another.'"

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        as_owner(another)
    with disarmed("applications_departure"):
        # The negative control: nothing else stands in the owner's way.
        as_owner(another)
    assert Departure.objects.get().reason == "Another."
