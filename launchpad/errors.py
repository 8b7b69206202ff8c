"""Plain pages for everything that goes wrong, each with the reference that support asks for."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def reference() -> str:
    """The id under which this request stands in the logs."""
    return structlog.contextvars.get_contextvars().get("request_id", "")


def bad_request(request: HttpRequest, exception=None) -> HttpResponse:
    return render(request, "400.html", {"reference": reference()}, status=400)


def forbidden(request: HttpRequest, exception=None) -> HttpResponse:
    return render(request, "403.html", {"reference": reference()}, status=403)


def not_found(request: HttpRequest, exception=None) -> HttpResponse:
    return render(request, "404.html", {"reference": reference()}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request nothing asks for the person or the session: the database may be what failed.
    return HttpResponse(render_to_string("500.html", {"reference": reference()}), status=500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", {"reference": reference()}, status=403)
