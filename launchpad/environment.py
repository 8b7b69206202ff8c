"""Typed readers of the environment: what differs between two places where Launchpad runs.

Each stops the start with one plain sentence when a value is missing or cannot be read.
"""

import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
NOTIFY_KEY = re.compile(r"(-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}){2}$")
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set. The README lists what each setting means.")
    return default


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Use yes or no.")


def choice(name: str, choices: tuple[str, ...]) -> str:
    """Return the value of ``name``, one of ``choices``; the first where it is not set."""
    value = text(name, choices[0]).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}. Use {' or '.join(choices)}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return the comma-separated values of ``name``, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def address(name: str, default: str, schemes: tuple[str, ...]) -> str:
    value = text(name, default)
    if not value.startswith(schemes) or any(sign.isspace() for sign in value):
        raise ImproperlyConfigured(f"{name} is {value!r}. It must begin with {' or '.join(schemes)}.")
    return value


def minutes(name: str, default: int, most: int) -> timedelta:
    """Return ``name``, a whole number of minutes from nought to ``most``."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) <= most):
        raise ImproperlyConfigured(f"{name} is {value!r}. Use a whole number of minutes up to {most:,}.")
    return timedelta(minutes=int(value))


def seconds(name: str, default: int, least: int, most: int) -> int:
    """Return ``name``, a whole number of seconds."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ImproperlyConfigured(
            f"{name} is {value!r}. Use a whole number of seconds from {least} to {most}."
        )
    return int(value)


def command() -> str:
    """The command of manage.py that this process runs, or nothing."""
    program, *arguments = sys.argv
    return arguments[0] if arguments and Path(program).name == "manage.py" else ""


def is_this_machine(url: str) -> bool:
    """Whether an address leads to the machine it is said on, and so to nobody else's."""
    host = urlsplit(url).hostname or ""
    return host in {"127.0.0.1", "::1", "localhost"} or host.endswith(".localhost")


def database(name: str) -> dict[str, object]:
    """Return Django's connection settings for the PostgreSQL URL in ``name``.

    ``postgres://user:password@host:port/database``; for a Unix socket the folder is the
    query's ``host``: ``postgres://user@/database?host=/run/postgresql``. An unset variable
    gives settings that load and refuse to connect, so that tools which only read the
    models work without a server.
    """
    url = text(name, "postgres:///launchpad?host=/nonexistent")
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must begin with postgres:// (PostgreSQL only).")
    query = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
    }


def notify_key(name: str) -> str:
    """Return an API key of GOV.UK Notify, which ends in two UUIDs, or nothing where none is set."""
    key = text(name, "")
    if key and not NOTIFY_KEY.search(key):
        raise ImproperlyConfigured(f"{name} is no API key of GOV.UK Notify. It ends in two UUIDs.")
    return key


def token(name: str) -> str:
    """Return a key that another service gave out, one word of plain signs; nothing where none is set."""
    value = text(name, "")
    if not all("!" <= letter <= "~" for letter in value):
        raise ImproperlyConfigured(f"{name} is no key: it has spaces or letters that no key has.")
    return value


def prefix(name: str) -> str:
    """Return a publisher's prefix as 360Giving registers it, without "360G-"; nothing where none is set."""
    value = text(name, "").removeprefix("360G-")
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", value):
        raise ImproperlyConfigured(f"{name} is {value!r}. Use letters, digits, hyphens and underscores.")
    if value.lower() == "demonstration":
        raise ImproperlyConfigured(
            f"{name} is {value!r}, which marks invented grants. Use the registered one."
        )
    return value


def email(name: str) -> dict[str, object]:
    """Return Django's mail settings for the URL in ``name``.

    ``smtp://user:password@host:25``, ``smtps://`` for TLS from the first byte, and
    ``smtp+tls://`` for STARTTLS.
    """
    url = text(name, "smtp://127.0.0.1:1025")
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"}:
        raise ImproperlyConfigured(f"{name} must begin with smtp://, smtps:// or smtp+tls://.")
    return {
        "EMAIL_HOST": parts.hostname or "127.0.0.1",
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }
