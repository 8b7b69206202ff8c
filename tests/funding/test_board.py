"""The staff board: the budgets, what is asked of them, by strand, theme and area, and the forecast."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.roles import Role
from applications.models import Application, Competition, Departure, Participant, Strand
from applications.workflow import Status
from funding import board, board_charts
from funding.models import Award, Budget, BudgetKind
from tests import growth
from tests.make import applications, budgets, competitions, office, people
from tests.make.programme import generate
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/funding/budget/board/"
#: No page of the office that shows all of the money asks more often.
MOST = 20


def asking(within: Competition, grant: str, status: Status = Status.SUBMITTED, **fields) -> Application:
    sums = {"grant_sought": Decimal(grant), "total_costs": 2 * Decimal(grant)}
    return applications.application(status, within, **sums, **fields)


def works_in(application: Application, **fields) -> None:
    application.participants.update(**fields)


def funder():
    return people.user(Role.FUNDS)


def sums(lines) -> dict[str, tuple[Decimal, Decimal]]:
    return {one.label: (one.awarded, one.asked) for one in lines}


def test_what_undecided_applications_ask_beyond_what_is_available_is_over_asked():
    within = budgets.funded_competition(ceiling="100000.00")
    asking(within, "70000.00")
    asking(within, "60000.00", Status.IN_ASSESSMENT)
    for left_out in (Status.DRAFT, Status.INELIGIBLE, Status.UNSUCCESSFUL, Status.WITHDRAWN, Status.ON_HOLD):
        asking(within, "5000.00", left_out)
    budgets.award(within, "56000.00")

    pot = next(one for one in board.read(funder()).budgets if one.budget.kind == BudgetKind.POT)

    assert pot.asked == Decimal("130000.00")
    assert pot.over_asked == Decimal("130000.00") - Decimal("44000.00")


def test_a_budget_with_enough_left_is_not_over_asked():
    within = budgets.funded_competition(ceiling="100000.00")
    asking(within, "100000.00")

    assert [one.over_asked for one in board.read(funder()).budgets] == [0, 0, 0]


def test_awards_and_what_is_asked_stand_under_their_strand_theme_and_area():
    crd = budgets.funded_competition(strand=Strand.CRD, themes=["Net zero", "Hydrogen"])
    mfa = budgets.funded_competition(strand=Strand.MFA, themes=[])
    award = budgets.award(crd, "56000.00")
    works_in(award.application, work_area=competitions.area())
    elsewhere = asking(mfa, "9000.00")
    works_in(elsewhere, work_area=None, elsewhere="Leeds", grant_sought=Decimal("9000.00"))
    nowhere = asking(crd, "1000.00")
    works_in(nowhere, work_area=None, elsewhere="", grant_sought=Decimal("1000.00"))

    found = board.read(funder())

    assert sums(found.strands) == {
        Strand.MFA.label: (0, Decimal("9000.00")),
        Strand.CRD.label: (Decimal("56000.00"), Decimal("1000.00")),
    }
    assert sums(found.themes) == {
        "Hydrogen": (Decimal("56000.00"), Decimal("1000.00")),
        "Net zero": (Decimal("56000.00"), Decimal("1000.00")),
        board.NO_THEME: (0, Decimal("9000.00")),
    }
    assert sums(found.areas) == {
        "Liverpool": (Decimal("56000.00"), 0),
        board.ELSEWHERE: (0, Decimal("9000.00")),
        board.NO_AREA: (0, Decimal("1000.00")),
    }


def test_an_organisation_that_left_asks_for_nothing():
    within = budgets.funded_competition()
    entry = asking(within, "8000.00")
    works_in(entry, work_area=competitions.area())
    partner = applications.partner(entry)
    Participant.objects.filter(pk=partner.pk).update(
        grant_sought=Decimal("3000.00"), total_costs=Decimal("6000.00")
    )
    before = sums(board.read(funder()).areas)

    none = Decimal(0)
    Departure.objects.create(
        participant=partner, reason="Closed down.", recorded_by=people.manager(), recorded_at=NOON,
        costs_before=none, costs_after=none, grant_before=none, grant_after=none,
    )  # fmt: skip

    assert before[board.NO_AREA] == (0, Decimal("3000.00"))
    assert sums(board.read(funder()).areas) == {"Liverpool": before["Liverpool"]}


def test_of_a_generated_programme_every_view_adds_up_to_the_awards():
    generate(7)
    live = sum(award.amount for award in Award.objects.live())

    found = board.read(funder())

    assert sum(one.awarded for one in found.strands) == live
    assert sum(one.awarded for one in found.areas) == live
    assert found.whole.total == live
    assert sum(one.total for one in found.by_region.values()) == live
    kept = {budget.pk: budget.allocated for budget in Budget.objects.all()}
    assert {budget.pk: of_one.total for budget, of_one in found.by_budget} == kept


def test_what_falls_after_the_programmes_end_is_named():
    within = budgets.funded_competition(latest_end_on=date(2025, 3, 31))
    late, timely = budgets.award(within, "24000.00"), budgets.award(within, "12000.00")
    Application.objects.filter(pk=late.application_id).update(start_on=date(2024, 5, 1), duration_months=12)
    Application.objects.filter(pk=timely.application_id).update(start_on=date(2024, 4, 1), duration_months=12)

    found = board.read(funder())

    assert found.ends_on == date(2025, 3, 31)
    assert [(one.reference, one.amount) for one in found.late] == [
        (late.application.reference, Decimal("2000.00"))
    ]
    assert found.whole.years == {2024: Decimal("34000.00"), 2025: Decimal("2000.00")}
    assert [bar.before for bar in board_charts.years(found).bars] == [
        "",
        "31 March 2025: the programme’s end",
    ]


def test_the_programmes_end_stands_below_years_that_all_come_before_it():
    within = budgets.funded_competition(latest_end_on=date(2026, 3, 31))
    award = budgets.award(within, "12000.00")
    Application.objects.filter(pk=award.application_id).update(start_on=date(2025, 4, 1), duration_months=12)

    chart = board_charts.years(board.read(funder()))

    assert [bar.before for bar in chart.bars] == [""]
    assert chart.after == "31 March 2026: the programme’s end"


def test_a_reader_of_one_region_sees_its_money_alone():
    home, other = competitions.region(), competitions.region("TV", "Tees Valley")
    programme, pot = budgets.budget(BudgetKind.PROGRAMME), budgets.budget()
    ours = competitions.closed_competition(region=home, themes=["Ours"])
    theirs = competitions.closed_competition(region=other, themes=["Theirs"], pot=pot.code)
    for within in (ours, theirs):
        budgets.drawn(within, programme=programme, pot=pot)
        budgets.award(within, "56000.00")
        asking(within, "7000.00")

    found = board.read(people.user(Role.MANAGER, region=home))

    assert {one.budget.kind for one in found.budgets} == {BudgetKind.REGION, BudgetKind.POT}
    assert [one.asked for one in found.budgets] == [Decimal("7000.00")] * 2
    assert sums(found.themes) == {"Ours": (Decimal("56000.00"), Decimal("7000.00"))}
    assert list(found.by_region) == [home.name]
    assert found.whole.total == Decimal("56000.00")


def test_a_demonstration_is_shown_apart():
    real, invented = budgets.funded_competition(), budgets.funded_competition()
    Competition.objects.filter(pk=invented.pk).update(is_demonstration=True)
    budgets.award(invented, "56000.00")
    reader = funder()

    first = board.read(reader)
    budgets.award(real, "1000.00")
    then, shown = board.read(reader), board.read(reader, of_demonstration=True)

    assert (first.is_demonstration, first.has_both, first.whole.total) == (True, True, Decimal("56000.00"))
    assert (then.is_demonstration, then.whole.total) == (False, Decimal("1000.00"))
    assert shown.whole.total == Decimal("56000.00")
    assert {one.budget.pk for one in then.budgets}.isdisjoint(one.budget.pk for one in shown.budgets)


def test_ends_of_all_bars_stand_at_one_place_and_what_is_cut_says_so():
    small = budgets.funded_competition(ceiling="1000.00")
    asking(small, "50000.00")

    chart = board_charts.budgets(board.read(funder()).budgets)

    assert {bar.ends_at for bar in chart.bars} == {Decimal("50.00")}
    assert [bar.is_cut for bar in chart.bars] == [False, False, True]


def test_the_page_has_every_chart_with_its_table_and_asks_few_questions():
    generate(7)
    browser = office.sign_in(funder())
    browser.get(ADDRESS)

    status, statements = growth.queries(browser, ADDRESS)
    page = browser.get(ADDRESS).text

    assert status == 200
    assert len(statements) <= MOST
    assert page.count("<figure") == page.count("<figcaption") == 5
    assert page.count("The figures of this chart") == 5
    assert "style=" not in page
    print(f"the board asks {len(statements)} questions")


def test_it_asks_no_more_for_more():
    generate(7, more_each=0)
    browser = office.sign_in(funder())
    browser.get(ADDRESS)
    before = len(growth.queries(browser, ADDRESS)[1])

    generate(8, more_each=12)

    assert len(growth.queries(browser, ADDRESS)[1]) == before


def test_with_nothing_in_it_the_page_says_so():
    page = office.sign_in(funder()).get(ADDRESS)

    assert page.status_code == 200
    assert "There is nothing to show yet." in page.text


@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR])
def test_who_reads_no_money_has_no_board(role):
    assert office.sign_in(people.user(role)).get(ADDRESS).status_code == 403
