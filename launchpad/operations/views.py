"""The operators' view: a page of the office, the same as JSON, and as text for Prometheus."""

from abc import abstractmethod

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.permissions import IsAuthenticated
from rest_framework.views import APIView

from accounts import database
from accounts.roles import OPERATORS, held_by
from accounts.views.arrival import arrived_at
from launchpad import who_may
from launchpad.access import VERIFYING
from launchpad.operations import checks
from launchpad.operations.checks import Check, Level

#: What Prometheus knows its text by.
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """In the office, for whoever looks after the running of the service."""
    at = arrived_at(request)
    if not held_by(request.user) & OPERATORS:
        raise PermissionDenied
    found = checks.run(at)
    context = {
        **admin.site.each_context(request),
        "title": "How the service runs",
        "at": at,
        "checks": sorted(found, key=lambda check: -check.level),
        "alarms": sum(check.level == Level.ALARM for check in found),
        "warnings": sum(check.level == Level.WARNING for check in found),
    }
    return TemplateResponse(request, "admin/status.html", context)


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Who may do what, for everybody of the office: made from what the code declares."""
    context = {
        **admin.site.each_context(request),
        "title": "Who may do what",
        "duties": who_may.duties(),
        "classes": who_may.classes(),
        "held": held_by(request.user),
        "verifying": list(VERIFYING.values()),
    }
    return TemplateResponse(request, "admin/roles.html", context)


class IsOperator(IsAuthenticated):
    def has_permission(self, request, view) -> bool:
        return super().has_permission(request, view) and bool(held_by(request.user) & OPERATORS)


class Watched(APIView):
    """For a monitoring system, which signs in with an operator's token.

    Without the database nobody's token can be read; that this is so is all that is said then.
    """

    permission_classes = (IsOperator,)
    schema = None

    def handle_exception(self, exc):
        if database.is_away_or_busy(exc):
            found = [Check("database", Level.ALARM, "It does not answer.")]
            return self.answer(found, status=503)
        return super().handle_exception(exc)

    def get(self, request) -> HttpResponse:
        return self.answer(checks.run(arrived_at(request)), status=200)

    @abstractmethod
    def answer(self, found: list[Check], *, status: int) -> HttpResponse:
        """Say what was found, in the form that this address speaks."""

    def finalize_response(self, request, response, *arguments, **named):
        response["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *arguments, **named)


class Status(Watched):
    def answer(self, found: list[Check], *, status: int) -> HttpResponse:
        listed = [{"name": one.name, "level": one.level.name.lower(), "says": one.says} for one in found]
        content = {"status": checks.worst(found).name.lower(), "checks": listed}
        return JsonResponse(content, status=status)


class Metrics(Watched):
    def answer(self, found: list[Check], *, status: int) -> HttpResponse:
        return HttpResponse(as_text(found), status=status, content_type=TEXT)


def as_text(found: list[Check]) -> str:
    """Every figure, and every check's level: 0 well, 1 warning, 2 alarm."""
    lines = [_line("check_level", {"check": check.name}, int(check.level)) for check in found]
    lines += [_line(one.name, one.labels, one.value) for check in found for one in check.figures]
    # Lines of one name stand together, as the format asks.
    return "".join(f"{line}\n" for line in sorted(lines))


def _line(name: str, labels: dict[str, str], value: float) -> str:
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in sorted(labels.items()))
    return f"launchpad_{name}{{{inside}}} {value}" if inside else f"launchpad_{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
