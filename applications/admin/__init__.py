from applications.admin import applications, assessments, closing, competitions, rules

__all__ = ["applications", "assessments", "closing", "competitions", "rules"]
