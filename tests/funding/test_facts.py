"""The public facts of a round: there once it is released, right, and telling of nobody."""

import csv
import io
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import count

import pytest

from accounts.models import Size
from applications.models import Application, PotSharing, Stage
from applications.workflow import Status
from funding import allocation, deciding, release
from funding.exports import public_facts
from funding.models import Award, Method
from funding.offers import answering
from funding.reports import facts
from funding.reports.contents import Column, Kind, Table
from funding.reports.facts import Fact
from funding.reports.suppression import Hidden
from funding.reports.told import Told
from funding.scenarios import making
from funding.scenarios.making import Definition
from tests import growth
from tests.make import budgets, competitions, offers
from tests.make.rounds import Entered, entered, released
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

BANDS = [
    (Decimal(low), Decimal(high)) for low, high in (("70.0", "75.0"), ("75.1", "80.0"), ("85.1", "90.0"))
]
ADDRESSES = ("/competitions/{code}/facts/", "/competitions/{code}/facts.csv")


def statuses(client, competition) -> list[int]:
    return [client.get(address.format(code=competition.code)).status_code for address in ADDRESSES]


def figures(client, competition) -> dict[tuple[str, str], tuple[str, str]]:
    """By measure and group the value and whether it is suppressed, as the file has them."""
    text = client.get(f"/competitions/{competition.code}/facts.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len({(row["measure"], row["group"]) for row in rows}) == len(rows)
    return {(row["measure"], row["group"]): (row["value"], row["suppressed"]) for row in rows}


def text_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


numbers = count(1)


def told(number: int, score: str = "80.0", **fields) -> list[Told]:
    return [
        Told(
            **{
                "application": next(numbers),
                "is_assessed": True,
                "score": Decimal(score),
                "size": Size.SMALL,
                "area": None,
                **fields,
            }
        )
        for _ in range(number)
    ]


def won(number: int, score: str = "80.0", **fields) -> list[Told]:
    return told(number, score, is_funded=True, amount=Decimal("100.00"), **fields)


def lost(number: int, score: str = "60.0", **fields) -> list[Told]:
    return told(number, score, is_unsuccessful=True, **fields)


def compiled(*received: list[Told]) -> facts.Facts:
    return facts.of([one for group in received for one in group], [], "Best portfolio")


def values(found: list[Fact]) -> list:
    return [fact.value for fact in found]


def test_nothing_is_there_before_the_release(client):
    within = budgets.funded_competition()
    page = f"/competitions/{within.code}/"
    entered(within, [Entered(5), Entered(5, is_passed=False)])
    undecided = statuses(client, within), page + "facts/" in text_of(client, page)

    made = budgets.approved(within)
    decided = statuses(client, within), page + "facts/" in text_of(client, page)
    in_list = page in text_of(client, "/facts/")
    budgets.released(made)

    assert (undecided, decided, in_list) == (([404, 404], False), ([404, 404], False), False)
    assert statuses(client, within) == [200, 200]
    assert page + "facts/" in text_of(client, page)
    assert page + "facts/" in text_of(client, "/facts/")


def test_a_release_that_was_begun_and_waits_shows_nothing(client):
    within = budgets.funded_competition()
    entered(within, [Entered(5)])

    release.release(budgets.approved(within), by=budgets.fund_manager(), at=NOON + 2 * DAY)

    assert statuses(client, within) == [404, 404]


def test_what_is_set_up_or_does_not_exist_has_none(client):
    within = competitions.competition(stage=Stage.SET_UP, opens_at=None, closes_at=None)

    assert statuses(client, within) == [404, 404]
    assert client.get("/competitions/NOWHERE/facts/").status_code == 404


def test_of_a_merged_list_there_are_none_until_all_of_it_is_released(client):
    within = budgets.funded_competition(pot_sharing=PotSharing.MERGED)
    released(within, Entered(5))
    assert statuses(client, within) == [200, 200]

    competitions.closed_competition(pot_sharing=PotSharing.MERGED, pot=within.pot)

    assert statuses(client, within) == [404, 404]
    assert f"/competitions/{within.code}/" not in text_of(client, "/facts/")


def test_competitions_of_one_list_have_facts_of_their_own_and_lead_to_each_other(client):
    first = budgets.funded_competition(pot_sharing=PotSharing.MERGED)
    second = competitions.closed_competition(pot_sharing=PotSharing.MERGED)
    drawn = first.budgets
    budgets.drawn(second, programme=drawn.programme, region=drawn.region, pot=drawn.pot)
    entered(first, [Entered(5)])
    entered(second, [Entered(6)])

    budgets.released(budgets.approved(first, second))

    assert figures(client, first)["From received to funded: Applications", "Received"] == ("5", "no")
    assert figures(client, second)["From received to funded: Applications", "Received"] == ("6", "no")
    assert f"/competitions/{second.code}/facts/" in text_of(client, f"/competitions/{first.code}/facts/")


def test_the_figures_are_those_of_the_rows_and_of_no_other_round(client):
    within, other = budgets.funded_competition(), budgets.funded_competition()
    wirral = competitions.area("Wirral", "E08000015")
    released(other, Entered(7, area=wirral), Entered(5, is_passed=False))
    released(
        within,
        Entered(6),
        Entered(5, size=Size.MEDIUM, area=wirral),
        Entered(5, is_passed=False),
        Entered(6, is_passed=False, size=Size.MEDIUM),
    )

    found = figures(client, within)

    rows = list(Application.objects.filter(competition=within))
    funded = [one for one in rows if one.status == Status.SUCCESSFUL]
    scores = {one.pk: score_of(one) for one in rows}
    of_funded = sorted(scores[one.pk] for one in funded)
    of_refused = [scores[one.pk] for one in rows if one.status == Status.UNSUCCESSFUL]
    assert len(rows) == 22 and len(funded) == 11
    plain = {
        ("How it was decided", ""): "Top-down to the line",
        ("Success rate, of received", ""): "50.0",
        ("Success rate, of assessed", ""): "50.0",
        ("Lowest funded score", ""): str(of_funded[0]),
        ("Highest funded score", ""): str(of_funded[-1]),
        ("Spread of the funded, in points", ""): str(of_funded[-1] - of_funded[0]),
        ("Mean score of the funded", ""): str(tenth(sum(of_funded) / len(of_funded))),
        ("Mean score of the unsuccessful", ""): str(tenth(sum(of_refused) / len(of_refused))),
        ("From received to funded: Applications", "Received"): "22",
        ("From received to funded: Applications", "Assessed"): "22",
        ("From received to funded: Applications", "Funded"): "11",
        ("Scores: Not funded", "Below 70.0"): "11",
        ("By area: Funded", "Liverpool"): "6",
        ("By area: Not funded", "Liverpool"): "11",
        ("By area: Success rate, %", "Liverpool"): "35.3",
        ("By area: Funded", "Wirral"): "5",
        ("By area: Success rate, %", "Wirral"): "100.0",
        ("By size of organisation: Funded", "Medium"): "5",
        ("By size of organisation: Not funded", "Medium"): "6",
        ("By size of organisation: Success rate, %", "Medium"): "45.5",
    }
    assert {key: found[key] for key in plain} == {key: (value, "no") for key, value in plain.items()}
    # The eleven are four, four and three to a band.
    assert [sum(low <= score <= high for score in of_funded) for low, high in BANDS] == [4, 4, 3]
    shown = [found["Scores: Funded", f"{low} to {high}"] for low, high in BANDS]
    assert shown == [("", "fewer than 5")] * 3


def score_of(application: Application) -> Decimal:
    """The mean of the assessors' percentages, from the marks themselves."""
    percentages = [
        Decimal(100 * sum(score.mark for score in one.scores.all()))
        / sum(score.question.max_marks for score in one.scores.select_related("question"))
        for one in application.assessments.all()
    ]
    return tenth(sum(percentages) / len(percentages))


def tenth(value) -> Decimal:
    return Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP)


def test_what_was_decided_since_and_not_released_is_not_seen(client):
    within = budgets.funded_competition()
    made = released(within, Entered(7), Entered(6, is_passed=False))
    before = figures(client, within)
    assert before["From received to funded: Applications", "Funded"] == ("7", "no")

    # One raised by later money that is not released, and one whose decision is not told at all.
    Application.objects.filter(pk=made[0].pk).update(told_status=Status.UNSUCCESSFUL)
    Application.objects.filter(pk=made[1].pk).update(released_at=None)

    assert figures(client, within) == before


def test_an_offer_that_was_declined_counts_as_it_was_decided(client):
    within = budgets.funded_competition()
    made = released(within, Entered(6), Entered(6, is_passed=False))
    before = figures(client, within)
    offered = offers.offer(Award.objects.get(application=made[0]))

    answering.decline(
        offered, name="A", role="B", reason="", by=offers.signer(offered), at=offers.OFFERED_AT + DAY
    )

    assert Award.objects.live().count() == 5
    assert figures(client, within) == before


def test_a_portfolio_is_called_one(client):
    within = budgets.funded_competition(announces_portfolio=True)
    entered(within, [Entered(5), Entered(5, is_passed=False)])
    scenario = making.make(
        [within], Definition("The most", method=Method.PORTFOLIO), by=budgets.fund_manager(), at=NOON
    )
    made = allocation.propose([within], scenario, by=budgets.fund_manager(), at=NOON)
    budgets.released(deciding.approve(made, by=budgets.approver(), at=NOON + DAY))

    assert figures(client, within)["How it was decided", ""] == ("Best portfolio", "no")
    page = text_of(client, f"/competitions/{within.code}/facts/")
    assert "<strong>Best portfolio.</strong> Of the projects that passed" in page


def test_a_demonstration_says_so(client):
    within = budgets.funded_competition(is_demonstration=True)
    released(within, Entered(1))

    assert "launchpad-standing--demonstration" in text_of(client, "/facts/")
    assert 'aria-label="Demonstration"' in text_of(client, f"/competitions/{within.code}/facts/")


def test_text_of_the_file_is_no_formula():
    table = Table(
        name="x",
        title="=1+1",
        columns=[Column("Area"), Column("Funded", Kind.COUNT)],
        rows=[["@a", Hidden.FEW]],
    )
    found = replace(compiled(won(5)), rates=[], scores=[], bands=table, groups=[])

    lines = public_facts.as_csv(found).decode().splitlines()

    assert lines[0] == "measure,group,value,suppressed"
    assert lines[-1] == "'=1+1: Funded,'@a,,fewer than 5"


def test_nobody_is_named(client):
    within = budgets.funded_competition()
    made = released(within, Entered(6), Entered(5, is_passed=False))

    shown = [text_of(client, address.format(code=within.code)) for address in ADDRESSES]

    for one in made:
        lead = one.participants.get()
        for word in (one.reference, one.title, lead.name, lead.company_number, str(one.started_by)):
            assert not any(word in text for text in shown), word


def test_what_would_tell_about_few_is_hidden_on_the_page_and_in_the_file(client):
    within = budgets.funded_competition()
    released(within, Entered(3), Entered(9, is_passed=False))

    page, found = text_of(client, f"/competitions/{within.code}/facts/"), figures(client, within)

    assert "Of the 12 applications received, fewer than 5 were funded." in page
    assert "25.0%" not in page
    assert found["From received to funded: Applications", "Funded"] == ("", "fewer than 5")
    hidden = (
        "Success rate, of received",
        "Success rate, of assessed",
        "Lowest funded score",
    )
    assert [found[name, ""] for name in hidden] == [("", "not shown")] * 3
    assert ("By size of organisation: Funded", "Micro or small") not in found
    assert found["By size of organisation: Applications", "Micro or small"] == ("12", "no")


def test_pages_ask_as_often_for_many_as_for_few(client):
    first, second = budgets.funded_competition(), budgets.funded_competition()
    released(first, Entered(1))
    few = [
        len(growth.queries(client, address.format(code=first.code))[1]) for address in (*ADDRESSES, "/facts/")
    ]

    released(second, Entered(6), Entered(6, is_passed=False))
    many = [
        len(growth.queries(client, address.format(code=second.code))[1])
        for address in (*ADDRESSES, "/facts/")
    ]

    assert few == many
    assert max(many) <= 12


def test_what_has_not_changed_is_not_sent_again(client):
    within = budgets.funded_competition()
    released(within, Entered(5))

    for address in ADDRESSES:
        answer = client.get(address.format(code=within.code))
        again = client.get(address.format(code=within.code), HTTP_IF_NONE_MATCH=answer["ETag"])
        assert (again.status_code, again.content) == (304, b"")

    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["Content-Disposition"] == f'attachment; filename="facts-{within.code}.csv"'


def test_rates_and_scores_need_five_on_each_side():
    few, enough = compiled(won(4), lost(20)), compiled(won(5, "81.5"), won(1, "70.0"), lost(4))

    assert set(values(few.rates[:2])) == {Hidden.WITHHELD}
    assert set(values(few.scores[:-1])) == {Hidden.WITHHELD}
    assert few.scores[-1].value == "60.0"
    assert values(enough.rates) == ["60.0", "60.0", None]
    assert values(enough.scores) == ["70.0", "81.5", "11.5", "79.6", Hidden.WITHHELD]


def test_where_few_were_funded_no_table_tells_them_apart():
    found = compiled(won(4), lost(20))

    assert [table.charted for table in (found.bands, *found.groups)] == [("Applications",)] * 3


def test_a_round_of_fewer_than_five_has_no_tables():
    found = compiled(lost(4))

    assert found.sentence == "Fewer than 5 applications were received, so that little is said of them here."
    assert [list(table.rows) for table in (found.bands, *found.groups)] == [[], [], []]
    assert {row[1] for row in found.steps.rows} == {Hidden.FEW, 0}


def test_none_funded_is_a_figure():
    found = compiled(lost(6))

    assert found.sentence == "0 of the 6 applications received were funded: 0.0%."
    assert values(found.rates) == ["0.0", "0.0", None]
    assert values(found.scores) == [None, None, None, None, "60.0"]


def test_rates_are_rounded_half_up_with_one_decimal_always():
    assert compiled(won(5), lost(11)).rates[0].text == "31.3%"
    assert compiled(won(5), lost(5)).rates[0].text == "50.0%"
    assert Fact("x", Hidden.FEW, Kind.PERCENT).text == "fewer than 5"


def test_no_rate_of_a_group_is_shown_beside_a_hidden_count():
    found = compiled(won(9), won(8, size=Size.MEDIUM), lost(9), lost(3, size=Size.MEDIUM))

    rows = {row[0]: row[1:] for row in found.groups[1].rows}
    assert rows["Medium"] == [8, Hidden.WITHHELD, Hidden.WITHHELD]
    assert rows["Micro or small"] == [9, Hidden.WITHHELD, Hidden.WITHHELD]
    assert rows["Large"] == [0, 0, None]
