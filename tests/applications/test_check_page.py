"""Every blocking rule as the applicant meets it: the message on the check page, and what it stops."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Kind, Notification
from applications import eligibility
from applications.models import Application, Competition, CompletedSection, Participant
from applications.workflow import Status
from tests.applications.test_eligibility import of_application, of_competition, of_lead, partner
from tests.make import applications, competitions

pytestmark = pytest.mark.django_db


@dataclass
class Rule:
    """A rule of the programme's list, its words, and how an application comes to keep or break it."""

    id: str
    message: str
    breaks: Callable[[Application], object]
    keeps: Callable[[Application], object] = lambda application: None


def grants(least: int | None) -> dict:
    return {"limit_basis": "grant_request", "limit_min": least, "limit_max": 1_000_000 if least else 150_000}


def together(application: Application, **fields) -> Application:
    of_competition(application, needs_partners=True, research_participation_max=Decimal(30))
    partner(application, **{"grant_sought": Decimal(1), "total_costs": Decimal(2), **fields})
    return application


RULES = [
    Rule("ELIG-02", "The lead must be a UK registered business.", lambda it: of_lead(it, kind=Kind.CHARITY)),
    Rule(
        "ELIG-03",
        "Total project costs must be between £25,000 and £100,000.",
        lambda it: of_application(it, total_costs=Decimal("100000.01")),
        lambda it: of_application(it, total_costs=Decimal("100000.00")),
    ),
    Rule(
        "ELIG-04",
        "The grant requested must be between £150,000 and £1 million.",
        lambda it: of_application(of_competition(it, **grants(150_000)), grant_sought=149_999),
        lambda it: of_application(of_competition(it, **grants(150_000)), grant_sought=150_000),
    ),
    Rule(
        "ELIG-05",
        "The grant requested can be up to £150,000.",
        lambda it: of_application(of_competition(it, **grants(None)), grant_sought=150_001),
        lambda it: of_application(of_competition(it, **grants(None)), grant_sought=150_000),
    ),
    Rule(
        "ELIG-06",
        "The project must last 3 to 12 months.",
        lambda it: of_application(it, duration_months=13),
        lambda it: of_application(it, duration_months=12),
    ),
    Rule(
        "ELIG-07",
        "The project must start by 1 April 2037.",
        lambda it: of_application(it, start_on=date(2037, 4, 2)),
        lambda it: of_application(it, start_on=date(2037, 4, 1)),
    ),
    Rule(
        "ELIG-08",
        "The project must end by 29 June 2037.",
        lambda it: of_competition(it, latest_end_on=date(2037, 6, 29)),
        lambda it: of_competition(it, latest_end_on=date(2037, 6, 30)),
    ),
    Rule(
        "ELIG-08",
        "The project must end on 31 March 2025.",
        lambda it: of_competition(it, ends_exactly_on=date(2025, 3, 31)),
        lambda it: of_competition(it, ends_exactly_on=date(2037, 6, 30)),
    ),
    Rule(
        "ELIG-14",
        "Projects involving Russian entities or goods cannot be funded.",
        lambda it: of_application(it, has_russian_involvement=True),
    ),
    Rule(
        "ELIG-15",
        "Add a partner that claims grant.",
        lambda it: together(it, grant_sought=Decimal(0)),
        lambda it: together(it),
    ),
    Rule(
        "ELIG-16",
        "Research organisations' share is above the maximum.",
        lambda it: together(it, kind=Kind.RESEARCH, total_costs=Decimal("34285.72")),
        lambda it: together(it, kind=Kind.RESEARCH, total_costs=Decimal("34285.71")),
    ),
    Rule(
        "ELIG-17",
        "Academic institutions cannot lead a project or work alone.",
        lambda it: of_lead(it, kind=Kind.RESEARCH),
    ),
    Rule(
        "ELIG-24",
        "Complete all sections before submitting",
        lambda it: it.completed_sections.filter(section="risks").delete(),
    ),
]
IDS = [f"{rule.id}-{number}" for number, rule in enumerate(RULES)]


@pytest.fixture
def application() -> Application:
    """£80,000 of costs, a grant of £56,000, six months from 1 January 2037, in a competition that is open."""
    made = applications.application(Status.DRAFT, competitions.open_now())
    CompletedSection.objects.bulk_create(
        CompletedSection(
            application=made, section=section.key, completed_by=made.started_by, completed_at=made.started_at
        )
        for section in eligibility.form_sections(made)
    )
    return made


@pytest.fixture
def browser(client, application):
    client.force_login(application.started_by)
    return client


def address(application: Application) -> str:
    return reverse("applications:check", args=[application.reference])


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_broken_rule_is_told_in_its_words_and_keeps_the_application_a_draft(browser, application, rule):
    rule.breaks(application)

    shown = browser.get(address(application))
    sent = browser.post(address(application), {"is_true": "on"})

    application.refresh_from_db()
    assert rule.message in html.unescape(shown.text)
    assert "You can submit once" in shown.text and "Submit the application" not in shown.text
    assert (sent.status_code, application.status) == (422, Status.DRAFT)
    assert rule.message in html.unescape(sent.text)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_kept_rule_is_not_spoken_of_and_lets_the_application_pass(browser, application, rule):
    rule.keeps(application)

    shown = browser.get(address(application))
    sent = browser.post(address(application), {"is_true": "on"})

    application.refresh_from_db()
    assert rule.message not in html.unescape(shown.text)
    assert "Submit the application" in shown.text
    assert (sent.status_code, application.status) == (302, Status.SUBMITTED)


def test_closed_competition_is_told_with_both_times(browser, application):
    """ELIG-01: whoever comes after the close has no form left, and one sent late is refused by the clock."""
    opens_at = application.competition.opens_at
    Competition.objects.filter(pk=application.competition_id).update(
        closes_at=opens_at + timedelta(seconds=1)
    )

    sent = browser.post(address(application), {"is_true": "on"})

    application.refresh_from_db()
    day = f"{opens_at.day} {opens_at:%B %Y}"
    assert (sent.status_code, application.status) == (409, Status.DRAFT)
    assert "This competition closed at" in sent.text and f"on {day}." in sent.text
    assert "We received this at" in sent.text


def test_every_blocking_rule_of_the_list_is_tried_here(application):
    """Those of the offer and of the office (ELIG-09 to 13, 18 to 23) do not stop a submission."""
    tried = {rule.id for rule in RULES} | {"ELIG-01"}

    assert tried == {f"ELIG-{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16, 17, 24)}


@pytest.mark.parametrize(
    ("breaks", "message"),
    [
        (
            lambda it: of_application(it, is_exploited_from_uk=False),
            "Results should be exploited from or in the UK.",
        ),
        (lambda it: of_lead(it, company_number=""), "must have finished its registration before an award"),
    ],
)
def test_warning_is_told_and_does_not_stop_the_submission(browser, application, breaks, message):
    breaks(application)

    shown = browser.get(address(application))
    sent = browser.post(address(application), {"is_true": "on"})

    assert message in html.unescape(shown.text)
    assert sent.status_code == 302


def test_each_message_leads_to_the_page_where_it_is_put_right(browser, application):
    of_application(application, duration_months=13, total_costs=Decimal(1), has_russian_involvement=True)
    of_lead(application, kind=Kind.CHARITY)

    shown = browser.get(address(application)).text

    found = eligibility.blocking(eligibility.breaches(Application.objects.get(), at=application.started_at))
    assert {breach.section for breach in found} == {"details", "costs", "declarations", "organisation"}
    for breach in found:
        page = reverse(f"applications:{breach.section}", args=[application.reference])
        assert f'href="../{breach.section}/"' in shown
        assert browser.get(page).status_code == 200


def test_nobody_is_warned_of_sums_that_are_not_entered_yet(client):
    fresh = applications.draft(competitions.open_now(), at=competitions.open_now().opens_at)
    client.force_login(fresh.started_by)
    page = reverse("applications:detail", args=[fresh.reference])

    before = client.get(page).text
    applications.labour(fresh, 1_000, fresh.competition.opens_at)
    after = client.get(page).text

    assert "Total project costs must be" not in before
    assert "Total project costs must be between £25,000 and £100,000." in after


def test_a_lead_that_may_not_apply_is_told_at_once(client):
    fresh = applications.draft(competitions.open_now(), at=competitions.open_now().opens_at)
    Participant.objects.filter(application=fresh).update(kind=Kind.CHARITY)
    client.force_login(fresh.started_by)

    page = client.get(reverse("applications:detail", args=[fresh.reference])).text

    assert "The lead must be a UK registered business." in page
