"""What stops approvals, for every page on which money is looked at."""

from django import template

from funding import ledger

register = template.Library()

#: So many differences are shown; the check's own page has all of them.
SHOWN = 5


@register.inclusion_tag("admin/funding/_ledger_stop.html")
def ledger_stop() -> dict:
    check = ledger.stop()
    if check is None:
        return {}
    return {
        "check": check,
        "shown": check.differences[:SHOWN],
        "more": max(len(check.differences) - SHOWN, 0),
    }
