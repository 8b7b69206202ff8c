"""People with the roles a test names."""

from datetime import datetime
from itertools import count

from django.contrib.auth.models import Group

from accounts.models import Holding, Membership, Organisation, Region, User
from accounts.roles import Role
from tests.make import assessors
from tests.make.times import NOON

_numbers = count(1)


def user(*roles: Role, email: str | None = None, name: str = "", region: Region | None = None) -> User:
    """Make somebody who holds the roles, for the whole programme or for ``region`` alone."""
    number = next(_numbers)
    email, name = email or f"person{number}@example.com", name or f"Person {number}"
    person = User.objects.create_user(email, name=name, at=NOON)
    for role in roles:
        give(person, role, region)
    return person


def give(person: User, role: Role, region: Region | None = None, at: datetime | None = None) -> None:
    group, _ = Group.objects.get_or_create(name=role)
    Holding.objects.create(person=person, group=group, region=region, given_at=at)
    if role == Role.ASSESSOR:
        assessors.profile(person)


def assessor(**fields) -> User:
    return user(Role.ASSESSOR, **fields)


def manager(**fields) -> User:
    return user(Role.MANAGER, **fields)


def member(organisation: Organisation, may_edit: bool = True, *roles: Role, **fields) -> User:
    """Make somebody of the organisation, an applicant unless other roles are named."""
    person = user(*(roles or (Role.APPLICANT,)), **fields)
    Membership.objects.create(organisation=organisation, person=person, may_edit=may_edit, joined_at=NOON)
    return person
