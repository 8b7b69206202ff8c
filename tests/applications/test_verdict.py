"""What the eligibility check comes to, and where its figures go."""

import re
from datetime import timedelta

import pytest

from accounts import clock
from applications.models import Application, Competition
from tests.applications.test_fit import said
from tests.make import competitions, organisations, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened() -> Competition:
    competitions.area()
    return competitions.open_now()


VERDICTS = [
    ({}, "You can apply"),
    ({"duration_months": ""}, "You can apply, as far as you have answered"),
    ({"project_costs": "£200,000"}, "You may be able to apply: ask us"),
    ({"is_funded": "True"}, "You may be able to apply: ask us"),
    ({"registered": "no"}, "You can’t apply as things are"),
    ({"registered": "no", "project_costs": "£200,000"}, "You can’t apply as things are"),
    ({"has_russian_involvement": "True"}, "You can’t apply as things are"),
]


@pytest.mark.parametrize(("more", "verdict"), VERDICTS)
def test_the_result_begins_with_a_plain_verdict(client, more, verdict):
    competitions.area()
    opened = competitions.open_now(closes_at=clock.now() + timedelta(days=60))

    text = client.get(client.post(f"/competitions/{opened.code}/check/", said(**more)).url).text

    assert f'<h1 class="govuk-heading-l">{verdict}</h1>' in text


def test_the_check_is_offered_first_and_the_start_second(client, opened):
    text = client.get(f"/competitions/{opened.code}/").text

    check, start = text.index("Check whether your project fits</a>"), text.index("Start an application</a>")
    assert check < start
    assert f'<a class="govuk-button govuk-button--start" href="/competitions/{opened.code}/check/">' in text


def test_a_size_and_a_duration_outside_the_limits_go_into_the_waiver(client):
    competitions.area()
    opened = competitions.open_now(closes_at=clock.now() + timedelta(days=60))
    organisation = organisations.organisation()
    client.force_login(people.member(organisation))
    answers = said(project_costs="£200,000", duration_months="20")
    client.post(f"/competitions/{opened.code}/check/", answers)
    client.post(f"/competitions/{opened.code}/start/", {"organisation": organisation.pk, "carry": "yes"})

    page = client.get(f"/applications/{Application.objects.get().reference}/waiver/").text

    assert re.search(r'name="amount"[^>]*value="200,?000', page)
    assert re.search(r'name="months"[^>]*value="20"', page)


def test_what_is_within_the_limits_is_not_asked_for(client, opened):
    Competition.objects.filter(pk=opened.pk).update(closes_at=clock.now() + timedelta(days=60))
    organisation = organisations.organisation()
    client.force_login(people.member(organisation))
    client.post(f"/competitions/{opened.code}/check/", said())
    client.post(f"/competitions/{opened.code}/start/", {"organisation": organisation.pk, "carry": "yes"})

    page = client.get(f"/applications/{Application.objects.get().reference}/waiver/").text

    assert not re.search(r'name="(amount|months)"[^>]*value="[^"]', page)


@pytest.mark.parametrize("short", ["£6m", "6M", "250k", "1.5 million", "£0.5bn", "30 thousand"])
def test_a_shortened_sum_is_answered_with_how_to_write_it(client, opened, short):
    refused = client.post(f"/competitions/{opened.code}/check/", said(project_costs=short))

    assert refused.status_code == 422
    assert "Total project costs: enter the amount in full, like 6,000,000" in refused.text
