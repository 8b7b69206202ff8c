"""What signing up does besides the account itself."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import Group

from accounts import audit
from accounts.models import User
from accounts.roles import Role

logger = logging.getLogger(__name__)

#: Pages on whose way somebody may sign up, by the name of their route: each function says, by the key
#: in the address and the moment, which email address they were invited by; "" for none.
invited_on: dict[str, Callable[[str, datetime], str]] = {}


@audit.action("sign up")
def complete(person: User, *, name: str, by: User, at: datetime) -> None:
    """Keep the person's name and let them apply. Runs in the transaction that makes the account.

    ``by`` is the person themself.
    """
    person.name = " ".join(name.split())
    person.save(update_fields=["name"])
    group, _ = Group.objects.get_or_create(name=Role.APPLICANT.value)
    person.groups.add(group)
    logger.info("person signed up", extra={"person": person.pk})
