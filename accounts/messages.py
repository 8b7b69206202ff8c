"""What a message to a worker says, so that workers of two releases can run side by side.

- It names rows by their ids and nothing else: what is to be done stands in the row.
- A worker also takes what the release before it sent: one id, or a list of them.
- What a release adds comes as a keyword that a worker which does not know it may overlook.
- A change that an older worker must not overlook raises ``VERSION``, and is sent with it. Such a worker
  leaves the rows alone: their lease ends, nobody is held to be lost, and they are handed out again.
  The same becomes of a task that a worker does not know by its name.
"""

import logging

logger = logging.getLogger(__name__)

#: What messages without a version are, and the last one that this release reads.
VERSION = 1

Ids = int | list[int]


def read(ids: Ids, version: int) -> list[int]:
    """The ids of the rows that a message names; none where a later release wrote it."""
    if version > VERSION:
        logger.warning("message is of a later release", extra={"version": version})
        return []
    return [ids] if isinstance(ids, int) else list(ids)
