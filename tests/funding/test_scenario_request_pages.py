"""The page of a scenario that a job works out: how far it is, its end, and asking for it again."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import clock
from accounts.formats import local_time
from accounts.models import OwedState
from accounts.roles import Role
from applications.assessment import ranking
from applications.models import Competition, Participant
from funding import tasks
from funding.models import Method, Scenario, ScenarioRequest
from funding.scenarios import asking, working
from tests.make import budgets, competitions, people, scenarios
from tests.make.office import sign_in
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def within():
    return scenarios.list_of()


def page_of(owed: ScenarioRequest) -> str:
    return reverse("admin:funding_scenario_request", args=[owed.pk])


def list_page(within: Competition) -> str:
    return reverse("admin:funding_scenarios", args=[within.code])


def rule(within: Competition, sense: str, limit: int, place: int = 0) -> dict[str, str]:
    filled = {"sense": sense, "limit": limit, "measure": "projects", "tag": f"region:{within.region.code}"}
    return {f"{name}_{place}": str(value) for name, value in filled.items()}


def work_out(owed: ScenarioRequest) -> None:
    ScenarioRequest.objects.lease(clock.now(), timedelta(minutes=3))
    tasks.work_out_scenarios([owed.pk])


def test_a_large_one_is_asked_for_waited_for_and_led_to(within, monkeypatch):
    monkeypatch.setattr(asking, "SMALL", 2)
    browser = sign_in(budgets.fund_manager())
    sent = {"name": "One only", "method": Method.PORTFOLIO, "objective": "score"}

    answer = browser.post(list_page(within), {**sent, **rule(within, "at_most", 1)}, follow=True)

    owed = ScenarioRequest.objects.get()
    assert answer.redirect_chain == [(page_of(owed), 302)]
    assert "has been asked for" in answer.text and "Waiting for its turn" in answer.text
    assert (
        f'<a href="{page_of(owed)}">One only</a>: waiting for its turn' in browser.get(list_page(within)).text
    )
    work_out(owed)
    made = browser.get(page_of(owed), follow=True)
    assert made.redirect_chain == [(reverse("admin:funding_scenario", args=[Scenario.objects.get().pk]), 302)]
    assert "Without it:" in made.text
    assert "without a scenario" not in browser.get(list_page(within)).text


def test_the_page_says_since_when_it_is_solved_how_good_it_is_so_far_and_what_is_left(within):
    owed, browser = scenarios.owed(within), sign_in(budgets.fund_manager())
    rows = ScenarioRequest.objects.filter(pk=owed.pk)
    rows.update(state=OwedState.LEASED, claimed_at=NOON, leased_until=NOON, good=[1_600, 1_605])
    looked_for = browser.get(page_of(owed)).text
    answer = {"proof": "search", "tie": "search", "gap": 0, "value": 1_600}
    rows.update(answer=answer, parts_done=1)
    found = browser.get(page_of(owed)).text

    assert f"looked for since {local_time(NOON)}" in looked_for
    assert "a better one would be worth at most 0.4% more" in looked_for
    assert "up to about 60 seconds" in looked_for
    assert "1 of 2 parts are done" in found and "Proven best by search: gap 0." in found
    assert all("Check again" in page and "Cancel the scenario" in page for page in (looked_for, found))


def test_it_is_cancelled_with_a_button_and_says_by_whom(within):
    owed, person = scenarios.owed(within), people.manager()
    browser = sign_in(person)

    browser.post(reverse("admin:funding_scenario_request_cancel", args=[owed.pk]))

    page = browser.get(page_of(owed)).text
    assert f"It was cancelled by {person}" in page
    assert "Cancel the scenario" not in page
    again = browser.post(reverse("admin:funding_scenario_request_cancel", args=[owed.pk]), follow=True)
    assert "there is nothing to cancel" in again.text


def test_an_auditor_reads_it_and_neither_cancels_nor_asks_again(within):
    owed, browser = scenarios.owed(within), sign_in(people.user(Role.AUDITOR))

    waiting = browser.get(page_of(owed)).text
    refused = browser.post(reverse("admin:funding_scenario_request_cancel", args=[owed.pk]))
    asking.cancel(owed, by=people.manager(), at=NOON)

    assert "Cancel the scenario" not in waiting and refused.status_code == 403
    assert "ask again" not in browser.get(page_of(owed)).text


def test_people_of_another_region_see_nothing_of_it(within):
    owed = scenarios.owed(within)
    there = competitions.region("TV", "Tees Valley")
    here = sign_in(people.user(Role.FUNDS, region=within.region))
    stranger = sign_in(people.user(Role.FUNDS, region=there))

    assert here.get(page_of(owed)).status_code == 200
    assert stranger.get(page_of(owed)).status_code == 404
    assert stranger.post(reverse("admin:funding_scenario_request_cancel", args=[owed.pk])).status_code == 404
    elsewhere = budgets.funded_competition(region=there)
    budgets.assessed(elsewhere)
    assert stranger.get(list_page(elsewhere)).status_code == 200
    assert stranger.get(list_page(elsewhere), {"again": owed.pk}).status_code == 404


def test_one_without_an_answer_says_why_and_its_form_is_filled_in_again(within):
    first = ranking.panel_sheet([within])[0].reference
    forced = {"reference_0": first, "verdict_0": "out", "reason_0": "It was withdrawn."}
    owed = scenarios.owed(within, scenarios.one_only(within, at_least=2))
    work_out(owed)
    browser = sign_in(budgets.fund_manager())

    ended = browser.get(page_of(owed)).text
    again = browser.get(list_page(within), {"again": owed.pk})

    assert "cannot be kept together: at least 2 projects" in ended
    assert f"{list_page(within)}?again={owed.pk}#make" in ended
    assert again.status_code == 200 and "There is a problem" not in again.text
    form = again.context["form"]
    assert form["name"].value() == "One only" and form["method"].value() == Method.PORTFOLIO
    sent = {name: form[name].value() or "" for name in form.fields}
    assert {**rule(within, "at_most", 1), **rule(within, "at_least", 2, 1)}.items() <= sent.items()
    browser.post(list_page(within), {**sent, **forced, **rule(within, "at_least", 1, 1)})
    assert Scenario.objects.get().name == "One only"


def test_what_a_form_asks_comes_back_into_it_whole(within):
    """Reserves, an application that is out, and a part award: asked for, and read back as they were typed."""
    Competition.objects.filter(pk=within.pk).update(allows_part_awards=True)
    first, second, _third = ranking.panel_sheet([within])
    part = Participant.objects.get(application=second.application_id)
    browser = sign_in(budgets.fund_manager())
    typed = {
        "name": "All of it", "method": Method.PORTFOLIO, "objective": "score_weighted_grant",
        "reserve_0": "1000.00", **rule(within, "at_most", 1),
        "reference_0": first.reference, "verdict_0": "out", "reason_0": "It was withdrawn.",
        "part_0": second.reference, f"share_0_{part.pk}": "30000.00", "part_reason_0": "A pilot suffices.",
    }  # fmt: skip

    with pytest.MonkeyPatch.context() as larger:
        larger.setattr(asking, "SMALL", 1)
        browser.post(list_page(within), typed)
    owed = ScenarioRequest.objects.get()
    asking.cancel(owed, by=people.manager(), at=NOON)
    form = browser.get(list_page(within), {"again": owed.pk}).context["form"]

    assert {name: form[name].value() for name in typed} == typed


def test_one_that_failed_says_what_to_do(within):
    owed = scenarios.owed(within)
    ended = {"state": OwedState.FAILED, "last_error": "Every worker stopped.", "finished_at": NOON}
    ScenarioRequest.objects.filter(pk=owed.pk).update(request_id="0" * 32, **ended)

    page = sign_in(budgets.fund_manager()).get(page_of(owed)).text

    assert "Every worker stopped." in page and "Ask again: nothing is lost by it" in page
    assert f"scenario request {owed.pk} failed at {local_time(NOON)}: the log has the cause" in page


def test_a_reason_that_names_money_of_others_is_not_told_to_a_region(within):
    owed = scenarios.owed(within)
    said = f"These cannot be kept together: the reserve of {within.budgets.programme.code}."
    ScenarioRequest.objects.filter(pk=owed.pk).update(state=OwedState.DONE, why_not=said)

    whole = sign_in(budgets.fund_manager()).get(page_of(owed)).text
    region = sign_in(people.user(Role.FUNDS, region=within.region)).get(page_of(owed)).text

    assert said in whole
    assert within.budgets.programme.code not in region and "ask the fund managers" in region


def test_nor_where_it_is_refused_at_once(within):
    """From the top, and all of them are to be in."""
    region, whole = people.user(Role.FUNDS, region=within.region), budgets.fund_manager()
    forced = {}
    for place, standing in enumerate(ranking.panel_sheet([within])):
        typed = {"reference": standing.reference, "verdict": "in", "reason": "It is needed."}
        forced |= {f"{name}_{place}": value for name, value in typed.items()}
    sent = {"name": "All in", "method": Method.TOP_DOWN, "objective": "score", **forced}
    budgets.with_ceiling(within.budgets.programme, "120000.00")

    to_all, to_region = (sign_in(one).post(list_page(within), sent) for one in (whole, region))

    code = f"the budget {within.budgets.programme.code}"
    assert to_all.status_code == to_region.status_code == 422
    assert code in to_all.text
    assert code not in to_region.text and "ask the fund managers" in to_region.text


def test_the_page_builds_no_problem_to_count_its_parts(within, monkeypatch):
    """It is looked at every three seconds, of up to 5,000 lines."""
    owed, browser = scenarios.owed(within), sign_in(budgets.fund_manager())
    monkeypatch.setattr(working, "problem", lambda *asked: pytest.fail("the problem was built"))

    assert browser.get(page_of(owed)).status_code == 200


def test_a_sixth_of_one_person_is_refused_on_the_form(within, monkeypatch):
    monkeypatch.setattr(asking, "SMALL", 2)
    person = budgets.fund_manager()
    for _ in range(asking.WAITING_AT_MOST):
        scenarios.owed(within, by=person)
    sent = {"name": "One more", "method": Method.PORTFOLIO, "objective": "score"}

    answer = sign_in(person).post(list_page(within), {**sent, **rule(within, "at_most", 1)})

    assert answer.status_code == 422 and "You have asked for 5 scenarios" in answer.text
    assert 'value="One more"' in answer.text


def test_no_page_asks_more_for_more_of_them(within, django_assert_max_num_queries):
    browser = sign_in(budgets.fund_manager())
    for _ in range(3):
        owed = scenarios.owed(within)

    with django_assert_max_num_queries(28):
        page = browser.get(list_page(within)).text
    with django_assert_max_num_queries(20):
        browser.get(page_of(owed))

    assert page.count("waiting for its turn") == 3


@pytest.mark.parametrize("number", ["x", "0", "9" * 30, "-1", "²"])
def test_a_number_of_no_request_is_no_fault(within, number):
    browser = sign_in(budgets.fund_manager())

    assert browser.get(list_page(within), {"again": number}).status_code in (200, 404)
