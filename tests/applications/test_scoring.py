import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from accounts.versions import StaleVersion
from applications.assessment import scoring
from applications.models import Assessment, AssessmentStatus, Question, Score
from applications.workflow import Status
from tests.make import applications, assessments, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

HUNDRED = " ".join(["word"] * 100)
VERDICT = {
    "in_scope": True,
    "category_fits": True,
    "scope_reason": "It is about manufacturing.",
    "fund": True,
    "fund_reason": "A clear case.",
    "note_to_staff": "",
}


@pytest.fixture
def assessment() -> Assessment:
    return assessments.assessment(applications.application(Status.IN_ASSESSMENT))


def questions(assessment) -> list[Question]:
    return scoring.scored_questions(assessment)


def full(assessment, **verdict) -> tuple[dict, dict]:
    marks = {question.pk: (8, "Well argued.") for question in questions(assessment)}
    return marks, {**VERDICT, **verdict}


def save(assessment, scores, verdict=None, *, version=None):
    return scoring.save(
        assessment,
        scores,
        verdict or {},
        version=assessment.version if version is None else version,
        by=assessment.assessor,
        at=NOON,
    )


def submit(assessment):
    return scoring.submit(assessment, by=assessment.assessor, at=NOON)


def problems(assessment) -> list[str]:
    with pytest.raises(scoring.Incomplete) as refusal:
        submit(assessment)
    return [problem.field for problem in refusal.value.problems]


def test_a_draft_may_be_partial(assessment):
    first = questions(assessment)[0]

    saved = save(assessment, {first.pk: (0, "")})

    assert (saved.status, saved.version) == (AssessmentStatus.OPEN, 2)
    assert list(Score.objects.values_list("question", "mark", "feedback")) == [(first.pk, 0, "")]


def test_saving_again_replaces_what_was_there(assessment):
    first, second, *_ = questions(assessment)
    saved = save(assessment, {first.pk: (3, "Thin."), second.pk: (4, "Fair.")})

    save(saved, {first.pk: (None, "Thinner.")})

    assert dict(Score.objects.values_list("question", "mark")) == {first.pk: None, second.pk: 4}


def test_a_draft_keeps_texts_that_are_too_long(assessment):
    first = questions(assessment)[0]

    save(assessment, {first.pk: (3, HUNDRED + " more")}, {"fund_reason": HUNDRED + " more"})

    assert Score.objects.get().feedback == HUNDRED + " more"


@pytest.mark.parametrize("mark", [11, -1, 7.5, "abc", True])
def test_a_mark_that_is_none_is_refused_and_nothing_kept(assessment, mark):
    first, second, *_ = questions(assessment)

    with pytest.raises(scoring.NotAMark) as refusal:
        save(assessment, {first.pk: (mark, "x"), second.pk: (5, "x")})

    assert [problem.field for problem in refusal.value.problems] == [f"mark-{first.pk}"]
    assert not Score.objects.exists()


def test_a_question_that_is_not_scored_takes_no_mark(assessment):
    summary = Question.objects.get(key="project-summary")

    with pytest.raises(scoring.NotAMark):
        save(assessment, {summary.pk: (5, "x")})


def test_a_complete_draft_is_ready_and_can_be_submitted(assessment):
    saved = save(assessment, *full(assessment))

    submitted = submit(saved)

    assert saved.status == AssessmentStatus.READY
    assert (submitted.status, submitted.submitted_at) == (AssessmentStatus.SUBMITTED, NOON)


def test_an_untouched_assessment_lacks_everything(assessment):
    pks = [question.pk for question in questions(assessment)]

    lacking = problems(assessment)

    per_question = [name for pk in pks for name in (f"mark-{pk}", f"feedback-{pk}")]
    assert lacking == [*per_question, "in_scope", "category_fits", "scope_reason", "fund", "fund_reason"]


@pytest.mark.parametrize("feedback", ["", "  \n", ".", "- –", "\u200b", "\u2060\ufeff\u00ad", "…!"])
def test_empty_feedback_cannot_be_submitted(assessment, feedback):
    scores, verdict = full(assessment)
    first = questions(assessment)[0]
    save(assessment, {**scores, first.pk: (8, feedback)}, verdict)

    assert problems(assessment) == [f"feedback-{first.pk}"]


def test_feedback_of_a_hundred_words_passes_and_of_one_more_does_not(assessment):
    scores, verdict = full(assessment)
    first = questions(assessment)[0]
    saved = save(assessment, {**scores, first.pk: (8, HUNDRED + " more")}, verdict)

    assert problems(assessment) == [f"feedback-{first.pk}"]
    saved = save(saved, {first.pk: (8, HUNDRED)})
    assert submit(saved).is_submitted


@pytest.mark.parametrize("field", ["scope_reason", "fund_reason", "note_to_staff"])
def test_reasons_and_the_note_have_a_hundred_words_too(assessment, field):
    save(assessment, *full(assessment, **{field: HUNDRED + " more"}))

    assert problems(assessment) == [field]


@pytest.mark.parametrize("in_scope", [True, False])
@pytest.mark.parametrize("reason", ["", ".", "\u200b"])
def test_in_scope_or_not_the_answer_needs_a_reason(assessment, in_scope, reason):
    save(assessment, *full(assessment, in_scope=in_scope, scope_reason=reason))

    assert problems(assessment) == ["scope_reason"]


@pytest.mark.parametrize("fund", [True, False])
def test_a_full_stop_is_no_reason_for_the_funding_answer(assessment, fund):
    save(assessment, *full(assessment, fund=fund, fund_reason="."))

    assert problems(assessment) == ["fund_reason"]


def test_nought_is_a_mark(assessment):
    scores, verdict = full(assessment)
    saved = save(assessment, {pk: (0, "Nothing relevant.") for pk in scores}, verdict)

    assert submit(saved).is_submitted


def test_a_stale_version_is_refused_with_what_stands_now(assessment):
    first = questions(assessment)[0]
    save(assessment, {first.pk: (6, "From one window.")})

    with pytest.raises(StaleVersion) as refusal:
        save(assessment, {first.pk: (2, "From another.")}, version=1)

    assert refusal.value.current.version == 2
    assert Score.objects.get().mark == 6


def test_submitting_twice_changes_nothing(assessment):
    submitted = submit(save(assessment, *full(assessment)))

    with pytest.raises(scoring.Locked) as refusal:
        submit(submitted)

    assert refusal.value.submitted_at == NOON


def test_a_submitted_assessment_takes_no_draft(assessment):
    submitted = submit(save(assessment, *full(assessment)))

    with pytest.raises(scoring.Locked):
        save(submitted, {questions(assessment)[0].pk: (1, "Changed my mind.")})


@pytest.mark.parametrize("status", [AssessmentStatus.WITHDRAWN, AssessmentStatus.REJECTED])
def test_what_was_taken_back_cannot_be_marked(status):
    assessment = assessments.assessment(applications.application(Status.IN_ASSESSMENT), status=status)

    with pytest.raises(scoring.NotGiven):
        save(assessment, {})


def test_nobody_marks_in_another_persons_place(assessment):
    with pytest.raises(scoring.NotGiven):
        scoring.save(assessment, {}, {}, version=1, by=people.assessor(), at=NOON)
    with pytest.raises(scoring.NotGiven):
        scoring.submit(assessment, by=people.assessor(), at=NOON)


def test_a_decided_application_is_marked_no_more():
    assessment = assessments.assessment(applications.application(Status.UNSUCCESSFUL))

    with pytest.raises(scoring.NotGiven):
        save(assessment, {})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE applications_score SET mark = 10 WHERE assessment_id = %s",
        "DELETE FROM applications_score WHERE assessment_id = %s",
        "UPDATE applications_score SET assessment_id = assessment_id + 0 WHERE assessment_id = %s",
        "INSERT INTO applications_score (assessment_id, question_id, mark, feedback)"
        " SELECT %s, id, 1, '' FROM applications_question WHERE key = 'scope'",
        "UPDATE applications_assessment SET status = 'open' WHERE id = %s",
        "UPDATE applications_assessment SET note_to_staff = 'x' WHERE id = %s",
        "DELETE FROM applications_assessment WHERE id = %s",
    ],
)
def test_the_database_locks_what_is_submitted(assessment, statement):
    submitted = submit(save(assessment, *full(assessment)))

    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [submitted.pk])


def test_the_database_lets_a_draft_change(assessment):
    save(assessment, *full(assessment))

    with connection.cursor() as cursor:
        cursor.execute("UPDATE applications_score SET mark = 3 WHERE assessment_id = %s", [assessment.pk])
        cursor.execute("DELETE FROM applications_score WHERE assessment_id = %s", [assessment.pk])

    assert not Score.objects.exists()


@pytest.mark.parametrize(
    ("key", "mark"), [("need-or-challenge", 11), ("need-or-challenge", -1), ("scope", 0)]
)
def test_the_database_refuses_marks_beyond_the_question(assessment, key, mark):
    question = Question.objects.get(key=key)

    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(assessment=assessment, question=question, mark=mark)
