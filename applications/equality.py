"""The equality questions: answered once for an application, in a way that nobody can trace.

An application knows only whether they were answered. What was answered has a random key, the competition
and a day, and is written in a transaction of its own. None of this is an action of the audit trail:
an entry would say who answered and when.
"""

from datetime import date, datetime, timedelta
from secrets import SystemRandom

from django.db import transaction

from accounts.london import day_of
from applications import characteristics
from applications.models import Application, Competition, EqualityAnswer
from applications.workflow import Status

#: Answers are taken until so long after the close; with it the figures of a competition are whole.
TAKEN_FOR = timedelta(days=14)
#: An answer that came at midnight has been written by then.
UNTIL_WHOLE = timedelta(days=2)

#: No entry, or none any more.
NOT_ENTERED = (Status.DRAFT, Status.WITHDRAWN)


def last_day(competition: Competition) -> date | None:
    """The last on which the competition's applicants may answer."""
    return day_of(competition.closes_at) + TAKEN_FOR if competition.closes_at else None


def is_over(competition: Competition, at: datetime) -> bool:
    last = last_day(competition)
    return last is not None and day_of(at) > last


def is_whole(competition: Competition, at: datetime) -> bool:
    """Whether no answer can come any more: figures are given from then on, and stay what they are."""
    last = last_day(competition)
    return last is not None and day_of(at) >= last + UNTIL_WHOLE


def is_asked(application: Application, at: datetime) -> bool:
    """Whether the questions stand open: from the submission on, so that each answer is of an entry."""
    return (
        application.status not in NOT_ENTERED
        and not application.equality_answered
        and not is_over(application.competition, at)
    )


def answer(application: Application, answers: dict[str, str], *, at: datetime) -> bool:
    """Keep the answers, once for each application; returns whether these were kept.

    That they were given is noted first, and whoever presses second finds it noted. Cut off between the two
    transactions, an answer is lost: one that counted twice could never be found and taken out.
    """
    if not is_asked(application, at):
        return False
    with transaction.atomic(durable=True):
        unanswered = Application.objects.exclude(status__in=NOT_ENTERED).filter(equality_answered=False)
        if not unanswered.filter(pk=application.pk).update(equality_answered=True):
            return False
    with transaction.atomic(durable=True):
        EqualityAnswer.objects.create(competition=application.competition, day=day_of(at), **answers)
    return True


def mix(*, at: datetime) -> str:
    """Write the answers of every competition again, in another order and under other keys.

    PostgreSQL keeps with a row the number of its transaction and its place, which say when it was written
    and beside what. Afterwards all rows of a competition have one number and their places mean nothing.
    """
    held = Competition.objects.filter(pk__in=EqualityAnswer.objects.values("competition"))
    mixed = [_mix_those_of(competition, at) for competition in held.order_by("pk")]
    return f"Mixed the answers to the equality questions of {sum(mixed)} competitions."


@transaction.atomic
def _mix_those_of(competition: Competition, at: datetime) -> bool:
    """Where no more can come, give all one day too, the last; those that have it stay as they are."""
    answers = EqualityAnswer.objects.filter(competition=competition)
    one_day = last_day(competition) if is_whole(competition, at) else None
    if one_day and not answers.exclude(day=one_day).exists():
        return False
    rows = list(answers.select_for_update())
    answers.filter(pk__in=[row.pk for row in rows]).delete()
    SystemRandom().shuffle(rows)
    EqualityAnswer.objects.bulk_create(
        EqualityAnswer(
            competition=competition,
            day=one_day or row.day,
            **{asked.name: getattr(row, asked.name) for asked in characteristics.ALL},
        )
        for row in rows
    )
    return True
