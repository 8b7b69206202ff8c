"""The letter of an offer as PDF/UA, from the text that is kept: the same bytes each time."""

import json
from datetime import datetime

from accounts.exports import document
from accounts.formats import exact_time
from funding.models import AnswerKind, Offer, OfferAnswer
from funding.offers import letter

TEMPLATE = "offer_letter.typ"


def pdf(offer: Offer, answer: OfferAnswer | None = None) -> bytes:
    """The letter as it was sent; with an acceptance, followed by who signed."""
    made_at = answer.answered_at if answer else offer.issued_at
    return _made(offer.letter, offer.fingerprint, made_at, _signature(answer))


def preview(text: str, *, at: datetime) -> bytes:
    """As the letter would be, marked as not sent."""
    return _made(text, "", at, [])


def _made(text: str, fingerprint: str, made_at: datetime, signature: list[tuple[str, str]]) -> bytes:
    said = json.loads(text)
    draft = "" if fingerprint else "Preview, not sent. "
    data = {
        "title": said["title"],
        "parts": said["parts"],
        "footer": f"{draft}{said['reference']}, {said['issued_on']}",
        "code": f"Letter {letter.in_groups(fingerprint)}" if fingerprint else "",
        "answer": signature,
    }
    return document.pdf(TEMPLATE, data, made_at=made_at)


def _signature(answer: OfferAnswer | None) -> list[tuple[str, str]]:
    if answer is None or answer.kind != AnswerKind.ACCEPTED:
        return []
    return [
        ("Accepted by", answer.signed_name),
        ("Role", answer.signed_role),
        ("Accepted at", exact_time(answer.answered_at, 0)),
    ]
