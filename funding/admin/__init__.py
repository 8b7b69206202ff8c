from funding.admin import (
    allocations,
    budget_changes,
    budgets,
    ledger_checks,
    money,
    offers,
    reports,
    transfers,
)

__all__ = [
    "allocations",
    "budget_changes",
    "budgets",
    "ledger_checks",
    "money",
    "offers",
    "reports",
    "transfers",
]
