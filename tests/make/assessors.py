"""What assessors say of themselves, and what keeps them from an application."""

from datetime import date

from accounts.models import User
from applications.assessment.ties import ConflictKind
from applications.models import (
    Application,
    AssessorProfile,
    Conflict,
    Declaration,
    Interest,
    InterestKind,
)
from tests.make.times import NOON

#: A day that no test comes to.
FAR = date(2099, 4, 6)


def profile(person: User, *, lapses_on: date = FAR, **fields) -> AssessorProfile:
    """Give the person a profile with a declaration that stands."""
    made, _ = AssessorProfile.objects.update_or_create(person=person, defaults=fields)
    if not person.declarations.exists():
        Declaration.objects.create(person=person, facts={}, declared_at=NOON, lapses_on=lapses_on)
    return made


def interest(person: User, name: str = "Tees Holdings Ltd", **fields) -> Interest:
    made = getattr(person, "assessor_profile", None) or profile(person)
    fields = {"kind": InterestKind.DIRECTORSHIP, **fields}
    return Interest.objects.create(profile=made, organisation_name=name, **fields)


def conflict(application: Application, person: User, **fields) -> Conflict:
    return Conflict.objects.create(
        **{
            "assessor": person,
            "application": application,
            "kind": ConflictKind.COMPANY,
            "reason": "Employer: Tees Holdings Ltd takes part.",
            "blocks": True,
            "found_at": NOON,
            **fields,
        }
    )
