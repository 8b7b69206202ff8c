"""The pages on which an allocation is decided line by line."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Membership
from accounts.roles import Role
from applications.models import Application
from applications.workflow import Status
from funding import line_decisions
from funding.admin import decisions as pages
from funding.models import Award, LineDecision, Verdict
from tests import decision_presses, form_on_page
from tests.make import assessments, budgets, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def within():
    return budgets.funded_competition(ceiling="120000.00")


@pytest.fixture
def made(within):
    """Two that fit, one below the line, one below the threshold."""
    for mark in (9, 8, 7, 5):
        budgets.assessed(within, mark)
    return budgets.proposed(within)


@pytest.fixture
def browser():
    return office.sign_in(budgets.approver())


def lines(made):
    return list(made.lines.order_by("position"))


def page_of(made) -> str:
    return reverse("admin:funding_allocation_change", args=[made.pk])


def line_page(line) -> str:
    return reverse("admin:funding_allocation_line", args=[line.allocation_id, line.pk])


def choose(browser, made, chosen, choice, reason=""):
    sent = {"lines": [line.pk for line in chosen], "choice": choice, "reason": reason}
    return browser.post(reverse("admin:funding_allocation_lines", args=[made.pk]), sent)


def decide(browser, made, choice, reason=""):
    action, sent = decision_presses.preview(browser, made, choice, reason)
    return browser.post(action, sent, follow=True)


def status(line) -> str:
    return Application.objects.get(pk=line.application_id).status


def test_the_page_shows_each_line_with_its_state_who_when_and_why(made, browser):
    approver = budgets.approver()
    line_decisions.decide(lines(made)[0], Verdict.HOLD, "A question is open.", by=approver, at=NOON + DAY)

    page = browser.get(page_of(made)).text

    assert page.count("<strong>Undecided</strong>") == 3
    assert "<strong>On hold</strong>" in page
    assert f"Hold, {approver}, " in page and "A question is open." in page
    assert page.count('name="lines"') == 4
    assert "Approve all that is left as recommended" in page


def test_the_preview_says_what_each_becomes_and_what_is_refused_and_changes_nothing(made, browser):
    shown = choose(browser, made, lines(made), "fund", "The panel wants all of them.")

    page = shown.text
    assert shown.status_code == 200
    assert page.count("<strong>Successful</strong>") == 2
    assert "has £8,000 left; £56,000 is needed." in page
    assert "Only what passed both majorities and the threshold can be funded." in page
    assert "Decide 2 lines" in page
    assert "£112,000" in page and "£8,000" in page
    assert not LineDecision.objects.exists()


def test_each_row_is_carried_out_by_itself_and_the_results_stay(made, browser):
    answer = decide(browser, made, "fund", "The panel wants all of them.")

    first, second, third, fourth = lines(made)
    page = answer.text
    assert [status(line) for line in (first, second)] == [Status.SUCCESSFUL] * 2
    assert [status(line) for line in (third, fourth)] == [Status.IN_ASSESSMENT] * 2
    assert "2 of 4 lines decided, 2 refused." in page
    assert "has £8,000 left; £56,000 is needed." in page
    assert browser.get(answer.redirect_chain[-1][0]).text.count(">Decided<") == 2
    refused = AuditEntry.objects.filter(action="decide line", is_refusal=True)
    assert set(refused.values_list("reason", flat=True)) == {"NotEnough", "VerdictRefused"}


def test_the_same_key_sent_again_shows_the_same_results(made, browser):
    action, sent = decision_presses.preview(browser, made, "recommended")
    first = browser.post(action, sent, follow=True)
    line_decisions.take_back(lines(made)[0], "By mistake.", by=budgets.approver(), at=NOON + DAY)

    again = browser.post(action, sent, follow=True)

    assert again.redirect_chain == first.redirect_chain
    assert again.text.count(">Decided<") == 4
    assert status(lines(made)[0]) == Status.IN_ASSESSMENT
    assert Award.objects.live().count() == 1


def test_what_was_not_come_to_is_gone_on_with(made, browser, monkeypatch):
    """The third is cut off, as by a kill or a lock that was not had in time."""
    act, third = pages.act, lines(made)[2]

    def cut_off(line, *arguments, **named):
        if line.pk == third.pk:
            raise pages.waits.TryAgain
        return act(line, *arguments, **named)

    monkeypatch.setattr(pages, "act", cut_off)
    page = decide(browser, made, "recommended").text
    monkeypatch.setattr(pages, "act", act)

    assert "3 of 4 lines decided, 1 not come to." in page
    form = decision_presses.form_on_page.Reader()
    form.feed(page)
    [rest] = [one for one in form.forms if one.action.endswith("/lines/decide/")]
    ended = browser.post(rest.action, rest.values, follow=True)

    assert "4 of 4 lines decided." in ended.text
    assert status(third) == Status.UNSUCCESSFUL
    assert LineDecision.objects.count() == 4


def test_results_are_shown_to_whoever_pressed_alone(made, browser):
    address = decide(browser, made, "recommended").redirect_chain[-1][0]

    other = office.sign_in(budgets.approver()).get(address)

    assert (other.status_code, other.url) == (302, page_of(made))


@pytest.mark.parametrize(
    ("sent", "says", "at"),
    [
        ({}, "Choose at least one line", "line-{}"),
        ({"lines": ["x"]}, "One of these lines is not in this allocation", "line-{}"),
        ({"lines": ["999999999999999999999"]}, "One of these lines is not in this allocation", "line-{}"),
        ({"choice": "eat"}, "Choose a decision from the list", "id_choice_0"),
        ({"reason": "a" * 2001}, "The reason must be 2,000 characters or fewer", "id_reason"),
    ],
)
def test_bad_choices_are_told_at_their_field_and_nothing_typed_is_lost(made, browser, sent, says, at):
    chosen = lines(made)[0].pk
    whole = {"lines": [chosen], "choice": "hold", "reason": "Kept text", **sent}
    if not sent:
        del whole["lines"]

    answer = browser.post(reverse("admin:funding_allocation_lines", args=[made.pk]), whole)

    assert answer.status_code == 422
    assert says in answer.text
    assert form_on_page.led_to(answer.text) == [at.format(chosen)]
    assert f"Error: </span>{says}" in answer.text
    assert "reason" in sent or "Kept text" in answer.text
    assert "lines" in sent or not sent or f'value="{chosen}" checked' in answer.text


def test_the_problem_with_a_decision_leads_to_the_first_one_that_is_offered(made, browser):
    line = lines(made)[0]
    line_decisions.decide(line, Verdict.FUND, by=budgets.approver(), at=NOON + DAY)

    answer = browser.post(line_page(line), {"reason": "By mistake."})

    taken_back = list(Verdict).index(Verdict.TAKEN_BACK)
    assert (answer.status_code, form_on_page.led_to(answer.text)) == (422, [f"id_verdict_{taken_back}"])
    assert "<title>Error: " in answer.text


def test_a_line_of_another_allocation_is_not_chosen(made, browser):
    other = decision_presses.undecided()

    answer = choose(browser, made, lines(other), "hold", "A reason.")

    assert answer.status_code == 422
    assert "One of these lines is not in this allocation" in answer.text


def test_who_proposed_is_offered_no_choice_and_refused_row_by_row(within):
    both = people.user(Role.FUNDS, Role.APPROVER)
    budgets.assessed(within)
    own = budgets.proposed(within, by=both)
    browser = office.sign_in(both)

    page = browser.get(page_of(own)).text
    shown = choose(browser, own, lines(own), "fund")

    assert 'name="lines"' not in page
    assert "Another approver has to decide it." in shown.text
    assert "None of these lines can be decided so." in shown.text


def test_a_member_decides_the_other_lines(made):
    approver, first = budgets.approver(), lines(made)[0]
    organisation = first.application.participants.get().organisation
    Membership.objects.create(organisation=organisation, person=approver, joined_at=NOON)
    browser = office.sign_in(approver)

    page = decide(browser, made, "recommended").text

    assert "3 of 4 lines decided, 1 refused." in page
    assert "You belong to" in page
    assert "You belong to" in browser.get(line_page(first)).text


@pytest.mark.parametrize("role", [Role.FUNDS, Role.MANAGER, Role.AUDITOR])
def test_who_reads_the_money_sees_the_lines_and_decides_none(made, role):
    browser, line = office.sign_in(people.user(role)), lines(made)[0]

    page = browser.get(page_of(made)).text

    assert 'name="lines"' not in page
    assert browser.get(line_page(line)).status_code == 200
    assert browser.post(line_page(line), {"verdict": "fund"}).status_code == 403
    assert choose(browser, made, [line], "fund").status_code == 403
    address = reverse("admin:funding_allocation_decide_lines", args=[made.pk])
    assert browser.post(address, {"lines": [line.pk], "choice": "fund"}).status_code == 403
    assert not LineDecision.objects.exists()


def test_the_whole_is_concluded_once_every_line_is_decided(made, browser):
    decide(browser, made, "recommended")

    page = browser.get(page_of(made)).text
    answer = browser.post(reverse("admin:funding_allocation_conclude", args=[made.pk]), follow=True)

    assert "Every line is decided." in page and "Conclude the allocation" in page
    assert "Refuse the allocation" not in page and "Approve" not in page.replace("Approver", "")
    assert "The allocation has been concluded." in answer.text
    made.refresh_from_db()
    assert made.is_approved


def test_concluding_too_early_names_what_is_undecided(made, browser):
    answer = browser.post(reverse("admin:funding_allocation_conclude", args=[made.pk]))

    assert answer.status_code == 409
    assert "Not decided yet: " in answer.text


def test_the_lines_ask_the_same_number_of_questions_however_many(
    within, made, browser, django_assert_max_num_queries
):
    with django_assert_max_num_queries(30) as four:
        browser.get(page_of(made))
    for mark in (9, 8, 7):
        assessments.submitted(budgets.assessed(within, mark))
    more = decision_presses.undecided()
    with django_assert_max_num_queries(30) as two:
        browser.get(page_of(more))

    assert len(four) == len(two)
