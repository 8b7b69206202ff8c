"""A declaration stands while the facts are those that were declared."""

import pytest

from accounts.models import AuditEntry
from accounts.roles import Role
from applications.assessment import assignment, declarations, profiles
from applications.models import AssessorProfile, Skill
from tests.make import applications, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

OWN = "/admin/applications/assessorprofile/own/"
DEE = {"kind": "financial", "whose": "own", "organisation_name": "Dee Works"}


@pytest.fixture
def person():
    """An assessor who works for Dee Works and has declared it."""
    made = people.user(Role.ASSESSOR)
    profiles.save({"employer": "Dee Works"}, [], version=1, by=made, at=NOON)
    declarations.declare(is_confirmed=True, by=made, at=NOON)
    return made


def save(person, at=NOON + DAY, skills=(), **facts):
    return profiles.save(facts, skills, version=profiles.own(person).version, by=person, at=at)


def missing(person):
    return declarations.missing(person, NOON.date())


@pytest.mark.parametrize(
    "facts",
    [
        {"employer": "Mersey Works"},
        {"employer_number": "01234567"},
        {"employer_parent_number": "01234567"},
        {"earlier_employer": "Old Works", "earlier_left_on": NOON.date()},
        {"address": "1 Dock Road"},
        {"postcode": "L3 4AA"},
        {"kind": "internal"},
    ],
)
def test_other_facts_end_it_and_nothing_new_is_given(person, facts):
    assert missing(person) == []

    save(person, **facts)

    assert missing(person) == ["has changed their facts since the declaration"]
    with pytest.raises(assignment.NotReady, match="has changed their facts"):
        assignment.give(applications.application(), person, by=people.manager(), at=NOON)
    assert (
        AuditEntry.objects.filter(action="save assessor profile").latest("pk").after["declaration_stands"]
        is False
    )


def test_the_same_facts_and_what_ties_nobody_leave_it(person):
    skill = Skill.objects.create(name="Hydrogen", area="Net zero")

    save(person, skills=[skill.pk], capacity=3, employer="Dee Works")

    assert missing(person) == []


def test_an_interest_entered_or_taken_out_ends_it(person):
    made = profiles.add_interest(DEE, by=person, at=NOON)
    assert missing(person)
    declarations.declare(is_confirmed=True, by=person, at=NOON)
    assert missing(person) == []

    profiles.remove_interest(0, by=person, at=NOON)
    assert missing(person) == []
    profiles.remove_interest(made.pk, by=person, at=NOON)

    assert missing(person)


def test_facts_that_are_again_as_declared_need_no_other_declaration(person):
    save(person, employer="Mersey Works")
    first = profiles.own(person).undeclared_since
    save(person, at=NOON + 2 * DAY, employer="Tees Works")
    assert profiles.own(person).undeclared_since == first == NOON + DAY

    save(person, at=NOON + 3 * DAY, employer="Dee Works")

    assert missing(person) == []
    made = profiles.add_interest(DEE, by=person, at=NOON)
    profiles.remove_interest(made.pk, by=person, at=NOON)
    assert missing(person) == []


def test_the_page_says_it_and_declaring_again_ends_it(person):
    browser = office.sign_in(person)
    typed = {"save": "1", "kind": "external", "employer": "Mersey Works", "capacity": "7"}

    said = browser.post(OWN, {**typed, "version": "2"}, follow=True).text
    assert "It is not what you declared: declare again." in said
    assert "so that declaration does not stand any more" in said
    assert "Not ready" in said
    pool = office.sign_in(people.manager()).get("/admin/applications/assessorprofile/").text
    assert "Facts changed since declared" in pool

    browser.post(OWN, {"declare": "1", "is_true": "on"})

    assert "does not stand any more" not in browser.get(OWN).text
    assert AssessorProfile.objects.get(person=person).undeclared_since is None
