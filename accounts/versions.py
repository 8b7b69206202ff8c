"""Two people at one form: whoever saves second is told what the first has saved."""

from datetime import datetime
from typing import Any, Protocol

from accounts.refusals import Refusal


class Saved(Protocol):
    """Something that people edit: how often it was saved, by whom and when the last time."""

    version: int
    saved_by: Any
    saved_at: datetime | None


class StaleVersion(Refusal):
    """Somebody saved since the writer's page was opened.

    current  what is saved, as it stands now: it knows its ``version``, ``saved_by`` and ``saved_at``
    """

    def __init__(self, current: Saved):
        super().__init__(f"{current} is at version {current.version}")
        self.current = current

    @property
    def facts(self) -> dict[str, int]:
        return {"version": self.current.version}


def check(current: Saved, seen: int | None, *, is_same: bool = False) -> None:
    """Raise StaleVersion where the writer saw another version than the one that stands.

    seen     the version on the writer's page, 0 for one that was empty; None asks for no check
    is_same  what is to be saved is what stands already: then nothing can be overwritten
    """
    if seen is not None and seen != current.version and not is_same:
        raise StaleVersion(current)
