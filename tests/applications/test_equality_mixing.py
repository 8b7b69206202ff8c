"""After the night's mixing neither the place of an answer nor its transaction says when it was written."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.london import day_of
from applications import characteristics, equality
from applications.models import EqualityAnswer
from tests.make import applications as make

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_database")]

#: Enough that an order which was kept by chance is no concern: one in 24!.
MANY = 24


def written():
    """Answers each in a transaction of its own, no two alike; returns their competition and order."""
    competition = make.open_now()
    ages, schools = (
        [value for value, _ in asked.answers] for asked in (characteristics.AGE, characteristics.EDUCATION)
    )
    order = [(age, school) for age in ages for school in schools][:MANY]
    for place, (age, school) in enumerate(order):
        EqualityAnswer.objects.create(
            competition=competition,
            day=day_of(competition.opens_at) + timedelta(days=place % 3),
            age=age,
            education=school,
        )
    return competition, order


def as_they_lie() -> list[tuple]:
    """Every row by its place in the table, with the number of the transaction that wrote it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xmin::text, key, day, age, education FROM applications_equalityanswer ORDER BY ctid"
        )
        return cursor.fetchall()


def test_the_rows_lie_as_they_were_written_until_they_are_mixed():
    competition, order = written()
    before = as_they_lie()
    assert [(age, school) for *_, age, school in before] == order
    assert len({xmin for xmin, *_ in before}) == MANY

    assert equality.mix(at=competition.opens_at + timedelta(days=3)) == (
        "Mixed the answers to the equality questions of 1 competitions."
    )

    after = as_they_lie()
    assert sorted(row[2:] for row in after) == sorted(row[2:] for row in before)
    assert [(age, school) for *_, age, school in after] != order
    assert len({xmin for xmin, *_ in after}) == 1
    assert not {row[1] for row in before} & {row[1] for row in after}


def test_once_no_more_can_come_they_share_a_day_and_rest():
    competition, order = written()
    whole = competition.closes_at + equality.TAKEN_FOR + equality.UNTIL_WHOLE

    equality.mix(at=whole)
    rested = as_they_lie()
    said = equality.mix(at=whole + timedelta(days=1))

    assert {row[2] for row in rested} == {equality.last_day(competition)}
    assert sorted(row[3:] for row in rested) == sorted(order)
    assert as_they_lie() == rested
    assert said.endswith("of 0 competitions.")
