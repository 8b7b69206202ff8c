"""Whether the days of labour fit into the time that a project lasts."""

from collections.abc import Iterable

from accounts.refusals import Refusal
from applications import costs, rules
from applications.models import Application, Category, Participant


class TooManyDays(Refusal):
    """A line of labour has more days than one person can work while the project lasts."""


def check(application: Application, working_days: int, days: int) -> None:
    """Raises TooManyDays, which says how many there may be."""
    if message := _beyond(application, working_days, days):
        raise TooManyDays(message)


def too_many_days(application: Application, participants: Iterable[Participant]) -> list[str]:
    """Say of each line what ``check`` would refuse; a project made shorter afterwards leaves some behind."""
    entered = [line for part in participants for line in part.cost_lines.all()]
    lines = sorted((line for line in entered if line.category == Category.LABOUR), key=lambda line: line.pk)
    found = [(line, _beyond(application, line.working_days or 0, line.days or 0)) for line in lines]
    return [f"{line.description}: {message}" for line, message in found if message]


def _beyond(application: Application, working_days: int, days: int) -> str:
    """Empty while the duration is not known, and where the days fit into it."""
    months = application.duration_months
    if months is None or days <= (most := costs.most_days(working_days, months)):
        return ""
    return rules.too_many_days(working_days, months, most)
