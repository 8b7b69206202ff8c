"""The notice as the enterprise confirms it, and the arithmetic as the office reads it."""

from datetime import date

import pytest

from accounts import clock
from applications.models import Application
from funding.models import MfaRecord, MfaState
from funding.offers import making
from funding.subsidy import mfa
from tests.make import applications, assistance, budgets
from tests.make.office import sign_in
from tests.make.times import DAY

pytestmark = pytest.mark.django_db

LAST_YEAR = date(2025, 6, 1)

FILLED = {
    "name": "Ada Lovelace",
    "is_true": "on",
    "earlier-TOTAL_FORMS": "1",
    "earlier-INITIAL_FORMS": "0",
    "earlier-0-giver": "",
    "earlier-0-kind": "",
    "earlier-0-given_on_day": "",
    "earlier-0-given_on_month": "",
    "earlier-0-given_on_year": "",
    "earlier-0-amount": "",
}


def test_the_page_tells_takes_the_confirmation_once_and_shows_it():
    record = assistance.asked()
    browser = sign_in(assistance.signer(record))
    address = f"/assistance/{record.pk}/"

    page = browser.get(address).text
    more = browser.post(address, {**FILLED, "another": "yes"}).text
    nothing = browser.post(address, {**FILLED, "name": ""})
    answer = browser.post(address, FILLED, follow=True).text

    assert "£315,000" in page
    assert 'name="earlier-1-giver"' in more
    assert 'value="Ada Lovelace"' in more
    assert (nothing.status_code, "Enter the full name of who confirms" in nothing.text) == (422, True)
    assert "Ada Lovelace confirmed at" in answer
    assert "You stated no other assistance." in answer
    assert MfaRecord.objects.get().state == MfaState.CONFIRMED


def test_a_sum_half_typed_comes_back_with_what_is_missing():
    record = assistance.asked()

    page = sign_in(assistance.signer(record)).post(
        f"/assistance/{record.pk}/", {**FILLED, "earlier-0-giver": "Mersey Council"}
    )

    assert page.status_code == 422
    assert 'value="Mersey Council"' in page.text
    assert MfaRecord.objects.get().state == MfaState.NOTIFIED


def test_a_stranger_finds_no_notice():
    record = assistance.asked()

    assert sign_in(applications.stranger()).get(f"/assistance/{record.pk}/").status_code == 404


def test_the_office_asks_and_reads_the_arithmetic_line_by_line():
    award = assistance.released()
    browser = sign_in(budgets.fund_manager())

    waiting = browser.get("/admin/funding/mfarecord/").text
    browser.post("/admin/funding/mfarecord/notify/", follow=True)
    record = MfaRecord.objects.get()
    mfa.confirm(
        record,
        [assistance.sum_of("259000.01", LAST_YEAR), assistance.sum_of("7000.00", date(2024, 3, 31))],
        name="Ada Lovelace",
        by=assistance.signer(record),
        at=record.notified_at + DAY,
    )
    page = browser.get(f"/admin/funding/mfarecord/{record.pk}/change/").text
    again = browser.post(f"/admin/funding/mfarecord/{record.pk}/again/", {"reason": "Check it."}, follow=True)

    assert "Ask them" in waiting
    assert award.application.reference in waiting
    for text in (
        "Mersey Council",
        "£259,000.01",
        "£315,000.01",
        "£55,999.99",
        "£0.01 too much",
        "No: before",
    ):
        assert text in page
    assert "It does not fit" in page
    assert MfaRecord.objects.standing().get().state == MfaState.NOTIFIED
    assert "asked again, by email" in again.text
    assert Application.objects.get().status == "successful"


def test_an_offer_is_not_accepted_before_the_confirmation_nor_past_the_limit():
    award = assistance.released()
    record = assistance.asked(award, at=clock.now())
    made = making.make(award, by=budgets.fund_manager(), at=clock.now())
    browser, address = sign_in(award.application.started_by), f"/offers/{made.pk}/accept/"
    signed = {"name": "Ada Lovelace", "role": "Director", "may_sign": "on"}

    unconfirmed = browser.post(address, signed)
    stated = [assistance.sum_of("259000.01", LAST_YEAR)]
    mfa.confirm(record, stated, name="Ada Lovelace", by=assistance.signer(record), at=clock.now())
    past = browser.post(address, signed)

    assert (unconfirmed.status_code, past.status_code) == (409, 409)
    assert "Not confirmed yet" in unconfirmed.text
    assert "£0.01 too much" in past.text
    award.refresh_from_db()
    made.refresh_from_db()
    assert (award.status, made.state) == ("reserved", "made")


def test_the_applicants_page_leads_to_the_notice():
    record = assistance.asked()

    page = sign_in(assistance.signer(record)).get(
        f"/applications/{record.share.award.application.reference}/"
    )

    assert f'href="/assistance/{record.pk}/"' in page.text
