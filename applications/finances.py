"""An organisation's costs and the grant it asks for. Every change counts the sums again."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from accounts import audit, money, versions
from accounts.models import User
from accounts.refusals import Refusal
from applications import costs, editing, labour, sections
from applications.models import (
    Application,
    Category,
    CostLine,
    MaximumPercentage,
    OtherFunding,
    OverheadMethod,
    Participant,
)

#: What the lines of each category are made of, besides their description. Overheads have no lines to fill in.
INPUTS: dict[str, tuple[str, ...]] = {
    Category.LABOUR: ("annual_cost", "working_days", "days"),
    Category.MATERIALS: ("quantity", "unit_cost"),
    Category.CAPITAL: ("detail", "new_price", "residual_value", "utilisation"),
    Category.SUBCONTRACTING: ("country", "detail", "amount"),
    Category.TRAVEL: ("quantity", "unit_cost"),
    Category.OTHER: ("amount",),
}

#: Everything an input may be, so that a line that changes keeps nothing of what it was.
EMPTY = {
    "detail": "",
    "country": "",
    "annual_cost": None,
    "working_days": None,
    "days": None,
    "quantity": None,
    "unit_cost": None,
    "new_price": None,
    "residual_value": None,
    "utilisation": None,
}

#: What is said of each source of other public money.
SOURCE = ("source", "secured_on", "amount")

#: The page of the form on which overheads are chosen.
OVERHEADS = "overheads"

#: Bounds that keep every sum within what the database holds; no project comes near them.
MOST_LINES = 100
MOST_POUNDS = Decimal("100000000.00")


class TooManyLines(Refusal):
    """A category has as many lines as it may."""


class TooMuch(Refusal):
    """A line would come to more than ``MOST_POUNDS``."""


class NoAmount(Refusal):
    """Overheads are the organisation's own calculation, and what it comes to is missing."""


class LineGone(Refusal):
    """The line was removed after the writer's page was opened."""


class AboveMaximum(Refusal):
    """The percentage asked for is above the organisation's ``maximum``."""

    def __init__(self, maximum: Decimal):
        super().__init__(f"above {maximum}%")
        self.maximum = maximum


def line_amount(category: str, inputs: Mapping[str, Any]) -> Decimal:
    """Return what a line of ``category`` costs, in whole pounds, by the formula of its category."""
    match category:
        case Category.LABOUR:
            return costs.labour(inputs["annual_cost"], inputs["working_days"], inputs["days"])
        case Category.MATERIALS | Category.TRAVEL:
            return costs.bought(inputs["quantity"], inputs["unit_cost"])
        case Category.CAPITAL:
            return costs.capital_usage(inputs["new_price"], inputs["residual_value"], inputs["utilisation"])
        case _:
            return money.nearest_pound(inputs["amount"])


@audit.action("save cost line")
def save_line(
    participant: Participant,
    category: Category,
    inputs: Mapping[str, Any],
    *,
    line: CostLine | None = None,
    version: int | None = None,
    by: User,
    at: datetime,
) -> CostLine:
    """Add a line of costs, or put ``inputs`` in the place of what ``line`` says.

    inputs   ``description`` and what ``INPUTS`` lists for the category
    version  of the line that the writer saw: raises StaleVersion where it was changed in
             between, LineGone where it was removed

    Raises TooManyLines, TooMuch, labour.TooManyDays, or what ``editing.lock_draft`` raises.
    """
    draft = editing.lock_draft(participant.application, by=by, at=at)
    amount = line_amount(category, inputs)
    if amount > MOST_POUNDS:
        raise TooMuch
    if category == Category.LABOUR:
        labour.check(draft, inputs["working_days"], inputs["days"])
    if line is None:
        if participant.cost_lines.filter(category=category).count() >= MOST_LINES:
            raise TooManyLines
        line = CostLine(participant=participant, category=category, version=0)
    else:
        line = _line_now(line)

    given = {name: inputs[name] for name in INPUTS[category] if name != "amount"}
    wanted = {**EMPTY, **given, "description": inputs["description"], "amount": amount}
    if line.pk:
        is_same = all(getattr(line, name) == value for name, value in wanted.items())
        versions.check(line, version, is_same=is_same)
    for name, value in wanted.items():
        setattr(line, name, value)
    line.note_save(by=by, at=at)
    line.save()
    audit.note(subject=draft, after={"category": category, "line": line.pk, "amount": str(amount)})
    _changed(draft, participant, sections.COSTS)
    return line


@audit.action("remove cost line")
def delete_line(line: CostLine, *, version: int | None = None, by: User, at: datetime) -> None:
    """Remove a line. Raises StaleVersion where it now says something else than the writer saw, LineGone."""
    draft = editing.lock_draft(line.participant.application, by=by, at=at)
    line = _line_now(line)
    versions.check(line, version)
    audit.note(subject=draft, before={"category": line.category, "line": line.pk, "amount": str(line.amount)})
    line.delete()
    _changed(draft, line.participant, sections.COSTS)


@audit.action("choose overheads")
def set_overheads(
    participant: Participant,
    method: OverheadMethod,
    amount: Decimal | None = None,
    explanation: str = "",
    *,
    version: int | None = None,
    by: User,
    at: datetime,
    is_autosave: bool = False,
) -> Participant:
    """Choose how overheads are counted.

    amount, explanation  what the organisation's own calculation comes to, and how it was made;
                         left aside with any other method

    Raises NoAmount, TooMuch, StaleVersion.
    """
    draft = editing.lock_draft(participant.application, by=by, at=at)
    participant = draft.participants.get(pk=participant.pk)
    if method != OverheadMethod.CALCULATED:
        amount, explanation = None, ""
    elif amount is None:
        raise NoAmount
    else:
        amount = money.nearest_pound(amount)
    if amount is not None and amount > MOST_POUNDS:
        raise TooMuch
    page = editing.saved_page(participant, OVERHEADS)
    versions.check(page, version, is_same=(method, amount, explanation) == overheads(participant))

    audit.note(subject=draft, before={"method": participant.overhead_method}, after={"method": method})
    participant.overhead_method = method
    participant.save(update_fields=["overhead_method"])
    participant.cost_lines.filter(category=Category.OVERHEADS).delete()
    if amount is not None:
        _write_overheads(participant, amount, explanation)
    editing.note_save(page, by=by, at=at, is_autosave=is_autosave)
    page.save()
    _changed(draft, participant, sections.COSTS)
    return participant


def overheads(participant: Participant) -> tuple[str, Decimal | None, str]:
    """Return the method, and the sum and its explanation where it is the organisation's own calculation."""
    line = None
    if participant.overhead_method == OverheadMethod.CALCULATED:
        line = participant.cost_lines.filter(category=Category.OVERHEADS).first()
    return participant.overhead_method, line.amount if line else None, line.detail if line else ""


@audit.action("ask for funding")
def set_funding(
    participant: Participant,
    percentage: Decimal | None,
    sources: list[dict[str, Any]],
    *,
    version: int | None = None,
    by: User,
    at: datetime,
    is_autosave: bool = False,
) -> Participant:
    """Ask for ``percentage`` of the costs, and name the other public money for the same project.

    sources  dicts of ``source``, ``secured_on`` (date or None) and ``amount`` in pounds;
             they take the place of those named before

    Raises AboveMaximum, naming the organisation's maximum, and StaleVersion.
    """
    draft = editing.lock_draft(participant.application, by=by, at=at)
    participant = draft.participants.get(pk=participant.pk)
    page = editing.saved_page(participant, sections.FUNDING)
    is_same = (participant.percentage_asked, named_sources(participant)) == (percentage, sources)
    versions.check(page, version, is_same=is_same)
    maximum = maximum_percentage(participant, draft)
    if percentage is not None and maximum is not None and percentage > maximum:
        raise AboveMaximum(maximum)
    audit.note(
        subject=draft,
        before={"percentage": str(participant.percentage_asked)},
        after={"percentage": str(percentage), "sources": [str(source["amount"]) for source in sources]},
    )
    participant.percentage_asked = percentage
    participant.save(update_fields=["percentage_asked"])
    participant.funding_sources.all().delete()
    OtherFunding.objects.bulk_create(OtherFunding(participant=participant, **source) for source in sources)
    editing.note_save(page, by=by, at=at, is_autosave=is_autosave)
    page.save()
    _changed(draft, participant, sections.FUNDING)
    return participant


def named_sources(participant: Participant) -> list[dict[str, Any]]:
    """Return the other public money as ``set_funding`` takes it."""
    return [dict(row) for row in participant.funding_sources.order_by("pk").values(*SOURCE)]


def maximum_percentage(participant: Participant, application: Application) -> Decimal | None:
    """The most of its costs that this organisation's grant may cover, from the competition's table.

    None while the research category is not chosen or the competition has no table.
    """
    return maxima(application).get(participant.funding_size)


def maxima(application: Application) -> dict[str, Decimal]:
    """Those percentages by the organisation's size, or ``non_business``; none as above."""
    cells = MaximumPercentage.objects.filter(
        table=application.competition.intensity_table_id, research_category=application.research_category
    )
    return dict(cells.values_list("size", "percentage"))


def recount(participant: Participant) -> None:
    """Count an organisation's sums and its application's again from their rows."""
    participant.refresh_from_db(fields=["overhead_method", "percentage_asked"])
    _recount_overheads(participant)
    total = participant.cost_lines.aggregate(sum=Sum("amount"))["sum"] or costs.NOUGHT
    other = participant.funding_sources.aggregate(sum=Sum("amount"))["sum"] or costs.NOUGHT
    participant.total_costs = total
    participant.other_funding = other
    participant.grant_sought = costs.grant(total, participant.percentage_asked or costs.NOUGHT, other)
    participant.contribution = costs.contribution(total, participant.grant_sought, other)
    participant.save(update_fields=["total_costs", "other_funding", "grant_sought", "contribution"])

    sums = Participant.objects.filter(application=participant.application_id).aggregate(
        total_costs=Sum("total_costs"), grant_sought=Sum("grant_sought")
    )
    Application.objects.filter(pk=participant.application_id).update(**sums)


def _line_now(line: CostLine) -> CostLine:
    """Read the line again, under the lock of its draft. Raises LineGone."""
    now = CostLine.objects.filter(pk=line.pk).select_related("participant", "saved_by").first()
    if now is None:
        raise LineGone
    return now


def _changed(draft: Application, participant: Participant, section: str) -> None:
    editing.reopen(draft, section)
    recount(participant)


def _recount_overheads(participant: Participant) -> None:
    """Twenty percent of labour follows the labour lines."""
    if participant.overhead_method != OverheadMethod.TWENTY:
        return
    wages = participant.cost_lines.filter(category=Category.LABOUR).aggregate(sum=Sum("amount"))["sum"]
    participant.cost_lines.filter(category=Category.OVERHEADS).delete()
    if wages:
        _write_overheads(participant, costs.twenty_percent_overheads(wages))


def _write_overheads(participant: Participant, amount: Decimal, explanation: str = "") -> None:
    CostLine.objects.create(
        participant=participant,
        category=Category.OVERHEADS,
        description=OverheadMethod(participant.overhead_method).label,
        detail=explanation,
        amount=amount,
    )
