from funding.admin import (
    allocations,
    assistance,
    budget_changes,
    budgets,
    ledger_checks,
    money,
    offers,
    reports,
    subsidy_database,
    transfers,
)

__all__ = [
    "allocations",
    "assistance",
    "budget_changes",
    "budgets",
    "ledger_checks",
    "money",
    "offers",
    "reports",
    "subsidy_database",
    "transfers",
]
