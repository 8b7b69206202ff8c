"""The publicity embargo of awards: the day from which they may be published, set and lifted by the office.

Every award is under embargo from its approval on, until somebody sets a day (assumed: until it is lifted).
A day changes nothing that is public already: the next publication leaves the award out.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal
from applications.models import Competition
from funding import duties
from funding.models import LIVE, OVER, Award, PublishedGrant
from funding.open_data import turns
from funding.verdicts import LONGEST_REASON

logger = logging.getLogger(__name__)


class EmbargoRefused(Refusal):
    """Nothing was changed; ``field`` is the form's that the text is about."""

    def __init__(self, field: str, text: str):
        self.field = field
        super().__init__(text)


def of(competition: Competition, awards: Iterable[Award] | None = None) -> list[Award]:
    """The competition's awards that could be published, in the order of their references."""
    rows = Award.objects.filter(_publishable(), application__competition=competition)
    if awards is not None:
        rows = rows.filter(pk__in=[award.pk for award in awards])
    return list(rows.select_related("application").order_by("application__reference"))


@audit.action("set publicity embargo")
def set_until(
    competition: Competition,
    awards: Iterable[Award],
    until: date | None,
    reason: str,
    *,
    by: User,
    at: datetime,
) -> Competition:
    """Keep these awards of a competition from being published before ``until``; None is until a day is set.

    To lift it, name today. Waits for a publication under way. Raises RoleMissing and EmbargoRefused.
    """
    # A publication under way has read the embargo before it writes: it goes first, or after.
    turns.take()
    duties.check(duties.PUBLISH, roles=by.roles_in(competition.region_id))
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise EmbargoRefused("reason", f"Give the reason, in {LONGEST_REASON:,} characters or fewer")
    chosen = [award.pk for award in awards]
    rows = Award.objects.filter(_publishable(), pk__in=chosen, application__competition=competition)
    held = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not held:
        raise EmbargoRefused("awards", "Choose at least one award")
    before = {str(award.pk): _text(award.embargo_until) for award in held}
    for award in held:
        award.embargo_until = until
        award.save(update_fields=["embargo_until"])
    audit.note(before=before, after=dict.fromkeys(before, _text(until)), reason=reason)
    logger.info("publicity embargo set", extra={"competition": competition.code, "awards": len(held)})
    return competition


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _publishable() -> Q:
    """Those that live, and ended ones that were public: they stand in the next publication as withdrawn."""
    return Q(status__in=LIVE) | Q(status__in=OVER, pk__in=PublishedGrant.objects.values("share__award"))
