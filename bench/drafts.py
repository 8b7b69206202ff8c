"""Drafts that can be submitted at once: copies of the programme's own, under references of their own."""

from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice

from django.db import transaction
from django.db.models import Model

from accounts.models import Notification, User
from applications import eligibility
from applications.models import (
    Answer,
    Application,
    CompletedSection,
    CostLine,
    OtherFunding,
    Participant,
    SavedPage,
)
from applications.references import new_reference
from applications.workflow import Status
from bench import copies

OF_AN_APPLICATION: tuple[type[Model], ...] = (Participant, Answer, CompletedSection)
OF_A_PART: tuple[type[Model], ...] = (CostLine, OtherFunding, SavedPage)


class NoneReady(Exception):
    """The programme has no draft that could be submitted now."""


#: The form that is saved: a question of the standard set.
QUESTION = "need-or-challenge"
SENTENCE = "We have kept notes on this since the first trial and can show them. "


@dataclass(frozen=True, slots=True)
class Draft:
    pk: int
    reference: str
    writer: int


def text(turn: int) -> str:
    """Another answer at every turn, so that there is always something to write."""
    return SENTENCE * (10 + turn % 3) + f"Turn {turn}."


@transaction.atomic
def supply(count: int, *, at: datetime) -> list[Draft]:
    """Make ``count`` drafts of as many writers as there are drafts that are ready."""
    ready = _ready(at)
    if not ready:
        raise NoneReady
    copies.take_time()
    originals = list(islice(cycle(ready), count))
    references = [new_reference() for _ in range(count)]
    made = copies.of_one(Application, [draft.pk for draft in originals], {"reference": ("text", references)})
    pairs = [(draft.pk, copy) for draft, copy in zip(originals, made, strict=True)]
    for table in OF_AN_APPLICATION:
        copies.of_rows(table, pairs, "application_id")
    parts = copies.matched(Participant, pairs, "application_id", "organisation_id")
    for table in OF_A_PART:
        copies.of_rows(table, parts, "participant_id")
    return [
        Draft(copy, reference, draft.started_by_id)
        for draft, copy, reference in zip(originals, made, references, strict=True)
    ]


def _ready(at: datetime) -> list[Application]:
    drafts = Application.objects.filter(
        status=Status.DRAFT, competition__opens_at__lte=at, competition__closes_at__gt=at
    ).select_related("competition__question_set")
    return [
        draft
        for draft in drafts.order_by("pk")
        if not eligibility.blocking(eligibility.breaches(draft, at=at))
    ]


def writers(drafts: list[Draft]) -> dict[int, User]:
    return User.objects.prefetch_related("holdings").in_bulk({draft.writer for draft in drafts})


@transaction.atomic
def take_back(drafts: list[Draft]) -> None:
    """Make drafts of what was submitted, to be submitted once more."""
    ids = [draft.pk for draft in drafts]
    Notification.objects.filter(subject_word="application", subject_id__in=ids).delete()
    submitted = Application.objects.filter(pk__in=ids).exclude(status=Status.DRAFT)
    submitted.update(status=Status.DRAFT, submitted_at=None, submitted_by=None)
