from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications import comparison
from applications.models import Application, Comparison, FundedBand
from tests.make import applications, assessments, budgets, people
from tests.make.api import Asking
from tests.make.office import sign_in
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

SIX = [Decimal(mean) for mean in ("8.0", "6.0", "9.0", "7.3", "6.8", "7.4")]


def test_the_spread_of_an_even_number_takes_the_median_halfway():
    assert comparison.spread(SIX) == comparison.FundedMarks(Decimal("6.0"), Decimal("7.4"), Decimal("9.0"))


def test_with_four_funded_there_is_nothing_to_show():
    assert comparison.spread(SIX[:4]) is None
    assert comparison.spread(SIX[:5]) is not None
    assert comparison.band(Decimal(5), None) == FundedBand.NOT_SHOWN


@pytest.mark.parametrize(
    ("own", "band"),
    [
        ("5.9", FundedBand.BELOW),
        ("6.0", FundedBand.LOWER),
        ("7.3", FundedBand.LOWER),
        ("7.4", FundedBand.UPPER),
        ("9.0", FundedBand.UPPER),
        ("9.1", FundedBand.ABOVE),
    ],
)
def test_the_band_changes_at_the_lowest_the_median_and_the_highest(own, band):
    assert comparison.band(Decimal(own), comparison.spread(SIX)) == band


def test_three_marks_are_meant_to_one_decimal():
    assert comparison.mean(22, 3) == Decimal("7.3")


def round_with(funded: int, marks=(8, 9)):
    """A released round with so many funded, whose marks are as named in turn, and one that was not."""
    within = budgets.funded_competition(ceiling=f"{56_000 * funded}.00")
    winners = [budgets.assessed(within, marks[number % len(marks)]) for number in range(funded)]
    loser = budgets.assessed(within, 7)
    made = budgets.released(budgets.approved(within))
    return made, winners, loser


def test_each_question_of_everybody_told_is_kept_at_the_release():
    _, winners, loser = round_with(5)

    kept = Comparison.objects.filter(application=loser)
    assert kept.count() == 10
    assert set(kept.values_list("funded", "mean", "lowest", "median", "highest", "band", "kept_at")) == {
        (5, Decimal(7), Decimal(8), Decimal(8), Decimal(9), "below", NOON + 2 * DAY)
    }
    assert set(Comparison.objects.filter(application__in=winners).values_list("band", flat=True)) == {
        "upper half"
    }


def test_of_four_funded_no_figure_is_kept_and_the_page_says_so():
    _, _, loser = round_with(4)

    kept = Comparison.objects.filter(application=loser)
    page = sign_in(loser.started_by).get(f"/applications/{loser.reference}/").text

    assert set(kept.values_list("funded", "lowest", "median", "highest", "band")) == {
        (4, None, None, None, "not shown")
    }
    assert "Fewer than 5 applications were funded" in page
    assert "median" not in page


def test_marks_excluded_later_and_others_funded_later_change_nothing_of_it():
    made, _, loser = round_with(5)
    before = list(Comparison.objects.order_by("pk").values())
    later = budgets.assessed(loser.competition, 10)
    Application.objects.filter(pk=later.pk).update(status="successful", released_at=NOON + 3 * DAY)

    comparison.keep([loser, later], at=NOON + 3 * DAY)

    assert list(Comparison.objects.exclude(application=later).order_by("pk").values()) == before
    assert set(Comparison.objects.filter(application=later).values_list("funded", flat=True)) == {6}
    assert made.is_released


def test_what_is_funded_and_not_told_stays_out_of_it():
    within = budgets.funded_competition()
    for _one in range(5):
        made = budgets.assessed(within, 9)
        Application.objects.filter(pk=made.pk).update(status="successful")
    told = budgets.assessed(within, 7)
    Application.objects.filter(pk=told.pk).update(status="unsuccessful", released_at=NOON)

    comparison.keep([told], at=NOON)

    assert set(Comparison.objects.values_list("funded", "band")) == {(0, "not shown")}


def test_page_and_api_say_the_same_to_those_who_applied_and_nobody_else():
    _, _, loser = round_with(5)
    staff = people.manager()

    page = sign_in(loser.started_by).get(f"/applications/{loser.reference}/").text
    own = Asking(loser.started_by).client.get(f"/api/v1/applications/{loser.reference}/").json()
    for_staff = Asking(staff).client.get(f"/api/v1/applications/{loser.reference}/").json()

    says = (
        "Funded applications: lowest 8.0, median 8.0, highest 9.0. Yours was below every funded application."
    )
    assert page.count(says) == 10
    assert "They are not updated." in page
    assert len(own["feedback"]) == 10
    first = own["feedback"][0]
    assert (first["mean"], first["max_marks"], len(first["comments"])) == ("7.0", 10, 3)
    assert {name: first["compared"][name] for name in ("band", "lowest", "median", "highest")} == {
        "band": "below",
        "lowest": "8.0",
        "median": "8.0",
        "highest": "9.0",
    }
    assert for_staff["feedback"] is None


def test_before_the_release_the_api_answers_no_feedback():
    application = applications.application("in assessment")
    assessments.submitted(application)

    answer = Asking(application.started_by).client.get(f"/api/v1/applications/{application.reference}/")

    assert answer.json()["feedback"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"band": "above"},
        {"funded": 4},
        {"lowest": None},
        {"median": Decimal("9.5")},
        {"band": "not shown"},
    ],
)
def test_the_database_holds_the_band_to_its_figures(wrong):
    _, _, loser = round_with(5)
    question = loser.competition.question_set.questions.filter(max_marks=None).first()
    fields = {
        "funded": 5,
        "mean": Decimal(7),
        "lowest": Decimal(8),
        "median": Decimal(8),
        "highest": Decimal(9),
        "band": "below",
        "kept_at": NOON,
    }

    with pytest.raises(IntegrityError, match="band_follows_from_the_figures"), transaction.atomic():
        Comparison.objects.create(application=loser, question=question, **fields | wrong)
    Comparison.objects.create(application=loser, question=question, **fields)
