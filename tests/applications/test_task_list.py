"""The task list: of each section its state, and how much of what it must have is there."""

import re
from decimal import Decimal

import pytest

from accounts import clock
from applications import completeness, finances, reading, sections
from applications.models import Application, OverheadMethod, Participant
from tests.make import applications, competitions, organisations, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(client) -> Application:
    organisation = organisations.organisation()
    person = people.member(organisation)
    client.force_login(person)
    return applications.draft(competitions.open_now(), organisation, by=person, at=clock.now())


def shown(client, draft: Application) -> dict[str, str]:
    """By section, its state as the page says it."""
    page = client.get(f"/applications/{draft.reference}/").text
    states = re.findall(r'id="state-([^"]+)">(.*?)</div>', page)
    return {key: re.sub(r"<[^>]+>", "", state) for key, state in states}


def test_an_untouched_form_is_at_nought(client, draft):
    assert set(shown(client, draft).values()) == {"Not started 0% complete"}


def test_what_is_there_is_counted_of_what_there_must_be(client, draft):
    Application.objects.filter(pk=draft.pk).update(title="Gears", is_exploited_from_uk=True)
    Participant.objects.filter(application=draft).update(elsewhere="Cardiff")
    applications.answer(draft, "scope", "Gears.", clock.now())

    found = shown(client, draft)

    assert found["details"] == f"In progress {100 // len(completeness.DETAILS)}% complete"
    # The place is given in words, so no area is missing.
    assert found["organisation"] == "In progress 33% complete"
    assert found["declarations"] == "In progress 50% complete"
    assert found["scope"] == "In progress 100%, not marked yet"
    assert found["funding"] == "Not started 0% complete"


def test_an_earlier_application_has_to_be_named_once_there_is_one(client, draft):
    Application.objects.filter(pk=draft.pk).update(title="Gears", is_resubmission=True)

    needed = len(completeness.DETAILS) + len(completeness.EARLIER)
    assert shown(client, draft)["details"] == f"In progress {100 * 2 // needed}% complete"


def test_overheads_of_ones_own_need_their_explanation(draft):
    lead, doer = applications.lead(draft), {"by": draft.started_by, "at": clock.now()}
    finances.set_overheads(lead, OverheadMethod.CALCULATED, Decimal(500), "", **doer)

    [costs] = [
        task
        for _, tasks in reading.task_list(Application.objects.get(pk=draft.pk))
        for task in tasks
        if task.section.key == sections.COSTS
    ]
    assert costs.percent == 66


def test_a_complete_form_is_at_a_hundred(client, draft):
    lead = applications.lead(draft).organisation
    full = applications.complete_draft(draft.competition, lead, by=draft.started_by, at=clock.now())

    percents = [
        (completeness.percent(full, applications.lead(full), task.section.key, {task.section.key}), task)
        for _, tasks in reading.task_list(full)
        for task in tasks
    ]
    assert {percent for percent, _ in percents} == {100}


def test_a_size_is_no_blocker_before_the_first_cost_and_is_one_after(client, draft):
    address = f"/applications/{draft.reference}/check/"
    rule = "Total project costs must be between £25,000 and £100,000."

    before = client.get(address).text
    applications.labour(draft, 1_000, clock.now())
    after = client.get(address).text

    assert rule not in before and "Complete all sections before submitting" in before
    assert rule in after


def test_each_research_category_is_explained_where_it_is_chosen(client, draft):
    page = client.get(f"/applications/{draft.reference}/details/").text

    assert len(re.findall(r'id="id_research_category_\d_hint">You [^<]+\.</div>', page)) == 3
