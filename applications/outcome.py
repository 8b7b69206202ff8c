"""What an applicant's page says of a released decision, beside what the assessors wrote.

The money and the score it was decided by belong to the app above, which fills ``known`` at the start.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from applications.models import Application

#: Called with an application whose decision is released; rows of a table, each a name and a text.
known: list[Callable[[Application], Iterable[tuple[str, str]]]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What follows a decision: a sentence, and the page where it is seen or done, if there is one.

    is_open  somebody has to do it
    """

    says: str
    link: str = ""
    address: str = ""
    is_open: bool = False


#: Called as ``known``: what follows the decision.
next_steps: list[Callable[[Application], Iterable[Step]]] = []


def facts(application: Application) -> list[tuple[str, str]]:
    """Return the score, the grant and the like; nothing before the release."""
    if application.released_at is None:
        return []
    return [row for say in known for row in say(application)]


def steps(application: Application) -> list[Step]:
    """Return what follows the decision; nothing before the release, or where later money is not told yet."""
    if application.released_at is None or application.told_status:
        return []
    return [step for say in next_steps for step in say(application)]
