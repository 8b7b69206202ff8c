"""Leads a command at the terminal to what `make run` serves from this checkout, while it is up."""

import os
from pathlib import Path

from launchpad import state
from launchpad.broker import Broker
from launchpad.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent


def environment() -> dict[str, str]:
    """Return the variables that a command needs: database, queue and keys, as the role that serves.

    Empty where DATABASE_URL says already where to go, or nothing is running.
    """
    if os.environ.get("DATABASE_URL"):
        return {}
    folder = Path(os.environ.get("STATE_DIR") or ROOT / "var").resolve()
    if not state.is_locked(folder):
        return {}
    return {
        "STATE_DIR": str(folder),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or state.secret(folder, "secret_key"),
        "AUDIT_KEY": os.environ.get("AUDIT_KEY") or state.secret(folder, "audit_key"),
        "DATABASE_URL": Postgres(folder).url(),
        "REDIS_URL": os.environ.get("REDIS_URL") or Broker(folder).url(),
        "LOG_FORMAT": "plain",
    }
