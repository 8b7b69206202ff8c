from accounts.admin import notifications, organisations, people, regions

__all__ = ["notifications", "organisations", "people", "regions"]
