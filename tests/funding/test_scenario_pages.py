"""The pages on which scenarios are made, compared and proposed, and the decision pack's download."""

import html
import json
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications.assessment import ranking
from applications.models import Competition, Participant
from funding.models import Allocation, Method, Outcome, Scenario
from funding.portfolio import prices
from funding.portfolio.problem import Measure, Rule, Sense
from funding.scenarios import making, verifying, working
from funding.scenarios.making import Definition
from tests.make import budgets, people
from tests.make.office import sign_in
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def within():
    made = budgets.funded_competition(ceiling="120000.00")
    Competition.objects.filter(pk=made.pk).update(announces_portfolio=True)
    for mark, grant in ((9, "100000.00"), (8, "60000.00"), (8, "60000.00")):
        budgets.assessed(made, mark, grant=grant)
    made.refresh_from_db()
    return made


def address(within) -> str:
    return reverse("admin:funding_scenarios", args=[within.code])


SENT = {"name": "From the top", "method": Method.TOP_DOWN, "objective": "score"}


def test_two_scenarios_stand_side_by_side_with_their_difference_in_a_sentence(within):
    browser = sign_in(budgets.fund_manager())
    browser.post(address(within), SENT)
    browser.post(address(within), {**SENT, "name": "The most score", "method": Method.PORTFOLIO})

    page = browser.get(address(within)).text

    first, second, third = (one.reference for one in ranking.panel_sheet([within]))
    assert f"{first} out, {second} and {third} in: 70 points more" in page
    assert "£0 left" in page


def test_those_made_last_stand_side_by_side_and_lead_to_the_ones_before(within):
    manager = budgets.fund_manager()
    made = [
        making.make([within], Definition(f"Number {number}"), by=manager, at=NOON) for number in range(1, 9)
    ]

    page = sign_in(manager).get(address(within)).text

    beside, _, before = page.partition("Made before these:")
    assert [f">Number {number}</th>" in beside for number in range(1, 9)] == [False] * 2 + [True] * 6
    for one in made[:2]:
        assert f'/scenario/{one.pk}/">{one.name}</a>' in before


def test_a_scenario_says_how_it_is_proven_and_what_each_rule_costs(within):
    browser = sign_in(budgets.fund_manager())
    tag = f"region:{within.region.code}"
    rule = {"sense_0": "at_most", "limit_0": "1", "measure_0": "projects", "tag_0": tag}
    page = browser.post(
        address(within), {**SENT, "name": "One only", "method": Method.PORTFOLIO, **rule}, follow=True
    ).text

    assert "Proven best by" in page
    assert f"At most 1 project of Region: {within.region.code}" in page
    assert tag not in page
    assert "Without it:" in page


def test_a_rule_about_an_organisation_names_it(within):
    lead = Participant.objects.get(application=ranking.panel_sheet([within])[1].application_id)
    rule = {"sense_0": "at_most", "limit_0": "0", "measure_0": "projects"}
    tag = {"tag_0": f"organisation:{lead.organisation_id}"}
    browser = sign_in(budgets.fund_manager())

    page = browser.post(address(within), {**SENT, "method": Method.PORTFOLIO, **rule, **tag}, follow=True)

    assert f"At most 0 projects of Organisation: {lead.organisation.name}" in html.unescape(page.text)


def test_a_portfolio_that_is_not_proven_says_by_how_much_another_could_be_better(within):
    """Kept as one whose time ran out: with a gap, and with its tie not settled."""
    browser = sign_in(budgets.fund_manager())
    browser.post(address(within), {**SENT, "method": Method.PORTFOLIO})
    made = Scenario.objects.get()
    _, found = making.question_and_answer(made)
    unproven = working.as_text({**found, "proof": "none", "tie": "none", "gap": 3})
    made = Scenario.objects.create(
        sheet=made.sheet,
        name="Not proven",
        method=made.method,
        question=made.question,
        answer=unproven,
        fingerprint=making.fingerprint_of(made.question, unproven),
        made_by=made.made_by,
        made_at=NOON,
    )

    page = browser.get(reverse("admin:funding_scenario", args=[made.pk])).text

    assert "a better one may exist, worth up to 0.1875% more" in page
    assert "best-ranked project" not in page


def test_a_regions_fund_manager_reads_nothing_of_the_programmes_money(within):
    """What a rule costs differs in the budgets: the programme's £14.9m, and what is kept back of it."""
    drawn = within.budgets
    rule = Rule(f"region:{within.region.code}", Sense.AT_MOST, Measure.PROJECTS, Decimal(1))
    asked = Definition(
        "One only",
        method=Method.PORTFOLIO,
        rules=[rule],
        reserve={drawn.programme.code: Decimal("1000.00"), drawn.region.code: Decimal("1000.00")},
    )
    scenario = making.make([within], asked, by=budgets.fund_manager(), at=NOON)
    browser = sign_in(people.user(Role.FUNDS, region=within.region))

    page = browser.get(reverse("admin:funding_scenario", args=[scenario.pk])).text

    assert f"left of {drawn.region.code} instead of" in page
    assert f"The reserve of {drawn.region.code}" in page
    assert drawn.programme.code not in page
    assert "£14,9" not in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": ""}, "Enter the name of the scenario"),
        ({"limit_0": "1"}, "Fill in the whole rule or none of it"),
        ({"reference_0": "?"}, "from the list"),
        ({"reserve_0": "-1"}, "must be"),
        (
            {"limit_0": "1.5", "sense_0": "at_most", "measure_0": "projects"},
            "Enter a whole number of projects",
        ),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(within, sent, said):
    browser = sign_in(budgets.fund_manager())

    page = browser.post(address(within), {**SENT, **sent})

    assert page.status_code == 422
    assert said in page.text
    assert "From the top" in page.text or "name" in sent
    assert not Scenario.objects.exists()


def forced(place: int, reference: str, verdict: str) -> dict[str, str]:
    filled = {"reference": reference, "verdict": verdict, "reason": "It anchors the cluster."}
    return {f"{name}_{place}": value for name, value in filled.items()}


def test_one_that_is_below_the_threshold_is_refused_at_its_field(within):
    below = budgets.assessed(within, 5, grant="20000.00").reference
    browser = sign_in(budgets.fund_manager())

    page = browser.post(address(within), {**SENT, **forced(1, below, "in")})

    assert page.status_code == 422
    said = f"{below} cannot be funded in any case: below the quality threshold."
    assert f'<a href="#id_reference_1">{said}</a>' in page.text
    assert not Scenario.objects.exists()


def test_one_application_is_not_both_in_and_out(within):
    first = ranking.panel_sheet([within])[0].reference
    browser = sign_in(budgets.fund_manager())

    page = browser.post(address(within), {**SENT, **forced(0, first, "in"), **forced(2, first, "out")})

    assert page.status_code == 422
    assert '<a href="#id_reference_2">Choose each application once</a>' in page.text
    assert not Scenario.objects.exists()


def test_rules_that_cannot_be_kept_are_named_on_the_page(within):
    browser = sign_in(budgets.fund_manager())
    tag = f"region:{within.region.code}"
    rule = {"sense_0": "at_least", "limit_0": "3", "measure_0": "projects", "tag_0": tag}

    page = browser.post(address(within), {**SENT, "method": Method.PORTFOLIO, **rule})

    assert page.status_code == 422
    assert "cannot be kept together" in page.text
    assert f"at least 3 projects of Region: {within.region.code}" in page.text


def test_a_scenario_becomes_the_proposal_and_its_pack_is_downloaded(within):
    browser = sign_in(budgets.fund_manager())
    browser.post(address(within), {**SENT, "method": Method.PORTFOLIO})
    scenario = Scenario.objects.get()

    browser.post(reverse("admin:funding_scenario_propose", args=[scenario.pk]))

    made = Allocation.objects.get()
    assert made.scenario == scenario
    assert made.lines.filter(outcome=Outcome.FUND).count() == 2
    file = browser.get(reverse("admin:funding_allocation_pack", args=[made.pk]))
    assert file["Content-Disposition"] == f'attachment; filename="decision-pack-{made.pk}.json"'
    assert verifying.differences(json.loads(file.content)) == []


def test_an_auditor_reads_and_makes_none(within):
    sign_in(budgets.fund_manager()).post(address(within), SENT)
    browser = sign_in(people.user(Role.AUDITOR))

    assert "From the top" in browser.get(address(within)).text
    assert browser.post(address(within), SENT).status_code == 403
    assert browser.post(reverse("admin:funding_scenario_propose", args=[1])).status_code in (403, 404)


def test_making_more_asks_no_more_for_longer_lists(within, django_assert_max_num_queries):
    browser = sign_in(budgets.fund_manager())
    browser.post(address(within), SENT)

    with django_assert_max_num_queries(28):
        browser.get(address(within))


def test_a_page_reads_what_each_rule_costs_and_solves_nothing(within, monkeypatch):
    browser = sign_in(budgets.fund_manager())
    tag = f"region:{within.region.code}"
    rule = {"sense_0": "at_most", "limit_0": "1", "measure_0": "projects", "tag_0": tag}
    browser.post(address(within), {**SENT, "method": Method.PORTFOLIO, **rule})
    monkeypatch.setattr(prices, "best", lambda *asked, **options: pytest.fail("a page has solved something"))

    page = browser.get(reverse("admin:funding_scenario", args=[Scenario.objects.get().pk])).text

    assert "Without it:" in page


@pytest.mark.parametrize(
    ("kind", "before", "filled"),
    [
        ("sense", 4, {"sense": "at_most", "limit": "1", "measure": "projects"}),
        ("reference", 3, {"verdict": "out", "reason": "It was withdrawn."}),
    ],
)
def test_one_more_row_is_asked_for_and_nothing_typed_is_lost(within, kind, before, filled):
    browser = sign_in(budgets.fund_manager())
    reference = ranking.panel_sheet([within])[0].reference
    filled = {**filled, "tag" if kind == "sense" else "reference": "none such"}
    typed = {f"{name}_{before - 1}": value for name, value in filled.items()}

    page = browser.post(address(within), {**SENT, "name": "Typed", **typed, "another": kind})
    again = browser.post(address(within), {**SENT, f"{kind}_{before}": "", "another": kind}).text

    assert page.status_code == 200
    assert "There is a problem" not in page.text
    assert 'value="Typed"' in page.text
    assert f'name="{kind}_{before}"' in page.text and f'name="{kind}_{before + 1}"' not in page.text
    assert f'name="{kind}_{before + 1}"' in again
    assert not Scenario.objects.exists()

    last = {f"{name}_{before}": value for name, value in forced_or_rule(within, kind, reference).items()}
    browser.post(address(within), {**SENT, "method": Method.PORTFOLIO, **last})

    asked, _ = making.question_and_answer(Scenario.objects.get())
    assert len(asked["rules"]) + len(asked["forced"]) == 1


def forced_or_rule(within, kind: str, reference: str) -> dict[str, str]:
    if kind == "reference":
        return {"reference": reference, "verdict": "out", "reason": "It was withdrawn."}
    return {
        "sense": "at_most", "limit": "1", "measure": "projects", "tag": f"region:{within.region.code}",
    }  # fmt: skip


def test_those_of_an_earlier_version_of_the_sheet_are_led_to(within):
    manager = budgets.fund_manager()
    made = making.make([within], Definition("As it was"), by=manager, at=NOON)
    budgets.assessed(within, 7, grant="20000.00")
    making.make([within], Definition("As it is"), by=manager, at=NOON)

    page = sign_in(manager).get(address(within)).text

    beside, _, earlier = page.partition("Made from an earlier version of the sheet")
    assert "As it is" in beside and "As it was" not in beside
    link = reverse("admin:funding_scenario", args=[made.pk])
    assert f'<a href="{link}">As it was</a> <span class="sheet-quiet">version 1</span>' in earlier
