"""What an answer to the public leaves out, whoever writes it, and under what it is taken nevertheless."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.models import Application
from funding.models import Award, InformationRequest, RequestState
from funding.register import answering, few, withholding
from funding.register.entering import RequestRefused
from funding.register.withholding import Reason
from funding.reports import contents, suppression
from funding.reports.contents import Column, Kind, Table
from funding.reports.suppression import Hidden
from tests.make import budgets, office, open_data, people, register
from tests.make.rounds import Entered, released
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

LATER = NOON + 9 * DAY
OUT = Hidden.WITHHELD
BASE = "/admin/funding/informationrequest/"


def table(*rows, kinds=(Kind.COUNT, Kind.COUNT, Kind.COUNT, Kind.MONEY)) -> Table:
    columns = [
        Column("Competition"),
        *(Column(f"Column {number}", kind) for number, kind in enumerate(kinds)),
    ]
    return Table(name="received", title="Received", columns=columns, rows=[list(row) for row in rows])


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        # Of 40 less 38 the 2 would follow.
        ([("A", 40, 38, 2, "9.00")], [["A", 40, OUT, OUT, OUT]]),
        ([("A", 40, 30, 10, "9.00")], [["A", 40, 30, 10, "9.00"]]),
        # The second is hidden with the first, since the total of the column is known.
        (
            [("A", 40, 36, 4, "9.00"), ("B", 60, 50, 10, "8.00"), ("C", 70, 55, 15, "7.00")],
            [["A", 40, OUT, OUT, OUT], ["B", 60, OUT, OUT, OUT], ["C", 70, 55, 15, "7.00"]],
        ),
        # The row of the total is no part of it.
        (
            [("A", 40, 36, 4, "9.00"), ("B", 60, 50, 10, "8.00"), ("Together", 100, 86, 14, "17.00")],
            [["A", 40, OUT, OUT, OUT], ["B", 60, OUT, OUT, OUT], ["Together", 100, 86, 14, "17.00"]],
        ),
        ([("A", 3, 3, 0, None)], [["A", OUT, OUT, OUT, None]]),
        ([], []),
    ],
)
def test_a_row_with_a_small_count_keeps_its_largest_alone(rows, shown):
    assert few.hidden(table(*rows)).rows == shown


ROWS = st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=1, max_size=6)


@given(ROWS)
def test_nothing_small_is_shown_and_no_row_or_column_gives_it_away(rows):
    whole = table(*(("A", *counts, "1.00") for counts in rows))

    found = few.hidden(whole)

    for before, after in zip(whole.rows, found.rows, strict=True):
        counts = [cell for cell in after[1:4] if isinstance(cell, int)]
        assert not any(map(suppression.is_small, counts))
        is_touched = list(before) != list(after)
        assert not is_touched or (len(counts) <= 1 and OUT in after)
        assert not counts or not is_touched or counts == [max(before[1:4])]
    for place in (1, 2, 3):
        asked = suppression.column([row[place] for row in whole.rows])
        for must, cell in zip(asked, (row[place] for row in found.rows), strict=True):
            assert not isinstance(must, Hidden) or cell == OUT


def answer(request: InformationRequest, tables: list[str], *, text: str = "See the table.", **noted: str):
    return answering.answer(
        request,
        text,
        tables=tables,
        exemptions={number.removeprefix("section_"): note for number, note in noted.items()},
        fingerprint=request.report.fingerprint,
        by=request.logged_by,
        at=LATER,
    )


def rows_of(request: InformationRequest, name: str) -> list:
    [section] = contents.from_json(request.enclosed)
    [found] = [one for one in section.tables if one.name == name]
    return list(found.rows)


def refused(request: InformationRequest, *arguments, **said) -> RequestRefused:
    with pytest.raises(RequestRefused) as refusal:
        answer(request, *arguments, **said)
    request.refresh_from_db()
    assert request.is_open
    return refusal.value


def test_outcomes_that_are_not_released_go_into_no_answer():
    within = budgets.funded_competition()
    for _ in range(6):
        budgets.assessed(within)
    budgets.approved(within)
    request = register.with_report(at=LATER)

    refusal = refused(request, ["received", "projects"])
    assert refusal.field == "section_22" and "not released yet" in str(refusal)
    # A section that is about something else covers nothing.
    assert refused(request, ["received"], section_40="Persons.").field == "section_22"
    made = answer(request, ["received", "projects"], section_22="Published in July.")

    assert (made.state, rows_of(made, "received"), rows_of(made, "projects")) == ("answered", [], [])


def test_of_awards_under_embargo_neither_row_nor_sum_is_given():
    within = budgets.funded_competition()
    received = released(within, Entered(6), Entered(6, is_passed=False))
    award = Award.objects.get(application=received[0])
    for one in Award.objects.exclude(pk=award.pk):
        open_data.lifted(one)
    request = register.with_report(at=LATER)
    tables = ["projects", "by-region", "by-area", "budgets", "received"]

    assert refused(request, tables).field == "section_22"
    made = answer(request, tables, section_22="Announced in July.")

    references = [row[0] for row in rows_of(made, "projects")]
    assert len(references) == 5 and received[0].reference not in references
    assert rows_of(made, "by-region")[0][1:] == [12, 6, OUT, OUT]
    assert all(row[-1] in (OUT, None) for row in rows_of(made, "by-area"))
    assert {cell for row in rows_of(made, "budgets") for cell in row[-3:]} == {OUT}
    # What was asked for is no award's.
    assert OUT not in rows_of(made, "received")[0]


def test_sums_of_five_under_embargo_are_given_where_a_row_has_all_of_them():
    released(budgets.funded_competition(), Entered(6), Entered(6, is_passed=False))
    request = register.with_report(at=LATER)

    made = answer(request, ["by-region", "by-size"], section_22="Announced in July.")

    [region] = rows_of(made, "by-region")
    assert OUT not in region and str(region[3]).endswith(".00")
    sizes = [row[-1] for row in rows_of(made, "by-size")]
    assert set(sizes) <= {OUT, None}


def test_small_counts_go_into_no_answer_and_are_left_out_under_a_section():
    for award in made_public(Entered(7), Entered(2, is_passed=False)):
        assert award.embargo_until
    request = register.with_report(at=LATER)

    assert refused(request, ["by-region", "bands"]).field == "section_40"
    made = answer(request, ["by-region", "bands"], section_43="Two applicants would be known.")

    counts = [cell for row in rows_of(made, "bands") for cell in row[1:]]
    assert all(cell == OUT or not suppression.is_small(cell) for cell in counts)
    assert OUT in counts


def made_public(*groups: Entered) -> list[Award]:
    released(budgets.funded_competition(), *groups)
    return [open_data.lifted(one) for one in Award.objects.all()]


def test_nothing_to_leave_out_needs_no_section():
    made_public(Entered(8), Entered(8, is_passed=False))
    request = register.with_report(at=LATER)

    made = answer(request, ["by-region", "projects"])

    assert made.state == RequestState.ANSWERED and made.exemptions == {}
    assert len(rows_of(made, "projects")) == 8


@pytest.mark.parametrize("word", ["reference", "title", "lead"])
def test_what_is_written_names_no_award_of_which_nobody_may_be_told(word):
    received = released(budgets.funded_competition(), Entered(1))
    Application.objects.filter(pk=received[0].pk).update(title="Tidal  Pumps")
    lead = received[0].participants.get().name
    text = {"reference": received[0].reference, "title": "tidal\npumps", "lead": lead.upper()}[word]
    request = register.with_report(at=LATER)

    refusal = refused(request, ["projects"], text=f"We gave {text} a grant.", section_22="In July.")

    assert refusal.field == "answer" and received[0].reference in str(refusal)
    answer(request, ["projects"], text="One more is announced in July.", section_22="In July.")


def test_what_was_given_stays_what_was_given():
    received = released(budgets.funded_competition(), Entered(6))
    award = Award.objects.get(application=received[0])
    for one in Award.objects.exclude(pk=award.pk):
        open_data.lifted(one)
    request = answer(register.with_report(at=LATER), ["projects"], section_22="In July.")
    browser = office.sign_in(people.manager())
    file = f"{BASE}{request.pk}/tables/projects.csv"
    before = browser.get(file).text

    open_data.lifted(award)

    page = browser.get(f"{BASE}{request.pk}/change/").text
    assert received[0].reference not in page and received[1].reference in page
    assert browser.get(file).text == before
    assert len(list(csv.reader(io.StringIO(before)))) == 6
    assert browser.get(f"{BASE}{request.pk}/tables/received.csv").status_code == 404


def test_the_page_says_what_is_left_out_and_under_which_sections_before_the_answer_is_sent():
    received = released(budgets.funded_competition(), Entered(1))
    request = register.with_report(at=LATER)
    browser = office.sign_in(people.manager())

    page = browser.get(f"{BASE}{request.pk}/change/").text

    assert "awards under a publicity embargo, and sums that would give their grants" in page
    assert "section 22, 41 or 43" in page and received[0].reference not in page
    assert received[0].reference not in browser.get(f"{BASE}{request.pk}/tables/projects.csv").text


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_has_sections_that_the_form_offers(reason):
    assert withholding.COVERED_BY[reason]
    assert set(withholding.COVERED_BY[reason]) <= answering.SECTIONS.keys()


def test_an_embargo_holds_until_its_day_has_come():
    received = released(budgets.funded_competition(), Entered(1))
    award = open_data.lifted(Award.objects.get(application=received[0]), date(2026, 6, 20))
    request = register.with_report(at=LATER)

    def left_out(day: date) -> set[Reason]:
        return set(withholding.enclosed(request.report, ["projects"], day).left_out)

    assert award.embargo_until == date(2026, 6, 20)
    assert left_out(date(2026, 6, 19)) == {Reason.EMBARGOED}
    assert left_out(date(2026, 6, 20)) == set()
