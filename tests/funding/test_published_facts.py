"""Facts of a round that were published: they stay, and two of them tell no more of anybody than one."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import product

import pytest
from django.db import InternalError, transaction

from applications.assessment import ranking
from applications.models import Application
from funding import deciding, later_money, release
from funding.models import Award, PublicFacts
from funding.offers import answering
from funding.reports import published, succession, told
from funding.reports.suppression import LEAST, Hidden, column
from tests.databases import as_owner
from tests.funding.test_suppression import columns_of
from tests.make import budgets, competitions, offers, open_data
from tests.make.open_data import ACCEPTED_AT
from tests.make.rounds import Entered, entered, released
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

FUNDED = "From received to funded: Applications", "Funded"
MEAN = "Mean score of the funded", ""
GRANT = "Grant in the open data", ""


def figures(client, competition) -> dict[tuple[str, str], str]:
    text = client.get(f"/competitions/{competition.code}/facts.csv").content.decode()
    rows = csv.DictReader(io.StringIO(text))
    return {(row["measure"], row["group"]): row["value"] or row["suppressed"] for row in rows}


def raised(one: Application, day: int) -> None:
    """What was refused is funded by later money, and its outcome goes out."""
    at = NOON + day * DAY
    made = later_money.raise_up(one, "Money came back.", by=budgets.fund_manager(), at=at)
    budgets.released(deciding.approve(made, by=budgets.approver(), at=at), at=at)


def test_one_project_that_later_money_funds_is_in_no_figure_until_five_are(client):
    within = budgets.funded_competition()
    received = released(within, Entered(6), Entered(12, is_passed=False))
    refused, before = received[6:], figures(client, within)
    page = f"/competitions/{within.code}/facts/"
    assert "released later" not in client.get(page).text

    for day, one in enumerate(refused[:4], 3):
        raised(one, day)
        assert figures(client, within) == before
    assert "Outcomes that were released later are not in them" in client.get(page).text
    raised(refused[4], 7)

    after = figures(client, within)
    assert (before[FUNDED], after[FUNDED]) == ("6", "11")
    assert before[MEAN] != after[MEAN]
    assert "released later" not in client.get(page).text


def test_without_the_rule_the_score_of_the_one_would_follow(client, monkeypatch):
    """The negative control: two means and two counts."""
    within = budgets.funded_competition()
    received = released(within, Entered(6), Entered(12, is_passed=False))
    before = figures(client, within)
    monkeypatch.setattr(succession, "may_follow", lambda *_: True)

    raised(received[6], 3)

    after = figures(client, within)
    found = Decimal(after[MEAN]) * int(after[FUNDED]) - Decimal(before[MEAN]) * int(before[FUNDED])
    # Its assessors gave 70, 70 and 60 percent; the means have one decimal.
    assert abs(found - Decimal("66.7")) < 1


def test_a_score_that_changes_and_an_area_that_is_added_change_nothing_of_what_was_published(
    client, monkeypatch
):
    within = budgets.funded_competition()
    received = released(within, Entered(6), Entered(6, is_passed=False))
    before = figures(client, within)
    area = competitions.area("Wirral", "E08000015")
    received[0].participants.update(work_area=area)
    monkeypatch.setattr(ranking, "scores", lambda *_: {one.pk: Decimal("91.0") for one in received})

    assert published.publish([within], at=NOON + 9 * DAY) == []
    assert figures(client, within) == before


def test_facts_may_follow_all_that_were_published_and_not_the_last_alone(monkeypatch):
    """Six go and six come, then five of each change back: beside the first, one project is another."""
    within = budgets.funded_competition()
    first, second, third = range(20), range(6, 26), [*range(1, 21)]
    made = []
    for day, applications in enumerate([first, second, third]):
        monkeypatch.setattr(told, "read", lambda _, ids=applications: [refused(one) for one in ids])
        made.append(bool(published.publish([within], at=NOON + day * DAY)))
    last = [refused(one) for one in third]

    assert made == [True, True, False]
    assert succession.may_follow([refused(one) for one in second], last, [])
    assert not succession.may_follow([refused(one) for one in first], last, [])


def refused(application: int) -> told.Told:
    return told.Told(
        application=application,
        size="small",
        area=None,
        is_assessed=True,
        is_unsuccessful=True,
        score=Decimal("61.0"),
    )


def test_what_was_published_is_kept_by_the_database_and_names_nobody(client):
    within = budgets.funded_competition()
    received = released(within, Entered(5))

    [kept] = PublicFacts.objects.all()

    for one in received:
        lead = one.participants.get()
        assert not any(word in kept.contents for word in (one.reference, one.title, lead.name))
    assert len(json.loads(kept.contents)["received"]) == 5
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        as_owner("UPDATE funding_publicfacts SET contents = '' WHERE id = %s", kept.pk)


def test_a_round_that_was_released_before_facts_were_kept_gets_its_own_by_the_job(client, monkeypatch):
    within = budgets.funded_competition()
    entered(within, [Entered(5)])
    monkeypatch.setattr(published, "publish", lambda *_, **__: [])
    budgets.released(budgets.approved(within))
    address = f"/competitions/{within.code}/facts/"
    assert client.get(address).status_code == 404
    assert address not in client.get("/facts/").text
    monkeypatch.undo()

    release.let_go(at=NOON + 9 * DAY)

    assert client.get(address).status_code == 200
    release.let_go(at=NOON + 10 * DAY)
    assert PublicFacts.objects.count() == 1


def test_facts_less_open_data_are_nothing_whichever_awards_are_embargoed(client):
    """After each step the one is the sum of the other, so that no difference is anybody's grant."""
    within = budgets.funded_competition()
    received = released(within, Entered(6), Entered(5, is_passed=False))
    awards = list(Award.objects.filter(application__in=received[:6]).order_by("pk"))
    assert figures(client, within)[GRANT] == "no"
    for award in awards[:5]:
        made = offers.offer(award)
        answering.accept(made, name="Ada", role="Director", by=offers.signer(made), at=ACCEPTED_AT)
    # Another round's, which stands in the same publication.
    open_data.ready(grant="12000.00")

    for day, lifted in enumerate([awards[:1], awards[:4], awards[:5], awards[1:3]], 20):
        for award in awards[:5]:
            open_data.lifted(award, open_data.OVER if award in lifted else None)
        made = open_data.published(at=NOON + day * DAY)
        grants = json.loads(made.contents)["grants"]
        own = [one for one in grants if one["grantProgramme"][0]["code"] == within.code]
        assert len(own) == len(lifted)
        assert Decimal(figures(client, within)[GRANT]) == sum(one["amountAwarded"] for one in own)
        # What is embargoed since stays out until the next publication, and changes no figure before it.
        open_data.lifted(lifted[0], None)
        assert Decimal(figures(client, within)[GRANT]) == sum(one["amountAwarded"] for one in own)


@pytest.mark.parametrize(("cells", "most"), [(2, 18), (3, 14)])
def test_two_tables_leave_every_hidden_count_open_for_whoever_tries_the_rule(cells, most):
    """Every pair of columns that the rule lets follow each other: those that look alike differ in each cell
    that is hidden, before as after."""
    alike: dict[tuple, list[tuple]] = defaultdict(list)
    for before, after in followers(cells, most):
        seen = (sum(before), sum(after), tuple(column(before)), tuple(column(after)))
        alike[seen].append((before, after))
    assert any(before != after for pairs in alike.values() for before, after in pairs)
    for seen, pairs in alike.items():
        for place, cell in enumerate(seen[2]):
            if isinstance(cell, Hidden):
                assert len({before[place] for before, _ in pairs}) > 1, (seen, pairs)
            for before, after in pairs:
                assert abs(before[place] - after[place]) in (0, *range(LEAST, most + 1))


def followers(cells: int, most: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    every = [one for total in range(most + 1) for one in columns_of(cells, total)]
    for before, after in product(every, every):
        if succession.column_may_follow(*([frozenset(range(n)) for n in one] for one in (before, after))):
            yield before, after


def test_a_rule_of_differences_alone_would_leave_a_hidden_count_open_to_none():
    """The negative control: 3 hidden, then 8 shown, where five came."""
    before, after = [frozenset(range(n)) for n in (3, 2, 9)], [frozenset(range(n)) for n in (8, 2, 9)]

    assert not succession.column_may_follow(before, after)
    assert not succession.column_may_follow([frozenset({1})], [frozenset(range(6))])
    assert succession.column_may_follow([frozenset(range(9))], [frozenset(range(14))])
    # As many went as came, and two more: the counts differ by two.
    assert not succession.column_may_follow([frozenset(range(9))], [frozenset(range(5, 16))])
