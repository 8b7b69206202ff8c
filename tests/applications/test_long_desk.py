"""The eligibility desk with ten thousand applications: its time and its queries."""

import time
from copy import copy
from datetime import timedelta
from random import Random

import pytest
from django.urls import reverse

from accounts.models import Organisation
from applications.models import Answer, Application, Participant
from tests import growth, proving
from tests.databases import as_owner, unhurried
from tests.make import applications, long_list, people
from tests.make.office import sign_in
from tests.office_frame import OF_THE_FRAME

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.django_db]

NUMBER, FIRMS, QUERIES = 10_000, 3_333, 10
#: Of the process's own time: a second would be felt; a slow, shared machine is given more, which
#: still tells a list that grows with all that came in.
SECONDS = proving.size(2, 0.5)

STEMS = ("cast", "spin", "weld", "form", "mill", "gear", "foam", "wire", "coat", "fuse", "mesh", "bore")
WORDS = [f"{stem}{number}" for stem in STEMS for number in range(250)]


def again(row, **changed):
    made = copy(row)
    made.pk, made._state.adding = None, True
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def many(first: Application) -> None:
    """Copies by firms of their own, each with its own words for what it is, a second apart."""
    dice, part = Random(3), first.participants.get()
    firms = Organisation.objects.bulk_create(
        again(part.organisation, name=f"Works {number}", company_number=f"7{number:07}")
        for number in range(FIRMS)
    )
    made = long_list._copies(first, NUMBER - 1)
    for number, one in enumerate(made):
        one.submitted_at = first.submitted_at + timedelta(seconds=number)
    Application.objects.bulk_update(made, ["submitted_at"], batch_size=1000)
    Participant.objects.bulk_create(
        [
            again(
                part, application=one, organisation=firm, name=firm.name, company_number=firm.company_number
            )
            for one, firm in zip(made, firms * (NUMBER // FIRMS + 1), strict=False)
        ],
        batch_size=2000,
    )
    told = list(first.answers.filter(question__key__in=("scope", "project-summary")))
    Answer.objects.bulk_create(
        (
            again(answer, application=one, text=" ".join(dice.choices(WORDS, k=60)))
            for one in made
            for answer in told
        ),
        batch_size=5000,
    )
    as_owner("ANALYZE")


@pytest.mark.parametrize("name", ["eligibilitycase", "scopecase"])
def test_ten_thousand_applications_take_a_moment_and_few_queries(name):
    first = applications.application()
    browser = sign_in(people.manager())
    address = reverse(f"admin:applications_{name}_changelist")
    browser.get(address)
    _status, few = growth.queries(browser, address)
    with unhurried():
        many(first)
    browser.get(address)

    times, waits = [], []
    for _ in range(3):
        begun, at = time.process_time(), time.perf_counter()
        browser.get(address)
        times.append(time.process_time() - begun)
        waits.append(time.perf_counter() - at)
    status, statements = growth.queries(browser, address)

    own = [one for one in statements if not OF_THE_FRAME.search(one)]
    print(f"{min(times) * 1000:.0f} ms of {min(waits) * 1000:.0f}, {len(own)} queries of {len(statements)}")
    assert status == 200
    assert len(statements) == len(few)
    assert len(own) <= QUERIES, own
    assert min(times) < SECONDS
