import pytest

from accounts import composing, wording
from accounts.models import Membership, Notification
from accounts.roles import Role
from applications import outcome
from applications.models import Application, Assessment, Stage
from funding import duties, release
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
    return release.release(made, by=by or budgets.fund_manager(), at=NOON + 2 * DAY)


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

    with django_assert_max_num_queries(22) as asked:
        release.release(made, by=by, at=NOON + 2 * DAY)

    assert Notification.objects.filter(kind="application_successful").count() == number * 2
    QUERIES.add(len(asked))
    assert len(QUERIES) == 1


QUERIES: set[int] = set()


def test_the_preview_counts_what_the_release_does():
    within, winner, _ = decided_round()
    made = budgets.approved(within)

    seen = release.preview(made)

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
