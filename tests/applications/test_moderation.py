from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import Error

from accounts.roles import Role
from applications import feedback
from applications.assessment import moderation, ranking
from applications.models import Exclusion, ExclusionState
from applications.workflow import Status
from tests.make import applications, assessments, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

REASON = "The comments praise what the marks punish."


@pytest.fixture
def application():
    return applications.application(Status.IN_ASSESSMENT)


def line(application):
    [found] = ranking.panel_sheet([application.competition])
    return found


def propose(assessment, question=None, *, by=None, reason=REASON) -> Exclusion:
    return moderation.propose(assessment, question, reason=reason, by=by or people.manager(), at=NOON)


def exclude(assessment, question=None) -> Exclusion:
    return moderation.decide(propose(assessment, question), confirm=True, by=people.user(Role.FUNDS), at=NOON)


def question_of(application, number=1):
    return application.competition.question_set.questions.get(number=number)


def test_what_is_proposed_still_counts(application):
    assessments.submitted(application, mark=8)
    propose(assessments.submitted(application, mark=2))

    found = line(application)

    assert (found.percentage, found.assessments, found.proposed_exclusions) == (Decimal("50.0"), 2, 1)


def test_a_whole_assessment_that_is_excluded_counts_nowhere(application):
    assessments.submitted(application, mark=8)
    outlier = assessments.submitted(application, mark=2, fund=False)

    exclude(outlier)

    found = line(application)
    assert (found.percentage, found.spread) == (Decimal("80.0"), Decimal("0.0"))
    assert (found.assessments, found.excluded, found.fund_votes) == (1, 1, 1)
    assert ranking.scores([application.competition]) == {application.pk: Decimal("80.0")}
    assert {one.mean for one in feedback.by_question(application)} == {Decimal("8.0")}
    outlier.refresh_from_db()
    assert outlier.is_submitted and outlier.scores.filter(mark=2).count() == 10


def test_one_mark_that_is_excluded_leaves_the_rest(application):
    outlier = assessments.submitted(application, marks=[0] + [8] * 9)

    exclude(outlier, question_of(application))

    found = line(application)
    assert (found.percentage, found.assessments, found.fund_votes) == (Decimal("80.0"), 1, 1)
    assert len(feedback.by_question(application)) == 9


def test_it_is_lifted_in_the_same_way(application):
    assessments.submitted(application, mark=8)
    excluded = exclude(assessments.submitted(application, mark=2))
    first, second = people.manager(), people.manager()

    lifting = moderation.propose_lifting(excluded, reason="It was justified.", by=first, at=NOON)
    assert line(application).percentage == Decimal("80.0")
    moderation.decide(lifting, confirm=True, by=second, at=NOON)

    assert line(application).percentage == Decimal("50.0")
    assert Exclusion.objects.count() == 2
    exclude(excluded.assessment)
    assert line(application).percentage == Decimal("80.0")


def test_refused_it_counts_on(application):
    made = propose(assessments.submitted(application, mark=2))

    with pytest.raises(moderation.TextRefused):
        moderation.decide(made, confirm=False, by=people.manager(), at=NOON)
    moderation.decide(made, confirm=False, reason="Harsh, but argued.", by=people.manager(), at=NOON)

    assert line(application).percentage == Decimal("20.0")
    with pytest.raises(moderation.AlreadyDecided):
        moderation.decide(made, confirm=True, by=people.manager(), at=NOON)


def test_the_first_person_does_not_confirm(application):
    manager = people.manager()
    made = propose(assessments.submitted(application), by=manager)

    with pytest.raises(moderation.SamePerson):
        moderation.decide(made, confirm=True, by=manager, at=NOON)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.ASSESSOR, Role.LEAD])
def test_others_do_not_moderate(application, role):
    given = assessments.submitted(application)

    with pytest.raises(moderation.NotAModerator):
        propose(given, by=people.user(role))
    with pytest.raises(moderation.NotAModerator):
        moderation.note(application, "A note.", by=people.user(role), at=NOON)


def test_nobody_with_a_part_in_it(application):
    assessor = people.user(Role.ASSESSOR, Role.MANAGER)
    given = assessments.submitted(application, assessor)
    member = people.manager()
    made = propose(given)
    application.participants.get().organisation.memberships.create(person=member, joined_at=NOON)

    with pytest.raises(moderation.OwnAssessment):
        propose(given, by=assessor)
    for by in (member,):
        with pytest.raises(moderation.OwnOrganisation):
            moderation.decide(made, confirm=True, by=by, at=NOON)
    for by in (assessor, member, made.proposed_by):
        with pytest.raises(IntegrityError), transaction.atomic():
            Exclusion.objects.filter(pk=made.pk).update(
                state=ExclusionState.CONFIRMED, decided_by=by, decided_at=NOON
            )


def test_the_database_keeps_it_as_it_was_decided(application):
    made = exclude(assessments.submitted(application))

    for change in (
        lambda rows: rows.update(state=ExclusionState.REFUSED),
        lambda rows: rows.update(reason="Another."),
        lambda rows: rows.delete(),
    ):
        with pytest.raises(Error), transaction.atomic():
            change(Exclusion.objects.filter(pk=made.pk))


def test_the_same_is_proposed_once(application):
    given = assessments.submitted(application)
    propose(given)
    propose(given, question_of(application))

    with pytest.raises(moderation.WaitsAlready):
        propose(given)


def test_only_what_counts_is_excluded(application):
    excluded = exclude(assessments.submitted(application))
    unscored = application.competition.question_set.questions.filter(max_marks=None).first()

    for given, question in (
        (excluded.assessment, None),
        (assessments.marked(application), None),
        (assessments.submitted(application), unscored),
    ):
        if question is not None or given == excluded.assessment or not given.is_submitted:
            with pytest.raises(moderation.NothingThere):
                propose(given, question)


@pytest.mark.parametrize("status", [Status.SUCCESSFUL, Status.UNSUCCESSFUL, Status.WITHDRAWN])
def test_a_decided_application_keeps_its_mean(status):
    decided = applications.application(status)
    given = assessments.submitted(decided)

    with pytest.raises(moderation.Settled):
        propose(given)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_a_reason_is_given(application, reason):
    with pytest.raises(moderation.TextRefused):
        propose(assessments.submitted(application), reason=reason)


def test_notes_are_kept_as_they_were_written(application):
    made = moderation.note(application, " Two say the same. ", by=people.manager(), at=NOON)

    assert made.text == "Two say the same."
    with pytest.raises(Error), transaction.atomic():
        application.moderation_notes.update(text="Another.")
