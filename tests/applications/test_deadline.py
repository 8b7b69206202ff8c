"""Moving a close: later, before it has passed, with a reason, by a manager; and what time it can be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import clock, composing, wording
from accounts.models import AuditEntry, Notification
from accounts.roles import Role
from applications import closing, deadline, submission
from applications.forms.competition import CompetitionForm
from applications.forms.deadline import DeadlineForm
from applications.models import DeadlineChange, Stage
from tests.make import applications, office, people
from tests.make.competitions import competition, open_now
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db
INSTANT = timedelta(microseconds=1)


def move(within, to, reason="The form was down for an hour.", by=None, at=NOON):
    return deadline.move(within, to, reason, by=by or people.manager(), at=at)


def test_a_moved_close_lets_in_what_would_have_been_late():
    within = competition()
    draft = applications.complete_draft(within)
    old = within.closes_at

    moved = move(within, old + DAY)
    submitted = submission.submit(draft, by=draft.started_by, at=old)

    assert moved.closes_at == old + DAY
    assert submitted.submitted_at == old
    change = DeadlineChange.objects.get()
    assert (change.before, change.after, change.made_at) == (old, old + DAY, NOON)


def test_it_is_moved_up_to_the_close_and_not_at_it():
    within = competition()
    at = within.closes_at

    with pytest.raises(deadline.DeadlineStands, match="has closed"):
        move(within, at + DAY, at=at)
    assert move(within, at + DAY, at=at - INSTANT).closes_at == at + DAY


def test_it_is_never_moved_to_an_earlier_time():
    within = competition()

    for earlier in (within.closes_at, within.closes_at - DAY):
        with pytest.raises(deadline.DeadlineStands, match="later time"):
            move(within, earlier)


def test_it_is_not_moved_past_the_day_on_which_assessments_are_due():
    within = competition()
    within.assessments_due_at = within.closes_at + 2 * DAY
    within.save()

    with pytest.raises(deadline.DeadlineStands, match="Assessments are due at"):
        move(within, within.closes_at + 2 * DAY)
    assert move(within, within.closes_at + DAY).closes_at == within.closes_at + DAY


@pytest.mark.tells("competition_changed")
def test_whoever_applies_is_told_of_the_new_close_once():
    within = competition()
    drafting = applications.complete_draft(within).started_by
    entered = applications.complete_draft(within)
    submission.submit(entered, by=entered.started_by, at=NOON)
    applications.complete_draft()  # to another competition

    move(within, within.closes_at + DAY)

    told = Notification.objects.filter(kind="competition_changed")
    assert {one.recipient for one in told} == {drafting, entered.started_by}
    letter = composing.compose(told[0])
    assert "Would have closed" in letter.text
    assert "The form was down for an hour." in letter.text


def test_nobody_is_told_of_a_close_that_was_moved_again_meanwhile():
    within = competition()
    applications.complete_draft(within)
    move(within, within.closes_at + DAY)
    within.refresh_from_db()

    move(within, within.closes_at + DAY)

    first, second = Notification.objects.filter(kind="competition_changed").order_by("pk")
    kind = wording.of("competition_changed")
    assert (kind.still_true(first), kind.still_true(second)) == (False, True)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
def test_only_a_manager_moves_it(role):
    within = competition()

    with pytest.raises(deadline.DeadlineStands, match="Only a competition manager"):
        move(within, within.closes_at + DAY, by=people.user(role))


def test_a_reason_is_needed_and_a_competition_that_is_published():
    with pytest.raises(deadline.DeadlineStands, match="Say why"):
        move(within := competition(), within.closes_at + DAY, reason=" ")
    with pytest.raises(deadline.DeadlineStands, match="Only a published"):
        move(within := competition(stage=Stage.SET_UP), within.closes_at + DAY)


def test_the_change_is_in_the_audit_trail_and_cannot_be_undone():
    within = competition()
    move(within, within.closes_at + DAY)

    row = AuditEntry.objects.get(action="move the close of a competition")
    assert row.after == {"closes_at": (within.closes_at + DAY).isoformat()}
    assert row.reason == "The form was down for an hour."
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        DeadlineChange.objects.update(reason="")
    with pytest.raises(IntegrityError), transaction.atomic():
        DeadlineChange.objects.create(
            competition=within, before=NOON, after=NOON - DAY, reason="x", made_by_id=row.by_id, made_at=NOON
        )


def test_after_the_closing_list_it_stands_whatever_the_clock_says():
    within = competition()
    closing.draw(within, at=within.closes_at + closing.REQUEST_LIMIT)

    with pytest.raises(IntegrityError, match=r"the dates of .* stand"), transaction.atomic():
        move(within, within.closes_at + DAY, at=within.closes_at - DAY)


def address(within) -> str:
    return reverse("admin:applications_competition_deadline", args=[within.pk])


def test_a_manager_moves_it_on_its_page():
    within = open_now()
    client = office.sign_in(people.manager())
    change = reverse("admin:applications_competition_change", args=[within.pk])
    assert address(within) in client.get(change).content.decode()

    wanted = (clock.now() + timedelta(days=60)).replace(hour=12, minute=0, second=0, microsecond=0)
    answer = client.post(address(within), {"closes_at": f"{wanted:%Y-%m-%dT%H:%M}", "reason": "Fog"})
    page = client.get(change).content.decode()

    assert answer.status_code == 302
    assert "moved the close from" in page and ": Fog</li>" in page


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"closes_at": "", "reason": ""}, 422, "Enter the day and time at which it closes"),
        ({"closes_at": "2027-02-30T11:00", "reason": "Fog"}, 422, "Enter a day and time that exist"),
        ({"closes_at": "2099-03-29T01:30", "reason": "Fog"}, 422, "does not exist"),
        ({"closes_at": "2020-01-01T11:00", "reason": "Fog"}, 409, "Choose a later time"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_nothing_typed_is_lost(typed, status, said):
    within = open_now()

    answer = office.sign_in(people.manager()).post(address(within), typed)
    page = answer.content.decode()

    assert answer.status_code == status
    assert said in page
    assert all(text in page for text in typed.values())


def test_the_page_of_one_that_has_closed_has_no_form():
    within = competition(opens_at=NOON - 400 * DAY, closes_at=NOON - 365 * DAY)

    page = office.sign_in(people.manager()).get(address(within))

    assert page.status_code == 200
    assert "A close that has passed is not moved" in page.content.decode()
    assert "<textarea" not in page.content.decode()


def test_others_do_not_come_to_the_page():
    within = open_now()

    for role in (Role.FUNDS, Role.AUDITOR, Role.LEAD):
        assert office.sign_in(people.user(role)).get(address(within)).status_code == 403


#: What may be typed around both changes of 2026 and 2027, and the moment in UTC or what is said.
TYPED = [
    ("2027-03-28T00:59", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
    ("2027-03-28T01:00", "does not exist: the clocks go forward over that hour"),
    ("2027-03-28T01:30", "does not exist: the clocks go forward over that hour"),
    ("2027-03-28T01:59", "does not exist: the clocks go forward over that hour"),
    ("2027-03-28T02:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
    ("2027-03-28T11:00", datetime(2027, 3, 28, 10, 0, tzinfo=UTC)),
    ("2026-10-25T00:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
    ("2026-10-25T01:00", "comes twice: the clocks go back over that hour"),
    ("2026-10-25T01:30:00", "comes twice: the clocks go back over that hour"),
    ("2026-10-25T01:59", "comes twice: the clocks go back over that hour"),
    ("2026-10-25T02:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ("2026-10-25T11:00", datetime(2026, 10, 25, 11, 0, tzinfo=UTC)),
    ("2026-07-01 11:00", datetime(2026, 7, 1, 10, 0, tzinfo=UTC)),
    ("2027-01-15T11:00", datetime(2027, 1, 15, 11, 0, tzinfo=UTC)),
]


@pytest.mark.parametrize(("typed", "expected"), TYPED)
def test_a_time_around_a_change_of_clocks_is_one_moment_or_refused_with_the_reason(typed, expected):
    forms = (
        DeadlineForm({"closes_at": typed, "reason": "Fog"}),
        CompetitionForm({"closes_at": typed}),
        CompetitionForm({"opens_at": typed}),
    )

    for form, name in zip(forms, ("closes_at", "closes_at", "opens_at"), strict=True):
        form.is_valid()
        if isinstance(expected, datetime):
            assert form.cleaned_data[name] == expected
        else:
            [said] = form.errors[name]
            assert expected in said and said.endswith("Choose a time outside that hour.")


def test_what_is_shown_in_the_form_is_what_was_typed():
    within = competition(stage=Stage.SET_UP, closes_at=datetime(2027, 3, 28, 10, tzinfo=UTC))

    assert 'value="2027-03-28T11:00"' in str(CompetitionForm(instance=within)["closes_at"])
