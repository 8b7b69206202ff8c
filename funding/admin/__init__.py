from funding.admin import (
    allocations,
    assistance,
    award_endings,
    budget_changes,
    budgets,
    ledger_checks,
    letter_templates,
    money,
    offers,
    reports,
    subsidy_database,
    transfers,
)

__all__ = [
    "allocations",
    "assistance",
    "award_endings",
    "budget_changes",
    "budgets",
    "ledger_checks",
    "letter_templates",
    "money",
    "offers",
    "reports",
    "subsidy_database",
    "transfers",
]
