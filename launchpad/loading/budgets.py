"""Budgets as they stand in the files, and which of them each competition draws on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from accounts import london
from accounts.models import Region
from applications.models import Competition, Stage
from funding import budgets
from funding.models import Budget, BudgetKind, Transfer
from launchpad.loading.entries import Entry
from launchpad.loading.keeping import Kept


@dataclass(frozen=True)
class Planned:
    entry: Entry
    code: str
    name: str
    kind: str
    region: str
    ceiling: Decimal
    available_from: date

    @property
    def opened_at(self) -> datetime:
        return london.moment_of(datetime.combine(self.available_from, time()))


def budget(entry: Entry, regions: Collection[str]) -> Planned:
    kind = entry.choice("kind", [BudgetKind.PROGRAMME, BudgetKind.REGION, BudgetKind.POT], required=True)
    planned = Planned(
        entry,
        code=entry.text("code"),
        name=entry.text("name"),
        kind=kind,
        region=entry.choice("region", regions, required=kind == BudgetKind.REGION),
        ceiling=entry.decimal("ceiling", required=True) or Decimal(0),
        available_from=entry.day("available_from", required=True) or date.min,
    )
    entry.build(
        Budget,
        exclude=["region", "available"],
        code=planned.code,
        name=planned.name,
        kind=kind,
        ceiling=planned.ceiling,
    )
    if planned.ceiling <= 0 and isinstance(entry.values.get("ceiling"), int | Decimal):
        entry.refuse("ceiling", "must be above nought")
    if kind == BudgetKind.PROGRAMME and planned.region:
        entry.refuse("region", "the programme's budget is of no region")
    entry.finish()
    return planned


def refuse_gaps(planned: list[Planned], regions: dict[str, Entry]) -> None:
    """There is one budget for the programme and one for each region; an award needs all of them."""
    programmes = [budget for budget in planned if budget.kind == BudgetKind.PROGRAMME]
    for further in programmes[1:]:
        further.entry.refuse("kind", f"the programme has a budget already, {programmes[0].code}")
    if planned and not programmes:
        planned[0].entry.refuse("kind", "no budget of the file is the programme's")
    for code, entry in regions.items():
        of_region = [each for each in planned if each.kind == BudgetKind.REGION and each.region == code]
        if not of_region:
            entry.refuse("code", "this region has no budget")
        for further in of_region[1:]:
            further.entry.refuse("region", f"the region has a budget already, {of_region[0].code}")


def keep(kept: Kept, planned: Planned) -> None:
    """Open the budget. A ceiling that stands is changed in the office, by two people, never by a file."""
    region = Region.objects.filter(code=planned.region).first()
    standing = Budget.objects.filter(code=planned.code).first()
    if standing is None:
        budgets.open_budget(
            planned.code,
            planned.name,
            BudgetKind(planned.kind),
            planned.ceiling,
            region,
            at=planned.opened_at,
        )
        kept.made += 1
        return
    if standing.ceiling != planned.ceiling and is_changed_in_office(standing):
        kept.remarks.append(
            f"{planned.code} keeps the ceiling of £{standing.ceiling:,.2f} that the office gave it."
        )
    elif standing.ceiling != planned.ceiling:
        planned.entry.refuse(
            "ceiling",
            f"is £{planned.ceiling:,.2f} here and £{standing.ceiling:,.2f} in the ledger. "
            "Change a ceiling in the office, where the ledger books it",
        )
    elif (standing.kind, standing.region) != (planned.kind, region):
        planned.entry.refuse("kind", "a budget that is open keeps its kind and its region")
    elif standing.name != planned.name:
        standing.name = planned.name
        standing.save(update_fields=["name"])
        kept.changed += 1


def is_changed_in_office(standing: Budget) -> bool:
    return Transfer.objects.filter(budget=standing, change__isnull=False).exists()


def keep_drawn(kept: Kept, competition: Competition, entry: Entry, planned: list[Planned]) -> None:
    """Say which budgets a competition in set-up draws on: the programme's, its region's and its pot.

    planned  the budgets of the files; a demonstration may have a programme of its own beside them

    What the office has set never keeps the files from loading: then a remark says what does not fit.
    """
    if competition.stage != Stage.SET_UP or competition.pot_part is not None:
        return
    before = getattr(competition, "budgets", None)
    pot = Budget.objects.filter(code=competition.pot).first()
    if pot is None:
        kept.remarks.append(f'{competition.code} names the pot "{competition.pot}", which is no budget.')
        return
    try:
        drawn = budgets.draw(
            competition,
            programme=_standing(planned, BudgetKind.PROGRAMME),
            region=_standing(planned, BudgetKind.REGION, competition.region.code),
            pot=pot,
        )
    except budgets.DrawRefused as refusal:
        if competition.version > 1:
            kept.remarks.append(f"{competition.code}: {refusal}.")
            return
        entry.refuse("pot", str(refusal))
        return
    if before is None:
        kept.made += 1
    elif before.pot_id != drawn.pot_id:
        kept.changed += 1


def _standing(planned: list[Planned], kind: BudgetKind, region: str = "") -> Budget:
    (code,) = (budget.code for budget in planned if (budget.kind, budget.region) == (kind, region))
    return Budget.objects.get(code=code)
