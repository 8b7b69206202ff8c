"""An organisation's size, worked out from its accounts; without them its members state it."""

import logging
from datetime import date, datetime
from decimal import Decimal

from accounts import audit, london, organisations, versions
from accounts.models import Organisation, SizeFigures, User
from accounts.refusals import Refusal

logger = logging.getLogger(__name__)

THIS_YEAR = ("ends_on", "turnover", "balance_total", "employees")
LAST_YEAR = ("last_turnover", "last_balance_total", "last_employees")

Figures = dict[str, Decimal | int | date | None]


class FiguresRefused(Refusal):
    """The size cannot be worked out from these; ``field`` is where, the message says why."""

    def __init__(self, field: str, message: str):
        super().__init__(message)
        self.field = field


@audit.action("work out size")
def work_out(
    organisation: Organisation, figures: Figures, *, version: int, by: User, at: datetime
) -> Organisation:
    """Keep the figures, by the names of ``THIS_YEAR`` and ``LAST_YEAR``, and the size that they give.

    version  of the organisation, as ``by`` was shown it

    From then on the size follows from them. Raises MayNotEdit, StaleVersion and FiguresRefused.
    """
    _check(figures, at)
    current = organisations.locked(organisation, by=by)
    kept = SizeFigures.objects.filter(organisation=current).first() or SizeFigures(organisation=current)
    names = (*THIS_YEAR, *LAST_YEAR)
    is_same = all(getattr(kept, name) == figures.get(name) for name in names)
    versions.check(current, version, is_same=is_same)
    for name in names:
        setattr(kept, name, figures.get(name))
    before = current.size
    kept.work_out()
    kept.save()
    current.size = kept.size
    _confirm(current, by, at)
    audit.note(subject=current, before={"size": before}, after={"size": current.size, "has_figures": True})
    logger.info("size worked out", extra={"organisation": current.pk, "size": current.size})
    return current


@audit.action("drop size figures")
def drop(organisation: Organisation, *, by: User, at: datetime) -> Organisation:
    """Forget the figures: the size stays what it is until a member states another. Raises MayNotEdit."""
    current = organisations.locked(organisation, by=by)
    SizeFigures.objects.filter(organisation=current).delete()
    _confirm(current, by, at)
    audit.note(subject=current, after={"size": current.size, "has_figures": False})
    return current


def _confirm(organisation: Organisation, by: User, at: datetime) -> None:
    organisation.details_confirmed_on = london.day_of(at)
    organisation.note_save(by=by, at=at)
    organisation.save()


def _check(figures: Figures, at: datetime) -> None:
    for name in THIS_YEAR:
        if figures.get(name) is None:
            raise FiguresRefused(name, "Enter all figures of the year")
    if figures["ends_on"] > london.day_of(at):  # type: ignore[operator]
        raise FiguresRefused("ends_on", "End of the accounting period must be in the past")
    given = [name for name in LAST_YEAR if figures.get(name) is not None]
    if given and len(given) < len(LAST_YEAR):
        missing = next(name for name in LAST_YEAR if name not in given)
        raise FiguresRefused(missing, "Enter all three figures of the year before, or none")
