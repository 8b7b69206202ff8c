"""The pages on which an offer is made, read, answered and taken back, and the API beside them."""

import io
import re

import pytest
from pypdf import PdfReader

from accounts import clock, waiting
from accounts.models import AuditEntry
from accounts.roles import Role
from applications.models import Application
from funding import deciding, later_money
from funding.models import AwardStatus, MfaRecord, Offer, OfferState
from funding.offers import answering, making
from tests import decision_presses, offer_presses
from tests.make import applications, assistance, budgets, offers, office, people
from tests.make.api import Asking
from tests.make.times import DAY

pytestmark = pytest.mark.django_db

SIGNED = offer_presses.SIGNED


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def text_of(pdf: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_fund_manager_sees_the_letter_before_it_is_sent():
    award, browser = offers.award(), office.sign_in(budgets.fund_manager())
    page = f"/admin/funding/offer/make/{award.pk}/"
    typed = {"intent": "k", "conditions": "Send the plan.\nName a manager <b>.", "days": "30"}

    shown = browser.post(page, {**typed, "preview": "yes"})
    pdf = browser.post(page, {**typed, "pdf": "yes"})

    assert "Send the plan." in words(shown) and "Name a manager &lt;b&gt;." in shown.text
    assert "£56,000" in words(shown)
    assert pdf["Content-Type"] == "application/pdf" and "Preview, not sent." in text_of(pdf.content)
    assert not Offer.objects.exists()


def test_the_pages_of_an_offer_lead_to_the_assistance_that_is_to_be_confirmed():
    made = making.make(offers.award(), [], by=budgets.fund_manager(), at=clock.now())
    record = MfaRecord.objects.get(share__award=made.award)
    theirs, pages = office.sign_in(offers.signer(made)), (f"/offers/{made.pk}/", f"/offers/{made.pk}/accept/")
    staff, page = office.sign_in(budgets.fund_manager()), f"/admin/funding/offer/{made.pk}/change/"
    link, of_staff = (
        f'href="/assistance/{record.pk}/"',
        f'href="/admin/funding/mfarecord/{record.pk}/change/"',
    )

    before = [link in theirs.get(one).text for one in pages], of_staff in staff.get(page).text
    assistance.confirmed_all(made.award, at=clock.now())
    after = [link in theirs.get(one).text for one in pages], of_staff in staff.get(page).text

    assert (before, after) == (([True, True], True), ([False, False], False))


def test_the_offer_is_made_once_however_often_it_is_sent():
    browser, page, sent = offer_presses.make()

    answers = [browser.post(page, sent) for _ in range(2)]

    made = Offer.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/admin/funding/offer/{made.pk}/change/"}
    assert list(made.conditions.values_list("text", flat=True)) == ["Send the plan."]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"days": "3"}, "Days to answer must be 7 or more"),
        ({"days": ""}, "Enter the days to answer"),
        ({"conditions": "x" * 1001}, "A condition must be 1,000 characters or fewer."),
    ],
)
def test_a_refused_form_keeps_what_was_typed(typed, problem):
    browser = office.sign_in(budgets.fund_manager())
    typed = {"intent": "k", "conditions": "Send the plan.", "days": "30", "send": "yes", **typed}

    answer = browser.post(f"/admin/funding/offer/make/{offers.award().pk}/", typed)

    assert (answer.status_code, problem in words(answer)) == (422, True)
    assert typed["conditions"] in answer.text


def test_an_award_that_is_not_released_says_why_it_cannot_be_offered():
    award = budgets.award()

    page = office.sign_in(budgets.fund_manager()).get(f"/admin/funding/offer/make/{award.pk}/")

    assert "Its decision is not released yet." in words(page)
    assert "Make the offer" not in words(page)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.MANAGER])
def test_others_of_the_office_make_none(role):
    browser = office.sign_in(people.user(role))

    assert browser.get(f"/admin/funding/offer/make/{offers.award().pk}/").status_code == 403


def test_the_lead_reads_the_offer_and_accepts_it_with_their_name():
    made = offers.current_offer()
    browser = office.sign_in(offers.signer(made))
    application = made.award.application

    from_application = browser.get(f"/applications/{application.reference}/")
    page = browser.get(f"/offers/{made.pk}/")
    browser, address, sent = answer_form(made, "accept")
    refused = browser.post(address, sent)
    answer = browser.post(address, {**sent, "may_sign": "on"}, follow=True)

    assert f'href="/offers/{made.pk}/"' in from_application.text
    assert "We offer" in words(page) and "£56,000" in words(page)
    assert refused.status_code == 422 and "Asha Rao" in refused.text
    assert "You have accepted the offer." in words(answer)
    assert "By Asha Rao, Managing director, at" in words(answer)
    assert Offer.objects.get().state == OfferState.ACCEPTED


def answer_form(made: Offer, verb: str, who=None, **typed):
    from_page = office.sign_in(who or offers.signer(made))
    return from_page, f"/offers/{made.pk}/{verb}/", {"intent": "k", **SIGNED, **typed}


def test_the_letter_is_a_tagged_pdf_and_the_same_each_time():
    made = offers.current_offer()
    browser = office.sign_in(offers.signer(made))

    first, second = (browser.get(f"/offers/{made.pk}/letter.pdf").content for _ in range(2))

    document = PdfReader(io.BytesIO(first))
    assert first == second
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/Lang"] == "en-GB"
    assert b"pdfuaid:part" in first
    assert made.award.application.reference in document.metadata.title
    assert made.fingerprint[:16] in text_of(first)


def test_the_letter_of_an_accepted_offer_says_who_signed():
    made = offers.current_offer()
    answering.accept(made, **SIGNED, by=offers.signer(made), at=clock.now())

    pdf = office.sign_in(budgets.fund_manager()).get(f"/admin/funding/offer/{made.pk}/letter.pdf").content

    assert "Accepted by Asha Rao" in text_of(pdf) and "Managing director" in text_of(pdf)


def test_what_an_applicant_types_is_no_markup_of_the_letter():
    award = offers.award()
    title = '#panic("x") *bold* $x$ <a> \\ [b]'
    Application.objects.filter(pk=award.application_id).update(title=title)

    made = offers.offer(award, ["#let x = 1"])

    pdf = office.sign_in(offers.signer(made)).get(f"/offers/{made.pk}/letter.pdf").content
    assert '#panic("x") *bold*' in text_of(pdf) and "#let x = 1" in text_of(pdf)


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_a_member_who_may_not_edit_reads_and_does_not_answer(verb):
    made = offers.current_offer()
    reader = people.member(made.award.application.participants.get().organisation, may_edit=False)
    browser, address, sent = answer_form(made, verb, reader, may_sign="on")

    page = browser.get(f"/offers/{made.pk}/")
    answer = browser.post(address, sent)

    assert "Somebody who may edit for the lead organisation answers it." in words(page)
    assert browser.get(address).status_code == 302
    assert (answer.status_code, Offer.objects.get().state) == (409, OfferState.MADE)


@pytest.mark.parametrize("tail", ["", "letter.pdf", "accept/", "decline/"])
def test_a_stranger_finds_no_offer(tail):
    made = offers.current_offer()

    assert office.sign_in(applications.stranger()).get(f"/offers/{made.pk}/{tail}").status_code == 404


def test_an_offer_whose_time_is_over_is_not_answered():
    made = offers.offer(at=clock.now() - 40 * DAY)
    browser, address, sent = answer_form(made, "accept", may_sign="on")

    page, answer = browser.get(f"/offers/{made.pk}/"), browser.post(address, sent)

    assert "The time to answer ended with" in words(page)
    assert (answer.status_code, "ended at" in words(answer)) == (409, True)


def test_declining_keeps_the_reason_for_the_office_and_out_of_the_trail():
    made = offers.current_offer()
    browser, address, sent = answer_form(made, "decline", reason="Jo Bloggs has left us.")

    browser.post(address, sent)

    made.refresh_from_db()
    assert made.answer.reason == "Jo Bloggs has left us."
    assert "Jo Bloggs" in words(
        office.sign_in(budgets.fund_manager()).get(f"/admin/funding/offer/{made.pk}/change/")
    )
    assert all("Bloggs" not in str(row) and "Asha" not in str(row) for row in AuditEntry.objects.values())


def test_the_offers_of_a_person_are_listed():
    made, other = offers.current_offer(), offers.current_offer()

    page = office.sign_in(offers.signer(made)).get("/offers/")

    assert made.award.application.reference in page.text
    assert other.award.application.reference not in page.text


def test_an_application_says_how_its_offer_ended():
    made = offers.current_offer()
    answering.decline(made, **SIGNED, by=offers.signer(made), at=clock.now())

    page = office.sign_in(offers.signer(made)).get(f"/applications/{made.award.application.reference}/")

    assert "Your offer was declined on" in words(page)
    assert "Do not start work" not in words(page)


def test_the_office_withdraws_an_offer_and_makes_another():
    made = offers.offer()
    manager = office.sign_in(budgets.fund_manager())
    page = f"/admin/funding/offer/{made.pk}/"
    typed = {"intent": "k", "what": "again", "reason": "A condition was wrong."}

    refused = manager.post(f"{page}withdraw/", {**typed, "reason": ""})
    for_good = manager.post(f"{page}withdraw/", {**typed, "what": "for good"})
    done = manager.post(f"{page}withdraw/", typed, follow=True)

    assert refused.status_code == 422 and "Give the reason for withdrawing it" in words(refused)
    assert for_good.status_code == 409 and "An approver does this." in words(for_good)
    assert "A condition was wrong." in words(done)
    assert "Make the offer" not in words(done)
    assert manager.get(f"/admin/funding/offer/make/{made.award_id}/").status_code == 200
    assert (
        f"/admin/funding/offer/make/{made.award_id}/"
        in manager.get(f"/admin/funding/award/{made.award_id}/change/").text
    )


def to_do(person) -> list[str]:
    return [one.says for one in waiting.for_person(person, at=clock.now())]


def test_a_fund_manager_is_asked_to_make_what_offers_there_are_to_make():
    award, manager = offers.award(), budgets.fund_manager()
    browser = office.sign_in(manager)
    competition = award.application.competition

    assert "Make 1 offer" in to_do(manager)
    query = f"offered=no&application__competition__id__exact={competition.pk}"
    listed = browser.get(f"/admin/funding/award/?{query}")
    assert award.application.reference in listed.text
    offers.offer(award)
    assert "Make 1 offer" not in to_do(manager)
    assert award.application.reference not in browser.get(f"/admin/funding/award/?{query}").text


@pytest.fixture
def with_reserve():
    """A round with one funded, offered and one in reserve; the pot holds two grants."""
    made = decision_presses.with_reserve()
    budgets.released(made, at=offers.RELEASED_AT)
    award = made.lines.get(position=1).application.awards.get()
    budgets.with_ceiling(award.budgets.pot, award.amount)
    return made, offers.offer(award)


def test_the_reserve_list_proposes_the_next_once_the_money_is_back(with_reserve):
    made, offer = with_reserve
    manager = budgets.fund_manager()
    following = made.lines.get(position=2).application
    asked = f"Propose {following.reference}, the next in reserve"
    assert asked not in to_do(manager)

    answering.lapse(offer, at=offer.expires_at)

    assert asked in to_do(manager)
    assert asked not in to_do(budgets.approver())
    raised = later_money.raise_next(made, "An offer lapsed.", by=manager, at=offer.expires_at)
    assert raised.lines.get().application == following
    assert asked not in to_do(manager)
    deciding.approve(raised, by=budgets.approver(), at=offer.expires_at)
    assert following.awards.get().status == AwardStatus.RESERVED


def test_an_accepted_offer_asks_for_nobody_in_reserve(with_reserve):
    _made, offer = with_reserve

    answering.accept(offer, **SIGNED, by=offers.signer(offer), at=offers.OFFERED_AT + DAY)

    assert not [says for says in to_do(budgets.fund_manager()) if "reserve" in says]


def test_the_list_is_taken_away_as_it_is_filtered():
    made = offers.offer()
    offers.offer(at=offers.OFFERED_AT + DAY)
    browser = office.sign_in(people.user(Role.AUDITOR))

    listed = browser.get("/admin/funding/offer/", {"q": made.award.application.reference})
    answer = browser.get("/admin/funding/offer/list.xlsx", {"q": made.award.application.reference})

    assert listed.context["cl"].result_count == 1
    assert answer.status_code == 200
    assert AuditEntry.objects.get(action="export").after["rows"] == 1


def test_the_list_asks_as_little_for_three_as_for_one(django_assert_max_num_queries):
    browser = office.sign_in(people.user(Role.AUDITOR))
    offers.offer()
    browser.get("/admin/funding/offer/")
    with django_assert_max_num_queries(60) as one:
        browser.get("/admin/funding/offer/")
    for _ in range(2):
        offers.offer()
    with django_assert_max_num_queries(60) as three:
        browser.get("/admin/funding/offer/")

    assert len(one) == len(three)


def test_an_award_is_offered_and_answered_through_the_api():
    award = offers.award()
    manager = Asking(budgets.fund_manager())

    made = manager.post(f"awards/{award.pk}/offer/", {"conditions": ["Send the plan."], "days": 14})
    again = manager.post(f"awards/{award.pk}/offer/", {})
    signer = Asking(award.application.started_by)
    unsigned = signer.post(f"offers/{made.json()['id']}/accept/", {**SIGNED, "name": ""})
    unconfirmed = signer.post(f"offers/{made.json()['id']}/accept/", SIGNED)
    assistance.confirmed_all(award, at=clock.now())
    accepted = signer.post(f"offers/{made.json()['id']}/accept/", SIGNED)
    declined = signer.post(f"offers/{made.json()['id']}/decline/", SIGNED)

    said = made.json()
    assert (said["conditions"], said["state"], said["answer"]) == (["Send the plan."], "made", None)
    assert said["expires_at"] is not None and Offer.objects.get().expires_at == making.expiry(
        Offer.objects.get().issued_at, 14
    )
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "already_offered")
    assert unsigned.status_code == 400
    assert (unconfirmed.status_code, unconfirmed.json()["errors"][0]["code"]) == (409, "not_confirmed")
    assert (accepted.status_code, accepted.json()["answer"]["signed_name"]) == (200, "Asha Rao")
    assert (declined.status_code, declined.json()["errors"][0]["code"]) == (409, "already_answered")


def test_offers_are_filtered_through_the_api():
    made = offers.current_offer()
    offers.current_offer()
    asking = Asking(budgets.fund_manager())

    listed = asking.get("offers/", application=made.award.application.reference, state="made").json()

    assert [row["id"] for row in listed["results"]] == [made.pk]
    assert asking.get("offers/", state="accepted").json()["count"] == 0
    assert Asking(offers.signer(made)).get("offers/").json()["count"] == 1
    assert Asking(applications.stranger()).get(f"offers/{made.pk}/").status_code == 404


def test_an_offer_is_withdrawn_through_the_api_by_the_right_person():
    made = offers.current_offer()
    approver, manager = Asking(budgets.approver()), Asking(budgets.fund_manager())
    address, sent = f"offers/{made.pk}/withdraw/", {"reason": "Not viable.", "for_good": True}

    assert manager.post(address, sent).status_code == 403
    answer = approver.post(address, sent)

    made.award.refresh_from_db()
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert made.award.status == AwardStatus.LAPSED
