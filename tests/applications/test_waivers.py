"""Waivers: a size or duration outside the limits, asked for in time and decided by somebody else."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import Error, IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEntry, Notification
from accounts.roles import Role
from accounts.wording import OFFERED
from applications import deletion, eligibility, submission, waiver_notices, waivers
from applications.models import Application, Competition, LimitBasis, Waiver, WaiverState
from tests.databases import disarmed
from tests.make import applications as make
from tests.make import competitions, office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

#: Ten working days before Wednesday 24 June 2026 is Wednesday 10 June.
CLOSE = datetime(2026, 6, 24, 10, tzinfo=UTC)
WHY = "Two partners' machines are needed for a fair trial."


@pytest.fixture
def draft() -> Application:
    """£120,000 where at most £100,000 may be spent, and 15 months where it is 3 to 12."""
    within = competitions.competition(
        closes_at=CLOSE,
        limit_basis=LimitBasis.PROJECT_COST,
        limit_min=Decimal(25_000),
        limit_max=Decimal(100_000),
        duration_min=3,
        duration_max=12,
    )
    made = make.complete_draft(within, pounds=120_000)
    Application.objects.filter(pk=made.pk).update(duration_months=15)
    made.refresh_from_db()
    return made


@pytest.fixture
def manager():
    return people.manager()


def ask(draft, *, amount=Decimal(120_000), months=15, reason=WHY, by=None, at=NOON) -> Waiver:
    return waivers.ask(draft, amount=amount, months=months, reason=reason, by=by or draft.started_by, at=at)


def rules_broken(draft) -> set[str]:
    fresh = Application.objects.get(pk=draft.pk)
    return {breach.rule for breach in eligibility.breaches(fresh, at=NOON)} - {"ELIG-24"}


def told(kind: str) -> list[int]:
    return sorted(Notification.objects.filter(kind=kind).values_list("recipient", flat=True))


@pytest.mark.tells("waiver_asked")
@pytest.mark.tells("waiver_decided")
def test_who_asks_is_heard_by_the_managers_and_answered_by_one(draft, manager):
    assert rules_broken(draft) == {"ELIG-03", "ELIG-06"}

    waiver = ask(draft)
    assert told("waiver_asked") == [manager.pk]
    waivers.decide(waiver, grant=True, reason="Agreed for the trial.", by=manager, at=NOON)

    assert told("waiver_decided") == [draft.started_by_id]
    assert rules_broken(draft) == set()
    assert submission.submit(draft, by=draft.started_by, at=NOON)
    noted = AuditEntry.objects.get(action="decide waiver")
    assert (noted.before, noted.after) == ({"state": "waiting"}, {"state": "granted"})


def test_a_refusal_leaves_the_limits_as_they_are_and_can_be_followed_by_another_request(draft, manager):
    waivers.decide(ask(draft), grant=False, reason="It is not needed.", by=manager, at=NOON)

    assert rules_broken(draft) == {"ELIG-03", "ELIG-06"}
    assert ask(draft, amount=Decimal(110_000), months=None).is_waiting


@pytest.mark.parametrize(
    ("costs", "broken"), [("120000.00", set()), ("25000.00", set()), ("120000.01", {"ELIG-03"})]
)
def test_what_is_granted_lets_in_all_that_lies_between_it_and_the_limits(draft, manager, costs, broken):
    waivers.decide(ask(draft), grant=True, reason="Agreed.", by=manager, at=NOON)

    Application.objects.filter(pk=draft.pk).update(total_costs=Decimal(costs))

    assert rules_broken(draft) == broken


def test_below_the_least_it_works_as_well(draft, manager):
    asked = ask(draft, amount=Decimal(20_000), months=2)
    waivers.decide(asked, grant=True, reason="Agreed.", by=manager, at=NOON)
    Application.objects.filter(pk=draft.pk).update(total_costs=Decimal(20_000), duration_months=2)

    assert rules_broken(draft) == set()


def test_the_last_day_is_ten_working_days_before_the_close(draft):
    assert waivers.last_day(draft.competition) == datetime(2026, 6, 10).date()

    assert ask(draft, at=datetime(2026, 6, 10, 22, 59, 59, tzinfo=UTC))


def test_a_second_later_it_is_too_late(draft):
    with pytest.raises(waivers.TooLate, match="the last day was 10 June 2026"):
        ask(draft, at=datetime(2026, 6, 10, 23, tzinfo=UTC))

    assert not Waiver.objects.exists()


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ({"amount": None, "months": None}, "amount", "Enter the size or the duration"),
        ({"amount": Decimal(100_000)}, "amount", "within the limits"),
        ({"months": 12}, "months", "within the limits"),
    ],
)
def test_nothing_outside_the_limits_is_no_request(draft, asked, field, said):
    with pytest.raises(waivers.NothingAsked, match=said) as refused:
        ask(draft, **asked)

    assert refused.value.field == field


@pytest.mark.parametrize("reason", ["  ", "x" * (waivers.LONGEST_REASON + 1)])
def test_a_reason_is_given_and_is_not_endless(draft, reason):
    with pytest.raises(waivers.ReasonRefused):
        ask(draft, reason=reason)


def test_where_the_grant_has_a_most_alone_there_are_no_exceptions(draft):
    Competition.objects.update(limit_basis=LimitBasis.GRANT, limit_min=None, limit_max=Decimal(50_000))
    draft.refresh_from_db()

    with pytest.raises(waivers.NothingAsked, match="no exceptions"):
        ask(draft, months=None)


def test_one_request_at_a_time(draft):
    ask(draft)

    with pytest.raises(waivers.WaitsAlready):
        ask(draft)


@pytest.mark.parametrize("who", ["reader", "stranger", "manager"])
def test_nobody_else_asks(draft, who):
    person = {
        "reader": lambda: people.member(make.lead(draft).organisation, may_edit=False),
        "stranger": lambda: make.draft().started_by,
        "manager": people.manager,
    }[who]()

    with pytest.raises(waivers.NotEditable):
        ask(draft, by=person)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
def test_no_other_role_decides(draft, role):
    with pytest.raises(waivers.NotADecider):
        waivers.decide(ask(draft), grant=True, reason="Yes.", by=people.user(role), at=NOON)


def test_no_manager_of_another_region_decides(draft):
    elsewhere = people.user(Role.MANAGER, region=competitions.region("TV", "Tees Valley"))

    with pytest.raises(waivers.NotADecider):
        waivers.decide(ask(draft), grant=True, reason="Yes.", by=elsewhere, at=NOON)


def test_no_manager_decides_for_an_organisation_of_their_own(draft):
    manager = people.member(make.lead(draft).organisation)
    people.give(manager, Role.MANAGER)

    with pytest.raises(waivers.OwnWaiver, match="Somebody else"):
        waivers.decide(ask(draft), grant=True, reason="Yes.", by=manager, at=NOON)


def test_it_is_decided_once(draft, manager):
    waiver = waivers.decide(ask(draft), grant=False, reason="No.", by=manager, at=NOON)

    with pytest.raises(waivers.AlreadyDecided):
        waivers.decide(waiver, grant=True, reason="Yes.", by=people.manager(), at=NOON)

    assert rules_broken(draft) == {"ELIG-03", "ELIG-06"}


def test_after_the_close_it_is_not_decided_any_more(draft, manager):
    with pytest.raises(waivers.NoLongerAsked):
        waivers.decide(ask(draft), grant=True, reason="Yes.", by=manager, at=CLOSE)


@pytest.mark.parametrize(
    "changed",
    [
        {"state": WaiverState.REFUSED},
        {"amount": Decimal(900_000)},
        {"months": 99},
        {"reason": "Another."},
    ],
)
def test_the_database_keeps_what_was_asked_and_decided(draft, manager, changed):
    waiver = waivers.decide(ask(draft), grant=True, reason="Yes.", by=manager, at=NOON)

    with pytest.raises(Error), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(**changed)


def test_the_database_lets_nobody_decide_their_own(draft):
    waiver = ask(draft)

    with pytest.raises(Error), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(
            state=WaiverState.GRANTED, decided_by=waiver.asked_by, decided_at=NOON, decision_reason="Yes."
        )


def test_a_draft_that_is_deleted_takes_its_request_with_it(draft):
    ask(draft)

    deletion.delete(draft, by=draft.started_by, at=NOON)

    assert not Waiver.objects.exists()


@pytest.fixture
def open_draft() -> Application:
    """As above, in a competition that is open now and closes in thirty days."""
    within = competitions.open_now(
        limit_basis=LimitBasis.PROJECT_COST, limit_min=Decimal(25_000), limit_max=Decimal(100_000)
    )
    return make.complete_draft(within, at=within.opens_at, pounds=120_000)


def test_it_is_asked_on_a_page_decided_in_the_office_and_answered_on_the_page(open_draft):
    applicant, manager = office.sign_in(open_draft.started_by), office.sign_in(people.manager())
    page = reverse("applications:waiver", args=[open_draft.reference])
    check = reverse("applications:check", args=[open_draft.reference])
    assert page in applicant.get(check).text

    asked = applicant.post(page, {"amount": "£120,000", "reason": WHY}, follow=True)
    waiver = Waiver.objects.get()
    assert "Waiting for a decision" in asked.text
    shown = manager.get(reverse("admin:applications_waiver_change", args=[waiver.pk]))
    assert WHY.replace("'", "&#x27;") in shown.text
    decide = reverse("admin:applications_waiver_decide", args=[waiver.pk])
    answered = manager.post(decide, {"decision": "grant", "reason": "Agreed for the trial."}, follow=True)

    assert "The waiver is granted" in answered.text
    assert "Agreed for the trial." in applicant.get(page).text
    assert "What stops you" not in applicant.get(check).text


def test_a_request_that_is_refused_comes_back_with_all_that_was_typed(open_draft):
    applicant = office.sign_in(open_draft.started_by)
    page = reverse("applications:waiver", args=[open_draft.reference])

    answer = applicant.post(page, {"amount": "90,000", "reason": WHY})

    assert answer.status_code == 422
    assert "That is within the limits" in answer.text
    assert 'value="90,000"' in answer.text
    assert "fair trial" in answer.text


def test_too_late_a_request_keeps_what_was_typed_to_be_copied(open_draft):
    Competition.objects.update(closes_at=open_draft.competition.closes_at - timedelta(days=25))
    applicant = office.sign_in(open_draft.started_by)

    answer = applicant.post(
        reverse("applications:waiver", args=[open_draft.reference]), {"amount": "120000", "reason": WHY}
    )

    assert answer.status_code == 409
    assert "at least 10 working days before the close" in answer.text
    assert "fair trial" in answer.text


def test_a_decision_without_a_reason_is_refused_at_its_field(open_draft):
    waiver = ask(open_draft, months=None, at=open_draft.competition.opens_at)
    manager = office.sign_in(people.manager())

    answer = manager.post(
        reverse("admin:applications_waiver_decide", args=[waiver.pk]), {"decision": "grant"}
    )

    assert answer.status_code == 422
    assert "Give the reason for your decision" in answer.text
    assert Waiver.objects.get().is_waiting


def test_who_decides_finds_it_on_the_office_s_first_page(open_draft):
    ask(open_draft, months=None, at=open_draft.competition.opens_at)

    page = office.sign_in(people.manager()).get("/admin/").text

    assert f"Decide the waiver that {open_draft.reference} asks for" in page


def test_the_database_takes_no_decision_of_a_member(draft):
    waiver = ask(draft)
    member = people.member(draft.participants.first().organisation, True, Role.MANAGER)
    answer = {"state": "granted", "decided_by": member, "decided_at": NOON, "decision_reason": "Ours."}

    with pytest.raises(IntegrityError, match="who decides belongs"), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(**answer)
    with disarmed("applications_waiver"):
        assert Waiver.objects.filter(pk=waiver.pk).update(**answer) == 1


@pytest.mark.parametrize("limits", [{"waived_amount": 120_001}, {"waived_months": 16}])
def test_the_database_widens_limits_by_a_granted_waiver_alone(draft, manager, limits):
    mine = Application.objects.filter(pk=draft.pk)
    waiver = ask(draft)
    with pytest.raises(IntegrityError, match="no granted waiver"), transaction.atomic():
        mine.update(waived_amount=120_000)
    waivers.decide(waiver, grant=True, reason="Agreed.", by=manager, at=NOON)

    with pytest.raises(IntegrityError, match="no granted waiver"), transaction.atomic():
        mine.update(**limits)
    with disarmed("applications_application"):
        assert mine.update(**limits) == 1


def test_a_decision_is_shown_with_one_that_was_decided_however_many_wait(draft, manager):
    decided = waivers.decide(ask(draft), grant=True, reason="Agreed.", by=manager, at=NOON)
    for _ in range(OFFERED):
        waiting = make.draft(draft.competition)
        waivers.ask(waiting, months=20, reason=WHY, by=waiting.started_by, at=NOON + timedelta(hours=1))

    [shown] = waiver_notices.latest_decided(manager, "")

    assert shown.facts == {"waiver": decided.pk}
