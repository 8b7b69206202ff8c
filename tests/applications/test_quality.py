import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles import Role
from applications.assessment import quality, second_look
from applications.assessment.quality import Written
from applications.models import Score
from applications.workflow import Status
from tests.make import applications, assessments, office, people

LONG = "The plan names its customers, prices and dates, and shows how each will be reached."


def written(mark=7, feedback=LONG, *, number=1, most=10, assessment=1) -> Written:
    return Written(assessment, number, mark, most, feedback)


@pytest.mark.parametrize(
    ("marks", "alike"),
    [([7, 7, 7, 7], True), ([7, 7, 7, 6], False), ([7, 7, 7], False), ([None, 7, 7, 7], False), ([], False)],
)
def test_one_mark_for_everything(marks, alike):
    assert quality.is_marked_alike([written(mark) for mark in marks]) is alike


def test_marks_of_different_maxima_are_alike_by_their_share():
    assert quality.is_marked_alike([written(6), written(3, most=5), written(12, most=20), written(6)])


@pytest.mark.parametrize(
    ("mark", "feedback", "thin"),
    [(1, "Weak.", True), (9, "Good.", True), (5, "Fair.", False), (10, LONG, False), (None, "", False)],
)
def test_an_extreme_mark_wants_words(mark, feedback, thin):
    assert quality.is_thin(written(mark, feedback)) is thin


@pytest.mark.parametrize(
    ("other", "is_repeated"),
    [
        (LONG, True),
        (LONG.upper().replace(",", " –"), True),
        (LONG.replace("customers", "buyers"), False),
        (f"{LONG} " + LONG, True),
        ("Costs are not explained and the team lacks anybody who has sold such a machine before.", False),
    ],
)
def test_texts_that_say_the_same(other, is_repeated):
    pairs = quality.repeated([written(), written(feedback=other, number=2)])

    assert [(first.number, second.number) for first, second in pairs] == [(1, 2)] * is_repeated


def test_short_texts_repeat_nothing():
    assert quality.repeated([written(feedback="Clear, with some evidence.")] * 3) == []


@given(st.lists(st.text(max_size=80), max_size=6))
def test_any_text_is_taken(texts):
    pairs = quality.repeated([written(feedback=text, number=at) for at, text in enumerate(texts)])

    assert all(first.number < second.number for first, second in pairs)


@pytest.mark.parametrize(
    ("differences", "points"),
    [
        ([-6, -4, -2, 0, 2, 4, 6], 12),
        ([6, 4, 2, 0, -2, -4, -6], -12),
        ([-2, -1, 0, 1, 2, 3], None),
        ([-10, 12, -11, 10, -9, 11], None),
        ([0, 20, 40], None),
        ([3.0] * 8, None),
    ],
)
def test_drift_is_a_trend_beyond_chance(differences, points):
    found = quality.drift(differences)

    assert (found and round(found.points)) == points


def test_differences_are_from_the_mean_of_the_others():
    percentages = {1: {1: 80.0, 2: 60.0, 3: 70.0}, 2: {1: 50.0, 2: 60.0}, 3: {1: 40.0}}

    assert quality.differences(percentages, {1: [2, 1, 3]}) == {1: [-10.0, 15.0]}


@pytest.mark.django_db
class TestSecondLook:
    def owed(self, assessor=None, **fields):
        return assessments.marked(applications.application(Status.IN_ASSESSMENT), assessor, **fields)

    def test_the_assessor_is_told_before_submitting_and_may_submit(self):
        mine = self.owed(marks=[9] * 10)
        first = mine.scores.order_by("pk").first()
        Score.objects.filter(assessment=mine).exclude(pk=first.pk).update(feedback=LONG)
        earlier = self.owed(mine.assessor, mark=5)
        Score.objects.filter(pk=earlier.scores.order_by("pk").first().pk).update(feedback=LONG)
        browser = office.sign_in(mine.assessor)

        page = browser.get(f"/admin/applications/assessment/{mine.pk}/check/").text

        assert "You gave every question the same mark." in page
        assert (
            "Questions 2, 3, 4, 5, 6, 7, 8, 9 and 10: your feedback is nearly the same as on another" in page
        )
        assert "Question 1: 9 of 10 is an extreme mark for so few words." in page
        assert "Submit assessment" in page

    def test_what_is_said_twice_in_one_assessment_is_told_once(self):
        mine = self.owed(marks=[5, 6] * 5)
        two = mine.scores.filter(question__number__in=[3, 7]).values("pk")
        Score.objects.filter(pk__in=two).update(feedback=LONG)

        assert second_look.nudges(mine) == ["Questions 3 and 7: your feedback is nearly the same on each."]

    def test_what_was_saved_before_it_was_out_and_in_again_is_no_other_text(self):
        mine = self.owed(marks=[5, 6] * 5)
        first = mine.scores.order_by("pk").first()
        Score.objects.filter(pk=first.pk).update(feedback=LONG)
        ended = assessments.assessment(
            mine.application, mine.assessor, status="withdrawn", ended_with_application=True
        )
        Score.objects.create(assessment=ended, question=first.question, mark=5, feedback=LONG)

        assert second_look.nudges(mine) == []

    def test_of_another_assessor_nothing_is_told(self):
        other = self.owed(mark=5)
        Score.objects.filter(pk=other.scores.order_by("pk").first().pk).update(feedback=LONG)
        mine = assessments.marked(other.application, marks=[5, 6] * 5)
        Score.objects.filter(pk=mine.scores.order_by("pk").first().pk).update(feedback=LONG)

        assert second_look.nudges(mine) == []

    def test_staff_read_a_list(self):
        application = applications.application(Status.IN_ASSESSMENT)
        first = assessments.marked(application, mark=7)
        second = assessments.marked(application, marks=[7, 6] * 5)
        for one in (first, second):
            Score.objects.filter(pk=one.scores.order_by("pk").first().pk).update(feedback=LONG)
            type(one).objects.filter(pk=one.pk).update(status="submitted", submitted_at=one.given_at)
        competition = application.competition

        signs = second_look.of_competition(competition)
        page = office.sign_in(people.user(Role.AUDITOR)).get(
            f"/admin/applications/assessment/quality/?competition={competition.code}"
        )

        assert sorted(one.kind for one in signs) == ["marks alike", "repeated feedback"]
        assert "repeats another’s" in page.text and "Every question got 7 of 10." in page.text

    def test_an_assessor_does_not_read_the_list(self):
        browser = office.sign_in(people.assessor())

        assert browser.get("/admin/applications/assessment/quality/").status_code == 403
