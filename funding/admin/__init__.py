from funding.admin import allocations, ledger_checks, money, reports

__all__ = ["allocations", "ledger_checks", "money", "reports"]
