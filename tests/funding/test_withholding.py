"""What an answer to the public leaves out, whoever writes it, and under what it is taken nevertheless."""

import csv
import io
from datetime import date

import pytest

from applications import progress, workflow
from applications.models import Application, Competition
from funding import award_endings
from funding.models import Award, AwardStatus, CompetitionBudgets, InformationRequest, RequestState
from funding.offers import answering as accepting
from funding.register import answering, quoted, withholding
from funding.register.entering import RequestRefused
from funding.register.scopes import Scope
from funding.register.withholding import Reason
from funding.reports import contents, suppression
from funding.reports.suppression import Hidden
from tests.make import budgets, competitions, offers, office, open_data, people, register
from tests.make.rounds import Entered, released
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

LATER = NOON + 9 * DAY
OUT = Hidden.WITHHELD
BASE = "/admin/funding/informationrequest/"


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


def public(award: Award) -> Award:
    """Accepted, and out of its embargo."""
    made = offers.offer(award)
    accepting.accept(made, name="Ada", role="Director", by=offers.signer(made), at=open_data.ACCEPTED_AT)
    return open_data.lifted(award)


def test_of_awards_under_embargo_neither_row_nor_sum_is_given():
    within = budgets.funded_competition()
    received = released(within, Entered(6), Entered(12, is_passed=False))
    award = Award.objects.get(application=received[0])
    for one in Award.objects.exclude(pk=award.pk):
        public(one)
    request = register.with_report(at=LATER)
    tables = ["projects", "by-region", "by-area", "budgets", "received", "by-financial-year"]

    assert refused(request, tables).field == "section_22"
    made = answer(request, tables, section_22="Announced in July.")

    references = [row[0] for row in rows_of(made, "projects")]
    assert len(references) == 5 and received[0].reference not in references
    assert rows_of(made, "by-region")[0][1:] == [18, 6, OUT, OUT]
    assert all(row[-1] in (OUT, None) for row in rows_of(made, "by-area"))
    assert {cell for row in rows_of(made, "budgets") for cell in row[-4:]} == {OUT}
    assert {cell for row in rows_of(made, "by-financial-year") for cell in row[1:]} == {OUT}
    # What was asked for is no award's.
    assert OUT not in rows_of(made, "received")[0]


def test_sums_of_five_under_embargo_are_given_where_a_row_has_all_of_them():
    released(budgets.funded_competition(), Entered(6), Entered(12, is_passed=False))
    request = register.with_report(at=LATER)

    made = answer(request, ["by-region", "by-size"], section_22="Announced in July.")

    [region] = rows_of(made, "by-region")
    assert OUT not in region and str(region[3]).endswith(".00")
    sizes = [row[-1] for row in rows_of(made, "by-size")]
    assert set(sizes) <= {OUT, None}


def test_what_is_committed_or_falls_in_a_year_may_be_of_one_award_and_is_not_given():
    received = released(budgets.funded_competition(), Entered(6), Entered(12, is_passed=False))
    accepted = Award.objects.get(application=received[0])
    offers.accepted(offers.offer(accepted))
    Application.objects.filter(pk=received[0].pk).update(start_on=date(2031, 5, 1), duration_months=6)
    request = register.with_report(at=LATER)
    tables = ["budgets", "by-financial-year", "by-competition"]
    whole = {one.name: one for one in quoted.tables(request.report)}
    assert str(accepted.amount) in [row[4] for row in whole["budgets"].rows]
    assert str(accepted.amount) in [row[1] for row in whole["by-financial-year"].rows]

    made = answer(request, tables, section_22="Announced in July.")

    for before, row in zip(whole["budgets"].rows, rows_of(made, "budgets"), strict=True):
        # Name, kind, ceiling; paid, committed and reserved; available.
        assert row == [*before[:3], OUT, OUT, OUT, before[6]]
    years = {row[0]: row[1] for row in rows_of(made, "by-financial-year")}
    together = years.pop("Together")
    assert set(years.values()) == {OUT} and together == rows_of(made, "by-competition")[0][3]


def test_a_budget_that_another_competition_draws_on_tells_nothing_of_its_awards():
    here = budgets.funded_competition()
    shared = CompetitionBudgets.objects.get(competition=here)
    there = competitions.closed_competition(region=here.region)
    budgets.drawn(there, programme=shared.programme, region=shared.region)
    for award in made_public(Entered(8), within=here):
        assert award.embargo_until
    released(there, Entered(1))
    request = register.with_report(Scope(competition=here), at=LATER)

    made = answer(request, ["budgets", "by-competition"], section_22="Announced in July.")

    assert {cell for row in rows_of(made, "budgets") for cell in row[-4:]} == {OUT}
    assert OUT not in rows_of(made, "by-competition")[0]


def test_an_offer_that_nobody_accepted_is_not_public_though_its_embargo_is_over():
    received = released(budgets.funded_competition(), Entered(8))
    declined, waiting, *rest = Award.objects.filter(application__in=received).order_by("pk")
    for one in rest:
        public(one)
    for one in (declined, waiting):
        open_data.lifted(one)
    made = offers.offer(declined)
    accepting.decline(made, name="Ada", role="Director", by=offers.signer(made), at=open_data.ACCEPTED_AT)
    request = register.with_report(at=LATER)

    made = answer(
        request, ["projects", "awards-over"], section_22="Announced in July.", section_40="One is known."
    )

    references = {row[0] for row in rows_of(made, "projects")}
    assert references == {one.application.reference for one in rest}
    assert {row[-1] for row in rows_of(made, "awards-over")} == {OUT}


def test_what_ended_after_it_was_published_is_known():
    received = released(budgets.funded_competition(subsidy_basis="subsidy_control"), Entered(1))
    award = public(Award.objects.get(application=received[0]))
    open_data.published(at=LATER - DAY)
    ending = offers.ending(award, at=LATER - DAY)
    award_endings.approve(ending, by=budgets.approver(), at=LATER - DAY)
    request = register.with_report(at=LATER)

    assert Reason.EMBARGOED not in left_out(request, "projects", "awards-over")

    award.refresh_from_db()
    assert award.status == AwardStatus.ENDED


def left_out(request: InformationRequest, *tables: str, day: date | None = None) -> set[Reason]:
    return set(withholding.enclosed(request.report, tables, day or LATER.date()).left_out)


@pytest.mark.parametrize("mark", [5, 6])
def test_refusals_that_are_not_released_go_into_no_answer(mark):
    within = budgets.funded_competition()
    for _ in range(6):
        budgets.assessed(within, mark)
    before = register.with_report(at=NOON)
    budgets.approved(within)
    request = register.with_report(at=LATER)
    assert not Award.objects.exists()

    made = answer(request, ["received", "bands"], section_22="Published in July.")

    assert rows_of(made, "received") == rows_of(made, "bands") == []
    # Nothing was decided yet when this one was compiled.
    assert Reason.UNTOLD not in left_out(before, "received")


def test_figures_of_refusals_that_were_taken_back_since_are_not_given():
    within = budgets.funded_competition()
    [refused_one, *_] = [budgets.assessed(within, 5) for _ in range(6)]
    budgets.approved(within)
    request = register.with_report(at=LATER)

    progress.advance(
        refused_one.pk, workflow.TAKE_DECISION_BACK, by=budgets.approver(), at=LATER, reason="Not yet."
    )

    assert Reason.UNTOLD in left_out(request, "received")


def test_small_counts_go_into_no_answer_and_are_left_out_under_a_section():
    for award in made_public(Entered(7), Entered(2, is_passed=False)):
        assert award.embargo_until
    request = register.with_report(at=LATER)

    assert refused(request, ["by-region", "bands"]).field == "section_40"
    made = answer(request, ["by-region", "bands"], section_43="Two applicants would be known.")

    counts = [cell for row in rows_of(made, "bands") for cell in row[1:]]
    assert all(cell == OUT or not suppression.is_small(cell) for cell in counts)
    assert OUT in counts


def made_public(*groups: Entered, within: Competition | None = None) -> list[Award]:
    released(within or budgets.funded_competition(), *groups)
    return [public(one) for one in Award.objects.all()]


def test_nothing_to_leave_out_needs_no_section():
    made_public(Entered(8), Entered(8, is_passed=False))
    request = register.with_report(at=LATER)

    made = answer(request, ["by-region", "projects"])

    assert made.state == RequestState.ANSWERED and made.exemptions == {}
    assert len(rows_of(made, "projects")) == 8


def test_addresses_and_numbers_in_titles_are_taken_out_as_of_the_open_data():
    [award] = made_public(Entered(1))
    title = "Pumps, ask jo@mersey.example or 0151 496 0000"
    Application.objects.filter(pk=award.application_id).update(title=title)
    request = register.with_report(at=LATER)
    assert title in request.report.contents

    made = answer(request, ["projects"])

    [row] = rows_of(made, "projects")
    assert row[1] == "Pumps, ask [email address removed] or [phone number removed]"


def test_what_was_given_stays_what_was_given():
    received = released(budgets.funded_competition(), Entered(6))
    award = Award.objects.get(application=received[0])
    for one in Award.objects.exclude(pk=award.pk):
        public(one)
    offers.accepted(offers.offer(award))
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


def test_of_an_answer_from_before_its_tables_were_kept_nothing_is_worked_out_again():
    made_public(Entered(8))
    request = register.with_report(at=LATER)
    rows = InformationRequest.objects.filter(pk=request.pk)
    rows.update(state=RequestState.ANSWERED, answer="See.", answered_by=request.logged_by, answered_at=LATER)
    browser = office.sign_in(people.manager())

    page = browser.get(f"{BASE}{request.pk}/change/").text

    assert "Projects funded as CSV" not in page
    assert "What was enclosed with it was not kept" in page
    assert browser.get(f"{BASE}{request.pk}/tables/projects.csv").status_code == 404


def test_the_page_says_what_is_left_out_and_under_which_sections_before_the_answer_is_sent():
    received = released(budgets.funded_competition(), Entered(1))
    request = register.with_report(at=LATER)
    browser = office.sign_in(people.manager())

    page = browser.get(f"{BASE}{request.pk}/change/").text

    assert "awards under a publicity embargo or not accepted, and sums that would give their grants" in page
    assert "section 22, 41 or 43" in page and received[0].reference not in page
    assert received[0].reference not in browser.get(f"{BASE}{request.pk}/tables/projects.csv").text


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_has_sections_that_the_form_offers(reason):
    assert withholding.COVERED_BY[reason]
    assert set(withholding.COVERED_BY[reason]) <= answering.SECTIONS.keys()


def test_an_embargo_holds_until_its_day_has_come():
    received = released(budgets.funded_competition(), Entered(1))
    award = public(Award.objects.get(application=received[0]))
    open_data.lifted(award, date(2026, 6, 20))
    request = register.with_report(at=LATER)

    assert award.embargo_until == date(2026, 6, 20)
    assert left_out(request, "projects", day=date(2026, 6, 19)) == {Reason.EMBARGOED}
    assert left_out(request, "projects", day=date(2026, 6, 20)) == set()
