from accounts.admin import audit_trail, notifications, organisations, people, regions

__all__ = ["audit_trail", "notifications", "organisations", "people", "regions"]
