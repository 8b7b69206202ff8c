from accounts.admin import notifications, organisations, people

__all__ = ["notifications", "organisations", "people"]
