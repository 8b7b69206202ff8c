"""The timetable: everything that is done by the clock, and when. Times are those of London.

A further job is one more line. Its work is an action that takes ``at``, says in a sentence what
it did, and does no harm when it is done twice.
"""

from datetime import time, timedelta

from accounts import overdue, purge
from accounts.schedules import Daily, Every
from accounts.timetable import Job

TIMETABLE = (
    Job(
        "report what is overdue",
        "Says in the log what has been owed for more than five minutes.",
        Every(timedelta(minutes=5)),
        overdue.report,
        keep=timedelta(days=2),
    ),
    Job(
        "throw away what has run out",
        "Deletes sessions that have ended and old rows of this timetable.",
        Daily(time(3, 15)),
        purge.run,
        grace=timedelta(hours=1),
    ),
)
