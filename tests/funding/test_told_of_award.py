"""The office reads with an award who was told of its application."""

import pytest
from django.contrib import admin

from accounts import outbox
from applications.deadline import COMPETITION_CHANGED
from funding.admin import money
from funding.models import Award
from tests.make import applications

pytestmark = pytest.mark.django_db


def told_with(application) -> str:
    return money.AwardAdmin(Award, admin.site).told(Award(application=application))


def moved_close(application, number=0):
    outbox.post(
        COMPETITION_CHANGED,
        to=applications.editor(application),
        subject_word="competition",
        subject_id=application.competition_id,
        cause=f"moved {number}",
        at=application.started_at,
    )


def test_what_was_told_of_its_competition_is_among_it():
    application = applications.draft()
    moved_close(application)

    assert "A competition closes later" in told_with(application)


def test_a_list_that_is_cut_says_so(monkeypatch):
    monkeypatch.setattr(money, "MOST_TOLD", 2)
    application = applications.draft()
    moved_close(application, 1)
    before = told_with(application)
    moved_close(application, 2)

    after = told_with(application)

    assert "The latest" not in before
    assert "The latest 2 of 3:" in after
