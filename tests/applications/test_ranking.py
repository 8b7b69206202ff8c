from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.assessment import ranking, standings, verdicts
from applications.assessment.standings import Entry, RanksBy, Standing
from applications.assessment.verdicts import Verdict
from applications.models import AssessmentStatus
from applications.workflow import Status
from tests.make import applications, assessments


def standing(reference: str, percentage="80.0", *, fund_votes=2, spread="5.0") -> Standing:
    return Standing(
        application_id=1,
        reference=reference,
        title="",
        lead_name="",
        competition_code="",
        percentage=None if percentage is None else Decimal(percentage),
        spread=Decimal(spread),
        assessments=3,
        scope_votes=3,
        fund_votes=fund_votes,
        has_scope_majority=True,
        has_fund_majority=True,
        is_vote_tied=False,
        passes_threshold=True,
        is_wide=False,
        grant_sought=Decimal("1.00"),
    )


def references(standings) -> list[str]:
    return [one.reference for one in standings]


some_standings = st.lists(
    st.builds(
        standing,
        st.integers(1, 10**6).map(lambda number: f"LP-{number:07}"),
        st.sampled_from([None, "69.9", "70.0", "80.5"]),
        fund_votes=st.integers(0, 3),
        spread=st.sampled_from(["0.0", "5.0", "12.5"]),
    ),
    unique_by=lambda one: one.reference,
    max_size=12,
)


@given(some_standings, st.randoms())
def test_the_order_does_not_depend_on_the_order_things_came_in(lines, random):
    shuffled = random.sample(lines, len(lines))

    assert standings.order(shuffled) == standings.order(lines)


@given(some_standings)
def test_ranks_count_up_from_one_without_gap_or_share(lines):
    ordered = standings.order(lines)

    assessed = [one for one in ordered if one.is_assessed]
    assert [one.rank for one in assessed] == list(range(1, len(assessed) + 1))
    assert all(one.rank is None for one in ordered[len(assessed) :])
    assert sorted(references(ordered)) == sorted(references(lines))


@given(some_standings)
def test_nobody_stands_above_a_higher_score(lines):
    scores = [one.percentage for one in standings.order(lines) if one.is_assessed]

    assert scores == sorted(scores, reverse=True)


def test_equal_scores_go_by_fund_votes_then_spread_then_reference():
    lines = [
        standing("LP-D", "80.0", fund_votes=2, spread="4.0"),
        standing("LP-C", "80.0", fund_votes=2, spread="4.0"),
        standing("LP-B", "80.0", fund_votes=2, spread="3.9"),
        standing("LP-A", "80.0", fund_votes=1, spread="0.0"),
        standing("LP-E", "80.0", fund_votes=3, spread="9.0"),
        standing("LP-F", "80.1", fund_votes=0, spread="9.0"),
    ]

    ordered = standings.order(lines)

    assert references(ordered) == ["LP-F", "LP-E", "LP-B", "LP-C", "LP-D", "LP-A"]
    assert ordered[0].tied_with == ()
    assert ordered[1].tied_with == ("LP-A", "LP-B", "LP-C", "LP-D")


@pytest.mark.parametrize(
    ("exact", "shown"),
    [("69.95", "70.0"), ("69.9499", "69.9"), ("70", "70.0"), ("0.05", "0.1"), ("0", "0.0"), ("100", "100.0")],
)
def test_halves_round_up_to_one_decimal(exact, shown):
    assert str(verdicts.one_decimal(Fraction(exact))) == shown


@pytest.mark.parametrize(
    ("votes", "of", "passes"), [(2, 3, True), (2, 4, False), (3, 4, True), (0, 0, False)]
)
def test_a_majority_is_more_than_half(votes, of, passes):
    assert verdicts.is_majority(votes, of=of) is passes


def verdict(assessor: int, shares: int, questions: int = 1, scale: int = 1000) -> verdicts.Verdict:
    return verdicts.Verdict(assessor, assessor, shares, scale, questions, True, True)


def test_marks_are_wide_by_what_they_are_and_not_by_what_is_shown():
    # 20.04 and 19.96 points apart; both are shown as 20.0.
    above = [verdict(1, 5000, scale=10_000), verdict(2, 7004, scale=10_000)]
    below = [verdict(1, 5000, scale=10_000), verdict(2, 6996, scale=10_000)]

    assert [verdicts.spread(one) for one in (above, below)] == [Decimal("20.0")] * 2
    assert [verdicts.is_wide(one, Decimal("20.0")) for one in (above, below)] == [True, False]
    assert not verdicts.is_wide([], Decimal("0"))


@pytest.mark.parametrize(
    ("shares", "furthest"),
    [([600, 700, 900], {3}), ([600, 900], {1, 2}), ([700], set()), ([100, 900, 900], {1})],
)
def test_the_outlier_is_whoever_is_furthest_from_the_others(shares, furthest):
    counted = [verdict(number, one) for number, one in enumerate(shares, start=1)]

    assert verdicts.furthest(counted) == furthest


@pytest.mark.django_db
class TestPanelSheet:
    def test_the_percentage_is_the_mean_over_every_mark(self):
        application = applications.application(Status.IN_ASSESSMENT)
        assessments.submitted(application, marks=[10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
        assessments.submitted(application, mark=7)
        assessments.submitted(application, marks=[8] * 9 + [7])

        [line] = ranking.panel_sheet([application.competition])

        # (55 + 70 + 79) / 300
        assert line.percentage == Decimal("68.0")
        assert line.spread == Decimal("24.0")
        assert line.is_wide
        # 55 stands 19.5 below the mean of 70 and 79; 79 stands 16.5 above that of 55 and 70.
        assert line.outliers == (application.assessments.order_by("pk")[0].assessor_id,)
        assert not line.passes_threshold
        assert line.lead_name == application.participants.get().name

    def test_exactly_the_threshold_passes(self):
        application = applications.application(Status.IN_ASSESSMENT)
        assessments.submitted(application, mark=7)

        [line] = ranking.panel_sheet([application.competition])

        assert (line.percentage, line.passes_threshold) == (Decimal("70.0"), True)

    def test_the_rounded_figure_meets_the_threshold(self):
        """20 assessments with 1,399 of 2,000 marks are 69.95 %, shown as 70.0 and therefore passing."""
        application = applications.application(Status.IN_ASSESSMENT)
        for _ in range(19):
            assessments.submitted(application, mark=7)
        assessments.submitted(application, marks=[7] * 9 + [6])

        [line] = ranking.panel_sheet([application.competition])

        assert (line.percentage, line.passes_threshold) == (Decimal("70.0"), True)

    def test_marks_count_by_the_maximum_of_their_question(self):
        competition = applications.closed_competition()
        competition.question_set.questions.filter(max_marks=10).update(max_marks=3)
        application = applications.application(Status.IN_ASSESSMENT, within=competition)
        assessments.submitted(application, mark=2)

        [line] = ranking.panel_sheet([competition])

        assert line.percentage == Decimal("66.7")

    @pytest.mark.parametrize("status", sorted(set(AssessmentStatus) - {AssessmentStatus.SUBMITTED}))
    def test_what_is_not_submitted_never_counts(self, status):
        application = applications.application(Status.IN_ASSESSMENT)
        assessments.submitted(application, mark=8)
        assessments.marked(application, mark=1, status=status, fund=False)

        [line] = ranking.panel_sheet([application.competition])

        assert (line.percentage, line.assessments, line.fund_votes) == (Decimal("80.0"), 1, 1)

    def test_a_tied_vote_does_not_pass_and_is_flagged(self):
        application = applications.application(Status.IN_ASSESSMENT)
        assessments.submitted(application, mark=9, fund=True)
        assessments.submitted(application, mark=9, fund=False)

        [line] = ranking.panel_sheet([application.competition])

        assert (line.has_scope_majority, line.has_fund_majority, line.is_vote_tied) == (True, False, True)
        assert not line.passes

    def test_one_that_nobody_assessed_stands_last_without_a_rank(self):
        competition = applications.competition()
        waiting = applications.application(within=competition)
        assessments.assessment(waiting)
        done = applications.application(Status.IN_ASSESSMENT, within=competition)
        assessments.submitted(done, mark=3)

        lines = ranking.panel_sheet([competition])

        assert [(line.reference, line.rank, line.outstanding) for line in lines] == [
            (done.reference, 1, 0),
            (waiting.reference, None, 1),
        ]

    def test_drafts_withdrawn_and_ineligible_ones_are_not_on_it(self):
        competition = applications.competition()
        for status in (Status.DRAFT, Status.WITHDRAWN, Status.INELIGIBLE):
            applications.application(status, within=competition)

        assert ranking.panel_sheet([competition]) == []

    def test_competitions_can_be_ranked_as_one_list(self):
        first = applications.application(Status.IN_ASSESSMENT)
        second = applications.application(Status.IN_ASSESSMENT)
        assessments.submitted(first, mark=7)
        assessments.submitted(second, mark=9)

        lines = ranking.panel_sheet([first.competition, second.competition])

        assert references(lines) == [second.reference, first.reference]

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_takes_three_queries(self, number, django_assert_num_queries):
        competition = applications.competition()
        for _ in range(number):
            application = applications.application(Status.IN_ASSESSMENT, within=competition)
            for _ in range(number):
                assessments.submitted(application)

        with django_assert_num_queries(3):
            assert len(ranking.panel_sheet([competition])) == number


@st.composite
def some_marks(draw):
    """Applications with their verdicts: one way to read what assessors gave."""
    number = draw(st.integers(1, 5))
    return {
        pk: [
            Verdict(
                assessment_id=pk * 10 + assessor,
                assessor_id=assessor,
                shares=draw(st.integers(0, 20)),
                scale=10,
                questions=2,
                in_scope=draw(st.booleans()),
                fund=draw(st.booleans()),
            )
            for assessor in draw(st.lists(st.integers(1, 4), unique=True, max_size=4))
        ]
        for pk in range(1, number + 1)
    }


def entry(pk: int) -> Entry:
    return Entry(
        application_id=pk,
        reference=f"LP-{pk}",
        title="",
        lead_name="",
        competition_code="",
        grant_sought=Decimal(1),
        threshold=Decimal(70),
        spread_limit=Decimal(20),
    )


@given(some_marks(), st.sampled_from(RanksBy.values), st.randoms())
def test_ranking_depends_on_the_marks_that_count_and_on_nothing_else(given_marks, ranks_by, dice):
    """Whatever order applications, assessments and assessors come in, every figure is the same."""
    entries = [entry(pk) for pk in given_marks]
    shuffled = {
        pk: dice.sample(given_marks[pk], len(given_marks[pk]))
        for pk in dice.sample(list(given_marks), len(given_marks))
    }

    ranked = standings.rank(entries, given_marks, ranks_by=ranks_by)

    assert standings.rank(dice.sample(entries, len(entries)), shuffled, ranks_by=ranks_by) == ranked


def test_distances_and_deviation_by_hand():
    marked = [Verdict(n, n, shares, 10, 10, True, True) for n, shares in enumerate((60, 70, 80), start=1)]

    assert verdicts.distances(marked) == {1: Decimal("-15.0"), 2: Decimal("0.0"), 3: Decimal("15.0")}
    assert verdicts.deviation(marked) == Decimal("10.0")
    assert verdicts.distances(marked[:1]) == {}
    assert verdicts.deviation(marked[:1]) is None
