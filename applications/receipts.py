"""Receipts: what was submitted and its fingerprint, and whether it still is what stands."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from applications import parts
from applications.models import Application, Participant, Receipt, ReceiptCopy

#: What of an application, an organisation's part, a cost and another source of money is in the
#: fingerprint, beside the answers. Whoever changes a list changes every fingerprint: raise FORM then.
FORM = 1
DETAILS = (
    "title", "start_on", "duration_months", "research_category", "is_resubmission", "earlier_reference",
    "earlier_title", "cluster_activity", "equality_survey_done", "has_russian_involvement",
    "is_exploited_from_uk", "total_costs", "grant_sought",
)  # fmt: skip
PART = (
    "is_lead", "name", "company_number", "kind", "size", "details_on", "work_postcode", "overhead_method",
    "percentage_asked", "terms_accepted_at", "total_costs", "other_funding", "grant_sought", "contribution",
)  # fmt: skip
COST = (
    "category", "description", "detail", "country", "annual_cost", "working_days", "days", "quantity",
    "unit_cost", "new_price", "residual_value", "utilisation", "amount",
)  # fmt: skip
SOURCE = ("source", "secured_on", "amount")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a receipt is found to say: when it was received, and whether that is still what stands."""

    received_at: datetime
    is_unchanged: bool


def write(application: Application, *, received_at: datetime) -> Receipt:
    """Keep what was received, and owe a copy of it as a PDF (``exports.receipt_copies``)."""
    text = content(application)
    receipt = Receipt.objects.create(
        application=application, received_at=received_at, fingerprint=_sha256(text), content=text
    )
    ReceiptCopy.objects.create(receipt=receipt, due_at=received_at)
    return receipt


def of_submission(application: Application) -> Receipt | None:
    """The receipt of what stands submitted; none for what was entered before there were any."""
    return Receipt.objects.filter(application=application, received_at=application.submitted_at).first()


def look_up(reference: str, code: str) -> Finding | None:
    """Return what the receipt says, or None alike for an unknown reference and for another code."""
    receipt = (
        Receipt.objects.filter(application__reference=reference, fingerprint=code)
        .select_related("application__competition")
        .order_by("-received_at")
        .first()
    )
    if receipt is None:
        return None
    stands = receipt.application.submitted_at == receipt.received_at
    return Finding(receipt.received_at, stands and fingerprint(receipt.application) == code)


def fingerprint(application: Application) -> str:
    """SHA-256, in hexadecimal, over ``content`` in UTF-8."""
    return _sha256(content(application))


def content(application: Application) -> str:
    """All that is entered, as JSON: names in order, no spaces.

    application  as it stands in the database; parts that were read with it are not read again
    """
    return json.dumps(_entered(application), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _entered(application: Application) -> dict:
    return {
        "form": FORM,
        "reference": application.reference,
        "competition": application.competition.code,
        "details": _values(application, DETAILS),
        "answers": dict(application.answers.values_list("question__key", "text")),
        "organisations": [_part(part) for part in parts.of(application)],
    }


def _part(part: Participant) -> dict:
    return {
        **_values(part, PART),
        "work_area": _place(part),
        "costs": [_values(line, COST) for line in sorted(part.cost_lines.all(), key=lambda row: row.pk)],
        "sources": [
            _values(one, SOURCE) for one in sorted(part.funding_sources.all(), key=lambda row: row.pk)
        ],
    }


def _place(part: Participant) -> str | None:
    """The area's code, or the place named instead: under one name, so that older fingerprints stay."""
    if part.elsewhere:
        return f"elsewhere: {part.elsewhere}"
    return part.work_area.code if part.work_area else None


def _values(row, names: tuple[str, ...]) -> dict[str, str | None]:
    """The fields as text, which for sums, days and moments is the form the database gives them."""
    found = {name: getattr(row, name) for name in names}
    return {name: None if value is None else str(value) for name, value in found.items()}
