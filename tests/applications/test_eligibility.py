"""Every rule of eligibility: one application that keeps it, one that breaks it, and what is said."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Kind
from applications import eligibility
from applications.models import Application, Competition, Participant, ResearchCategory
from applications.rules import Breach
from tests.make import applications, organisations
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def complete() -> Application:
    """£80,000 of costs, a grant of £56,000, 1 January 2037 for six months."""
    return applications.complete_draft()


def breaches(application: Application, at: datetime = NOON) -> list[Breach]:
    return eligibility.breaches(Application.objects.get(pk=application.pk), at=at)


def found(application: Application, at: datetime = NOON) -> list[tuple[str, str]]:
    return [(breach.rule, breach.message) for breach in breaches(application, at)]


def of_application(application: Application, **fields) -> Application:
    Application.objects.filter(pk=application.pk).update(**fields)
    return application


def of_competition(application: Application, **fields) -> Application:
    Competition.objects.filter(pk=application.competition_id).update(**fields)
    return application


def of_lead(application: Application, **fields) -> Application:
    Participant.objects.filter(application=application, is_lead=True).update(**fields)
    return application


def partner(application: Application, **fields) -> Participant:
    organisation = organisations.organisation()
    return Participant.objects.create(
        **{
            "application": application,
            "organisation": organisation,
            "is_lead": False,
            "name": organisation.name,
            "kind": Kind.BUSINESS,
            "size": "micro_small",
            "details_on": NOON.date(),
            "terms_accepted_at": NOON,
            **fields,
        }
    )


def test_a_complete_application_keeps_every_rule(complete):
    assert found(complete) == []


CLOSES = datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_elig_01_the_last_moment_before_the_close_passes(complete):
    assert found(complete, CLOSES - timedelta(microseconds=1)) == []


@pytest.mark.parametrize(
    ("closes_at", "message"),
    [
        (CLOSES, "This competition closed at 11am on 1 July 2026."),
        (datetime(2027, 1, 15, 11, tzinfo=UTC), "This competition closed at 11am on 15 January 2027."),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "This competition closed at 11:30pm on 1 July 2026."),
    ],
)
def test_elig_01_the_closing_moment_is_closed_in_uk_time(complete, closes_at, message):
    assert found(of_competition(complete, closes_at=closes_at), closes_at) == [("ELIG-01", message)]


@pytest.mark.parametrize("kind", [Kind.RTO, Kind.PUBLIC, Kind.CHARITY])
def test_elig_02_a_lead_that_is_no_business_is_refused(complete, kind):
    assert found(of_lead(complete, kind=kind)) == [("ELIG-02", "The lead must be a UK registered business.")]


def test_elig_02_any_organisation_leads_where_the_competition_says_so(complete):
    of_competition(complete, lead_types=["uk_registered_organisation"])

    assert found(of_lead(complete, kind=Kind.CHARITY)) == []


def test_elig_02_a_business_that_is_still_registering_is_warned(complete):
    [breach] = breaches(of_lead(complete, company_number=""))

    assert (breach.rule, breach.blocks) == ("ELIG-02", False)


BETWEEN = "Total project costs must be between £25,000 and £100,000."


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        ("24999.99", [("ELIG-03", BETWEEN)]),
        ("25000.00", []),
        ("100000.00", []),
        ("100000.01", [("ELIG-03", BETWEEN)]),
    ],
)
def test_elig_03_project_costs_are_held_to_both_limits(complete, total, expected):
    assert found(of_application(complete, total_costs=Decimal(total))) == expected


GRANT = "The grant requested must be between £150,000 and £1 million."


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        ("149999.00", [("ELIG-04", GRANT)]),
        ("150000.00", []),
        ("1000000.00", []),
        ("1000001.00", [("ELIG-04", GRANT)]),
    ],
)
def test_elig_04_the_grant_is_held_to_both_limits(complete, grant, expected):
    of_competition(complete, limit_basis="grant_request", limit_min=150_000, limit_max=1_000_000)

    assert found(of_application(complete, grant_sought=Decimal(grant))) == expected


@pytest.mark.parametrize(
    ("grant", "expected"),
    [("150000", []), ("150001", [("ELIG-05", "The grant requested can be up to £150,000.")])],
)
def test_elig_05_a_grant_without_a_minimum_has_a_maximum(complete, grant, expected):
    of_competition(complete, limit_basis="grant_request", limit_min=None, limit_max=150_000)

    assert found(of_application(complete, grant_sought=Decimal(grant))) == expected


@pytest.mark.parametrize(("months", "passes"), [(2, False), (3, True), (12, True), (13, False)])
def test_elig_06_the_duration_is_held_to_both_limits(complete, months, passes):
    expected = [] if passes else [("ELIG-06", "The project must last 3 to 12 months.")]

    assert found(of_application(complete, duration_months=months)) == expected


def test_elig_07_the_latest_start_passes(complete):
    assert found(of_application(complete, start_on=date(2037, 4, 1))) == []


def test_elig_07_a_day_later_is_too_late(complete):
    assert found(of_application(complete, start_on=date(2037, 4, 2))) == [
        ("ELIG-07", "The project must start by 1 April 2037.")
    ]


def test_elig_08_a_project_may_end_on_the_very_last_day(complete):
    of_competition(complete, latest_end_on=date(2037, 6, 30))

    assert found(complete) == []


def test_elig_08_a_day_longer_is_too_long(complete):
    of_competition(complete, latest_end_on=date(2037, 6, 29))

    assert found(complete) == [("ELIG-08", "The project must end by 29 June 2037.")]


@pytest.mark.parametrize(
    ("ends_on", "expected"),
    [
        (date(2037, 6, 30), []),
        (date(2037, 7, 31), [("ELIG-08", "The project must end on 31 July 2037.")]),
        (date(2037, 5, 31), [("ELIG-08", "The project must end on 31 May 2037.")]),
    ],
)
def test_elig_08_a_fixed_end_is_met_exactly(complete, ends_on, expected):
    assert found(of_competition(complete, ends_exactly_on=ends_on)) == expected


def test_elig_13_warns_and_does_not_block(complete):
    [breach] = breaches(of_application(complete, is_exploited_from_uk=False))

    assert (breach.rule, breach.blocks) == ("ELIG-13", False)


def test_elig_14_russian_involvement_blocks(complete):
    assert found(of_application(complete, has_russian_involvement=True)) == [
        ("ELIG-14", "Projects involving Russian entities or goods cannot be funded.")
    ]


@pytest.fixture
def collaborative(complete) -> Application:
    return of_competition(complete, needs_partners=True, research_participation_max=Decimal(30))


def test_elig_15_two_that_claim_grant_pass(collaborative):
    partner(collaborative, grant_sought=Decimal(1), total_costs=Decimal(2))

    assert found(collaborative) == []


def test_elig_15_a_partner_that_claims_none_is_not_enough(collaborative):
    partner(collaborative)

    assert found(collaborative) == [("ELIG-15", "Add a partner that claims grant.")]


@pytest.mark.parametrize(
    ("research", "passes"),
    [("34285.71", True), ("34285.72", False)],
    ids=["29.99999%, shown as 30.00%", "30.000003%, shown as 30.01%"],
)
def test_elig_16_research_organisations_have_a_largest_share(collaborative, research, passes):
    of_lead(collaborative, total_costs=Decimal("80000"))
    partner(collaborative, kind=Kind.RESEARCH, grant_sought=Decimal(1), total_costs=Decimal(research))

    expected = [] if passes else [("ELIG-16", "Research organisations' share is above the maximum.")]
    assert found(collaborative) == expected


def test_elig_17_a_university_does_not_lead(complete):
    rules = dict(found(of_lead(complete, kind=Kind.RESEARCH)))

    assert rules["ELIG-17"] == "Academic institutions cannot lead a project or work alone."


def test_elig_24_each_open_section_is_named(complete):
    complete.completed_sections.filter(section__in=["risks", "costs"]).delete()

    assert [(breach.message, breach.section) for breach in breaches(complete)] == [
        ("Complete all sections before submitting.", "risks"),
        ("Complete all sections before submitting.", "costs"),
    ]


def test_a_percentage_above_the_maximum_blocks(complete):
    of_application(complete, research_category=ResearchCategory.EXPERIMENTAL)

    assert found(complete) == [("FUNDING", "The most your organisation can ask for is 45% of its costs.")]


def test_a_rule_whose_limit_is_not_set_does_not_bind(complete):
    of_competition(
        complete,
        limit_basis="",
        limit_min=None,
        limit_max=None,
        duration_min=None,
        duration_max=None,
        latest_start_on=None,
        latest_end_on=None,
    )

    assert found(of_application(complete, total_costs=1, duration_months=99)) == []


def test_the_number_of_queries_does_not_follow_the_number_of_questions(complete, django_assert_num_queries):
    application = Application.objects.select_related("competition__question_set").get(pk=complete.pk)

    with django_assert_num_queries(6):
        eligibility.breaches(application, at=NOON)
