from applications.admin import applications, assessments, competitions, rules

__all__ = ["applications", "assessments", "competitions", "rules"]
