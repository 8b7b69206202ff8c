"""Whoever changes what a competition draws on waits for an award of it that is being made."""

from threading import Event, Thread

import pytest
from django.db import OperationalError, connection, transaction

from funding import budgets as drawing
from funding.budgets import DrawRefused
from funding.models import BudgetKind, CompetitionBudgets
from tests.make import budgets

pytestmark = pytest.mark.slow


@pytest.fixture
def award_under_way(committed_database):
    """A competition, and the events at which its award is written and may be committed."""
    within, written, done = budgets.funded_competition(), Event(), Event()

    def award() -> None:
        try:
            with transaction.atomic():
                budgets.award(within)
                written.set()
                done.wait(30)
        finally:
            connection.close()

    worker = Thread(target=award)
    worker.start()
    assert written.wait(30)
    yield within, lambda: (done.set(), worker.join(30))
    done.set()
    worker.join(30)


def change(within) -> None:
    """Draw on another pot, and wait for a lock no longer than a moment."""
    drawn = CompetitionBudgets.objects.get(competition=within)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '300ms'")
        drawing.draw(within, drawn.programme, drawn.region, drawn.pot)


def test_it_waits_and_is_then_refused(award_under_way):
    within, finish = award_under_way

    with pytest.raises(OperationalError, match="lock timeout"):
        change(within)

    finish()
    other = budgets.budget(BudgetKind.PROGRAMME)
    drawn = CompetitionBudgets.objects.get(competition=within)
    with pytest.raises(DrawRefused, match="has awards"):
        drawing.draw(within, other, drawn.region, drawn.pot)


def test_without_its_lock_nobody_would_wait(award_under_way, monkeypatch):
    """The negative control: a lock that an award's key does not meet."""
    within, _finish = award_under_way
    weaker = CompetitionBudgets.objects.select_for_update(no_key=True)
    monkeypatch.setattr(type(CompetitionBudgets.objects), "select_for_update", lambda *_, **__: weaker)

    change(within)
