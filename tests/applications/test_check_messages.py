"""What an applicant reads on the check page for each rule: nothing where it is kept, else why it is not.

The rules' edges are in ``test_eligibility.py``; here each is seen, and what it does to the submission.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from accounts import clock
from accounts.models import Kind
from applications.models import Application, Competition, Participant, ResearchCategory
from applications.workflow import Status
from tests.make import applications, competitions, organisations
from tests.make.times import DAY

pytestmark = pytest.mark.django_db

Break = Callable[[Application], object]


def application(**fields) -> Break:
    return lambda made: Application.objects.filter(pk=made.pk).update(**fields)


def competition(**fields) -> Break:
    return lambda made: Competition.objects.filter(pk=made.competition_id).update(**fields)


def lead(**fields) -> Break:
    return lambda made: Participant.objects.filter(application=made, is_lead=True).update(**fields)


def grant_limits(grant: int, least: int | None) -> Break:
    limits = competition(
        limit_basis="grant_request", limit_min=least, limit_max=1_000_000 if least else 150_000
    )
    return lambda made: (limits(made), application(grant_sought=grant)(made))


def partner(**fields) -> Break:
    """The competition asks for partners, and there is one with these figures."""

    def add(made: Application) -> None:
        competition(needs_partners=True, research_participation_max=Decimal(30))(made)
        organisation = organisations.organisation()
        Participant.objects.create(
            **{
                "application": made, "organisation": organisation, "is_lead": False,
                "name": organisation.name, "kind": Kind.BUSINESS, "size": "micro_small",
                "details_on": made.started_at.date(), "terms_accepted_at": made.started_at, **fields,
            }
        )  # fmt: skip

    return add


#: The rule; what keeps it, at its edge where it has one; what breaks it; and what is read then.
BLOCKING = [
    (
        "ELIG-02",
        lead(kind=Kind.BUSINESS),
        lead(kind=Kind.CHARITY),
        "The lead must be a UK registered business.",
    ),
    (
        "ELIG-03",
        application(total_costs=Decimal(100_000)),
        application(total_costs=Decimal("100000.01")),
        "Total project costs must be between £25,000 and £100,000.",
    ),
    (
        "ELIG-04",
        grant_limits(150_000, 150_000),
        grant_limits(149_999, 150_000),
        "The grant requested must be between £150,000 and £1 million.",
    ),
    (
        "ELIG-05",
        grant_limits(150_000, None),
        grant_limits(150_001, None),
        "The grant requested can be up to £150,000.",
    ),
    (
        "ELIG-06",
        application(duration_months=12),
        application(duration_months=13),
        "The project must last 3 to 12 months.",
    ),
    (
        "ELIG-07",
        application(start_on=date(2037, 4, 1)),
        application(start_on=date(2037, 4, 2)),
        "The project must start by 1 April 2037.",
    ),
    (
        "ELIG-08",
        competition(latest_end_on=date(2037, 6, 30)),
        competition(latest_end_on=date(2037, 6, 29)),
        "The project must end by 29 June 2037.",
    ),
    (
        "ELIG-08 on a day",
        competition(ends_exactly_on=date(2037, 6, 30)),
        competition(ends_exactly_on=date(2037, 7, 31)),
        "The project must end on 31 July 2037.",
    ),
    (
        "ELIG-14",
        application(has_russian_involvement=False),
        application(has_russian_involvement=True),
        "Projects involving Russian entities or goods cannot be funded.",
    ),
    (
        "ELIG-15",
        partner(grant_sought=Decimal(1), total_costs=Decimal(2)),
        partner(),
        "Add a partner that claims grant.",
    ),
    (
        "ELIG-16",
        partner(kind=Kind.RTO, grant_sought=Decimal(1), total_costs=Decimal(30_000)),
        partner(kind=Kind.RTO, grant_sought=Decimal(1), total_costs=Decimal(40_000)),
        "Research organisations&#x27; share is above the maximum.",
    ),
    (
        "ELIG-17",
        lead(kind=Kind.BUSINESS),
        lead(kind=Kind.RESEARCH),
        "Academic institutions cannot lead a project or work alone.",
    ),
    (
        "ELIG-24",
        application(),
        lambda made: made.completed_sections.filter(section="risks").delete(),
        "Complete all sections before submitting",
    ),
    (
        "FUNDING",
        lead(percentage_asked=Decimal(45)),
        application(research_category=ResearchCategory.EXPERIMENTAL),
        "The most your organisation can ask for is 45% of its costs.",
    ),
]  # fmt: skip
WARNING = [
    ("ELIG-02", lead(company_number=""), "must have finished its registration before an award."),
    ("ELIG-11", lead(work_area=None, elsewhere="Cardiff"), "Explain your activity in the cluster"),
    ("ELIG-13", application(is_exploited_from_uk=False), "Results should be exploited from or in the UK."),
]  # fmt: skip


@pytest.fixture
def made(client) -> Application:
    within = competitions.open_now(closes_at=clock.now() + 60 * DAY)
    made = applications.complete_draft(within, at=clock.now())
    client.force_login(made.started_by)
    return made


def tried(client, made: Application, change: Break) -> tuple[str, int, str, Status]:
    """The check page after a change, the answer to submitting, and where that led; all of it undone."""
    address = f"/applications/{made.reference}/check/"
    with transaction.atomic():
        change(made)
        shown = client.get(address).text
        answer = client.post(address, {"is_true": "on"})
        status = Application.objects.get(pk=made.pk).status
        transaction.set_rollback(True)
    return shown, answer.status_code, answer.text, Status(status)


def test_each_blocking_rule_is_read_and_blocks_and_lets_pass_what_keeps_it(client, made):
    wrong = []
    for rule, keep, breaks, message in BLOCKING:
        shown, code, _text, status = tried(client, made, keep)
        if message in shown or (code, status) != (302, Status.SUBMITTED):
            wrong.append((rule, "kept", code, status))
        shown, code, text, status = tried(client, made, breaks)
        if message not in shown or message not in text or (code, status) != (422, Status.DRAFT):
            wrong.append((rule, "broken", code, status, message in shown, message in text))

    assert wrong == []


def test_each_warning_is_read_and_stands_in_nobodys_way(client, made):
    wrong = []
    for rule, change, message in WARNING:
        shown, code, _text, status = tried(client, made, change)
        if message not in shown or (code, status) != (302, Status.SUBMITTED):
            wrong.append((rule, code, status, message in shown))

    assert wrong == []


def test_elig_01_the_close_is_told_with_both_moments(client, made):
    now = clock.now()
    address = f"/applications/{made.reference}/check/"
    Competition.objects.filter(pk=made.competition_id).update(closes_at=now - timedelta(seconds=1))

    late = client.post(address, {"is_true": "on"})

    assert late.status_code == 409
    assert "This competition closed at" in late.text and "We received this at" in late.text
    assert Application.objects.get(pk=made.pk).status == Status.DRAFT
