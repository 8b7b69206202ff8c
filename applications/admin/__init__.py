from applications.admin import (
    applications,
    assessments,
    assessor_invitations,
    assessors,
    closing,
    competitions,
    desk,
    exclusions,
    pool,
    rules,
    waivers,
)

__all__ = [
    "applications",
    "assessments",
    "assessor_invitations",
    "assessors",
    "closing",
    "competitions",
    "desk",
    "exclusions",
    "pool",
    "rules",
    "waivers",
]
