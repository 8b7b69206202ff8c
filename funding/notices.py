"""Everything that people are told about money."""

from accounts import wording
from funding import (
    award_ending_notices,
    budget_change_notices,
    mfa_notices,
    offer_notices,
    office_notices,
    outcome_notices,
    request_notices,
)


def register() -> None:
    for notices in (
        outcome_notices,
        offer_notices,
        award_ending_notices,
        mfa_notices,
        office_notices,
        budget_change_notices,
        request_notices,
    ):
        wording.register(*notices.KINDS)
    wording.expect(*outcome_notices.COMING)
