"""What stops approvals, for every page on which money is looked at."""

from django import template

from funding import ledger
from funding.models import LedgerCheck

register = template.Library()

#: So many differences are shown; the check's own page has all of them.
SHOWN = 5


@register.inclusion_tag("admin/funding/_ledger_stop.html", takes_context=True)
def ledger_stop(context) -> dict:
    """The differences are named to those who read the whole programme's money; all are told of the stop."""
    check = ledger.stop()
    if check is None:
        return {}
    is_named = LedgerCheck.objects.visible_to(context["request"].user).exists()
    return {
        "check": check,
        "is_named": is_named,
        "shown": check.differences[:SHOWN] if is_named else [],
        "more": max(len(check.differences) - SHOWN, 0) if is_named else 0,
    }
