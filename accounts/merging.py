"""Making one of two organisations that are the same company, entered twice.

The rows of the one go over to the other; it stays, empty, and says what it was merged into.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts import audit, members, settling
from accounts.models import InvitationState, Membership, Organisation, RequestState, User
from accounts.settling import SettlingRefused

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows of an organisation that go over with it, by their field ``organisation``.

    words  what they are called, one and many
    clash  why those of two organisations cannot become one's: sentences, none where they can
    warns  what will follow from it that somebody should know beforehand
    """

    words: tuple[str, str]
    rows: Callable[[Organisation], QuerySet]
    clash: Callable[[Organisation, Organisation], list[str]]
    warns: Callable[[Organisation, Organisation], list[str]]

    def counted(self, organisation: Organisation) -> str:
        number = self.rows(organisation).count()
        return f"{number} {self.words[number != 1]}"


#: Filled by the apps above when they start.
moved: list[Moved] = []


class CannotBeMerged(SettlingRefused):
    """The two cannot become one; the message says why."""


def clashes(emptied: Organisation, kept: Organisation) -> list[str]:
    """Why the two cannot become one: nothing where they can."""
    found = []
    if emptied.pk == kept.pk:
        found.append("Choose two organisations.")
    if emptied.merged_into_id or kept.merged_into_id:
        found.append("One of them is merged into another already.")
    if emptied.company_number:
        found.append(
            f"{emptied} has a company number. The one that is merged into another has none: two numbers "
            "are two companies."
        )
    for one in moved:
        found += one.clash(emptied, kept)
    return found


def what_moves(emptied: Organisation) -> list[str]:
    """What goes over, in words: ``["2 members", "1 application"]``."""
    people = emptied.memberships.count()
    asked = emptied.membership_requests.waiting().count()
    return [
        f"{people} {'member' if people == 1 else 'members'}",
        *(one.counted(emptied) for one in moved),
        f"{asked} {'request' if asked == 1 else 'requests'} to be let in",
    ]


def warnings(emptied: Organisation, kept: Organisation) -> list[str]:
    return [sentence for one in moved for sentence in one.warns(emptied, kept)]


@audit.action("merge organisations")
def merge(emptied: Organisation, kept: Organisation, *, reason: str, by: User, at: datetime) -> Organisation:
    """Move everything of ``emptied`` to ``kept``, and return that. What applications copied stays.

    Who belonged to both may edit if either said so. Open invitations of ``emptied`` are withdrawn.
    Whoever can do more than before is told, and so are the editors of ``kept`` of each who is new there.
    Both rows are locked, the lower id first. Raises SettlingRefused, and writes nothing.
    """
    rows = Organisation.objects.select_for_update(no_key=True, of=["self"]).order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[emptied.pk, kept.pk])}
    emptied, kept = found[emptied.pk], found[kept.pk]
    settling.check(by, emptied, kept)
    if problems := clashes(emptied, kept):
        raise CannotBeMerged(" ".join(problems))
    reason = settling.checked_reason(reason)

    rights = _rights(kept)
    after = {"merged_into": kept.pk, "members": _move_members(emptied, kept)}
    _tell(kept, rights, by=by, at=at)
    for one in moved:
        after[one.words[1]] = one.rows(emptied).update(organisation=kept)
    _move_requests(emptied, kept, at)
    emptied.invitations.waiting().update(state=InvitationState.WITHDRAWN, ended_at=at)
    emptied.merged_from.update(merged_into=kept)
    emptied.merged_into = kept
    emptied.save(update_fields=["merged_into"])
    audit.note(subject=emptied, after=after, reason=reason)
    logger.info("organisations merged", extra={"emptied": emptied.pk, "kept": kept.pk})
    return kept


def _move_members(emptied: Organisation, kept: Organisation) -> list[int]:
    there = {member.person_id: member for member in kept.memberships.all()}
    coming = list(emptied.memberships.order_by("person"))
    for member in coming:
        if (known := there.get(member.person_id)) is None:
            Membership.objects.filter(pk=member.pk).update(organisation=kept)
            continue
        if member.may_edit and not known.may_edit:
            Membership.objects.filter(pk=known.pk).update(may_edit=True)
        Membership.objects.filter(pk=member.pk).delete()
    return [member.person_id for member in coming]


def _rights(organisation: Organisation) -> dict[int, bool]:
    return dict(organisation.memberships.values_list("person", "may_edit"))


def _tell(kept: Organisation, before: dict[int, bool], *, by: User, at: datetime) -> None:
    """Nobody's access changes without their knowing, nor without those knowing who answer for it."""
    new = [member.person_id for member in kept.memberships.all() if member.person_id not in before]
    for member in kept.memberships.select_related("person").order_by("person"):
        was = before.get(member.person_id)
        if was != member.may_edit:
            members.tell_member(member, before=was, after=member.may_edit, by=by, at=at)
        if was is None:
            members.tell_editors(kept, member.person, members.JOINED, but={by.pk, *new}, by=by, at=at)


def _move_requests(emptied: Organisation, kept: Organisation, at: datetime) -> None:
    """Those that wait wait on there, but for people who belong there or ask there too."""
    waiting = emptied.membership_requests.waiting()
    settled = kept.memberships.values_list("person", flat=True)
    asking = kept.membership_requests.waiting().values_list("asked_by", flat=True)
    for people in (settled, asking):
        ended = waiting.filter(asked_by__in=list(people))
        ended.update(state=RequestState.OVERTAKEN, answered_at=at)
    waiting.update(organisation=kept)
