"""Requests that were refused at the door: to whom, and why, for the audit trail and the security log.

The log's lines have the request's id and the route's name, and nothing that tells who it was.
"""

import logging

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import closed_doors
from accounts.views.arrival import arrived_at
from launchpad import untraced

logger = logging.getLogger("launchpad.security")

#: Where the office sends somebody who is not of it, to be told so: the page that sent them is what is noted.
TOLD_AT = "admin:login"
#: Routes whose refused form is a wrong password; elsewhere it is only a slip.
PASSWORD_ASKED = frozenset({"account_login", "account_reauthenticate", "account_change_password"})


def cause(request: HttpRequest, answer: HttpResponse) -> str:
    """Return what kept the door shut, in one word; empty where nothing did."""
    if getattr(request, "has_expired_form", False):
        return "" if _route(request) in untraced.ROUTES else "FormExpired"
    if answer.status_code == 422 and _route(request) in PASSWORD_ASKED:
        return "SignInFailed"
    if _route(request) == TOLD_AT:
        return ""
    if answer.status_code == 302 and answer["Location"].split("?")[0] == reverse(TOLD_AT):
        return "NotForThem" if request.user.is_authenticated else ""
    return {401: "NotSignedIn", 403: "NotForThem", 429: "TooManyTries"}.get(answer.status_code, "")


def note(request: HttpRequest, cause: str, *, is_noted: bool) -> None:
    """Write it down: a row for who is signed in, a line in the log for anybody else.

    is_noted  a rule refused, and its action's row says so already
    """
    facts = {"route": _route(request), "method": request.method, "cause": cause}
    if cause in ("NotForThem", "FormExpired") and request.user.is_authenticated:
        if is_noted:
            return
        at = arrived_at(request)
        if closed_doors.note(facts["route"], request.method or "", reason=cause, to=request.user, at=at):
            return
        facts["not_in_trail"] = f"more than {closed_doors.A_MINUTE} in a minute"
    logger.warning("request refused", extra=facts)


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or match.route) if match else ""
