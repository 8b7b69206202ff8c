"""Whatever another system asks the API by: taken or refused as the same kind of thing is in a form."""

import pytest

from accounts.roles import Role
from tests.inputs import FOR_NOBODY, KINDS
from tests.make import applications, competitions, people
from tests.make.api import Asking

pytestmark = pytest.mark.django_db

#: Each filter of the lists that applicants and the public read, with its kind.
FILTERS = {
    "competitions/": {
        "words": "search words",
        "theme": "theme",
        "place": "code",
        "region": "code",
        "round": "whole number",
        "strand": "choice",
        "state": "choice",
        "demonstration": "truth",
        "ordering": "choice",
    },
    "applications/": {
        "status": "choice",
        "competition": "code",
        "submitted_from": "aware moment",
        "submitted_before": "aware moment",
        "ordering": "choice",
    },
}


@pytest.fixture
def asking() -> Asking:
    competitions.open_now()
    applications.application()
    return Asking(people.user(*Role))


def each():
    for address, filters in FILTERS.items():
        for name, kind in filters.items():
            yield address, name, KINDS[kind]


def test_what_cannot_be_one_is_refused_by_the_name_of_its_filter(asking):
    wrong = []
    for address, name, kind in each():
        # A megabyte stands in no address; a little too much of it does.
        for text in (FOR_NOBODY[0], FOR_NOBODY[1][:2000], *kind.refused):
            answer = asking.get(address, **{name: text})
            named = answer.status_code == 400 and [error["field"] for error in answer.json()["errors"]]
            if answer.status_code != 400 or (named != [name] and "\x00" not in text):
                wrong.append((address, name, text[:40], answer.status_code, named))

    assert wrong == []


def test_what_a_kind_takes_is_taken(asking):
    wrong = [
        (address, name, text, status)
        for address, name, kind in each()
        for text in kind.taken
        if (status := asking.get(address, **{name: text}).status_code) != 200
    ]

    assert wrong == []


@pytest.mark.parametrize("address", FILTERS)
def test_every_filter_has_a_kind(asking, address):
    refusal = asking.faults(address, nonsense="1")["nonsense"]
    known = {name.strip() for name in refusal.split("Known are:")[1].rstrip(".").split(",")}

    assert known - {"page", "page_size"} == FILTERS[address].keys()
