"""What a page of a draft answers to the script that saves it while somebody writes."""

from datetime import datetime

from django.http import HttpRequest, JsonResponse

from accounts.london import LONDON, on_the_clock
from accounts.models import Edited
from accounts.templatetags.launchpad_forms import refusals

#: The field that only the script sends.
FIELD = "autosave"

SIGNED_OUT = 401


def is_asked(request: HttpRequest) -> bool:
    return request.method == "POST" and FIELD in request.POST


def saved(page: Edited, *, at: datetime, left_out=(), **facts) -> JsonResponse:
    """The version that the page has now, for its next save, and when it was saved, in London's time.

    left_out  forms of which something could not be read and stayed as it was: said as ``problems``
    """
    when = on_the_clock(at.astimezone(LONDON).time())
    problems = _at_fields([form for form in left_out if form is not None])
    return JsonResponse({"version": page.version, "saved_at": when, "problems": problems, **facts})


def refused(status: int, *, problems=(), form=None, forms=(), **page) -> JsonResponse:
    """Why nothing was saved: each problem's ``text`` and, at a field, the ``href`` of its control."""
    loose = [one if isinstance(one, dict) else {"text": str(one), "href": ""} for one in problems]
    return JsonResponse({"problems": [*loose, *_at_fields([form, *forms])]}, status=status)


def _at_fields(forms) -> list[dict]:
    return [{**one, "text": str(one["text"])} for one in refusals(forms)]


def signed_out() -> JsonResponse:
    return JsonResponse({"problems": [{"text": "You have been signed out.", "href": ""}]}, status=SIGNED_OUT)
