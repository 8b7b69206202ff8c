"""Structured logs: one JSON object a line, with the request's id and nothing personal.

``LOG_FORMAT=plain`` writes the same for a reader at a terminal.
"""

import logging
import re
import sys
from typing import Any

import structlog

from launchpad import untraced

#: Parts of an address this long are keys from emails, which open doors; a query may hold anything.
KEY_IN_ADDRESS = re.compile(r"(?<=/)[^/\s?]{24,}")
QUERY = re.compile(r"\?.*", re.DOTALL)
#: PostgreSQL repeats the refused values here.
#: From this status on it is we who failed.
FAILED = 500
VALUES = re.compile(r"^(DETAIL|CONTEXT|PARAMETERS):.*$\n?", re.MULTILINE)


def worth_a_line(record: logging.LogRecord) -> bool:
    """Leave out that a request began (its end is logged), that somebody asked for health, and that
    somebody was at an address which is not to be traced, but where it failed."""
    event = record.msg if isinstance(record.msg, dict) else {}
    if event.get("event") == "request_started":
        return False
    if event.get("event") == "request_finished" and untraced.is_address(_path(event)):
        return event.get("code", 0) >= FAILED
    return not (event.get("code") == 200 and str(event.get("request")).startswith("GET /health/"))


def _path(event: dict[str, Any]) -> str:
    """Worked: of "GET /receipts/?code=1" it is "/receipts/?code=1"."""
    return str(event.get("request", "")).partition(" ")[2]


def without_secrets(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Take out what could name a person or open a door: addresses' keys and queries, browsers, row values."""
    event.pop("user_agent", None)
    event.pop("ip", None)
    for name in ("request", "path"):
        if isinstance(event.get(name), str):
            method, space, path = event[name].rpartition(" ")
            whole = f"{method}{space}{untraced.without_reference(path)}"
            event[name] = KEY_IN_ADDRESS.sub("…", QUERY.sub("", whole))
        elif name in event:
            event[name] = getattr(event[name], "method", "…")
    if isinstance(event.get("exception"), str):
        event["exception"] = VALUES.sub("", event["exception"])
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configuration(style: str) -> dict[str, Any]:
    """Return Django's LOGGING for ``style`` json or plain, and set structlog up to match."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last = (
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        if style == "plain"
        else structlog.processors.JSONRenderer()
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*SHARED, structlog.stdlib.ExtraAdder()],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    without_secrets,
                    last,
                ],
            },
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "structured",
                "stream": sys.stdout,
                "filters": [worth_a_line],
            },
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # django-structlog says the same with an id, and without the whole address.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"level": "ERROR"},
            "django": {"level": "INFO", "handlers": [], "propagate": True},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }
