"""Plain pages for everything that goes wrong, each with the reference that support asks for."""

import logging
import sys
from http import HTTPStatus

import structlog
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts import database
from accounts.views import sign_in, unsaved
from accounts.views.typed import readable, typed
from applications.views import autosave
from funding.admin import waits

__all__ = ["readable", "typed"]

logger = logging.getLogger(__name__)

#: Statuses that a view may answer with an empty body; the page is put in by ``PlainErrors``.
WITH_PAGE = frozenset({400, 403, 404, 405, 408, 409, 413, 429, 503})


EXPIRED = "Your sign-in has changed since you opened this page."


def reference() -> str:
    """The id under which this request stands in the logs."""
    return structlog.contextvars.get_contextvars().get("request_id", "")


def is_for_systems(request: HttpRequest) -> bool:
    """Whether the answer is data: under the API's address, but for the page that explains it."""
    return request.path.startswith("/api/") and not request.path.startswith("/api/docs/")


def page(request: HttpRequest, status: int, **context) -> HttpResponse:
    if is_for_systems(request):
        return as_data(status)
    return render(request, f"{status}.html", {"reference": reference(), **context}, status=status)


def as_data(status: int) -> JsonResponse:
    """The same for another system, in the shape of the API's own refusals."""
    phrase = HTTPStatus(status).phrase
    error = {"code": phrase.lower().replace(" ", "_"), "field": None, "message": f"{phrase}."}
    return JsonResponse({"errors": [error], "reference": reference()}, status=status)


def bad_request(request: HttpRequest, exception=None) -> HttpResponse:
    is_too_large = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent))
    return page(request, 413 if is_too_large else 400)


def forbidden(request: HttpRequest, exception=None) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception=None) -> HttpResponse:
    return page(request, 404)


def too_many(request: HttpRequest) -> HttpResponse:
    kept = unsaved.brought(request)
    answer = page(request, 429, unsaved=unsaved.sealed(kept) if kept else "")
    answer["Retry-After"] = "300"
    return answer


def unavailable(request: HttpRequest, exception: BaseException) -> HttpResponse:
    """What could not be done in time and may be tried again; a form is shown back."""
    state = getattr(exception.__cause__, "pgcode", None)
    logger.warning("the database did not answer in time", extra={"sqlstate": state or "no answer"})
    answer = as_data(503) if is_for_systems(request) else _alone(503, typed=_typed_if_any(request))
    answer["Retry-After"] = str(waits.RETRY_AFTER)
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    failure = sys.exception()
    if database.is_away_or_busy(failure):
        # Outside of any view, such as while the session was read.
        return unavailable(request, failure)
    return as_data(500) if is_for_systems(request) else _alone(500)


def _alone(status: int, **context) -> HttpResponse:
    """A page made without the request, so that nothing asks for the person or the session: the
    database may be what failed."""
    return HttpResponse(
        render_to_string(f"{status}.html", {"reference": reference(), **context}), status=status
    )


def _typed_if_any(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        return typed(request)
    except (BadRequest, SuspiciousOperation, UnreadablePostError):
        return []


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose protection against forgery has run out: what was typed is shown back.

    On a page that says whose it is it is kept for them, and shown where they can save it.
    """
    request.has_expired_form = True  # type: ignore[attr-defined]
    if autosave.is_asked(request):
        return JsonResponse({"problems": [{"text": EXPIRED, "href": ""}]}, status=403)
    kept = unsaved.sent(request) or unsaved.brought(request)
    if kept is None:
        return page(request, 403, has_expired=True, typed=typed(request))
    if not request.user.is_authenticated:
        return sign_in.ask(request, kept)
    if request.user.pk == kept.writer:
        return sign_in.carry_on(request, kept)
    return sign_in.by_somebody_else(request, kept)
