import json

import pytest
from django.db import connection, transaction

from accounts import audit, organisations
from accounts.models import AuditEntry
from accounts.refusals import Refusal
from applications import submission
from applications.workflow import Status
from funding.models import Award
from tests.make import applications, budgets, competitions, people
from tests.make import organisations as make_organisations
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


class TooLate(Refusal):
    @property
    def facts(self):
        return {"closed": "at noon"}


@audit.action("ring the bell")
def ring(thing, *, by, at, times=1):
    if times > 2:
        raise TooLate("Jane Example rang too often")
    audit.note(before={"rung": 0}, after={"rung": times}, reason="it is noon")
    return times


@audit.action("hold a service")
def serve(thing, *, by, at, times=1):
    ring(thing, by=by, at=at, times=times)


def test_an_action_leaves_one_row_that_says_who_what_and_why():
    person = people.manager()
    thing = make_organisations.organisation()

    ring(thing, by=person, at=NOON, times=2)

    entry = AuditEntry.objects.get()
    assert (entry.at, entry.by, entry.roles) == (NOON, person, ["competition manager"])
    assert (entry.action, entry.is_refusal) == ("ring the bell", False)
    assert (entry.subject_word, entry.subject_id) == ("organisation", thing.pk)
    assert (entry.before, entry.after, entry.reason) == ({"rung": 0}, {"rung": 2}, "it is noon")


def test_a_refusal_leaves_a_row_with_its_class_and_facts_and_not_its_words():
    with pytest.raises(TooLate):
        ring(make_organisations.organisation(), by=people.user(), at=NOON, times=3)

    entry = AuditEntry.objects.get()
    assert (entry.is_refusal, entry.reason, entry.after) == (True, "TooLate", {"closed": "at noon"})
    assert "Jane" not in json.dumps([entry.before, entry.after, entry.reason])


def test_an_action_within_an_action_writes_its_row_and_a_refusal_is_noted_once():
    thing = make_organisations.organisation()

    serve(thing, by=people.user(), at=NOON)
    with pytest.raises(TooLate):
        serve(thing, by=people.user(), at=NOON, times=3)

    assert list(AuditEntry.objects.order_by("pk").values_list("action", "is_refusal")) == [
        ("ring the bell", False),
        ("hold a service", False),
        ("hold a service", True),
    ]


def test_a_fault_of_ours_leaves_neither_effect_nor_row():
    @audit.action("break")
    def break_(thing, *, by, at):
        organisations.DETAILS[99]

    with pytest.raises(IndexError):
        break_(make_organisations.organisation(), by=people.user(), at=NOON)

    assert not AuditEntry.objects.exists()


def test_a_refusal_held_back_is_written_when_the_outer_transaction_is_undone():
    thing, person = make_organisations.organisation(), people.user()

    with pytest.raises(TooLate), audit.refusals_after(), transaction.atomic():
        ring(thing, by=person, at=NOON)
        ring(thing, by=person, at=NOON, times=3)

    assert list(AuditEntry.objects.values_list("action", "is_refusal")) == [("ring the bell", True)]


def test_without_holding_back_the_refusal_would_be_lost_with_the_outer_transaction():
    with pytest.raises(TooLate), transaction.atomic():
        ring(make_organisations.organisation(), by=people.user(), at=NOON, times=3)

    assert not AuditEntry.objects.exists()


def test_a_submission_and_an_award_are_in_the_trail_with_their_sums():
    within = budgets.funded_competition()
    budgets.assessed(within)
    allocation = budgets.approved(within)

    entry = AuditEntry.objects.get(action="approve allocation")
    award = Award.objects.get()
    assert entry.after[f"award {award.pk}"] == str(allocation.lines.get().amount)
    assert entry.after["state"] == "approved"


def test_a_refused_submission_names_the_rules_and_leaves_the_draft():
    competition = competitions.open_now()
    draft = applications.complete_draft(competition, at=competition.opens_at)
    draft.completed_sections.all().delete()
    person = draft.started_by

    with pytest.raises(submission.NotEligible):
        submission.submit(draft, by=person, at=competition.opens_at)

    entry = AuditEntry.objects.get(action="submit application")
    assert (entry.is_refusal, set(entry.after["rules"])) == (True, {"ELIG-24"})
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_every_row_waits_for_its_seal():
    ring(make_organisations.organisation(), by=people.user(), at=NOON)

    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM accounts_auditwaiting")
        assert cursor.fetchall() == [(AuditEntry.objects.get().pk,)]
