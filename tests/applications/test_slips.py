"""What no rule of the programme forbids and is a slip all the same: said at its field and at the end."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.london import day_of
from applications import costs, drafting, eligibility
from applications.models import Application, CostLine
from applications.rules import day
from tests.make import applications as make

pytestmark = pytest.mark.django_db

DAYS = (
    "Days on the project can be up to 116 for each person: 232 working days a year over 6 months. "
    "Add a line for each person."
)


@pytest.fixture
def draft() -> Application:
    within = make.open_now()
    return make.complete_draft(within, at=within.opens_at)


def starts_on(draft: Application, start_on) -> list[str]:
    Application.objects.filter(pk=draft.pk).update(start_on=start_on)
    found = eligibility.breaches(Application.objects.get(pk=draft.pk), at=draft.started_at)
    return [breach.rule for breach in found]


def add_labour(client, draft: Application, days: int):
    client.force_login(draft.started_by)
    url = reverse("applications:cost_lines", args=[draft.reference, "labour"])
    return client.post(
        url, {"description": "Fitter", "annual_cost": "46400", "working_days": "232", "days": str(days)}
    )


def test_a_project_starts_after_the_day_on_which_its_competition_closes(draft):
    closes_on = day_of(draft.competition.closes_at)

    assert starts_on(draft, closes_on) == ["START"]
    assert starts_on(draft, closes_on + timedelta(days=1)) == []


def test_a_start_before_the_close_is_said_at_the_start_date(client, draft):
    closes_on = day_of(draft.competition.closes_at)
    client.force_login(draft.started_by)
    typed = {
        **{name: value for name, value in make.DETAILS.items() if name != "start_on"},
        "start_on_day": closes_on.day, "start_on_month": closes_on.month, "start_on_year": closes_on.year,
        "complete": "1", "version": "1",
    }  # fmt: skip

    answer = client.post(reverse("applications:details", args=[draft.reference]), typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"The project must start after {day(closes_on)}, the day on which the competition closes." in page
    assert 'href="#id_start_on_day"' in page


def test_a_line_of_labour_has_no_more_days_than_the_project_lasts(client, draft):
    refused, kept = add_labour(client, draft, 117), add_labour(client, draft, 116)

    page = refused.content.decode()
    assert (refused.status_code, kept.status_code) == (422, 302)
    assert DAYS in page
    assert 'value="117"' in page
    assert CostLine.objects.filter(description="Fitter").count() == 1


def test_days_are_not_counted_against_a_duration_that_is_not_known(client, draft):
    Application.objects.filter(pk=draft.pk).update(duration_months=None)

    assert add_labour(client, draft, 1_000).status_code == 302


def test_a_project_made_shorter_afterwards_says_which_line_has_too_many_days(client, draft):
    Application.objects.filter(pk=draft.pk).update(duration_months=12)
    add_labour(client, draft, 200)
    drafting.save_details(draft, {"duration_months": 6}, by=draft.started_by, at=draft.started_at)

    found = eligibility.breaches(Application.objects.get(pk=draft.pk), at=draft.started_at)
    answer = client.post(
        reverse("applications:costs", args=[draft.reference]), {"method": "none", "complete": "1"}
    )

    assert [breach.message for breach in found if breach.rule == "DAYS"] == [f"Fitter: {DAYS}"]
    assert answer.status_code == 422
    assert f"Fitter: {DAYS}" in answer.content.decode()


@pytest.mark.parametrize(
    "working_days, months, most", [(232, 12, 232), (232, 7, 136), (232, 3, 58), (1, 6, 1)]
)
def test_the_most_days_count_a_part_of_a_day_whole(working_days, months, most):
    assert costs.most_days(working_days, months) == most
