"""The grown demonstration: believable at any size, right by the product's own checks, the same for a seed."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Avg, Q, Sum

from accounts import audit_heads
from accounts.models import (
    AuditEntry,
    Kind,
    Membership,
    Notification,
    Organisation,
    OwedState,
    Size,
    User,
)
from accounts.roles import Role
from applications import eligibility, finances, word_count
from applications.assessment import ranking
from applications.assessment.scoring import problems_in
from applications.models import (
    Answer,
    Application,
    Assessment,
    AssessmentStatus,
    Category,
    Competition,
    CostLine,
    OtherFunding,
    OverheadMethod,
    Participant,
    Score,
    Stage,
    State,
    StatusChange,
)
from applications.workflow import DECISIONS, Status
from funding import ledger
from funding.models import (
    Allocation,
    AllocationLine,
    Award,
    AwardShare,
    AwardStatus,
    Budget,
    LineDecision,
    Outcome,
)
from launchpad.demo.grown import programme, references, rounds
from launchpad.demo.grown.rows import Rows
from launchpad.demo.programme import Refused
from tests.make.people import user
from tests.make.times import NOON

# One worker makes it once for all of these.
pytestmark = pytest.mark.xdist_group("grown")

SIZE = 100


@pytest.fixture(scope="module")
def grown(django_db_setup, django_db_blocker):
    """A programme of the smallest size as of NOON, for tests that only read; taken back in the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        programme.make(SIZE, at=NOON)
        yield
        transaction.set_rollback(True)


def submitted():
    entered = Application.objects.filter(submitted_at__isnull=False)
    return entered.select_related("competition__question_set")


def test_there_are_as_many_applications_as_asked_for_in_every_status(grown):
    statuses = Counter(Application.objects.values_list("status", flat=True))

    assert statuses.total() == SIZE
    assert set(statuses) == set(Status)


def test_rounds_stand_at_every_point_of_their_way(grown):
    found = Counter(
        (competition.stage, competition.state_at(NOON))
        for competition in Competition.objects.filter(code__in=rounds.codes())
    )

    assert found == {
        (Stage.RELEASED, State.CLOSED): 4,
        (Stage.DECIDED, State.CLOSED): 2,
        (Stage.IN_ASSESSMENT, State.CLOSED): 2,
        (Stage.PUBLISHED, State.CLOSED): 1,
        (Stage.PUBLISHED, State.OPEN): 2,
    }
    assert all(code.endswith("-DEMO") for code in rounds.codes())


def test_every_application_was_eligible_when_it_was_submitted(grown):
    breaches = {
        application.reference: eligibility.blocking(
            eligibility.breaches(application, at=application.submitted_at)
        )
        for application in submitted()
    }

    assert len(breaches) > SIZE // 2
    assert not [reference for reference, found in breaches.items() if found]


def test_drafts_that_are_ready_can_be_submitted_now(grown):
    drafts = Application.objects.filter(status=Status.DRAFT, competition__closes_at__gt=NOON)

    blocked = [
        len(eligibility.blocking(eligibility.breaches(draft, at=NOON)))
        for draft in drafts.select_related("competition__question_set")
    ]
    assert blocked.count(0) >= 2
    assert len(blocked) > blocked.count(0)


def test_answers_keep_to_their_limits_and_differ_in_length_and_text(grown):
    answers = list(Answer.objects.select_related("question"))
    words = sorted(word_count.count(answer.text) for answer in answers)

    assert not [answer for answer in answers if word_count.refusal(answer.text, answer.question.word_limit)]
    assert not [answer for answer in answers if "{" in answer.text]
    assert max(Counter(answer.text for answer in answers).values()) == 1
    assert words[0] < 130
    assert 200 < words[len(words) // 2] < 300
    assert words[-1] > 360


def test_every_line_of_costs_follows_its_formula(grown):
    lines = list(CostLine.objects.exclude(category=Category.OVERHEADS).values())

    wrong = [line for line in lines if finances.line_amount(line["category"], line) != line["amount"]]
    assert not wrong
    assert set(CostLine.objects.values_list("category", flat=True)) == set(Category)


def test_counting_every_sum_again_changes_nothing(grown):
    sums = ("total_costs", "other_funding", "grant_sought", "contribution")
    before = list(Participant.objects.order_by("pk").values("pk", *sums))
    of_projects = list(Application.objects.order_by("pk").values("pk", "total_costs", "grant_sought"))

    with transaction.atomic():
        for participant in Participant.objects.all():
            finances.recount(participant)
        after = list(Participant.objects.order_by("pk").values("pk", *sums))
        of_projects_after = list(
            Application.objects.order_by("pk").values("pk", "total_costs", "grant_sought")
        )
        transaction.set_rollback(True)

    assert after == before
    assert of_projects_after == of_projects
    methods = set(Participant.objects.filter(total_costs__gt=0).values_list("overhead_method", flat=True))
    assert methods >= set(OverheadMethod)
    assert OtherFunding.objects.exists()


def test_collaborative_projects_have_partners_of_every_kind(grown):
    partners = Participant.objects.filter(is_lead=False)

    assert set(partners.values_list("application__competition__strand", flat=True)) == {"CR&D"}
    assert partners.filter(kind=Kind.BUSINESS).exists()
    assert partners.exclude(kind=Kind.BUSINESS).exists()
    assert set(Organisation.objects.values_list("kind", flat=True)) == set(Kind)
    assert set(Organisation.objects.values_list("size", flat=True)) == set(Size)


def test_every_assessment_that_was_submitted_could_be_submitted(grown):
    assessments = Assessment.objects.submitted()

    assert assessments.count() > 100
    assert not [assessment.pk for assessment in assessments if problems_in(assessment)]
    # No offer of the grown programme was left without an answer.
    grown_ones = set(AssessmentStatus) - {AssessmentStatus.EXPIRED}
    assert set(Assessment.objects.values_list("status", flat=True)) == grown_ones
    assert Score.objects.filter(mark=0).exists()


def test_assessors_are_strict_and_lenient(grown):
    given = Score.objects.filter(assessment__status=AssessmentStatus.SUBMITTED)
    means = dict(given.values_list("assessment__assessor").annotate(mean=Avg("mark")))

    assert max(means.values()) - min(means.values()) > 1.5


def test_the_line_parts_applications_of_one_score(grown):
    tied = AllocationLine.objects.filter(is_tied_across_line=True)

    assert {line.outcome for line in tied} == {Outcome.FUND, Outcome.BELOW_LINE}


def test_the_panel_sheet_is_still_the_one_that_was_decided(grown):
    for allocation in Allocation.objects.all():
        standings = {
            standing.application_id: (standing.percentage, standing.spread, standing.fund_votes)
            for standing in ranking.panel_sheet(allocation.competitions.all())
        }
        kept = {
            line.application_id: (line.score, line.spread, line.fund_votes) for line in allocation.lines.all()
        }

        assert kept == standings
        assert list(allocation.lines.order_by("position").values_list("position", flat=True)) == list(
            range(1, len(kept) + 1)
        )


def test_the_ledger_adds_up_and_no_budget_is_passed(grown):
    assert ledger.recount() == []
    call_command("verify_ledger")
    assert Award.objects.exists()
    assert all(budget.allocated <= budget.ceiling for budget in Budget.objects.all())
    assert AwardShare.objects.aggregate(sum=Sum("grant")) == Award.objects.aggregate(sum=Sum("amount"))


def test_what_was_decided_was_awarded_and_nothing_else(grown):
    funded = set(Application.objects.filter(status=Status.SUCCESSFUL).values_list("pk", flat=True))

    assert set(Award.objects.values_list("application", flat=True)) == funded
    assert set(AllocationLine.objects.filter(outcome=Outcome.FUND).values_list("application", flat=True)) == (
        funded
    )
    assert {AwardStatus.RESERVED, AwardStatus.COMMITTED} <= set(
        Award.objects.values_list("status", flat=True)
    )


def test_every_application_came_to_its_status_by_its_moves(grown):
    for application in Application.objects.exclude(status=Status.DRAFT):
        moves = list(application.status_changes.order_by("made_at", "pk"))

        assert [move.before for move in moves] == [Status.DRAFT, *[move.after for move in moves[:-1]]]
        assert moves[-1].after == application.status
        assert moves[-1].made_at <= NOON
    assert not StatusChange.objects.filter(application__status=Status.DRAFT).exists()


def test_the_audit_trail_is_whole_and_tells_of_every_submission_and_award(grown, settings, tmp_path):
    said = StringIO()
    settings.AUDIT_HEAD_URL = (tmp_path / "heads.jsonl").as_uri()
    audit_heads.copy_head(at=NOON)

    call_command("verify_audit", stdout=said)

    deeds = Counter(AuditEntry.objects.values_list("action", flat=True))
    assert deeds["submit application"] == StatusChange.objects.filter(after=Status.SUBMITTED).count()
    assert LineDecision.objects.filter(award__isnull=False).count() == Award.objects.count()
    assert deeds["approve allocation"] == Allocation.objects.count()
    assert set(AuditEntry.objects.filter(seal=None).values_list("action", flat=True)) <= {"check ledger"}


def test_nothing_is_seen_of_a_decision_that_is_not_released(grown):
    hidden = Application.objects.filter(status__in=DECISIONS, released_at__isnull=True)

    assert hidden.exists()
    assert (
        not Notification.objects.filter(kind__startswith="application_", subject_id__in=hidden.values("pk"))
        .exclude(kind="application_submitted")
        .exists()
    )


def test_notifications_are_there_in_every_state(grown):
    kinds = set(Notification.objects.values_list("kind", flat=True))

    assert set(Notification.objects.values_list("state", flat=True)) == set(OwedState)
    assert kinds == {
        "application_submitted",
        "assessment_given",
        "application_successful",
        "application_unsuccessful",
    }
    assert not Notification.objects.filter(Q(created_at__gt=NOON) | Q(finished_at__gt=NOON)).exists()


def test_nobody_of_it_can_sign_in_and_no_mail_reaches_them(grown):
    people = User.objects.exclude(email__endswith="@example.com")

    assert people.count() > 2 * SIZE // 3
    assert all(person.email.endswith("@firms.example") for person in people)
    assert not [person for person in people if person.has_usable_password()]
    assert {role for person in people.prefetch_related("holdings") for role in person.roles} == {
        Role.APPLICANT,
        Role.ASSESSOR,
    }
    assert Membership.objects.filter(may_edit=False).exists()


def test_it_is_refused_where_it_stands_already(grown):
    with pytest.raises(CommandError, match="stands here already"):
        call_command("make_demo", size=SIZE, processes=0)


def test_it_is_refused_in_a_deployment(db, settings):
    settings.DEPLOYED = True

    with pytest.raises(Refused, match="This is a deployment"):
        programme.make(SIZE, at=NOON)

    assert not User.objects.exists()


def test_it_is_refused_where_somebody_real_has_an_account(db):
    user(Role.APPLICANT, email="ann@mersey.example")

    with pytest.raises(CommandError, match="Somebody has an account here"):
        call_command("make_demo", size=SIZE, processes=0)

    assert not Competition.objects.exists()


@pytest.mark.parametrize("size", [0, 99, 100_001])
def test_a_size_that_is_too_small_or_too_large_is_refused(db, size):
    with pytest.raises(CommandError, match="from 100 to 100,000"):
        call_command("make_demo", size=size, processes=0)


def test_references_never_come_twice():
    made = {references.reference(7, number) for number in range(50_000)}

    assert len(made) == 50_000
    assert all(len(reference) == 12 for reference in made)


def test_a_column_that_nobody_fills_is_missed_at_once():
    with pytest.raises(TypeError, match="Organisation needs details_confirmed_on"):
        Rows(Organisation, "id name")


@pytest.mark.parametrize("size", [100, 101, 999, 100_000])
def test_shares_add_up_to_the_size(size):
    shares = rounds.shared_out(size, [11, 10, 12, 11, 9, 9, 8, 10, 6, 8, 6])

    assert sum(shares) == size
    assert max(shares) < 32_000
