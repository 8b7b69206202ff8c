from accounts.admin import (
    audit_trail,
    job_runs,
    membership_requests,
    notifications,
    organisations,
    packages,
    people,
    regions,
    wordings,
)

__all__ = [
    "audit_trail",
    "job_runs",
    "membership_requests",
    "notifications",
    "organisations",
    "packages",
    "people",
    "regions",
    "wordings",
]
