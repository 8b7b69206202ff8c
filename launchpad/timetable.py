"""The timetable: everything that is done by the clock, and when. Times are those of London.

A further job is one more line. Its work is an action that takes ``at``, says in a sentence what
it did, and does no harm when it is done twice. ``catches_up`` is for work that belongs to its
period, as a day's summary does. All other work looks for what is owed, whenever that fell due: after
a stop its latest period sees to everything, and of a reminder to the last that fell due.
"""

from datetime import time, timedelta

from accounts import audit_check, audit_heads, failures, outbox, overdue, purge, receipts, summaries
from accounts.schedules import Daily, Every
from accounts.timetable import Job
from applications import closing, closings, deadlines, equality
from applications.assessment import conflicts, due, offers
from funding import budget_levels, ledger_check, release
from funding.offers import lapsing
from funding.register import reminding
from funding.reports import funding_files, scheduled
from funding.subsidy import database

TIMETABLE = (
    Job(
        "draw closing lists",
        "Writes down what each competition had received when it closed.",
        Every(timedelta(minutes=1)),
        closing.draw_due,
        catches_up=False,
        keep=timedelta(days=2),
    ),
    Job(
        "remind of drafts",
        "Reminds people of drafts whose competition closes soon.",
        Every(timedelta(minutes=15)),
        deadlines.remind,
        catches_up=False,
        keep=timedelta(days=7),
    ),
    Job(
        "tell of closed competitions",
        "Tells staff that a competition has closed, with the numbers of what came in.",
        Every(timedelta(minutes=5)),
        closings.tell,
        catches_up=False,
        keep=timedelta(days=2),
    ),
    Job(
        "end offers of assessments",
        "Ends offers that an assessor has not answered in time, and tells them and staff.",
        Every(timedelta(minutes=15)),
        offers.expire_due,
        catches_up=False,
        keep=timedelta(days=7),
    ),
    Job(
        "remind of offers",
        "Reminds assessors on the last day to answer an offer, and on the day before.",
        Every(timedelta(minutes=15)),
        offers.remind,
        catches_up=False,
        keep=timedelta(days=7),
    ),
    Job(
        "remind of assessments",
        "Reminds assessors a week and a day before assessments are due, and once when they are late.",
        Every(timedelta(minutes=15)),
        due.remind,
        catches_up=False,
        keep=timedelta(days=7),
    ),
    Job(
        "seek conflicts",
        "Seeks conflicts of interest again in the rounds that are being assessed.",
        Every(timedelta(hours=1)),
        conflicts.refresh_live,
        catches_up=False,
        keep=timedelta(days=7),
    ),
    Job(
        "let outcomes go",
        "Shows and sends the outcomes of each release whose wait is over.",
        Every(timedelta(minutes=1)),
        release.let_go,
        catches_up=False,
        keep=timedelta(days=2),
    ),
    Job(
        "lapse offers",
        "Ends offers of awards that nobody has answered in time, and gives their money back.",
        Every(timedelta(minutes=15)),
        lapsing.lapse_due,
        catches_up=False,
        keep=timedelta(days=7),
    ),
    Job(
        "remind of offers",
        "Reminds who may answer an offer 7 and 2 days before it expires.",
        Every(timedelta(minutes=15)),
        lapsing.remind,
        catches_up=False,
        keep=timedelta(days=7),
    ),
    Job(
        "tell of budgets that fill up",
        "Tells staff when 80%, 90% or 100% of a budget is allocated.",
        Every(timedelta(minutes=10)),
        budget_levels.tell,
        catches_up=False,
        keep=timedelta(days=2),
    ),
    Job(
        "mix equality answers",
        "Writes the answers to the equality questions again, in another order, so that none can be traced.",
        Daily(time(3, 20)),
        equality.mix,
        catches_up=False,
        grace=timedelta(hours=1),
    ),
    Job(
        "compile reports of the week and month",
        "Asks for the programme reports of a new week and month.",
        Daily(time(6, 0)),
        scheduled.at_their_time,
        catches_up=False,
        grace=timedelta(hours=1),
    ),
    Job(
        "compile reports at milestones",
        "Asks for a competition’s report when it has closed and when its outcomes were released.",
        Every(timedelta(minutes=5)),
        scheduled.at_milestones,
        catches_up=False,
        keep=timedelta(days=2),
    ),
    Job(
        "remind of the subsidy database",
        "Reminds fund managers of entries in the UK subsidy database that are due or overdue.",
        Every(timedelta(hours=1)),
        database.remind,
        catches_up=False,
        keep=timedelta(days=7),
    ),
    Job(
        "remind of information requests",
        "Reminds those who answer of information requests that are due or overdue.",
        Every(timedelta(hours=1)),
        reminding.remind,
        catches_up=False,
        keep=timedelta(days=7),
    ),
    Job(
        "tell of what failed",
        "Tells staff of messages that nobody got and of jobs that failed.",
        Every(timedelta(minutes=5)),
        failures.tell,
        catches_up=False,
        keep=timedelta(days=2),
    ),
    Job(
        "send daily summaries",
        "Sends those who asked for it one email with what may wait.",
        outbox.SUMMARIES,
        summaries.send,
        catches_up=True,
        grace=timedelta(hours=1),
    ),
    Job(
        "check the ledger",
        "Counts every budget again from its transfers. A difference stops approvals.",
        Every(timedelta(hours=1)),
        ledger_check.on_schedule,
        catches_up=False,
    ),
    Job(
        "ask after emails",
        "Asks GOV.UK Notify, where it is used, what became of the emails it took.",
        Every(timedelta(minutes=5)),
        receipts.collect,
        catches_up=False,
        keep=timedelta(days=2),
    ),
    Job(
        "report what is overdue",
        "Says in the log what has been owed for more than five minutes.",
        Every(timedelta(minutes=5)),
        overdue.report,
        catches_up=False,
        keep=timedelta(days=2),
    ),
    Job(
        "copy the head of the audit trail",
        "Puts the head of the chain into a place outside the database.",
        Every(timedelta(hours=1)),
        audit_heads.copy,
        catches_up=False,
        grace=timedelta(minutes=30),
        keep=timedelta(days=30),
    ),
    Job(
        "check the audit trail",
        "Reads the whole trail again, and fails where a row is not as it was written.",
        Daily(time(2, 30)),
        audit_check.run,
        catches_up=False,
        grace=timedelta(hours=1),
    ),
    Job(
        "delete files that have run out",
        "Deletes files of the funding report a week after they were written.",
        Every(timedelta(hours=1)),
        funding_files.throw_away,
        catches_up=False,
        keep=timedelta(days=7),
    ),
    Job(
        "throw away what has run out",
        "Deletes sessions and form keys that have ended and old rows of this timetable.",
        Daily(time(3, 15)),
        purge.run,
        catches_up=False,
        grace=timedelta(hours=1),
    ),
)
