"""What is told of budget changes: to those who may decide that one is proposed, to its proposer how."""

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.office_notices import BECAUSE_STAFF
from accounts.wording import OFFERED, Example, Kind
from applications.notice_parts import page
from funding import budget_changes
from funding.models import BudgetChange


def proposed(notification: Notification) -> Values:
    change = notification.looked_up(_change)
    return {
        "budget": change.budget.name,
        "facts": Facts((*_facts(change), ("Proposed by", str(change.proposed_by)))),
        "change_button": Button("Decide it", page("admin:funding_budgetchange_change", change.pk)),
    }


def decided(notification: Notification) -> Values:
    change = notification.looked_up(_change)
    rows = [*_facts(change), ("Decision", change.get_state_display())]
    if change.answer:
        rows.append(("Reason for the decision", change.answer))
    return {
        "budget": change.budget.name,
        "answer": change.get_state_display().lower(),
        "facts": Facts(tuple(rows)),
        "change_button": Button("See it", page("admin:funding_budgetchange_change", change.pk)),
    }


def _facts(change: BudgetChange) -> list[tuple[str, str]]:
    return [("Budget", change.budget.name), ("What", what(change)), ("Why", change.reason)]


def what(change: BudgetChange) -> str:
    """Worked: "Its ceiling becomes £7,000,000", "£50,000 of it go to Round 2"."""
    amount = formats.pounds(change.amount)
    if change.into is None:
        return f"Its ceiling becomes {amount}"
    return f"{amount} of it go to {change.into.name}"


def _change(notification: Notification) -> BudgetChange:
    rows = BudgetChange.objects.select_related("budget", "into", "proposed_by")
    return rows.get(pk=notification.subject_id)


def waits(notification: Notification) -> bool:
    return BudgetChange.objects.waiting().filter(pk=notification.subject_id).exists()


def sees(notification: Notification) -> bool:
    visible = BudgetChange.objects.visible_to(notification.recipient)
    return visible.filter(pk=notification.subject_id).exists()


def latest(viewer: User, scope: str) -> list[Example]:
    visible = BudgetChange.objects.visible_to(viewer).select_related("budget", "into")
    rows = visible.order_by("-proposed_at", "-pk")[:OFFERED]
    return [Example(row.pk, f"{row.budget.name}: {what(row)}") for row in rows]


BUDGET = Placeholder("budget", "the budget's name", invented="Liverpool City Region")
FACTS = Placeholder("facts", "a table of the budget, the change and its reason", is_block=True)

KINDS = (
    Kind(
        name=budget_changes.PROPOSED,
        title="A budget change is proposed",
        to="approvers of all that the budget is for, but not whoever proposed it",
        when="at once, when a new ceiling or a move between pots is proposed",
        subject_word="budget change",
        placeholders=(
            BUDGET,
            FACTS,
            Placeholder("change_button", "the link to decide it", is_block=True, is_required=True),
        ),
        values=proposed,
        examples=latest,
        may_read=sees,
        because=BECAUSE_STAFF,
        still_true=waits,
        may_wait=True,
    ),
    Kind(
        name=budget_changes.DECIDED,
        title="A budget change was decided",
        to="whoever proposed it",
        when="at once, when another person approves or refuses it",
        subject_word="budget change",
        placeholders=(
            BUDGET,
            Placeholder("answer", "approved or refused", is_required=True, invented="approved"),
            FACTS,
            Placeholder("change_button", "the link to it", is_block=True),
        ),
        values=decided,
        examples=latest,
        may_read=sees,
        because=BECAUSE_STAFF,
        may_wait=True,
    ),
)
