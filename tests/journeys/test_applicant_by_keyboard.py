"""A business on its own, from the competition to the receipt, with the keys alone and without script."""

import pytest

from applications.models import Application, Competition
from applications.workflow import Status
from tests import browser as browsers
from tests.journeys.keys import Keys
from tests.make import competitions, organisations, people

pytestmark = pytest.mark.slow

COMPLETE = "Save and mark as complete"


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as running:
        yield running


def test_a_business_applies_by_keyboard_alone_and_without_script(site):
    competitions.area()
    within = competitions.open_now()
    person = people.member(organisations.organisation())

    with browsers.chromium() as browser:
        keys = Keys(site, browser, person, f"/competitions/{within.code}/")
        keys.press("Start an application")
        keys.press("Start application")
        tells_of_the_project(keys)
        answers(keys, within)
        tells_of_its_part(keys)
        counts_its_costs(keys)
        asks_for_money(keys)
        declares_and_submits(keys)

    entry = Application.objects.get()
    assert (entry.status, entry.submitted_by, entry.grant_sought) == (Status.SUBMITTED, person, 33_600)


def tells_of_the_project(keys: Keys) -> None:
    keys.press("Application details")
    keys.types("title", "Lighter gears")
    for part, text in {"day": "1", "month": "1", "year": "2037"}.items():
        keys.types(f"start_on_{part}", text)
    keys.types("duration_months", "12")
    keys.chooses("research_category", "industrial_research")
    keys.types("cluster_activity", "We make gears in Knowsley.")
    keys.chooses("is_resubmission", "False")
    keys.press(COMPLETE)


def answers(keys: Keys, within: Competition) -> None:
    for question in within.question_set.questions.order_by("position"):
        keys.press(str(question))
        keys.types("text", "In plain words.")
        keys.press(COMPLETE)


def tells_of_its_part(keys: Keys) -> None:
    keys.press("Your organisation's part")
    keys.types("work_postcode", "L3 4AA")
    keys.types("work_area", "Liverpool")
    keys.ticks("terms_accepted")
    keys.press(COMPLETE)


def counts_its_costs(keys: Keys) -> None:
    keys.press("Project costs")
    keys.press("Labour")
    keys.types("description", "Engineer")
    keys.types("annual_cost", "46,400")
    keys.types("days", "200")
    keys.press("Add")
    keys.sees("£40,000")
    keys.press("Back to project costs")
    keys.chooses("method", "twenty")
    keys.press(COMPLETE)


def asks_for_money(keys: Keys) -> None:
    keys.press("Funding")
    keys.sees("£48,000")
    keys.types("percentage_asked", "70")
    keys.press(COMPLETE)


def declares_and_submits(keys: Keys) -> None:
    keys.press("Declarations")
    keys.chooses("has_russian_involvement", "False")
    keys.chooses("is_exploited_from_uk", "True")
    keys.press(COMPLETE)
    keys.press("Check answers and submit")
    keys.ticks("is_true")
    keys.press("Submit the application")
    keys.sees("Application submitted")
    keys.sees("£33,600")
