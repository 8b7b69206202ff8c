"""Competitions and applications as other systems read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts import clock
from accounts.roles import Role
from applications.models import Application, AssessmentStatus, Competition, Stage, State
from applications.workflow import Status
from tests.make import applications as make
from tests.make import assessments, organisations, people
from tests.make.api import Asking
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

DECISIONS = [Status.SUCCESSFUL, Status.UNSUCCESSFUL, Status.ON_HOLD, Status.RESERVE]


def references(rows):
    return [row["reference"] for row in rows]


def member_with(status: Status, **fields):
    organisation = organisations.organisation()
    person = people.member(organisation)
    return person, make.application(status, organisation=organisation, by=person, **fields)


def test_everybody_reads_competitions_but_not_those_in_set_up():
    shown = make.open_now(code="SHOWN", limit_min=Decimal("25000"), latest_start_on=None)
    make.competition(code="HIDDEN", stage=Stage.SET_UP)

    [row] = Asking().list("competitions/")

    assert (row["code"], row["state"], row["limit_min"]) == ("SHOWN", "open", "25000.00")
    assert row["closes_at"] == shown.closes_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    assert row["latest_start_on"] is None
    assert "stage" not in row
    assert Asking().get("competitions/HIDDEN/").status_code == 404
    assert Asking(people.manager()).get("competitions/HIDDEN/").status_code == 200


def test_a_competition_shows_its_questions_but_not_what_assessors_are_told():
    make.competition(code="SHOWN")

    answer = Asking().get("competitions/SHOWN/")

    questions = answer.json()["questions"]
    assert [question["number"] for question in questions] == [None] * 3 + list(range(1, 11))
    assert "Look for evidence." not in answer.content.decode()


@pytest.mark.parametrize("stage", [Stage.SET_UP, Stage.PUBLISHED, Stage.IN_ASSESSMENT, Stage.DECIDED])
@pytest.mark.parametrize("days", [-1, 0, 1, 30, 31])
def test_the_filter_by_state_agrees_with_the_state(stage, days):
    competition = make.competition(stage=stage, opens_at=NOON, closes_at=NOON + 30 * DAY)
    undated = make.competition(stage=Stage.SET_UP, opens_at=None, closes_at=None)
    at = NOON + days * DAY

    found = {state: set(Competition.objects.in_state(state, at)) for state in State}

    assert {state for state, rows in found.items() if competition in rows} == {competition.state_at(at)}
    assert {state for state, rows in found.items() if undated in rows} == {undated.state_at(at)}


def test_competitions_are_filtered_by_name():
    make.open_now(code="OPEN")
    make.competition(code="PAST", opens_at=NOON - 9 * DAY, closes_at=clock.now() - timedelta(days=1), round=2)

    def codes(**filters):
        return [row["code"] for row in Asking().list("competitions/", **filters)]

    assert codes(state="closed") == codes(round="2") == ["PAST"]
    assert codes(state="open") == ["OPEN"]
    assert codes(region="LCR", strand="MFA", ordering="-code") == ["PAST", "OPEN"]
    assert codes(region="XX") == codes(strand="CR&D") == codes(demonstration="true") == []


def test_an_application_is_read_by_its_people_and_by_staff():
    person, own = member_with(Status.SUBMITTED)
    _stranger, other = member_with(Status.SUBMITTED)
    asking = Asking(person)

    [row] = asking.list("applications/")
    refused = asking.get(f"applications/{other.reference}/")
    unknown = asking.get("applications/LP-0000-0000/")

    assert row["reference"] == own.reference
    assert (row["grant_sought"], row["participants"][0]["is_lead"]) == ("56000.00", True)
    assert asking.get(f"applications/{own.reference}/").json() == {**row, "feedback": None}
    assert (refused.status_code, refused.content) == (404, unknown.content)
    assert sorted(references(Asking(people.manager()).list("applications/"))) == sorted(
        [own.reference, other.reference]
    )


def test_a_draft_is_for_its_own_people():
    person, draft = member_with(Status.DRAFT)

    assert references(Asking(person).list("applications/")) == [draft.reference]
    assert Asking(people.manager()).list("applications/") == []


def test_an_assessor_reads_what_they_were_given():
    assessor, colleague = people.assessor(), people.assessor()
    given, declined, others = (make.application(Status.IN_ASSESSMENT) for _ in range(3))
    assessments.assessment(given, assessor)
    assessments.assessment(declined, assessor, AssessmentStatus.REJECTED)
    assessments.assessment(others, colleague)

    asking = Asking(assessor)

    assert references(asking.list("applications/")) == [given.reference]
    assert asking.get(f"applications/{others.reference}/").status_code == 404


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.LEAD])
def test_roles_without_a_say_in_applications_read_none(role):
    make.application(Status.SUBMITTED)

    assert Asking(people.user(role)).list("applications/") == []


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_before_its_release_shows_nowhere(decision):
    organisation = organisations.organisation()
    person = people.member(organisation)
    decided = make.application(decision, organisation=organisation, by=person, reference="LP-2222-2222")
    waiting = make.application(
        Status.IN_ASSESSMENT, organisation=organisation, by=person, reference="LP-1111-1111"
    )
    both = [waiting.reference, decided.reference]
    asking = Asking(person)

    assert asking.list("applications/", status=decision) == []
    assert references(asking.list("applications/", status="in assessment")) == both
    assert {row["status"] for row in asking.list("applications/")} == {"in assessment"}
    # Ordered by what is shown they are equal, so the id alone decides: the decided one came first.
    assert references(asking.list("applications/", ordering="status")) == both[::-1]
    assert references(asking.list("applications/", ordering="-status")) == both
    assert asking.get(f"applications/{decided.reference}/").json()["status"] == "in assessment"


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_released_decision_is_shown_and_found(decision):
    person, decided = member_with(decision, released_at=NOON)

    [row] = Asking(person).list("applications/", status=decision)

    assert (row["reference"], row["status"]) == (decided.reference, decision)
    assert row["released_at"] == "2026-06-01T12:00:00Z"


def test_staff_find_a_decision_before_its_release():
    decided = make.application(Status.SUCCESSFUL)

    assert references(Asking(people.manager()).list("applications/", status="successful")) == [
        decided.reference
    ]


def test_applications_are_filtered_and_ordered_by_name():
    within = make.closed_competition(code="ONE")
    early, late = (
        make.application(
            Status.SUBMITTED,
            within,
            reference=f"LP-{day}",
            submitted_at=datetime(2026, 5, day, tzinfo=UTC),
            grant_sought=Decimal(100 - day),
        )
        for day in (10, 20)
    )
    asking = Asking(people.manager())

    def found(**filters):
        return references(asking.list("applications/", **filters))

    both = [early.reference, late.reference]
    assert found(competition="ONE", ordering="submitted_at") == both
    assert found(ordering="-submitted_at") == found(ordering="grant_sought") == both[::-1]
    assert found(submitted_from="2026-05-20T00:00:00Z") == [late.reference]
    assert found(submitted_before="2026-05-20T01:00:00+01:00") == [early.reference]
    assert found(competition="TWO") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "funded"),
        ("status", ""),
        ("status", " "),
        ("competition", "?"),
        ("ordering", ""),
        ("submitted_from", ""),
        ("status", "\0"),
        ("competition", "a\0b"),
        ("ordering", "started_by__password"),
        ("ordering", "status,reference"),
        ("submitted_from", "yesterday"),
        ("submitted_from", "0001-01-01T00:00:00+14:00"),
        ("submitted_before", "9999-12-31T23:59:59-14:00"),
        ("submitted_from", "2026-05-20T00:00:00 01:00"),
        ("page", "0"),
        ("page", "-1"),
        ("page", "last"),
        ("page", "²"),
        ("page", "9" * 5000),
        ("page", "0" * 5000 + "1"),
        ("page", ""),
        ("page_size", "0"),
        ("page_size", "101"),
        ("page_size", "1e3"),
        ("started_by", "1"),
        ("started_by__email", "ann@example.com"),
        ("format", "api"),
        ("a\0b", "x"),
        ("\ud800", "x"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(name, value):
    client = Asking(people.manager()).client
    query = "&".join([f"{_escaped(name)}={_escaped(value)}"])

    answer = client.get(f"/api/v1/applications/?{query}")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["errors"][0]["message"]


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode(errors="surrogatepass"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("demonstration", "maybe"),
        ("demonstration", "1"),
        ("demonstration", "TRUE"),
        ("round", "0"),
        ("round", "100"),
        ("round", "1.5"),
        ("round", "1e1"),
        ("round", "one"),
        ("region", "L C R"),
        ("region", "L" * 11),
        ("state", "ajar"),
    ],
)
def test_what_means_nothing_of_a_competition_is_refused_at_its_name(name, value):
    assert list(Asking().faults("competitions/", **{name: value})) == [name]


def test_a_page_past_the_last_is_not_found():
    answer = Asking().get("competitions/", page="2")

    assert answer.status_code == 404
    assert answer.json()["errors"] == [
        {"code": "not_found", "field": "page", "message": "There is no such page: the last is 1."}
    ]


def test_a_parameter_given_twice_is_refused():
    client = Asking(people.manager()).client

    answer = client.get("/api/v1/applications/?status=draft&status=submitted")

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"code": "invalid", "field": "status", "message": "Give this parameter once."}
    ]


def test_a_single_application_takes_no_parameters():
    person, own = member_with(Status.SUBMITTED)

    assert "status" in Asking(person).faults(f"applications/{own.reference}/", status="draft")


@pytest.mark.parametrize("address", ["applications/", "competitions/"])
def test_a_list_asks_as_often_for_three_rows_as_for_one(address, django_assert_max_num_queries):
    asking = Asking(people.manager())
    make.application(Status.SUBMITTED)
    asking.get(address)  # the token's day is written once

    with django_assert_max_num_queries(20) as one:
        asking.list(address)
    make.application(Status.SUBMITTED)
    make.application(Status.SUBMITTED)
    with django_assert_max_num_queries(20) as three:
        assert len(asking.list(address)) == 3

    assert len(three) == len(one)


def test_rows_without_a_moment_come_last_both_ways():
    organisation = organisations.organisation()
    person = people.member(organisation)
    draft = make.application(Status.DRAFT, organisation=organisation, by=person)
    submitted = make.application(Status.SUBMITTED, organisation=organisation, by=person)
    expected = [submitted.reference, draft.reference]
    asking = Asking(person)

    assert references(asking.list("applications/", ordering="submitted_at")) == expected
    assert references(asking.list("applications/", ordering="-submitted_at")) == expected
    assert Application.objects.count() == 2
