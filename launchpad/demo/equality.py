"""Answers to the equality questions, all invented: thrown by weight, and not copied from any figures."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from random import Random

from applications import characteristics, equality
from applications.models import Application, Competition, EqualityAnswer

#: Of those who are asked so many answer, and of the questions on their form so many are left out.
ANSWER, LEAVE_OUT = 0.72, 0.04
#: How much rarer each next answer is, so that the figures have large and small counts.
STEP = 0.5
LIKELIEST = {
    "age": "45_to_54",
    "disability": "none",
    "neurodiversity": "no",
    "education": "degree",
    "ethnicity": "white",
    "gender": "woman",
    "background": "intermediate",
}
CHUNK = 1_000


def answer(competitions: Iterable[Competition], seed: int, *, at: datetime) -> int:
    """Answer for the entries of those competitions that take no more answers; returns how many did.

    The rows are as ``applications.equality`` leaves them: of one day, in no order.
    """
    written = 0
    for competition in competitions:
        if not equality.is_whole(competition, at):
            continue
        # Of its own for each, since two demonstrations of one seed may stand beside each other.
        dice = Random(f"equality {seed} {competition.code}")
        entered = Application.objects.filter(competition=competition).exclude(status__in=equality.NOT_ENTERED)
        chosen = [pk for pk in entered.order_by("pk").values_list("pk", flat=True) if dice.random() < ANSWER]
        Application.objects.filter(pk__in=chosen).update(equality_answered=True)
        rows = [_row(competition, dice) for _ in chosen]
        written += len(EqualityAnswer.objects.bulk_create(rows, batch_size=CHUNK))
    return written


def _row(competition: Competition, dice: Random) -> EqualityAnswer:
    return EqualityAnswer(
        key=uuid.UUID(int=dice.getrandbits(128), version=4),
        competition=competition,
        day=equality.last_day(competition),
        **{asked.name: _thrown(asked, dice) for asked in characteristics.ALL},
    )


def _thrown(asked: characteristics.Characteristic, dice: Random) -> str:
    """The further from the likeliest answer, the rarer; a few are left out."""
    if dice.random() < LEAVE_OUT:
        return ""
    values = [value for value, _ in asked.answers]
    first = values.index(LIKELIEST[asked.name])
    weights = [STEP ** abs(place - first) for place in range(len(values))]
    return dice.choices(values, weights)[0]
