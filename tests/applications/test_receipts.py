"""Receipts: a code for what was submitted, and what it tells whom."""

import pytest

from accounts import composing
from accounts.models import Notification
from applications import receipts, reopening, submission
from applications.models import Answer, Application, CostLine, Receipt
from tests.make import applications as make
from tests.make import office
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Application:
    draft = make.complete_draft()
    return submission.submit(draft, by=draft.started_by, at=NOON)


def code_of(entry: Application) -> str:
    return Receipt.objects.get(application=entry).fingerprint


def test_a_submission_writes_its_receipt_and_the_letter_names_it(entry):
    receipt = Receipt.objects.get()
    letter = composing.compose(Notification.objects.get(kind="application_submitted"))

    assert (receipt.application_id, receipt.received_at, len(receipt.fingerprint)) == (entry.pk, NOON, 64)
    assert receipt.fingerprint == receipts.fingerprint(Application.objects.get(pk=entry.pk))
    # Its lines are wrapped.
    assert f"Receipt code: {receipt.fingerprint}" in " ".join(letter.text.split())


def test_what_was_received_is_found_unchanged(entry):
    found = receipts.look_up(entry.reference, code_of(entry))

    assert found == receipts.Finding(NOON, is_unchanged=True)


CHANGES = {
    "an answer": lambda entry: Answer.objects.filter(application=entry, question__key="scope").update(
        text="x"
    ),
    "a cost": lambda entry: CostLine.objects.filter(participant__application=entry).update(amount=1),
    "a declaration": lambda entry: Application.objects.filter(pk=entry.pk).update(is_exploited_from_uk=False),
    "an organisation": lambda entry: entry.participants.update(name="Another Ltd"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_is_changed_underneath_shows(entry, what):
    code = code_of(entry)

    CHANGES[what](entry)

    assert receipts.look_up(entry.reference, code) == receipts.Finding(NOON, is_unchanged=False)


def test_a_receipt_of_before_a_reopening_stands_for_nothing_more(entry):
    first = code_of(entry)
    reopening.reopen(entry, by=entry.started_by, at=NOON)
    assert receipts.look_up(entry.reference, first) == receipts.Finding(NOON, is_unchanged=False)

    make.answer(entry, "scope", "Another scope.")
    make.drafting.complete(entry, "scope", by=entry.started_by, at=NOON)
    again = NOON + DAY / 24
    submission.submit(entry, by=entry.started_by, at=again)
    second = Receipt.objects.get(received_at=again).fingerprint

    assert receipts.look_up(entry.reference, first) == receipts.Finding(NOON, is_unchanged=False)
    assert receipts.look_up(entry.reference, second) == receipts.Finding(again, is_unchanged=True)


def test_the_page_tells_whoever_has_both(client, entry):
    code = code_of(entry)
    typed = " ".join((code[:32].upper(), code[32:]))

    page = client.get("/receipts/", {"reference": entry.reference.lower(), "code": typed})

    assert page.status_code == 200
    assert "1:00:00.000pm on 1 June 2026 (BST)" in page.content.decode()
    assert "It is unchanged since." in page.content.decode()
    assert entry.title not in page.content.decode()


def test_an_unknown_reference_and_a_wrong_code_are_answered_alike(client, entry):
    code = code_of(entry)

    def answer(reference: str, code: str) -> tuple[int, str]:
        page = client.get("/receipts/", {"reference": reference, "code": code})
        return page.status_code, page.content.decode().replace(reference, "…").replace(code, "…")

    unknown = answer("LP-0000-0000", code)

    assert unknown[0] == 422
    assert answer(entry.reference, "0" * 64) == unknown
    assert answer(entry.reference, code[:63]) == unknown
    # The control: both together are answered otherwise.
    assert answer(entry.reference, code) != unknown


def test_the_receipt_page_shows_the_code_and_leads_to_the_check():
    within = make.open_now()
    draft = make.complete_draft(within, at=within.opens_at)
    entry = submission.submit(draft, by=draft.started_by, at=within.opens_at)
    browser = office.sign_in(draft.started_by)

    page = browser.get(f"/applications/{entry.reference}/receipt/").content.decode()
    checked = browser.get("/receipts/", {"reference": entry.reference, "code": code_of(entry)})

    assert f"?reference={entry.reference}&amp;code={code_of(entry)}" in page
    assert "It is unchanged since." in checked.content.decode()


def test_an_address_tries_twenty_receipts_a_minute(client, entry):
    tried = {"reference": entry.reference, "code": "0" * 64}

    answers = [client.get("/receipts/", tried).status_code for _ in range(21)]
    opened = client.get("/receipts/")

    assert answers == [422] * 20 + [429]
    assert opened.status_code == 200


def test_what_is_too_long_for_a_receipt_is_answered_in_words(client, db):
    page = client.get("/receipts/", {"reference": "L" * 21, "code": "a" * 201})

    assert page.status_code == 422
    assert page.context["form"].errors == {
        "reference": ["The reference must be as on the receipt, such as LP-7K3M-Q2XD"],
        "code": ["The receipt code must be the 64 letters and digits on the receipt"],
    }
