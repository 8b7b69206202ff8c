"""What ties an assessor to an application, from plain facts."""

from dataclasses import replace
from datetime import date

import pytest

from applications.assessment.terms import lapses_on
from applications.assessment.ties import (
    ApplicationFacts,
    AssessorFacts,
    Body,
    ConflictKind,
    OrganisationFacts,
    found,
    is_recent,
)

FIRM = OrganisationFacts(
    1, "Mersey Machines Ltd", "01234567", "Unit 4, The Consulting House", "L3 4AA", ("ada@machines.co.uk",)
)
ENTRY = ApplicationFacts(10, 100, (FIRM,))
RIVAL = ApplicationFacts(11, 100, (OrganisationFacts(2, "Wirral Wheels Ltd", "07654321"),))
ELSEWHERE = ApplicationFacts(12, 101, (OrganisationFacts(3, "Sefton Seals Ltd", "00000003"),))
ALL = [ENTRY, RIVAL, ELSEWHERE]


def kinds(parents=None, **facts) -> dict[int, set]:
    """The kinds of tie by application."""
    by_application: dict[int, set] = {}
    for tie in found([AssessorFacts(5, **facts)], ALL, parents):
        by_application.setdefault(tie.application, set()).add(tie.kind)
    return by_application


def body(name="Somebody Else Ltd", number="", parent="", kind=ConflictKind.COMPANY) -> Body:
    return Body(kind, "employer", name, number, parent)


def test_nobody_is_tied_to_strangers():
    assert kinds(email="jo@elsewhere.co.uk", address="1 Dock Road", postcode="L3 4AA", bodies=(body(),)) == {}


def test_the_employer_is_known_by_its_number_whatever_it_is_called():
    assert kinds(bodies=(body("MM Group", "01234567"),))[10] == {ConflictKind.COMPANY}


def test_the_employer_is_known_by_its_name_where_it_has_no_number():
    assert kinds(bodies=(body("The MERSEY machines limited"),))[10] == {ConflictKind.COMPANY}


def test_two_companies_of_one_name_with_two_numbers_are_two():
    assert kinds(bodies=(body("Mersey Machines Ltd", "09999999"),)) == {}


@pytest.mark.parametrize(
    ("employer", "parents"),
    [
        # The applicant is a subsidiary of the employer, by what staff noted.
        (body(number="09000000"), {"01234567": "09000000"}),
        # The same, two steps up.
        (body(number="09000000"), {"01234567": "08000000", "08000000": "09000000"}),
        # The employer is a subsidiary of the applicant, as the assessor says.
        (body(number="09000000", parent="01234567"), {}),
        # Both are subsidiaries of one group.
        (body(number="09000001"), {"01234567": "09000000", "09000001": "09000000"}),
        # A register that goes round in a ring has no end to wait for.
        (body(number="09000000"), {"01234567": "09000000", "09000000": "01234567"}),
    ],
)
def test_a_subsidiary_is_the_same_company(employer, parents):
    assert kinds(parents, bodies=(employer,))[10] == {ConflictKind.COMPANY}


def test_a_shared_consultancy_address_is_flagged_and_does_not_block():
    (tie,) = found([AssessorFacts(5, address="unit 4, Consulting House, Bootle", postcode="l34aa")], ALL)

    assert (tie.application, tie.kind, tie.blocks) == (10, ConflictKind.ADDRESS, False)
    assert tie.reason == "Same address as Mersey Machines Ltd."


def test_a_shared_email_domain_is_flagged():
    (tie,) = found([AssessorFacts(5, email="jo+assess@Machines.co.uk")], ALL)

    assert (tie.application, tie.kind, tie.blocks) == (10, ConflictKind.DOMAIN, False)


def test_a_member_is_tied_to_their_own_and_to_its_rivals():
    assert kinds(organisations=frozenset({1})) == {10: {ConflictKind.MEMBER}, 11: {ConflictKind.COMPETITOR}}


@pytest.mark.parametrize("kind", [ConflictKind.COMPANY, ConflictKind.INTEREST])
def test_who_works_for_one_or_has_an_interest_in_it_is_tied_to_its_rivals(kind):
    assert kinds(bodies=(body(number="01234567", kind=kind),)) == {10: {kind}, 11: {ConflictKind.COMPETITOR}}


def test_an_earlier_employer_has_no_rivals_any_more():
    earlier = body(number="01234567", kind=ConflictKind.EARLIER)

    assert kinds(bodies=(earlier,)) == {10: {ConflictKind.EARLIER}}


def test_a_company_is_called_by_its_number_where_that_is_all_that_is_known():
    ties = found([AssessorFacts(5, bodies=(body("", "01234567"),))], [ENTRY])
    by_parent = found([AssessorFacts(5, bodies=(body("", parent="01234567"),))], [ENTRY])

    assert ties[0].reason.startswith("Employer: 01234567 is or belongs with Mersey Machines Ltd")
    assert by_parent[0].reason.startswith("Employer: subsidiary of 01234567 is or belongs with")


def test_who_does_not_run_has_no_rivals():
    out = ApplicationFacts(10, 100, (FIRM,), is_in_the_running=False)

    ties = found([AssessorFacts(5, organisations=frozenset({1}))], [out, RIVAL])

    assert [(tie.application, tie.kind) for tie in ties] == [(10, ConflictKind.MEMBER)]


def test_competitions_merged_into_one_list_are_one_round():
    entry, rival, elsewhere = (
        replace(one, competition=number, merged_into=pot)
        for one, number, pot in ((ENTRY, 100, "R1"), (RIVAL, 101, "R1"), (ELSEWHERE, 102, "R2"))
    )

    ties = found([AssessorFacts(5, organisations=frozenset({1}))], [entry, rival, elsewhere])

    assert [(tie.application, tie.kind) for tie in ties] == [
        (10, ConflictKind.MEMBER),
        (11, ConflictKind.COMPETITOR),
    ]
    assert ties[1].reason == "Member of Mersey Machines Ltd, which takes part in one merged with this one."


def test_an_interest_and_an_earlier_employer_block():
    bodies = (
        body(number="01234567", kind=ConflictKind.INTEREST),
        body(number="07654321", kind=ConflictKind.EARLIER),
    )

    ties = found([AssessorFacts(5, bodies=bodies)], [ENTRY, replace(RIVAL, competition=102)])

    assert {(tie.application, tie.kind, tie.blocks) for tie in ties} == {
        (10, ConflictKind.INTEREST, True),
        (11, ConflictKind.EARLIER, True),
    }


@pytest.mark.parametrize(
    ("ended_on", "is_so"),
    [(None, True), (date(2025, 6, 1), True), (date(2025, 5, 31), False), (date(2026, 5, 1), True)],
)
def test_what_ended_within_12_months_counts(ended_on, is_so):
    assert is_recent(ended_on, date(2026, 6, 1)) is is_so


def test_a_leap_day_has_a_year_before_it():
    assert is_recent(date(2027, 2, 28), date(2028, 2, 29))
    assert not is_recent(date(2027, 2, 27), date(2028, 2, 29))


@pytest.mark.parametrize(
    ("declared_on", "lapses"),
    [
        (date(2026, 4, 5), date(2026, 4, 6)),
        (date(2026, 4, 6), date(2027, 4, 6)),
        (date(2026, 4, 7), date(2027, 4, 6)),
        (date(2026, 12, 31), date(2027, 4, 6)),
        (date(2027, 1, 1), date(2027, 4, 6)),
        (date(2028, 2, 29), date(2028, 4, 6)),
    ],
)
def test_a_declaration_lapses_on_the_next_6_april(declared_on, lapses):
    assert lapses_on(declared_on) == lapses
