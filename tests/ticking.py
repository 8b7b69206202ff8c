"""The Celery application with a timetable of seconds, for tests that kill what keeps it.

JOB_LOG   the file that the job writes a line to when it begins, and one when it ends
JOB_HANGS while this file is there, the job does not come to its end
"""

import os
import time
from datetime import timedelta
from pathlib import Path

import django
from django.conf import settings

from launchpad.celery import app

django.setup()

from accounts import timetable  # noqa: E402 - models can be read from here on
from accounts.schedules import Every  # noqa: E402

__all__ = ["app"]

EACH = timedelta(seconds=1)


def note(word: str, period) -> None:
    with open(os.environ["JOB_LOG"], "a") as log:
        log.write(f"{word} {period.isoformat()}\n")


def work(*, period, at) -> str:
    note("began", period)
    while Path(os.environ["JOB_HANGS"]).exists():
        time.sleep(0.05)
    note("ended", period)
    return "counted"


timetable.jobs.clear()
timetable.set_up([timetable.Job("count", "Writes a line each second.", Every(EACH), work, catches_up=True)])
settings.LOGGING["loggers"]["celery.beat"] = {"level": "INFO"}  # each tick leaves a line
app.conf.beat_schedule = {"tick": {"task": "accounts.tasks.tick", "schedule": 0.3}}
