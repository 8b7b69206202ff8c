"""Deleting a draft: all of it, nothing else, and never what has a history."""

import pytest
from django.apps import apps
from django.db.models import ProtectedError
from django.urls import reverse

from accounts.models import AuditEntry
from applications import deletion, reopening, submission
from applications.models import Application
from applications.workflow import Status
from tests.make import applications as make
from tests.make import office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

#: Rows about who came by and what was done, which stay or come with the deletion itself.
KEPT = {"AuditEntry", "AuditWaiting", "Session", "Heartbeat", "Intent"}


def address(name: str, application: Application) -> str:
    return reverse(f"applications:{name}", args=[application.reference])


def rows() -> dict[str, set]:
    return {
        model.__name__: set(model._base_manager.values_list("pk", flat=True))
        for model in apps.get_models()
        if model.__name__ not in KEPT
    }


def test_everything_of_it_goes_and_nothing_of_anybody_else():
    other = make.complete_draft()
    organisation = make.lead(other).organisation
    before = rows()
    draft = make.complete_draft(other.competition, organisation)
    # As much again of everything that a draft is made of, and one person who wrote it.
    assert {name for name in before if len(rows()[name]) > len(before[name])} >= {
        "Application", "Participant", "Answer", "CompletedSection", "CostLine", "SavedPage",
    }  # fmt: skip

    deletion.delete(draft, by=draft.started_by, at=NOON)

    after = rows()
    new = {name: after[name] - before[name] for name in before if after[name] != before[name]}
    lost = {name: before[name] - after[name] for name in before if before[name] - after[name]}
    assert lost == {}
    # The person, and what makes them a member, stay.
    assert set(new) == {"User", "Membership", "Holding", "Notification"}


def test_its_audit_rows_stay_and_say_which_it_was():
    draft = make.complete_draft()
    earlier = AuditEntry.objects.filter(subject_id=draft.pk).count()

    deletion.delete(draft, by=draft.started_by, at=NOON)

    noted = AuditEntry.objects.get(action="delete draft")
    assert earlier
    assert AuditEntry.objects.filter(subject_id=draft.pk).count() == earlier + 1
    assert (noted.subject_word, noted.subject_id, noted.by_id) == (
        "application", draft.pk, draft.started_by_id,
    )  # fmt: skip
    assert noted.before == {
        "reference": draft.reference, "competition": draft.competition.code, "status": Status.DRAFT,
    }  # fmt: skip


def test_after_the_close_it_can_still_be_deleted():
    draft = make.draft()

    deletion.delete(draft, by=draft.started_by, at=draft.competition.closes_at + DAY)

    assert not Application.objects.exists()


def test_what_was_reopened_has_a_history_and_stays():
    draft = make.complete_draft()
    submission.submit(draft, by=draft.started_by, at=NOON)
    reopening.reopen(draft, by=draft.started_by, at=NOON)

    with pytest.raises(deletion.WasSubmitted):
        deletion.delete(draft, by=draft.started_by, at=NOON)

    # Were the rule not there, the history would hold it.
    with pytest.raises(ProtectedError):
        Application.objects.filter(pk=draft.pk).delete()


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.DRAFT}))
def test_only_drafts_are_deleted(status):
    entry = make.application(status)

    with pytest.raises(deletion.NotEditable):
        deletion.delete(entry, by=entry.started_by, at=NOON)

    assert Application.objects.filter(pk=entry.pk).exists()


@pytest.mark.parametrize("who", ["reader", "stranger", "manager"])
def test_nobody_else_deletes_it(who):
    draft = make.draft()
    person = {
        "reader": lambda: people.member(make.lead(draft).organisation, may_edit=False),
        "stranger": lambda: make.draft().started_by,
        "manager": people.manager,
    }[who]()

    with pytest.raises(deletion.NotEditable):
        deletion.delete(draft, by=person, at=NOON)

    assert Application.objects.filter(pk=draft.pk).exists()


def test_the_page_confirms_deletes_and_leads_to_the_list():
    within = make.open_now()
    draft = make.complete_draft(within, at=within.opens_at)
    browser = office.sign_in(draft.started_by)
    assert "Delete the draft" in browser.get(address("detail", draft)).content.decode()
    assert "It cannot be brought back" in browser.get(address("delete", draft)).content.decode()
    assert Application.objects.exists()

    answer = browser.post(address("delete", draft), follow=True)

    assert answer.request["PATH_INFO"] == "/applications/"
    assert f"({draft.reference}) has been deleted." in answer.content.decode()
    assert not Application.objects.exists()
    assert browser.get(address("detail", draft)).status_code == 404


def test_a_reopened_draft_offers_to_withdraw_instead():
    within = make.open_now()
    entry = make.complete_draft(within, at=within.opens_at)
    submission.submit(entry, by=entry.started_by, at=within.opens_at)
    reopening.reopen(entry, by=entry.started_by, at=within.opens_at)
    browser = office.sign_in(entry.started_by)

    page = browser.get(address("detail", entry)).content.decode()

    assert "Withdraw the application" in page
    assert "Delete the draft" not in page
    assert browser.get(address("delete", entry))["Location"] == address("detail", entry)
    browser.post(address("delete", entry))
    assert Application.objects.filter(pk=entry.pk).exists()
