"""Setting a competition up: its rules may change until it is published, and each change is on record."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts import audit
from accounts.models import User
from accounts.models.edited import NOTED
from accounts.refusals import Refusal
from accounts.roles import Role
from applications.models import Competition, Stage

logger = logging.getLogger(__name__)

#: All that the office or its files set. Stage and version follow from what is done.
RULES = tuple(
    field for field in Competition._meta.concrete_fields if field.editable and not field.primary_key
)
#: Longer texts are cut in the record: it shows that they changed, and how they begin.
LONGEST = 200

#: What apps above have tied to a competition's rules: each function says, by field, which of them no
#: longer fit and why.
bound_by: list[Callable[[Competition], dict[str, str]]] = []


class SettingUpRefused(Refusal):
    """The competition is published, or the person is no competition manager of its region."""


class RulesAreBound(SettingUpRefused):
    """Something was drawn up for the rules as they were; ``problems`` says why, by field."""

    def __init__(self, problems: dict[str, str]):
        self.problems = problems
        super().__init__(" ".join(problems.values()))

    @property
    def facts(self) -> dict:
        return {"fields": sorted(self.problems)}


@audit.action("add competition")
def add(competition: Competition, *, by: User, at: datetime) -> Competition:
    """Save a new competition, in set-up. Raises SettingUpRefused for who is no manager of its region."""
    _check(by, competition)
    competition.note_save(by=by, at=at)
    competition.save(force_insert=True)
    audit.note(after={"code": competition.code, "region": competition.region_id})
    logger.info("competition added", extra={"competition": competition.code})
    return competition


@audit.action("change competition")
def change(competition: Competition, *, by: User, at: datetime) -> Competition:
    """Save what differs in ``competition`` from its row, and note each value before and after.

    Locks its row. Raises SettingUpRefused once it is published, and for who is no manager of the
    region that it was in or is to be in, and RulesAreBound where its budgets would not fit it.
    """
    kept = Competition.objects.select_for_update(of=["self"]).get(pk=competition.pk)
    _check(by, kept, competition)
    if problems := misfits(competition):
        raise RulesAreBound(problems)
    changed = [
        field for field in RULES if getattr(kept, field.attname) != getattr(competition, field.attname)
    ]
    competition.version = kept.version
    competition.note_save(by=by, at=at)
    competition.save(update_fields=[*(field.name for field in changed), *NOTED])
    before, after = (
        {field.name: _on_record(getattr(row, field.attname)) for field in changed}
        for row in (kept, competition)
    )
    audit.note(before=before, after=after)
    logger.info("competition changed", extra={"competition": competition.code})
    return competition


def misfits(competition: Competition) -> dict[str, str]:
    """Which rules of the competition no longer fit what was drawn up for it, by field, and why."""
    return {field: why for ask in bound_by for field, why in ask(competition).items()}


def _check(by: User, *rows: Competition) -> None:
    for row in rows:
        if Role.MANAGER not in by.roles_in(row.region_id):
            raise SettingUpRefused(f"Only a {Role.MANAGER} of its region may set a competition up.")
        if row.stage != Stage.SET_UP:
            raise SettingUpRefused("This competition has been published; its rules are fixed.")


def _on_record(value: Any) -> Any:
    """The value as JSON has it: sums as text, moments in ISO 8601."""
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}…"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
