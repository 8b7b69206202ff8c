"""Plain pages for everything that goes wrong, each with the reference that support asks for."""

from http import HTTPStatus

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.views.typed import readable, typed

__all__ = ["readable", "typed"]

#: Statuses that a view may answer with an empty body; the page is put in by ``PlainErrors``.
WITH_PAGE = frozenset({400, 403, 404, 405, 409, 413, 429, 503})


def reference() -> str:
    """The id under which this request stands in the logs."""
    return structlog.contextvars.get_contextvars().get("request_id", "")


def page(request: HttpRequest, status: int, **context) -> HttpResponse:
    if request.path.startswith("/api/"):
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
    answer = page(request, 429)
    answer["Retry-After"] = "300"
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request nothing asks for the person or the session: the database may be what failed.
    if request.path.startswith("/api/"):
        return as_data(500)
    return HttpResponse(render_to_string("500.html", {"reference": reference()}), status=500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose protection against forgery has run out: what was typed is shown back."""
    return page(request, 403, has_expired=True, typed=typed(request))
