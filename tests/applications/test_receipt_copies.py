"""The PDF of what was submitted: made by a job from its receipt, tagged, and the same every time."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from accounts import relay
from accounts.models import OwedState
from applications import receipts, reopening, submission
from applications.exports import receipt_copies
from applications.models import Answer, Application, Receipt, ReceiptCopy
from tests.make import applications as make
from tests.make.times import DAY
from tests.make.times import NOON as NOON_SHARP

pytestmark = pytest.mark.django_db

#: As real moments are, with a part of a second.
NOON = NOON_SHARP + timedelta(microseconds=499_321)

MARKUP = '#panic("typst") *bold* $x$ @ref <tag> = Heading\n\n- item\n#include "/etc/passwd" // comment'


@pytest.fixture
def entry() -> Application:
    draft = make.complete_draft()
    make.answer(draft, "scope", MARKUP)
    make.drafting.complete(draft, "scope", by=draft.started_by, at=NOON)
    return submission.submit(draft, by=draft.started_by, at=NOON)


def make_copy(at=NOON) -> ReceiptCopy:
    copy = ReceiptCopy.objects.latest("pk")
    ReceiptCopy.objects.lease(at, relay.LEASE)
    receipt_copies.make(copy.pk, at=at)
    copy.refresh_from_db()
    return copy


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_submission_owes_its_copy_and_a_worker_makes_it(entry):
    assert ReceiptCopy.objects.get().state == OwedState.WAITING

    copy = make_copy()

    assert copy.state == OwedState.DONE
    said = text_of(copy.pdf)
    assert f"Copy of application {entry.reference}" in said
    assert "1:00:00.499pm on 1 June 2026 (BST)" in said
    assert "£56,000" in said
    assert receipts.of_submission(entry).fingerprint[:4] in said


def test_it_is_tagged_has_a_title_and_says_its_language(entry):
    document = PdfReader(io.BytesIO(make_copy().pdf))

    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert document.metadata.title == f"Copy of application {entry.reference}"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_what_was_typed_is_text_and_nothing_else(entry):
    said = text_of(make_copy().pdf)

    for part in (
        '#panic("typst")',
        "*bold*",
        "$x$",
        "<tag>",
        "= Heading",
        '#include "/etc/passwd"',
        "// comment",
    ):
        assert part in said


def test_made_again_it_is_the_same_to_the_byte(entry):
    receipt = Receipt.objects.get()

    made = [
        receipt_copies.document.pdf(receipt_copies.TEMPLATE, receipt_copies.content(receipt), made_at=NOON)
        for _ in range(2)
    ]

    assert made[0] == made[1]


def test_it_says_what_was_submitted_whatever_became_of_it(entry):
    reopening.reopen(entry, by=entry.started_by, at=NOON)
    Answer.objects.filter(application=entry, question__key="scope").update(text="Another scope altogether.")

    said = text_of(make_copy().pdf)

    assert "Another scope altogether" not in said
    assert "= Heading" in said


def test_the_database_holds_a_receipt_to_its_content(entry):
    receipt = Receipt.objects.get()

    with pytest.raises(IntegrityError, match="receipt_is_of_its_content"), transaction.atomic():
        Receipt.objects.create(
            application=entry, received_at=NOON + DAY, fingerprint=receipt.fingerprint, content="{}"
        )


def test_the_page_says_when_it_is_there_and_gives_it(client, entry):
    client.force_login(entry.started_by)
    page, copy = (
        reverse(f"applications:{name}", args=[entry.reference]) for name in ("receipt", "receipt_copy")
    )

    assert "It is being made." in client.get(page).content.decode()
    assert client.get(copy).status_code == 302

    make_copy()

    assert "Download all that you submitted (PDF," in client.get(page).content.decode()
    answer = client.get(copy)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{entry.reference}-submitted.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content == bytes(ReceiptCopy.objects.get().pdf)


def test_another_organisation_does_not_get_it(client, entry):
    make_copy()
    client.force_login(make.stranger())

    assert client.get(reverse("applications:receipt_copy", args=[entry.reference])).status_code == 404


def test_a_reopened_application_gives_no_copy_until_it_is_submitted_again(client, entry):
    make_copy()
    draft = reopening.reopen(entry, by=entry.started_by, at=NOON)
    client.force_login(entry.started_by)
    address = reverse("applications:receipt_copy", args=[entry.reference])

    assert client.get(address).status_code == 302

    submission.submit(draft, by=entry.started_by, at=NOON + timedelta(seconds=1))
    assert client.get(address).status_code == 302
    make_copy(NOON + timedelta(seconds=1))
    assert client.get(address).status_code == 200


def test_what_cannot_be_made_is_said_on_the_page_and_told_the_office(client, entry, monkeypatch):
    def refuse(*arguments, **options):
        raise RuntimeError("no fonts")

    monkeypatch.setattr(receipt_copies.document, "pdf", refuse)

    copy = make_copy()

    assert (copy.state, copy.last_error) == (OwedState.FAILED, "It could not be made (RuntimeError).")
    client.force_login(entry.started_by)
    page = client.get(reverse("applications:receipt", args=[entry.reference])).content.decode()
    assert "It could not be made. We know of it." in page
