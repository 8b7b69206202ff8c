"""The copy of what was submitted, as a PDF for whoever submitted it: made by a job, from its receipt."""

import json
import logging
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from accounts.exports import document
from accounts.formats import exact_time, local_day, percent, pounds
from accounts.models import Kind, Size
from applications.models import Category, OverheadMethod, Question, Receipt, ReceiptCopy, ResearchCategory

TEMPLATE = "receipt_copy.typ"
NOT_GIVEN = "Not given"

logger = logging.getLogger(__name__)

Facts = list[tuple[str, str]]


def make(copy_id: int, *, at: datetime) -> None:
    """Make a leased copy. Does nothing where another worker has it; a failure is noted in the row."""
    copy = ReceiptCopy.objects.claim(copy_id, at=at)
    if copy is None:
        return
    receipt = Receipt.objects.select_related("application__competition", "application__submitted_by").get(
        pk=copy.receipt_id
    )
    try:
        made = document.pdf(TEMPLATE, content(receipt), made_at=receipt.received_at)
    except Exception as problem:
        logger.exception("copy of a receipt could not be made", extra={"receipt": receipt.pk})
        ReceiptCopy.objects.mark_failed(
            copy, reason=f"It could not be made ({type(problem).__name__}).", at=at
        )
        return
    ReceiptCopy.objects.mark_done(copy, at=at, pdf=made)
    logger.info("copy of a receipt was made", extra={"receipt": receipt.pk, "bytes": len(made)})


def content(receipt: Receipt) -> dict:
    """Return what the document says, from what the receipt keeps: whatever has changed since is not in it."""
    entered = json.loads(receipt.content)
    application = receipt.application
    details = entered["details"]
    return {
        "title": f"Copy of application {entered['reference']}",
        "reference": entered["reference"],
        "organisation": entered["organisations"][0]["name"],
        "received": exact_time(receipt.received_at),
        "receipt": [
            ("Project", details["title"]),
            ("Competition", application.competition.title),
            ("Received", exact_time(receipt.received_at)),
            ("Project costs", pounds(details["total_costs"])),
            ("Grant asked for", pounds(details["grant_sought"])),
            ("Receipt code", " ".join(_in_fours(receipt.fingerprint))),
        ],
        "how_to_check": _how_to_check(entered["reference"]),
        "details": _details(details),
        "answers": _answers(application.competition.question_set_id, entered["answers"]),
        "parts": [_part(part) for part in entered["organisations"]],
    }


def _how_to_check(reference: str) -> str:
    address = f"{settings.SITE_URL}{reverse('applications:check_receipt')}"
    return (
        f"Anybody who has reference {reference} and the receipt code can check at {address} "
        "when this was received, and that it still stands as it was submitted."
    )


def _in_fours(code: str) -> Iterable[str]:
    return (code[place : place + 4] for place in range(0, len(code), 4))


def _details(details: dict) -> Facts:
    starts, months = details["start_on"], details["duration_months"]
    earlier = [details["earlier_reference"], details["earlier_title"]]
    again = _yes_or_no(details["is_resubmission"])
    return [
        ("Start date", local_day(date.fromisoformat(starts)) if starts else NOT_GIVEN),
        ("Duration", f"{months} months" if months else NOT_GIVEN),
        ("Research category", _label(ResearchCategory, details["research_category"])),
        ("Re-submission", ", ".join([again, *(one for one in earlier if one)])),
        ("Activity in the cluster", details["cluster_activity"] or NOT_GIVEN),
        *_survey(details["equality_survey_done"]),
        ("Russian entities or goods involved", _yes_or_no(details["has_russian_involvement"])),
        ("Results exploited from or in the UK", _yes_or_no(details["is_exploited_from_uk"])),
    ]


def _survey(said: str | None) -> Facts:
    """Asked of applicants before the equality questions had a page of their own."""
    return [("Equality survey done", _yes_or_no(said))] if said else []


def _answers(question_set: int, texts: dict[str, str]) -> list[dict]:
    asked = Question.objects.filter(question_set=question_set).order_by("position")
    return [{"title": str(question), "text": texts.get(question.key) or NOT_GIVEN} for question in asked]


def _part(part: dict) -> dict:
    place = [text for text in (part["work_postcode"], (part["work_area"] or "")) if text]
    return {
        "name": f"{part['name']} (lead)" if part["is_lead"] == "True" else part["name"],
        "facts": [
            ("Company number", part["company_number"] or "None"),
            ("Type of organisation", _label(Kind, part["kind"])),
            ("Size", _label(Size, part["size"])),
            ("Where the work happens", ", ".join(place) or NOT_GIVEN),
            ("Overheads", _label(OverheadMethod, part["overhead_method"])),
        ],
        "costs": [
            (f"{_label(Category, line['category'])}: {line['description']}", pounds(line["amount"]))
            for line in part["costs"]
        ],
        "sums": [
            ("Total costs", pounds(part["total_costs"])),
            ("Percentage asked for", percent(part["percentage_asked"]) or NOT_GIVEN),
            *((f"Other public money: {one['source']}", pounds(one["amount"])) for one in part["sources"]),
            ("Grant asked for", pounds(part["grant_sought"])),
            ("Own contribution", pounds(part["contribution"])),
        ],
    }


def _label(choices, value: str | None) -> str:
    return str(choices(value).label) if value else NOT_GIVEN


def _yes_or_no(value: str | None) -> str:
    return {"True": "Yes", "False": "No"}.get(value or "", NOT_GIVEN)
