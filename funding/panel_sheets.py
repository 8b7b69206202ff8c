"""What the panel does with its sheet: choosing what ranks, noting, and freezing a version."""

import hashlib
import json
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications.assessment import independence
from applications.assessment.standings import RanksBy
from applications.models import Competition, Exclusion, ModerationNote, Stage
from funding import duties
from funding.line import Line
from funding.models import Allocation, PanelNote, PanelSheet, RankingChoice
from funding.record import NOTE
from funding.sheet import Sheet, read

logger = logging.getLogger(__name__)

CHOOSE = frozenset({Role.MANAGER})
FREEZE = frozenset({Role.MANAGER, Role.FUNDS})
NOTERS = frozenset({Role.MANAGER, Role.FUNDS, Role.APPROVER})

#: Letters and signs of a reason or a note.
LONGEST = 2_000

#: Whoever changes what is kept of a sheet raises it.
FORM = 3


class PanelRefused(Refusal):
    """Nothing was changed; the message says why."""


class AllocationStands(PanelRefused):
    """It is proposed or approved from the sheet as it was."""


class NothingToFreeze(PanelRefused):
    """There is no application on the list."""


class FrozenAlready(PanelRefused):
    """The last version says the same."""

    def __init__(self, sheet: PanelSheet):
        self.sheet = sheet
        super().__init__(f"Nothing has changed since version {sheet.number} was frozen.")


class TextRefused(PanelRefused):
    """There is no text, or too much."""


@audit.action("choose ranking")
def choose(
    competitions: Iterable[Competition], ranks_by: str, *, reason: str, by: User, at: datetime
) -> RankingChoice:
    """Say which figure ranks this list from now on, and why; both stand on the sheet in any case.

    Raises RoleMissing, OwnOrganisation or a kind of PanelRefused.
    """
    competitions = _held(competitions, CHOOSE, by)
    reason = _checked(reason, "Give the reason")
    if ranks_by not in RanksBy.values:
        raise TextRefused("Choose what ranks")
    if _stands(competitions):
        raise AllocationStands("An allocation has been made from this list: what ranks it stands.")
    made = RankingChoice.objects.create(
        competition=competitions[0], ranks_by=ranks_by, reason=reason, chosen_by=by, chosen_at=at
    )
    audit.note(after={"competition": competitions[0].code, "ranks_by": ranks_by}, reason=reason)
    return made


@audit.action("write panel note")
def note(competitions: Iterable[Competition], text: str, *, by: User, at: datetime) -> PanelNote:
    """Keep a note on the list as a whole. Raises RoleMissing, OwnOrganisation or TextRefused."""
    competitions = _held(competitions, NOTERS, by)
    text = _checked(text, "Enter the note")
    return PanelNote.objects.create(competition=competitions[0], text=text, written_by=by, written_at=at)


@audit.action("freeze panel sheet")
def freeze(competitions: Iterable[Competition], *, by: User, at: datetime) -> PanelSheet:
    """Keep the sheet as it stands as a version that nobody changes.

    Raises RoleMissing, OwnOrganisation, NothingToFreeze, or FrozenAlready where nothing has changed.
    """
    sheet = read(_held(competitions, FREEZE, by))
    if not sheet.standings:
        raise NothingToFreeze("There is no application on this list.")
    latest = latest_of(sheet.competitions)
    frozen = keep(sheet, by, at)
    if frozen == latest:
        raise FrozenAlready(frozen)
    audit.note(after={"number": frozen.number, "fingerprint": frozen.fingerprint})
    logger.info("panel sheet frozen", extra={"sheet": frozen.pk, "number": frozen.number})
    return frozen


def keep(sheet: Sheet, by: User, at: datetime) -> PanelSheet:
    """The last version where it says just this, else a new one. The competitions' rows are locked."""
    latest = latest_of(sheet.competitions)
    text = json.dumps(content(sheet), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    if latest is not None and latest.fingerprint == fingerprint:
        return latest
    return PanelSheet.objects.create(
        competition=sheet.competitions[0],
        number=latest.number + 1 if latest else 1,
        content=text,
        fingerprint=fingerprint,
        ranks_by=sheet.ranks_by,
        frozen_by=by,
        frozen_at=at,
    )


def latest_of(competitions: list[Competition]) -> PanelSheet | None:
    return versions_of(competitions).first()


def versions_of(competitions: list[Competition]):
    """The newest first. The first competition of a list, by its code, stands for it."""
    return PanelSheet.objects.filter(competition=competitions[0]).order_by("-number")


def content(sheet: Sheet) -> dict[str, Any]:
    """All that the sheet says, as JSON can: sums and percentages as text, people by their numbers."""
    ids = [one.application_id for one in sheet.standings]
    references = {one.application_id: one.reference for one in sheet.standings}
    exclusions = Exclusion.objects.filter(assessment__application__in=ids).in_force().order_by("pk")
    remarks = ModerationNote.objects.filter(application__in=ids).order_by("pk")
    return {
        "form": FORM,
        "competitions": [
            {
                "code": one.code,
                "title": one.title,
                "threshold": str(one.threshold),
                "spread_limit": str(one.spread_limit),
            }
            for one in sheet.competitions
        ],
        "ranks_by": str(sheet.ranks_by),
        "ranks_by_reason": sheet.choice.text if sheet.choice else "",
        "rules": sheet.rules,
        "strictness": {
            "effects": {str(pk): f"{effect:.3f}" for pk, effect in sheet.estimate.effects.items()},
            "strictness": f"{sheet.estimate.strictness:.3f}",
            "residual": f"{sheet.estimate.residual:.3f}",
            "groups": sheet.estimate.groups,
        },
        "left_out": {
            str(assessor): {
                references[pk]: outcome.value if outcome else None for pk, outcome in others.items()
            }
            for assessor, others in sheet.fragility.left_out.items()
        },
        "lines": [line_of(line, sheet.fragile) for line in sheet.plan.lines],
        "budgets": [
            {
                "code": cut.budget.code,
                "name": str(cut.budget),
                "ceiling": str(cut.budget.ceiling),
                "available": str(cut.available),
                "taken": str(cut.taken),
                "left": str(cut.left),
                "alone_stops_at": cut.alone_stops_at,
                "stops_plan": cut.stops_plan,
            }
            for cut in sheet.plan.cuts
        ],
        "exclusions": [
            {"assessment": pk, "question": question, "application": references[of], "reason": reason}
            for pk, question, of, reason in exclusions.values_list(
                "assessment", "question", "assessment__application", "reason"
            )
        ],
        "notes": [one.text for one in sheet.record if one.kind == NOTE],
        "application_notes": [
            [references[of], text] for of, text in remarks.values_list("application", "text")
        ],
    }


def line_of(line: Line, fragile: dict[int, set[str]]) -> dict[str, Any]:
    """One line with all its figures, None for what there is not yet."""
    one = line.standing
    furthest = one.furthest
    return {
        "application": one.application_id,
        "reference": one.reference,
        "title": one.title,
        "lead": one.lead_name,
        "competition": one.competition_code,
        "rank": one.rank,
        "score": _text(one.score),
        "mean": _text(one.percentage),
        "rank_by_mean": one.rank_by_mean,
        "corrected": _text(one.corrected),
        "margin": _text(one.margin),
        "rank_corrected": one.rank_corrected,
        "spread": _text(one.spread) if one.is_assessed else None,
        "is_wide": one.is_wide,
        "outliers": list(one.outliers),
        "deviation": _text(one.deviation),
        "furthest": _text(furthest[1]) if furthest else None,
        "furthest_assessor": furthest[0] if furthest else None,
        "assessments": one.assessments,
        "excluded": one.excluded,
        "conflicted": one.conflicted,
        "outstanding": one.outstanding,
        "scope_votes": one.scope_votes,
        "fund_votes": one.fund_votes,
        "is_vote_tied": one.is_vote_tied,
        "is_tied": bool(one.tied_with),
        "grant_sought": str(one.grant_sought),
        "grant_submitted": _text(one.grant_submitted),
        "outcome": line.outcome.value if line.outcome else None,
        "running_total": str(line.running_total) if line.is_funded else None,
        "is_tied_across_line": line.is_tied_across_line,
        "fragile": sorted(fragile.get(one.application_id, ())),
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _held(competitions: Iterable[Competition], needed: frozenset[Role], by: User) -> list[Competition]:
    """The competitions of one list, locked, in the order of their codes."""
    ids = [one.pk for one in competitions]
    held = list(Competition.objects.filter(pk__in=ids).order_by("pk").select_for_update())
    duties.check(needed, roles=by.roles_in_all(one.region_id for one in held))
    entered = [pk for one in held for pk in one.applications.values_list("pk", flat=True)]
    independence.check([by], entered, by=by)
    return sorted(held, key=lambda one: one.code)


def _stands(competitions: list[Competition]) -> bool:
    if any(one.stage in (Stage.DECIDED, Stage.RELEASED) for one in competitions):
        return True
    return Allocation.objects.standing().filter(competitions__in=competitions).exists()


def _checked(text: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise TextRefused(missing)
    if len(text) > LONGEST:
        raise TextRefused(f"Enter {LONGEST:,} characters or fewer; this has {len(text):,}")
    return text
