"""Throws away what has had its day: sessions that ran out, rows of old runs of the timetable."""

from datetime import datetime
from importlib import import_module

from django.conf import settings

from accounts import intents, timetable


def run(*, at: datetime) -> str:
    # Sessions end by the clock of the framework that began them.
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    runs, keys = timetable.forget(at=at), intents.forget(at=at)
    return f"{runs} old rows of the timetable, {keys} old form keys and the sessions that ran out deleted"
