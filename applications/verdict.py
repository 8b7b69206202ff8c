"""What the eligibility check comes to: one plain sentence over the findings of all rules."""

from collections.abc import Sequence
from enum import StrEnum

from applications.fit import Finding, Standing


class Verdict(StrEnum):
    CAN = "You can apply"
    CAN_SO_FAR = "You can apply, as far as you have answered"
    ASK = "You may be able to apply: ask us"
    CANNOT = "You can’t apply as things are"
    UNKNOWN = "We can’t say yet: you have answered nothing"


def of(findings: Sequence[Finding]) -> Verdict:
    """Return the worst that any rule says; a rule that a waiver of ours may lift is a question to us."""
    standings = {finding.standing for finding in findings}
    misfits = [finding for finding in findings if finding.standing == Standing.DOES_NOT_FIT]
    if any(not finding.is_waivable for finding in misfits):
        return Verdict.CANNOT
    if misfits or Standing.WE_DECIDE in standings:
        return Verdict.ASK
    if Standing.NOT_ANSWERED not in standings:
        return Verdict.CAN
    return Verdict.CAN_SO_FAR if Standing.FITS in standings else Verdict.UNKNOWN
