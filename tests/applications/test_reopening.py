"""Reopening an entry: until the close, by those who edit for its lead, and never unnoticed."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts import composing, formats, wording
from accounts.models import AuditEntry, Notification
from accounts.roles import Role
from applications import reopening, submission
from applications.models import Application
from applications.workflow import MoveRefused, Status
from funding.reports import covered
from tests.make import applications as make
from tests.make import office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

INSTANT = timedelta(microseconds=1)
LATER, AGAIN = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
WARNING = "It is not an entry until you submit it again before "


@pytest.fixture
def entry() -> Application:
    draft = make.complete_draft()
    return submission.submit(draft, by=draft.started_by, at=NOON)


def on_page():
    """An entry of a competition that is open now, and its editor's browser."""
    within = make.open_now()
    draft = make.complete_draft(within, at=within.opens_at)
    entry = submission.submit(draft, by=draft.started_by, at=within.opens_at)
    return entry, office.sign_in(draft.started_by)


def address(name: str, application: Application) -> str:
    return reverse(f"applications:{name}", args=[application.reference])


def is_received(application: Application) -> bool:
    return Application.objects.received().filter(pk=application.pk).exists()


def told(kind: str) -> list[int]:
    return sorted(Notification.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_a_reopened_application_is_a_draft_with_nothing_lost(entry):
    complete = set(entry.completed_sections.values_list("section", flat=True))

    draft = reopening.reopen(entry, by=entry.started_by, at=LATER)

    assert (draft.status, draft.submitted_at, draft.submitted_by) == (Status.DRAFT, None, None)
    assert complete
    assert set(draft.completed_sections.values_list("section", flat=True)) == complete
    change = draft.status_changes.get(after=Status.DRAFT)
    assert (change.before, change.made_by, change.made_at) == (Status.SUBMITTED, entry.started_by, LATER)
    noted = AuditEntry.objects.get(action="reopen application")
    assert (noted.before["status"], noted.after["status"]) == (Status.SUBMITTED, Status.DRAFT)


def test_it_counts_as_received_only_once_it_is_submitted_again(entry):
    assert is_received(entry)

    draft = reopening.reopen(entry, by=entry.started_by, at=LATER)
    assert not is_received(draft)
    assert draft not in Application.objects.visible_to(people.manager())

    submission.submit(draft, by=draft.started_by, at=AGAIN)
    assert is_received(draft)
    assert Application.objects.get(pk=draft.pk).submitted_at == AGAIN


def test_what_was_reopened_and_forgotten_is_not_in_the_programme_report(entry):
    within, after = entry.competition, entry.competition.closes_at + timedelta(days=1)
    assert len(covered.read([within], is_whole=False, as_of=after).received) == 1

    reopening.reopen(entry, by=entry.started_by, at=LATER)

    assert covered.read([within], is_whole=False, as_of=after).received == []


@pytest.mark.tells("application_reopened")
def test_everybody_who_edits_for_the_lead_is_told_and_nobody_else(entry):
    organisation = make.lead(entry).organisation
    colleague = people.member(organisation)
    people.member(organisation, may_edit=False)

    reopening.reopen(entry, by=colleague, at=LATER)

    assert told("application_reopened") == sorted([entry.started_by_id, colleague.pk])


def test_a_second_submission_owes_a_second_receipt_and_a_second_reopening_a_second_warning(entry):
    person = entry.started_by
    for hours in (1, 3):
        reopening.reopen(entry, by=person, at=NOON + timedelta(hours=hours))
        submission.submit(entry, by=person, at=NOON + timedelta(hours=hours + 1))

    assert told("application_reopened") == [person.pk] * 2
    assert told("application_submitted") == [person.pk] * 3


def test_of_two_reopenings_the_last_alone_is_still_true_and_says_when_and_by_whom(entry):
    person, organisation = entry.started_by, make.lead(entry).organisation
    colleague = people.member(organisation, name="Ada King")
    reopening.reopen(entry, by=colleague, at=LATER)
    submission.submit(entry, by=person, at=AGAIN)
    reopening.reopen(entry, by=person, at=AGAIN + INSTANT)
    kind = wording.of("application_reopened")

    rows = Notification.objects.filter(kind=kind.name, recipient=person).order_by("pk")

    assert [kind.still_true(row) for row in rows] == [False, True]
    first, second = (" ".join(composing.compose(row).text.split()) for row in rows)
    assert "Ada King reopened this application" in first
    assert "You reopened this application" in second
    assert f"Reopened: {formats.local_time(LATER)}" in first


def test_until_the_last_instant_before_the_close_and_not_at_it(entry):
    closes_at = entry.competition.closes_at

    with pytest.raises(reopening.CompetitionClosed) as refusal:
        reopening.reopen(entry, by=entry.started_by, at=closes_at)
    assert refusal.value.closed_at == closes_at
    assert is_received(entry)

    assert reopening.reopen(entry, by=entry.started_by, at=closes_at - INSTANT).is_draft


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.SUBMITTED}))
def test_nothing_but_a_submitted_application_is_reopened(status):
    other = make.application(status, make.competition())

    with pytest.raises(MoveRefused):
        reopening.reopen(other, by=other.started_by, at=NOON)

    other.refresh_from_db()
    assert other.status == status
    assert not Notification.objects.exists()


@pytest.mark.parametrize("who", ["reader", "stranger", "manager"])
def test_nobody_else_reopens_it(entry, who):
    person = {
        "reader": lambda: people.member(make.lead(entry).organisation, may_edit=False),
        "stranger": lambda: make.draft().started_by,
        "manager": people.manager,
    }[who]()

    with pytest.raises(reopening.NotEditable):
        reopening.reopen(entry, by=person, at=LATER)

    entry.refresh_from_db()
    assert entry.status == Status.SUBMITTED


def test_a_member_who_is_no_applicant_does_not_reopen_it(entry):
    person = people.member(make.lead(entry).organisation, True, Role.ASSESSOR)

    with pytest.raises(MoveRefused):
        reopening.reopen(entry, by=person, at=LATER)


def test_the_page_warns_before_and_every_page_warns_after():
    entry, browser = on_page()
    asked = browser.get(address("reopen", entry)).content.decode()
    assert "this is not an entry until you submit it again before " in asked
    assert WARNING not in browser.get(address("detail", entry)).content.decode()

    answer = browser.post(address("reopen", entry))

    assert answer["Location"] == address("detail", entry)
    for name in ("detail", "check"):
        assert WARNING in browser.get(address(name, entry)).content.decode(), name
    assert "Not an entry until it is submitted again" in browser.get("/applications/").content.decode()
    # Its receipt is gone with the submission.
    assert browser.get(address("receipt", entry))["Location"] == address("detail", entry)


def test_a_draft_that_was_never_submitted_is_not_warned_of():
    within = make.open_now()
    draft = make.complete_draft(within, at=within.opens_at)
    browser = office.sign_in(draft.started_by)

    for name in ("detail", "check"):
        assert "s not an entry until" not in browser.get(address(name, draft)).content.decode()
    assert "until it is submitted again" not in browser.get("/applications/").content.decode()


def test_submitted_again_the_warning_is_gone_and_the_receipt_says_when():
    entry, browser = on_page()
    browser.post(address("reopen", entry))

    browser.post(address("check", entry), {"is_true": "on"})

    assert browser.get(address("receipt", entry)).status_code == 200
    assert "s not an entry until" not in browser.get(address("detail", entry)).content.decode()


def test_a_reader_sees_the_warning_but_no_button():
    entry, browser = on_page()
    reader = office.sign_in(people.member(make.lead(entry).organisation, may_edit=False))
    button = "Reopen to change it"
    assert button in browser.get(address("detail", entry)).content.decode()
    assert button not in reader.get(address("detail", entry)).content.decode()
    assert reader.get(address("reopen", entry))["Location"] == address("detail", entry)

    reader.post(address("reopen", entry))
    entry.refresh_from_db()
    assert entry.status == Status.SUBMITTED

    browser.post(address("reopen", entry))
    assert WARNING in reader.get(address("detail", entry)).content.decode()


def test_forgotten_it_says_after_the_close_why_it_is_no_entry(client):
    """Reopen, and forget: the page after the close says that it had been reopened."""
    entry = make.application(Status.SUBMITTED, within := make.closed_competition())
    reopening.reopen(entry, by=entry.started_by, at=within.closes_at - INSTANT)
    client.force_login(entry.started_by)

    page = client.get(address("detail", entry)).content.decode()

    assert "had been reopened and was not submitted again" in page
    with pytest.raises(submission.CompetitionClosed):
        submission.submit(entry, by=entry.started_by, at=within.closes_at)


def test_each_receipt_keeps_the_time_of_its_own_submission(entry):
    reopening.reopen(entry, by=entry.started_by, at=LATER)
    submission.submit(entry, by=entry.started_by, at=AGAIN)
    first, second = Notification.objects.filter(kind="application_submitted").order_by("created_at")

    for one in (first, second):
        at = datetime.fromisoformat(one.facts["submitted_at"])
        assert formats.exact_time(at, places=0) in " ".join(composing.compose(one).text.split())
    assert composing.compose(first).text != composing.compose(second).text
    # Only the receipt of what stands is still sent.
    still_true = wording.of("application_submitted").still_true
    assert (still_true(first), still_true(second)) == (False, True)
