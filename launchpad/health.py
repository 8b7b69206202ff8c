"""Whether this process lives, and whether it can serve: for balancers and for the start."""

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing of anybody, so that a lost database restarts no process."""
    return JsonResponse({"status": "live"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers and has every migration of this release; otherwise 503 with the reason."""
    try:
        missing = needed_migrations() - set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return _not_ready("the database does not answer")
    if missing:
        return _not_ready(f"{len(missing)} migrations are still to be applied")
    return JsonResponse({"status": "ready"})


@cache
def needed_migrations() -> frozenset[tuple[str, str]]:
    """The migrations in this release's files, which do not change while the process lives."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _not_ready(reason: str) -> JsonResponse:
    return JsonResponse({"status": "not ready", "reason": reason}, status=503, headers={"Retry-After": "5"})
