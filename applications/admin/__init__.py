from applications.admin import applications, assessments, closing, competitions, rules, waivers

__all__ = ["applications", "assessments", "closing", "competitions", "rules", "waivers"]
