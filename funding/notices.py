"""Everything that people are told about money."""

from accounts import wording
from funding import office_notices, outcome_notices


def register() -> None:
    for notices in (outcome_notices, office_notices):
        wording.register(*notices.KINDS)
    wording.expect(*outcome_notices.COMING)
