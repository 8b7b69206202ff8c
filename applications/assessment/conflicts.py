"""Conflicts between assessors and applications: sought from what is known now, and kept as rows.

``ties`` says what a conflict is. A row stands for one kind of tie of a pair; whether it ``blocks`` is
asked by every query for what an assessor may see, so the rows are brought up to date wherever a fact
changes here (a profile is saved, an application is given) and by the clock for what changes elsewhere.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts import london
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications.assessment.facts import applications_of, assessors_of, beside, parents
from applications.assessment.ties import FOR_GOOD, ConflictKind, Tie, found, sides
from applications.models import (
    Application,
    Assessment,
    AssessorProfile,
    Competition,
    Conflict,
    ConflictState,
    Stage,
)
from applications.workflow import Status

#: Assessor, application and kind.
Key = tuple[int, int, str]

#: Rounds in which somebody may still be given something, or reads what they were given.
LIVE = (Stage.PUBLISHED, Stage.IN_ASSESSMENT, Stage.PANEL)

#: Said of what keeps somebody away although its fact is gone.
GONE = "No longer found; it holds until it is cleared."
GONE_FOR_GOOD = "No longer found; it holds for good."


class InConflict(Refusal):
    """``assessor`` is kept from the application by what ties them to it."""

    def __init__(self, assessor: User, conflicts: list[Conflict]):
        said = " ".join(one.reason for one in conflicts)
        super().__init__(f"{assessor} has a conflict of interest in this application. {said}")
        self.assessor = assessor
        self.kinds = sorted({one.kind for one in conflicts})

    @property
    def facts(self) -> dict:
        return {"assessor": self.assessor.pk, "kinds": self.kinds}


def blocked_pairs(competition: Competition) -> set[tuple[int, int]]:
    """Return (assessor, application) of each pair that must not be; ``refresh`` brings them up to date."""
    rows = Conflict.objects.blocking().filter(application__competition=competition)
    return set(rows.values_list("assessor_id", "application_id"))


def check(assessor: User, application: Application, *, at: datetime, refusal=InConflict) -> None:
    """Raise ``refusal`` where something keeps the assessor away, as everything stands at this moment."""
    refresh(assessors=[assessor.pk], applications=[application.pk], at=at)
    blocking = Conflict.objects.blocking().filter(assessor=assessor, application=application)
    if rows := list(blocking.order_by("kind")):
        raise refusal(assessor, rows)


def declare(assessment: Assessment, *, by: User, at: datetime) -> None:
    """Keep the assessor from the application for good, as they said themselves."""
    Conflict.objects.update_or_create(
        assessor_id=assessment.assessor_id,
        application_id=assessment.application_id,
        kind=ConflictKind.DECLARED,
        defaults={
            "reason": "The assessor declared a conflict of interest.",
            "state": ConflictState.BLOCKED,
            "blocks": True,
            "found_at": at,
            "ruled_by": by,
            "ruled_at": at,
            "ruling": assessment.end_comment or "Declared when declining.",
        },
    )


def pool(competition: Competition | None = None) -> set[int]:
    """The ids of everybody who may be given something: whoever has the role, or keeps a profile."""
    holders = User.objects.filter(holdings__group__name=Role.ASSESSOR)
    if competition:
        holders = holders.filter(
            Q(holdings__region=None) | Q(holdings__region=competition.region_id),
            holdings__group__name=Role.ASSESSOR,
        )
    profiles = AssessorProfile.objects.values_list("person", flat=True)
    return {*holders.values_list("pk", flat=True), *profiles}


def seek(assessors: Iterable[int], applications: Iterable[int], *, at: datetime) -> list[Tie]:
    """Return all that ties these people to these applications, in a fixed number of queries."""
    day = london.day_of(at)
    people = assessors_of(assessors, day)
    sought = set(applications)
    known = parents()
    # A rival is another application of the same competition, whichever are asked about.
    rivals_of = sides(people, beside(sought), known)
    entries = applications_of(sought, rivals_of=rivals_of)
    return [tie for tie in found(people, entries, known) if tie.application in sought]


def refresh(
    *, assessors: Iterable[int] | None = None, applications: Iterable[int] | None = None, at: datetime
) -> int:
    """Bring the rows of these pairs up to date and return how many changed.

    assessors, applications  ids; None for the whole pool, and for all that are being assessed

    What blocks stays when its fact is gone: nobody lets themselves in by leaving an organisation or
    taking out an interest. Staff clear it. A mere flag goes. What was cleared is open again where
    something else is found of that kind than was looked at.
    """
    people = set(pool() if assessors is None else assessors)
    sought = set(live() if applications is None else applications)
    ties = {_key(tie): tie for tie in seek(people, sought, at=at)}
    rows = Conflict.objects.filter(assessor__in=people, application__in=sought)
    kept = {_row_key(row): row for row in rows}

    new = [_row(tie, at) for key, tie in ties.items() if key not in kept]
    Conflict.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    gone = [row.pk for key, row in kept.items() if key not in ties and _is_open(row) and not row.blocks]
    if gone:
        Conflict.objects.filter(pk__in=gone, state=ConflictState.FOUND, blocks=False).delete()
    other = [row.pk for key, row in kept.items() if _is_other(row, ties.get(key))]
    return len(new) + len(gone) + _say_again(other, ties, at)


def refresh_competition(competition: Competition, *, at: datetime) -> int:
    """Seek again for everybody who may assess in the competition."""
    entries = Application.objects.filter(competition=competition).exclude(status=Status.DRAFT)
    return refresh(assessors=pool(competition), applications=entries.values_list("pk", flat=True), at=at)


def refresh_live(*, at: datetime) -> str:
    """Seek again in every round that is being assessed, for what has changed outside of it."""
    changed = refresh(at=at)
    return f"{changed} conflicts changed" if changed else "No conflict has changed"


def live() -> set[int]:
    """The ids of applications that somebody may be given, or has."""
    entries = Application.objects.filter(
        competition__stage__in=LIVE, status__in=[Status.SUBMITTED, Status.IN_ASSESSMENT]
    )
    return set(entries.values_list("pk", flat=True))


def _say_again(ids: list[int], ties: Mapping[Key, Tie], at: datetime) -> int:
    """Bring these rows to what is found now and return how many changed.

    They are read anew under a lock: a ruling that staff made meanwhile is not undone.
    """
    if not ids:
        return 0
    with transaction.atomic():
        held = Conflict.objects.filter(pk__in=ids).order_by("pk").select_for_update()
        changed = [row for row in held if _is_other(row, ties.get(_row_key(row)))]
        for row in changed:
            if tie := ties.get(_row_key(row)):
                _found_anew(row, tie, at)
            else:
                row.reason = f"{row.reason} {_gone(row)}"
        Conflict.objects.bulk_update(
            changed, ["reason", "state", "blocks", "found_at", "ruled_by", "ruled_at", "ruling"]
        )
    return len(changed)


def _is_other(row: Conflict, tie: Tie | None) -> bool:
    """Whether the row says something else than what is found now."""
    if tie:
        return row.reason != tie.reason
    return _is_open(row) and row.blocks and not row.reason.endswith(_gone(row))


def _is_open(row: Conflict) -> bool:
    return row.state == ConflictState.FOUND


def _gone(row: Conflict) -> str:
    return GONE_FOR_GOOD if row.kind in FOR_GOOD else GONE


def _key(tie: Tie) -> Key:
    return tie.assessor, tie.application, tie.kind


def _row_key(row: Conflict) -> Key:
    return row.assessor_id, row.application_id, row.kind


def _row(tie: Tie, at: datetime) -> Conflict:
    return Conflict(
        assessor_id=tie.assessor,
        application_id=tie.application,
        kind=tie.kind,
        reason=tie.reason,
        blocks=tie.blocks,
        found_at=at,
    )


def _found_anew(row: Conflict, tie: Tie, at: datetime) -> None:
    row.reason, row.found_at = tie.reason, at
    if row.state == ConflictState.CLEARED:
        row.state, row.blocks = ConflictState.FOUND, tie.blocks
        row.ruled_by = row.ruled_at = None
        row.ruling = ""
