"""Throws away what has had its day: sessions that ran out, rows of old runs of the timetable."""

from datetime import datetime
from importlib import import_module

from django.conf import settings

from accounts import timetable


def run(*, at: datetime) -> str:
    # Sessions end by the clock of the framework that began them.
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return f"{timetable.forget(at=at)} old rows of the timetable deleted, and the sessions that ran out"
