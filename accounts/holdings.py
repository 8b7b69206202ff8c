"""What a person holds, made so. Whether it may be is the business of ``appointments``."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group

from accounts import audit, outbox
from accounts.models import Holding, Region, RoleChange, User
from accounts.roles import Appointment, Role

#: The notification of a change that has taken effect.
ROLES_CHANGED = "roles_changed"

#: The notification of what one administrator did alone, for the others.
SIGN_IN_CHANGED = "sign_in_changed"


def administrators():
    """Those who can change roles now."""
    return User.objects.holding(Role.ADMINISTRATOR)


def lock_administrators() -> None:
    """Take turns: who is an administrator stays so until the outer transaction ends."""
    list(Group.objects.filter(name=Role.ADMINISTRATOR).select_for_update(no_key=True))


def now(person: User) -> frozenset[Appointment]:
    return frozenset(held.appointment for held in person.held)


def apply(change: RoleChange, *, at: datetime) -> None:
    """Make the person's holdings what the change says. Groups that stand for no role are left alone."""
    person = User.objects.select_for_update().get(pk=change.person_id)
    wanted = change.held_after
    kept = set()
    for held in person.held:
        if held.appointment in wanted:
            kept.add(held.appointment)
        else:
            held.delete()
    groups = {group.name: group for group in Group.objects.filter(name__in=[one.role for one in wanted])}
    regions = {region.code: region for region in Region.objects.all()}
    Holding.objects.bulk_create(
        Holding(person=person, group=groups[role], region=regions[code] if code else None, given_at=at)
        for role, code in sorted(wanted - kept)
    )
    person.is_active, person.roles_changed_at = change.may_sign_in, at
    person.save(update_fields=["is_active", "roles_changed_at"])


def note(change: RoleChange) -> None:
    """Say in the audit trail, of the action under way, what the change is."""
    audit.note(
        subject=change,
        before={"roles": _brief(change.held_before), "may_sign_in": change.could_sign_in},
        after={
            "person": change.person_id,
            "roles": _brief(change.held_after),
            "may_sign_in": change.may_sign_in,
        },
        reason=change.reason,
    )


def in_words(appointments: Iterable[Appointment]) -> str:
    """The roles with the names of their regions: "auditor, competition manager (Tees Valley)"."""
    names = dict(Region.objects.values_list("code", "name"))
    found = [f"{role} ({names.get(code, code)})" if code else str(role) for role, code in appointments]
    return ", ".join(sorted(found)) or "none"


def _brief(appointments: Iterable[Appointment]) -> list[str]:
    return sorted(one.in_brief for one in appointments)


def tell(change: RoleChange, *, at: datetime) -> None:
    """Owe the person word of what has taken effect."""
    outbox.post(
        ROLES_CHANGED,
        to=change.person,
        subject_word="role change",
        subject_id=change.pk,
        cause=f"role change {change.pk} took effect",
        at=at,
    )


def tell_administrators(change: RoleChange, *, at: datetime) -> None:
    """Owe word of it to every administrator but the one who did it and the one it was done to."""
    others = administrators().exclude(pk__in=[change.asked_by_id, change.person_id])
    for person in others.order_by("pk"):
        outbox.post(
            SIGN_IN_CHANGED,
            to=person,
            subject_word="role change",
            subject_id=change.pk,
            cause=f"role change {change.pk} took effect: administrator {person.pk}",
            at=at,
        )
