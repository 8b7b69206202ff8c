"""People of the office for a journey: with a password, a confirmed address and their role's rights."""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts import role_groups
from accounts.models import User
from accounts.roles import Role
from tests.make import people

PASSWORD = "a long walk to the river"


def staff(**roles: Role) -> dict[str, User]:
    """Make one person for each name, such as ``funds=Role.FUNDS``."""
    role_groups.sync()
    hashed = make_password(PASSWORD, hasher="argon2")
    made = {}
    for name, role in roles.items():
        person = people.user(role, email=f"{name}@example.com", name=name.capitalize())
        User.objects.filter(pk=person.pk).update(password=hashed)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        made[name] = person
    return made
