"""Withdrawing: until the decision is released, in the same words whatever was decided."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import composing, wording
from accounts.models import AuditEntry, Notification
from accounts.roles import Role
from applications import reopening, submission, withdrawal
from applications.assessment import scoring
from applications.models import Application, Assessment, AssessmentStatus
from applications.workflow import DECISIONS, MoveRefused, Status
from funding import deciding, ledger
from funding.models import Award, AwardStatus
from tests.make import applications as make
from tests.make import assessments, budgets, competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

LATER = NOON + 2 * DAY
TAKEN_BACK = (
    AssessmentStatus.CREATED, AssessmentStatus.PENDING, AssessmentStatus.ACCEPTED,
    AssessmentStatus.OPEN, AssessmentStatus.READY,
)  # fmt: skip


def address(name: str, application: Application) -> str:
    return reverse(f"applications:{name}", args=[application.reference])


def told(kind: str) -> list[int]:
    return sorted(Notification.objects.filter(kind=kind).values_list("recipient", flat=True))


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.IN_ASSESSMENT, *sorted(DECISIONS)])
@pytest.mark.tells("application_withdrawn")
def test_whatever_waits_for_its_release_can_be_withdrawn(status):
    entry = make.application(status)

    withdrawn = withdrawal.withdraw(entry, "  Our partner has left.  ", by=entry.started_by, at=NOON)

    change = withdrawn.status_changes.get()
    assert withdrawn.status == Status.WITHDRAWN
    assert (change.before, change.reason) == (status, "Our partner has left.")
    noted = AuditEntry.objects.get(action="withdraw application")
    assert (noted.before, noted.reason) == ({"status": status}, "")
    assert told("application_withdrawn") == [entry.started_by_id]


@pytest.mark.parametrize("status", [*sorted(DECISIONS), Status.INELIGIBLE])
def test_what_has_been_released_cannot(status):
    entry = make.application(status, released_at=NOON)

    with pytest.raises(withdrawal.DecisionReleased):
        withdrawal.withdraw(entry, by=entry.started_by, at=LATER)

    entry.refresh_from_db()
    assert (entry.status, Notification.objects.count()) == (status, 0)


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.INELIGIBLE])
def test_what_is_out_of_the_running_already_is_not_withdrawn(status):
    entry = make.application(status)

    with pytest.raises(MoveRefused):
        withdrawal.withdraw(entry, by=entry.started_by, at=NOON)


def test_a_draft_is_withdrawn_only_where_it_had_been_submitted():
    draft = make.complete_draft()
    with pytest.raises(withdrawal.NeverSubmitted):
        withdrawal.withdraw(draft, by=draft.started_by, at=NOON)

    submission.submit(draft, by=draft.started_by, at=NOON)
    reopening.reopen(draft, by=draft.started_by, at=NOON)
    withdrawn = withdrawal.withdraw(draft, by=draft.started_by, at=NOON)

    assert (withdrawn.status, withdrawn.submitted_at) == (Status.WITHDRAWN, None)
    assert not Application.objects.received().exists()


@pytest.mark.parametrize("who", ["reader", "stranger", "manager"])
def test_nobody_else_withdraws_it(who):
    entry = make.application()
    person = {
        "reader": lambda: people.member(make.lead(entry).organisation, may_edit=False),
        "stranger": lambda: make.draft().started_by,
        "manager": people.manager,
    }[who]()

    with pytest.raises(withdrawal.NotEditable):
        withdrawal.withdraw(entry, by=person, at=NOON)

    entry.refresh_from_db()
    assert entry.status == Status.SUBMITTED


def test_a_reason_has_500_characters_and_no_more():
    entry = make.application()

    with pytest.raises(withdrawal.ReasonTooLong):
        withdrawal.withdraw(entry, "r" * 501, by=entry.started_by, at=NOON)

    assert withdrawal.withdraw(entry, "r" * 500, by=entry.started_by, at=NOON).status == Status.WITHDRAWN


@pytest.mark.tells("assessment_withdrawn")
def test_open_assessments_are_taken_back_and_their_assessors_told():
    entry = make.application(Status.IN_ASSESSMENT)
    given = {status: assessments.assessment(entry, status=status) for status in TAKEN_BACK}
    declined = assessments.assessment(entry, status=AssessmentStatus.REJECTED)
    done = assessments.submitted(entry)
    other = assessments.assessment(make.application(Status.IN_ASSESSMENT))

    withdrawal.withdraw(entry, by=entry.started_by, at=NOON)

    now = dict(Assessment.objects.values_list("pk", "status"))
    assert {now[one.pk] for one in given.values()} == {AssessmentStatus.WITHDRAWN}
    assert now[declined.pk] == AssessmentStatus.REJECTED
    assert now[done.pk] == AssessmentStatus.SUBMITTED
    assert now[other.pk] == AssessmentStatus.ACCEPTED
    # One that was only prepared has not been heard of.
    heard = [one.assessor_id for status, one in given.items() if status != AssessmentStatus.CREATED]
    assert told("assessment_withdrawn") == sorted(heard)


def test_the_email_that_tells_an_assessor_is_theirs_to_read_and_nobody_elses():
    entry = make.application(Status.IN_ASSESSMENT)
    given = assessments.assessment(entry)
    withdrawal.withdraw(entry, by=entry.started_by, at=NOON)
    notification = Notification.objects.get(kind="assessment_withdrawn")
    kind = wording.of(notification.kind)
    before = kind.still_true(notification) and kind.may_read(notification)

    given.assessor.holdings.all().delete()
    former = Notification.objects.get(pk=notification.pk)
    Notification.objects.filter(pk=notification.pk).update(recipient=people.assessor())
    other = Notification.objects.get(pk=notification.pk)

    assert (before, kind.may_read(former), kind.may_read(other)) == (True, False, False)


def test_an_assessor_loses_sight_of_it():
    entry = make.application(Status.IN_ASSESSMENT)
    marked = assessments.marked(entry)
    browser = office.sign_in(marked.assessor)
    scoring_page = f"/admin/applications/assessment/{marked.pk}/score/"
    assert browser.get(scoring_page).status_code == 200
    assert Application.objects.visible_to(marked.assessor).exists()

    withdrawal.withdraw(entry, by=entry.started_by, at=NOON)

    assert browser.get(scoring_page).status_code == 404
    assert not Application.objects.visible_to(marked.assessor).exists()
    with pytest.raises(scoring.NotGiven):
        scoring.submit(marked, by=marked.assessor, at=NOON)


def test_a_proposed_allocation_that_names_it_is_not_approved():
    within = budgets.funded_competition()
    first, _second = budgets.assessed(within, 9), budgets.assessed(within, 8)
    proposed = budgets.proposed(within)
    withdrawal.withdraw(first, by=first.started_by, at=NOON + DAY)

    with pytest.raises(deciding.SheetChanged) as refusal:
        deciding.approve(proposed, by=budgets.approver(), at=LATER)

    assert refusal.value.references == [first.reference]
    assert not Award.objects.exists()


def test_what_was_approved_and_not_released_goes_back_to_every_budget():
    within = budgets.funded_competition()
    funded, kept = budgets.assessed(within, 9), budgets.assessed(within, 8)
    before = [budget.available for budget in drawn(within)]
    approved = budgets.approved(within)

    withdrawal.withdraw(funded, by=funded.started_by, at=LATER)

    award = Award.objects.get(application=funded)
    assert award.status == AwardStatus.REVERSED
    assert Award.objects.get(application=kept).status == AwardStatus.RESERVED
    assert [budget.available + budget.reserved for budget in drawn(within)] == before
    assert [budget.reserved for budget in drawn(within)] == [kept.grant_sought] * 3
    assert ledger.recount() == []
    # It is not told of the decision when the others are.
    budgets.released(approved, by=budgets.fund_manager(), at=LATER)
    assert Application.objects.get(pk=funded.pk).released_at is None
    assert told("application_successful") == [kept.started_by_id]


def drawn(within):
    row = within.budgets
    found = [row.programme, row.region, row.pot]
    for budget in found:
        budget.refresh_from_db()
    return found


# What an applicant sees of an application, before and after, must not depend on a hidden decision.


def what_is_seen(status: Status) -> list[str]:
    """Every page and answer on the way of a withdrawal, with what differs between any two entries cut out."""
    within = competitions.closed_competition(code=f"SAME-{status[:4].upper()}", title="The same")
    if status == Status.SUCCESSFUL:
        budgets.drawn(within)
        entry = budgets.assessed(within)
        budgets.approved(within)
    else:
        entry = budgets.assessed(within)
        Application.objects.filter(pk=entry.pk).update(status=status)
    browser = office.sign_in(entry.started_by)

    answers = [browser.get(address(name, entry)) for name in ("detail", "withdraw", "receipt")]
    answers.append(browser.post(address("withdraw", entry), {"reason": "We moved."}))
    answers += [browser.get(address(name, entry)) for name in ("detail", "receipt", "withdraw")]
    answers.append(browser.get("/applications/"))
    letters = [
        composing.compose(one).text
        for one in Notification.objects.filter(kind="application_withdrawn", recipient=entry.started_by)
    ]
    entry.refresh_from_db()
    assert entry.status == Status.WITHDRAWN
    said = [
        f"{answer.status_code} {answer.get('Location', '')} {answer.content.decode()}" for answer in answers
    ]
    return [alike(text, entry) for text in said + letters]


def alike(text: str, entry: Application) -> str:
    lead = make.lead(entry)
    for own in (
        entry.reference,
        entry.competition.code,
        lead.name,
        lead.company_number,
        entry.started_by.name,
    ):
        text = text.replace(own, "…")
    text = re.sub(r'name="(intent|csrfmiddlewaretoken)" value="[^"]*"', "", text)
    # Whose session it is, and how long it still lasts.
    text = re.sub(r'data-(left|ends|person)="[^"]*"|/notifications/\d+/', "", text)
    return re.sub(r"\d{1,2}:\d\d(:\d\d)?(am|pm)?[^<\n]{0,60}|[0-9a-f-]{36}|nonce=\S+", "", text)


@pytest.mark.parametrize("status", sorted(DECISIONS))
def test_a_decided_application_is_withdrawn_in_the_same_words_as_an_undecided_one(status):
    assert what_is_seen(status) == what_is_seen(Status.IN_ASSESSMENT)


def test_a_released_decision_does_look_different():
    """The control: the comparison notices what it is there to notice."""
    entry = make.application(Status.UNSUCCESSFUL)
    hidden = office.sign_in(entry.started_by).get(address("detail", entry)).content.decode()
    Application.objects.filter(pk=entry.pk).update(released_at=NOON)
    shown = office.sign_in(entry.started_by).get(address("detail", entry)).content.decode()

    assert alike(hidden, entry) != alike(shown, entry)
    assert "Withdraw the application" in hidden
    assert "Withdraw the application" not in shown


def test_the_page_confirms_and_the_list_has_it_apart():
    entry = make.application(Status.IN_ASSESSMENT)
    browser = office.sign_in(entry.started_by)
    asked = browser.get(address("withdraw", entry)).content.decode()
    assert "It cannot be brought back" in asked

    refused = browser.post(address("withdraw", entry), {"reason": "r" * 501})
    assert refused.status_code == 422
    assert "r" * 501 in refused.content.decode()

    answer = browser.post(address("withdraw", entry), {"reason": "We <moved>."})

    assert answer["Location"] == address("detail", entry)
    page = browser.get(address("detail", entry)).content.decode()
    assert "Withdrawn by" in page
    assert "We &lt;moved&gt;." in page
    assert "Withdraw the application" not in page
    assert ">Withdrawn</h2>" in browser.get("/applications/").content.decode()
    # The office reads the reason in the history.
    staff = office.sign_in(people.user(Role.MANAGER))
    case = staff.get(f"/admin/applications/application/{entry.pk}/change/").content.decode()
    assert "Withdrawn: We &lt;moved&gt;." in case


def test_a_reader_has_no_button():
    entry = make.application()
    reader = office.sign_in(people.member(make.lead(entry).organisation, may_edit=False))

    assert "Withdraw the application" not in reader.get(address("detail", entry)).content.decode()
    reader.post(address("withdraw", entry))

    entry.refresh_from_db()
    assert entry.status == Status.SUBMITTED


def test_withdrawn_before_the_close_it_was_never_received_and_after_it_was():
    before, after = make.application(), make.application()
    withdrawal.withdraw(before, by=before.started_by, at=before.competition.closes_at - timedelta(seconds=1))
    withdrawal.withdraw(after, by=after.started_by, at=after.competition.closes_at)

    assert list(Application.objects.received()) == [after]
