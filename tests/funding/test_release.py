from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import composing, delivery, relay, wording
from accounts.models import AuditEntry, Membership, Notification, OwedState
from accounts.roles import Role
from applications import outcome
from applications.models import Application, Assessment, Score, Stage
from funding import deciding, duties, line_decisions, rehearsal, release
from funding.models import Release, Verdict
from funding.verdicts import VerdictRefused
from tests import form_on_page
from tests.databases import disarmed
from tests.make import budgets, people
from tests.make.office import sign_in
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


def decided_round():
    """One funded, one not: the pot holds a single grant."""
    within = budgets.funded_competition(ceiling="56000.00")
    return within, budgets.assessed(within, 9), budgets.assessed(within, 8)


def released(within, by=None):
    made = budgets.approved(within)
    return budgets.released(made, by=by)


def letter(notification, ending="text"):
    return getattr(composing.compose(notification), ending)


def test_release_shows_every_decision_at_one_moment():
    within, *_ = decided_round()

    made = released(within)

    within.refresh_from_db()
    assert set(Application.objects.values_list("released_at", flat=True)) == {NOON + 2 * DAY}
    assert within.stage == Stage.RELEASED
    assert made.is_released


def test_until_the_release_applicants_read_in_assessment():
    within, winner, _ = decided_round()
    budgets.approved(within)

    seen = Application.objects.with_shown_status(winner.started_by).get(pk=winner.pk)

    assert seen.shown_status == "in assessment"


@pytest.mark.tells("application_successful", "application_unsuccessful")
def test_each_decision_is_told_once_to_each_who_may_edit():
    within, winner, loser = decided_round()
    organisation = winner.participants.get().organisation
    colleague = people.member(organisation)
    people.member(organisation, may_edit=False)

    released(within)

    told = Notification.objects.filter(kind__startswith="application_").values_list(
        "kind", "recipient", "subject_id"
    )
    assert set(told) == {
        ("application_successful", winner.started_by_id, winner.pk),
        ("application_successful", colleague.pk, winner.pk),
        ("application_unsuccessful", loser.started_by_id, loser.pk),
    }


@pytest.mark.parametrize("number", [1, 3])
def test_a_release_takes_as_many_queries_for_many_as_for_one(number, django_assert_max_num_queries):
    within = budgets.funded_competition()
    for _one in range(number):
        winner = budgets.assessed(within)
        people.member(winner.participants.get().organisation)
    made, by = budgets.approved(within), budgets.fund_manager()
    assert by.held

    begun = release.release(made, by=by, at=NOON)

    with django_assert_max_num_queries(34) as asked:
        release.let_go(at=begun.goes_at)

    assert Notification.objects.filter(kind="application_successful").count() == number * 2
    QUERIES.add(len(asked))
    assert len(QUERIES) == 1


QUERIES: set[int] = set()


@pytest.mark.parametrize("is_won", [True, False], ids=["successful", "unsuccessful"])
def test_sending_many_decisions_asks_little_more_than_sending_one(is_won, django_assert_max_num_queries):
    """Each takes its claim, its mark and whether its reader may still see it; the rest is asked for all."""
    within = budgets.funded_competition(ceiling="1000000.00" if is_won else "1.00")
    for _one in range(5):
        budgets.assessed(within)
    released(within)
    kind = f"application_{'successful' if is_won else 'unsuccessful'}"
    [first, *others] = Notification.objects.filter(kind=kind).values_list("pk", flat=True)
    Notification.objects.lease(NOON + 3 * DAY, relay.LEASE)

    with CaptureQueriesContext(connection) as for_one:
        delivery.deliver([first], at=NOON + 3 * DAY)
    with django_assert_max_num_queries(len(for_one) + 3 * (len(others) - 1)):
        delivery.deliver(others, at=NOON + 3 * DAY)

    sent = Notification.objects.filter(kind=kind, state=OwedState.DONE)
    assert (len(others), sent.count()) == (4, 5)


def test_the_preview_counts_what_the_release_does():
    within, winner, _ = decided_round()
    made = budgets.approved(within)

    seen = rehearsal.of(made, budgets.fund_manager(), NOON)

    assert (seen.successful, seen.unsuccessful, seen.people, seen.grant) == (1, 1, 2, winner.grant_sought)


def test_a_second_release_says_who_released_and_tells_nobody_again():
    within, *_ = decided_round()
    first = budgets.fund_manager()
    made = released(within, by=first)
    before = Notification.objects.count()

    with pytest.raises(release.AlreadyReleased) as refusal:
        release.release(made, by=budgets.fund_manager(), at=NOON + 3 * DAY)

    assert (refusal.value.by, refusal.value.at) == (first, NOON + 2 * DAY)
    assert Notification.objects.count() == before


def test_only_what_is_approved_is_released():
    within, *_ = decided_round()

    with pytest.raises(release.NotApproved):
        release.release(budgets.proposed(within), by=budgets.fund_manager(), at=NOON)


@pytest.mark.parametrize("role", sorted(set(Role) - duties.RELEASE))
def test_only_the_fund_manager_and_the_competition_manager_release(role):
    within, *_ = decided_round()
    made = budgets.approved(within)

    with pytest.raises(duties.RoleMissing):
        release.release(made, by=people.user(role), at=NOON)


@pytest.mark.parametrize("ending", ["text", "html"])
def test_the_e_mail_carries_feedback_for_each_question_and_no_assessors_name(ending):
    within = budgets.funded_competition(ceiling="56000.00")
    winner, loser = (budgets.assessed(within, mark, note_to_staff="Between us: dubious.") for mark in (9, 8))
    released(within)

    texts = [letter(notification, ending) for notification in Notification.objects.order_by("kind")]

    names = [str(assessment.assessor) for assessment in Assessment.objects.select_related("assessor")]
    for text, application in zip(texts, (winner, loser), strict=True):
        assert text.count("Clear, with some evidence.") == 30
        assert "10. Costs and value for money" in text
        assert application.reference in text
        assert "dubious" not in text
        assert not [name for name in names if f">{name}<" in text or f" {name}\n" in text]


def test_the_successful_read_their_grant_and_the_unsuccessful_why():
    within, *_ = decided_round()
    released(within)

    won, lost = (letter(notification) for notification in Notification.objects.order_by("kind"))

    assert "Grant for the project: £56,000\n" in won
    assert "Score: 90.0%" in won
    assert "The money of this competition went to projects that scored higher." in lost


def test_a_decision_that_is_no_longer_so_is_not_told():
    within, winner, _ = decided_round()
    released(within)
    notification = Notification.objects.get(kind="application_successful")

    Application.objects.filter(pk=winner.pk).update(status="unsuccessful")

    assert not wording.of(notification.kind).still_true(notification)


def test_people_who_left_are_not_told():
    within, winner, _ = decided_round()
    person = people.member(winner.participants.get().organisation)
    Membership.objects.filter(person=person).delete()

    released(within)

    assert not Notification.objects.filter(recipient=person).exists()


def test_the_applicants_page_says_what_the_email_says():
    within = budgets.funded_competition()
    application = budgets.assessed(within)
    released(within)
    notification = Notification.objects.get(kind="application_successful", recipient=application.started_by)

    page = sign_in(application.started_by).get(f"/applications/{application.reference}/").text

    letter = composing.compose(notification)
    facts = dict(outcome.facts(Application.objects.get(pk=application.pk)))
    assert {"Score", "Grant for the project"} <= set(facts)
    for text in (*facts.values(), "on average", "Whether to fund the project"):
        assert text in page
        assert text in letter.text


def begun(within, at=NOON):
    return release.release(budgets.approved(within), by=budgets.fund_manager(), at=at)


def test_a_release_waits_and_nothing_is_seen_or_owed_meanwhile():
    within, winner, _ = decided_round()

    waiting = begun(within)

    assert waiting.goes_at == NOON + settings.RELEASE_WAIT
    release.let_go(at=waiting.goes_at - timedelta(seconds=1))
    assert not Application.objects.filter(released_at__isnull=False).exists()
    assert not Notification.objects.filter(kind__startswith="application_").exists()
    assert not outcome.facts(Application.objects.get(pk=winner.pk))
    release.let_go(at=waiting.goes_at)
    assert Application.objects.filter(released_at=waiting.goes_at).count() == 2
    assert release.let_go(at=waiting.goes_at) == "Nothing was due"


def test_a_release_that_cannot_go_keeps_no_other(monkeypatch):
    broken, other = begun(decided_round()[0]), begun(decided_round()[0])

    def breaks(one, **options):
        if one == broken:
            raise IntegrityError("a rule of the table")
        return lets_go(one, **options)

    lets_go = release.let_one_go
    monkeypatch.setattr(release, "let_one_go", breaks)

    with pytest.raises(release.NotAllGone, match="1 releases could not be let go; 1 were"):
        release.let_go(at=other.goes_at)

    other.refresh_from_db()
    broken.refresh_from_db()
    assert (broken.is_waiting, other.is_waiting) == (True, False)


def test_a_recall_leaves_no_trace_outside_the_audit():
    within, *_ = decided_round()
    before = {model: list(model.objects.values()) for model in (Application, Notification)}
    waiting = begun(within)
    after_begun = {model: list(model.objects.values()) for model in (Notification,)}

    release.recall(waiting, "A figure is wrong.", by=budgets.fund_manager(), at=NOON)

    release.let_go(at=waiting.goes_at + DAY)
    assert after_begun[Notification] == list(Notification.objects.values()) == before[Notification]
    assert not Application.objects.filter(released_at__isnull=False).exists()
    row = AuditEntry.objects.get(action="recall release")
    assert row.reason == "A figure is wrong."
    assert budgets.released(waiting.allocation).is_released


def test_only_what_waits_is_recalled_and_with_a_reason():
    within, *_ = decided_round()
    waiting = begun(within)
    with pytest.raises(release.RecallRefused, match="Give the reason"):
        release.recall(waiting, " ", by=budgets.fund_manager(), at=NOON)
    with pytest.raises(duties.RoleMissing):
        release.recall(waiting, "No.", by=budgets.approver(), at=NOON)
    release.let_go(at=waiting.goes_at)

    with pytest.raises(release.RecallRefused, match="released already"):
        release.recall(waiting, "Too late.", by=budgets.fund_manager(), at=NOON + DAY)


def test_a_second_begin_says_who_began():
    within, *_ = decided_round()
    waiting = begun(within)

    with pytest.raises(release.AlreadyWaiting) as refusal:
        release.release(waiting.allocation, by=budgets.fund_manager(), at=NOON)

    assert refusal.value.release == waiting


def test_the_database_keeps_one_release_waiting_and_its_ends_whole():
    within, *_ = decided_round()
    waiting = begun(within)
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        Release.objects.create(
            allocation=waiting.allocation, started_by=waiting.started_by, started_at=NOON, goes_at=NOON
        )
    with pytest.raises(IntegrityError, match="waits_or_has_its_end"), transaction.atomic():
        Release.objects.filter(pk=waiting.pk).update(state="done", ended_at=NOON)


def test_what_waits_is_told_by_a_further_release():
    within, winner, loser = decided_round()
    made = budgets.proposed(within)
    first, second = made.lines.order_by("position")
    approver = budgets.approver()
    line_decisions.decide(first, Verdict.HOLD, "An open question.", by=approver, at=NOON)
    line_decisions.decide(second, Verdict.REJECT, by=approver, at=NOON)
    deciding.conclude(made, by=approver, at=NOON)
    budgets.released(made)
    assert Application.objects.get(pk=winner.pk).released_at is None

    line_decisions.decide(first, Verdict.FUND, by=approver, at=NOON + 3 * DAY)
    budgets.released(made, at=NOON + 4 * DAY)

    assert Application.objects.get(pk=winner.pk).released_at == NOON + 4 * DAY
    assert Application.objects.get(pk=loser.pk).released_at == NOON + 2 * DAY


def test_nothing_is_decided_while_a_release_waits():
    within, *_ = decided_round()
    waiting = begun(within)
    line = waiting.allocation.lines.first()

    with pytest.raises(VerdictRefused, match="about to be released"):
        line_decisions.take_back(line, "A mistake.", by=budgets.approver(), at=NOON)


def test_a_release_is_blocked_while_feedback_is_lacking():
    within, _, loser = decided_round()
    question = within.questions[3]
    made = budgets.approved(within)
    with disarmed("applications_score"):
        Score.objects.filter(assessment__application=loser, question=question).update(feedback="")

    with pytest.raises(release.FeedbackLacking) as refusal:
        release.release(made, by=budgets.fund_manager(), at=NOON)

    assert refusal.value.lacking == [(loser.reference, str(question))]


def test_a_rehearsal_shows_every_message_and_changes_nothing():
    within, winner, loser = decided_round()
    made, by = budgets.approved(within), budgets.fund_manager()
    tables = (Application, Notification, Release, AuditEntry)
    before = [list(model.objects.order_by("pk").values()) for model in tables]

    seen = rehearsal.of(made, by, NOON)
    letter_of_loser = rehearsal.letter(made, loser, by, NOON)

    assert [(one.application, [*one.people]) for one in seen.told] == [
        (one, [one.started_by]) for one in sorted((winner, loser), key=lambda one: one.reference)
    ]
    assert [list(model.objects.order_by("pk").values()) for model in tables] == before
    budgets.released(made, by=by)
    sent = Notification.objects.get(recipient=loser.started_by, kind="application_unsuccessful")
    assert composing.compose(sent).text == letter_of_loser.text


def test_what_is_not_approved_has_nothing_to_rehearse():
    within, *_ = decided_round()
    made = budgets.proposed(within)

    page = sign_in(budgets.fund_manager()).get(f"/admin/funding/allocation/{made.pk}/release/")

    assert page.status_code == 409
    assert "Only an approved allocation" in page.text


def test_the_pages_rehearse_begin_and_recall():
    within, winner, _ = decided_round()
    made = budgets.approved(within)
    browser = sign_in(budgets.fund_manager())
    address = f"/admin/funding/allocation/{made.pk}/release/"

    page = browser.get(address)
    message = browser.get(address, {"message": winner.reference})
    begun_page = browser.post(address, follow=True)
    silent = browser.post(f"/admin/funding/allocation/{made.pk}/recall/", {"recall_reason": " "})
    recalled = browser.post(
        f"/admin/funding/allocation/{made.pk}/recall/", {"recall_reason": "A figure is wrong."}, follow=True
    )

    assert winner.started_by.email in page.text
    assert "Grant for the project" in message.text
    assert "about to be released" in begun_page.text
    assert (silent.status_code, form_on_page.led_to(silent.text)) == (422, ["id_recall_reason"])
    assert "was recalled by" in recalled.text
    assert "A figure is wrong." in recalled.text
