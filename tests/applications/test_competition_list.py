"""The public list of competitions: searched, filtered, in pages, and never at a loss."""

import re
from datetime import timedelta

import pytest

from accounts import clock
from applications.models import Area, Competition, Stage, State, Strand
from tests.make import competitions
from tests.make.api import Asking
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

TITLES = re.compile(r'<h3 class="launchpad-card__title"><a [^>]*>([^<]*)</a>')


def listed(client, **search) -> list[str]:
    answer = client.get("/", search)
    assert answer.status_code == 200
    return TITLES.findall(answer.text)


@pytest.fixture
def four() -> dict[str, Competition]:
    """An open one of each region, one that opens soon and one that has closed."""
    now = clock.now()
    tees = competitions.region("TV", "Tees Valley")
    tees.theme = "net zero"
    tees.save()
    Area.objects.create(code="E06000002", name="Middlesbrough", region=tees, is_core=True)
    competitions.area()
    return {
        "mills": competitions.open_now(
            code="LCR-MILLS", title="Milling", themes=["Advanced manufacturing"], summary="Lighter gears."
        ),
        "hydrogen": competitions.open_now(
            code="TV-H2", title="Hydrogen", region=tees, strand=Strand.CRD, themes=["Hydrogen", "Net zero"],
            closes_at=now + DAY, number=1473,
        ),
        "soon": competitions.open_now(
            code="LCR-SOON", title="Robots", opens_at=now + DAY, closes_at=now + 9 * DAY
        ),
        "past": competitions.open_now(
            code="TV-PAST", title="Wind", region=tees, opens_at=now - 9 * DAY, closes_at=now - DAY
        ),
    }  # fmt: skip


def test_without_a_search_all_stand_by_their_state_the_next_to_close_first(client, four):
    assert listed(client) == ["Hydrogen", "Milling", "Robots", "Wind"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({"words": "mill"}, ["Milling"]),
        ({"words": "MILLS gear"}, ["Milling"]),
        ({"words": "hydrogen or robots"}, ["Hydrogen", "Robots"]),
        ({"words": "net zero -wind"}, ["Hydrogen"]),
        ({"words": "TV-H2"}, ["Hydrogen"]),
        ({"words": "1473"}, ["Hydrogen"]),
        ({"theme": "Hydrogen"}, ["Hydrogen"]),
        ({"place": "TV"}, ["Hydrogen", "Wind"]),
        ({"place": "E06000002"}, ["Hydrogen", "Wind"]),
        ({"place": "E08000012", "state": "open"}, ["Milling"]),
        ({"strand": "CR&D"}, ["Hydrogen"]),
        ({"state": "open"}, ["Hydrogen", "Milling"]),
        ({"state": "opening soon"}, ["Robots"]),
        ({"state": "closed"}, ["Wind"]),
    ],
)  # fmt: skip
def test_a_search_leaves_what_fits_it(client, four, search, expected):
    assert listed(client, **search) == expected


def test_what_was_asked_for_stays_in_the_form(client, four):
    text = client.get("/", {"words": '<gear> & "mill"', "theme": "Hydrogen", "place": "E06000002"}).text

    assert 'value="&lt;gear&gt; &amp; &quot;mill&quot;"' in text
    assert '<option value="Hydrogen" selected>' in text
    assert '<option value="E06000002" selected>Middlesbrough</option>' in text
    assert '<details class="govuk-details" open>' in text


def test_where_nothing_fits_the_page_says_so_and_leads_on(client, four):
    text = client.get("/", {"words": "submarines"}).text

    assert "Nothing found" in text and "0 competitions found." in text
    assert '<a class="govuk-link" href="/">look at all competitions</a>' in text


@pytest.mark.parametrize(
    ("search", "says"),
    [
        ({"theme": "Alchemy"}, "Choose the theme from the list"),
        ({"place": "' OR 1=1"}, "Choose the place from the list"),
        ({"strand": "mfa"}, "Choose the strand from the list"),
        ({"state": "set-up"}, "Choose the state from the list"),
        ({"words": "x" * 101}, "Search must be 100 characters or fewer"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_narrows_nothing(client, four, search, says):
    answer = client.get("/", search)

    assert answer.status_code == 422
    assert says in answer.text
    assert len(TITLES.findall(answer.text)) == 4


@pytest.mark.parametrize("name", ["words", "theme", "place", "strand", "state", "page"])
def test_nothing_typed_ends_in_a_server_error(client, four, name):
    texts = ["\x00", "'", "((", "&|!", "\\", "<->", "é漢字🚀", "x" * 3000, "-1", "1e9", "the", '"']
    answers = {text: client.get("/", {name: text}).status_code for text in texts}

    assert {text: status for text, status in answers.items() if status >= 500} == {}


def test_a_competition_in_set_up_is_found_by_nobody(client, four):
    Competition.objects.filter(code="TV-H2").update(stage=Stage.SET_UP)

    assert listed(client, words="hydrogen") == []
    assert "Hydrogen" not in client.get("/").text


def test_more_than_a_page_stands_on_several_and_keeps_the_search(client):
    for number in range(53):
        competitions.open_now(title=f"Mill {number:02}", closes_at=clock.now() + timedelta(hours=number + 1))

    first, second = client.get("/", {"words": "mill"}), client.get("/", {"words": "mill", "page": "2"})

    assert TITLES.findall(first.text) == [f"Mill {number:02}" for number in range(50)]
    assert TITLES.findall(second.text) == ["Mill 50", "Mill 51", "Mill 52"]
    assert 'href="?words=mill&amp;page=2"' in first.text
    assert client.get("/", {"page": "999"}).status_code == client.get("/", {"page": "x"}).status_code == 200


def test_as_many_queries_whatever_is_listed(client, four, django_assert_num_queries):
    with django_assert_num_queries(7):
        client.get("/", {"words": "net zero", "place": "TV"})
    for _ in range(9):
        competitions.open_now(title="Net zero", region=four["past"].region)
    with django_assert_num_queries(7):
        client.get("/", {"words": "net zero", "place": "TV"})


@pytest.mark.parametrize("state", State)
def test_every_state_is_read_off_the_row_as_it_is_told_by_the_competition(four, state):
    found = {one.code: one.state for one in Competition.objects.by_state(clock.now())}

    assert found == {one.code: one.state_at(clock.now()) for one in four.values()}
    assert {one.code for one in Competition.objects.in_state(state, clock.now())} == {
        code for code, of_row in found.items() if of_row == state
    }


@pytest.mark.parametrize(
    ("search", "codes"),
    [
        ({"words": "mill"}, ["LCR-MILLS"]),
        ({"theme": "Net zero"}, ["TV-H2"]),
        ({"place": "E06000002"}, ["TV-H2", "TV-PAST"]),
        ({"theme": "Alchemy"}, []),
    ],
)
def test_the_api_takes_the_same_filters(four, search, codes):
    answer = Asking().get("competitions/", **search)

    assert [one["code"] for one in answer.json()["results"]] == codes


@pytest.mark.parametrize("search", [{"words": "\x00"}, {"words": "x" * 101}, {"place": "a b"}, {"theme": ""}])
def test_the_api_refuses_what_cannot_be_one(four, search):
    assert Asking().get("competitions/", **search).status_code == 400


def test_a_moment_decides_the_state():
    made = competitions.competition()

    assert Competition.objects.by_state(NOON).get().state == made.state_at(NOON) == State.OPEN
    assert Competition.objects.by_state(made.closes_at).get().state == State.CLOSED
