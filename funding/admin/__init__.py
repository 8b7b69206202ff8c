from funding.admin import reports

__all__ = ["reports"]
