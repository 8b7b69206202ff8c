"""Budgets and which of them a competition draws on."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts import audit, formats, money
from accounts.models import Region
from accounts.refusals import Refusal
from applications.models import Competition, PotSharing
from funding import ledger
from funding.models import Budget, BudgetKind, CompetitionBudgets


class DrawRefused(Refusal):
    """These are not the budgets that this competition can draw on; the text says why."""


@audit.action("open budget")
def open_budget(
    code: str,
    name: str,
    kind: BudgetKind,
    ceiling: Decimal,
    region: Region | None = None,
    *,
    at: datetime,
    by=None,
) -> Budget:
    """Open the budget ``code``, or bring the open one to this name.

    The money comes from outside through the ledger, so a recount finds all of it. An open budget keeps
    its ceiling: two people change that (``budget_changes``).

    Raises DrawRefused where the code belongs to a budget of another kind, region or ceiling.
    """
    ceiling = money.exact(ceiling)
    budget, _ = Budget.objects.get_or_create(
        code=code, defaults={"name": name, "kind": kind, "region": region, "ceiling": 0, "available": 0}
    )
    if (budget.kind, budget.region) != (kind, region):
        raise DrawRefused(f"{code} is the code of another budget, a {budget.get_kind_display().lower()}")
    if budget.ceiling != ceiling and budget.transfers.exists():
        raise DrawRefused(f"{code} is open with {formats.pounds(budget.ceiling)}: two people change that")
    if budget.name != name:
        budget.name = name
        budget.save(update_fields=["name"])
    return ledger.set_ceiling(
        budget, ceiling, by=by, at=at, cause=f"ceiling of {ceiling} set {at.isoformat()}"
    )


@transaction.atomic
def draw(
    competition: Competition, programme: Budget, region: Budget, pot: Budget, part: Budget | None = None
) -> CompetitionBudgets:
    """Say what the competition's awards draw on. From the first award on the database refuses a change.

    Raises DrawRefused for a budget of the wrong kind or region, or a part missing or too many.
    """
    wanted = {"programme": programme, "region": region, "pot": pot, "part": part}
    _check(competition, wanted)
    # Whoever makes an award holds this row by its key (``awards.promise``): that is waited for.
    drawn, made = CompetitionBudgets.objects.select_for_update().get_or_create(
        competition=competition, defaults=wanted
    )
    if made or all(getattr(drawn, name) == budget for name, budget in wanted.items()):
        return drawn
    if drawn.awards.exists():
        raise DrawRefused(f"{competition.code} has awards: its budgets stay as they are")
    for name, budget in wanted.items():
        setattr(drawn, name, budget)
    drawn.save(update_fields=list(wanted))
    return drawn


def _check(competition: Competition, wanted: dict[str, Budget | None]) -> None:
    for name, budget in wanted.items():
        if budget and budget.kind != name:
            raise DrawRefused(f"{budget.code} is a {budget.kind} budget, not a {name} budget")
    if wanted["region"].region != competition.region:
        raise DrawRefused(f"{wanted['region'].code} is not the budget of {competition.region}")
    if wanted["pot"].code != competition.pot:
        raise DrawRefused(f"{wanted['pot'].code} is not the budget of the pot {competition.pot}")
    if (competition.pot_sharing == PotSharing.PARTS) != bool(wanted["part"]):
        raise DrawRefused(f"{competition.code}: a budget for its part goes with a stated part of the pot")


def misfits(competition: Competition) -> dict[str, str]:
    """Which rules of a competition no longer fit the budgets drawn up for it, by field, and why."""
    drawn = (
        CompetitionBudgets.objects.select_related("region__region", "pot", "part")
        .filter(competition=competition.pk)
        .first()
    )
    if drawn is None:
        return {}
    found = {}
    if drawn.region.region_id != competition.region_id:
        found["region"] = (
            f"The competition draws on the budget of {drawn.region.region}, so its region must stay that."
        )
    if drawn.pot.code != competition.pot:
        found["pot"] = f"The competition draws on the pot {drawn.pot.code}, so its pot must stay that."
    is_parted = competition.pot_sharing == PotSharing.PARTS
    if is_parted and drawn.part is None:
        found["pot_sharing"] = "The competition has no budget for a part of its pot, so it cannot take one."
    elif not is_parted and drawn.part is not None:
        found["pot_sharing"] = "The competition has a budget for its part of the pot, so it must keep a part."
    elif drawn.part is not None and drawn.part.ceiling != competition.pot_part:
        part = formats.pounds(drawn.part.ceiling)
        found["pot_part"] = f"The budget of the competition's part is {part}, so its part must stay that."
    return found
