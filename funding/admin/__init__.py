from funding.admin import allocations, money, reports

__all__ = ["allocations", "money", "reports"]
