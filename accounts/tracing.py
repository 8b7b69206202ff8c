"""Following one request through the logs, into the jobs that do what it asked for."""

from contextlib import AbstractContextManager

import structlog


def request_id() -> str:
    """The id of the request under way, which is the reference on its error page; empty outside one."""
    return structlog.contextvars.get_contextvars().get("request_id", "")


def within(request_id: str) -> AbstractContextManager:
    """Let lines that a job writes carry the id of the request that asked for it, where one did."""
    return structlog.contextvars.bound_contextvars(**({"request_id": request_id} if request_id else {}))
