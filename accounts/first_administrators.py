"""The first two administrators, who are appointed on the server: until there are two, nobody can confirm."""

import logging
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from accounts import audit, holdings
from accounts.models import ChangeState, RoleChange, User
from accounts.refusals import Refusal
from accounts.roles import Appointment, Role, as_pairs

logger = logging.getLogger(__name__)


class NotAppointed(Refusal):
    """There are administrators already, or nobody to appoint; the message says which."""


@audit.action("appoint administrator on the server")
def appoint(email: str, *, is_second: bool = False, by: None = None, at: datetime) -> RoleChange:
    """Make the person who signed up with ``email`` the first administrator, or the second.

    From two on a change is asked for and confirmed in the office. Locks the administrators, so
    that of two at once one is refused. Raises NotAppointed and writes nothing.
    """
    holdings.lock_administrators()
    _check_it_is_due(list(holdings.administrators()), is_second)
    person = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        raise NotAppointed(f"Nobody has signed up as {email}. Create the account on the site first.")
    if not EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True).exists():
        raise NotAppointed(f"{email} has not been confirmed. Follow the link in the email first.")
    if Role.ADMINISTRATOR in person.roles:
        raise NotAppointed(f"{email} is the first administrator. Name another person as the second.")

    before = holdings.now(person)
    change = RoleChange.objects.create(
        person=person,
        state=ChangeState.APPOINTED,
        before=as_pairs(before),
        after=as_pairs(before | {Appointment(Role.ADMINISTRATOR)}),
        could_sign_in=True,
        may_sign_in=True,
        reason=f"Appointed as the {'second' if is_second else 'first'} administrator.",
        asked_at=at,
        decided_at=at,
    )
    holdings.apply(change, at=at)
    holdings.note(change)
    holdings.tell(change, at=at)
    logger.info("administrator was appointed on the server", extra={"change": change.pk})
    return change


def _check_it_is_due(administrators: list[User], is_second: bool) -> None:
    if not Group.objects.filter(name=Role.ADMINISTRATOR).exists():
        raise NotAppointed("The roles are not set up yet. Run: manage.py sync_roles")
    if is_second and not administrators:
        raise NotAppointed("There is no administrator yet. Appoint the first one without --second.")
    if len(administrators) > 1:
        raise NotAppointed("There are administrators already. They give roles in the office.")
    if administrators and not is_second:
        raise NotAppointed(
            "There is an administrator already. A change of roles takes two: the second one is appointed "
            "with --second."
        )
