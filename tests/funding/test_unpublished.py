"""Texts of an answer that name awards of which nobody outside may be told."""

import pytest

from applications.models import Application
from funding.models import Award, InformationRequest
from funding.register import answering
from funding.register.entering import RequestRefused
from tests.make import budgets, offers, open_data, register
from tests.make.rounds import Entered, released
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

LATER = NOON + 9 * DAY


def answer(request: InformationRequest, text: str = "See the table.", **noted: str) -> InformationRequest:
    report = request.report
    return answering.answer(
        request,
        text,
        tables=["projects"] if report else [],
        exemptions={number.removeprefix("section_"): note for number, note in noted.items()},
        fingerprint=report.fingerprint if report else "",
        by=request.logged_by,
        at=LATER,
    )


def one_award(title: str, lead: str = "") -> Application:
    [received] = released(budgets.funded_competition(), Entered(1))
    Application.objects.filter(pk=received.pk).update(title=title)
    if lead:
        received.participants.update(name=lead)
    return received


@pytest.mark.parametrize("make", [register.with_report, register.asked])
@pytest.mark.parametrize("word", ["reference", "title", "lead"])
def test_an_answer_with_a_report_or_without_names_no_award_that_is_not_public(make, word):
    received = one_award("Tidal  Pumps")
    lead = received.participants.get().name
    text = {"reference": received.reference, "title": "tidal\npumps", "lead": lead.upper()}[word]
    request = make(at=LATER)

    with pytest.raises(RequestRefused) as refusal:
        answer(request, f"We gave {text} a grant.", section_22="In July.")

    assert refusal.value.field == "answer" and received.reference in str(refusal.value)
    answer(request, "One more is announced in July.", section_22="In July.")


def test_the_note_of_an_exemption_names_none_either():
    received = one_award("Tidal Pumps")
    request = register.asked(at=LATER)

    with pytest.raises(RequestRefused) as refusal:
        answer(request, section_22="Tidal Pumps is announced in July.", section_43="Costs.")

    assert refusal.value.field == "section_22" and received.reference in str(refusal.value)


def test_a_short_name_is_found_as_a_word_of_its_own_alone():
    one_award("AI", lead="Arc")
    request = register.asked(at=LATER)
    for text in ("What AI is for.", "Some of (ARC), too."):
        with pytest.raises(RequestRefused):
            answer(request, text, section_22="In July.")

    answer(request, "The research is paid for, and an archive too.", section_22="In July.")


def test_what_is_decided_and_not_released_is_named_by_nobody():
    within = budgets.funded_competition()
    application = budgets.assessed(within, 9)
    budgets.approved(within)
    request = register.asked(at=LATER)

    with pytest.raises(RequestRefused):
        answer(request, f"{application.reference} is next.", section_22="In July.")


def test_what_is_public_may_be_named():
    received = one_award("Tidal Pumps")
    offers.accepted(offers.offer(Award.objects.get(application=received)))
    open_data.lifted(Award.objects.get(application=received))

    answer(register.asked(at=LATER), "Tidal Pumps has its grant.", section_12="All else is too much.")
