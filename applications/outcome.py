"""What an applicant's page says of a released decision, beside what the assessors wrote.

The money and the score it was decided by belong to the app above, which fills ``known`` at the start.
"""

from collections.abc import Callable, Iterable

from applications.models import Application

#: Called with an application whose decision is released; rows of a table, each a name and a text.
known: list[Callable[[Application], Iterable[tuple[str, str]]]] = []


def facts(application: Application) -> list[tuple[str, str]]:
    """Return the score, the grant and the like; nothing before the release."""
    if application.released_at is None:
        return []
    return [row for say in known for row in say(application)]
