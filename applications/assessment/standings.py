"""The order that marks make: a pure function of what was submitted and of what is excluded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import TextChoices

from applications.assessment import strictness, verdicts
from applications.assessment.strictness import Estimate
from applications.assessment.verdicts import Verdict


class RanksBy(TextChoices):
    """Which figure decides rank, ties and threshold; the other stands beside it."""

    MEAN = "mean", "Mean of the marks"
    CORRECTED = "corrected", "Mean corrected for strictness"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of an application apart from its marks, and the rules of its competition."""

    application_id: int
    reference: str
    title: str
    lead_name: str
    competition_code: str
    grant_sought: Decimal
    threshold: Decimal
    spread_limit: Decimal
    grant_submitted: Decimal | None = None
    outstanding: int = 0
    excluded: int = 0
    proposed_exclusions: int = 0
    conflicted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One application's line on the panel sheet.

    ``percentage``, ``corrected`` and ``rank`` are None while no assessment of it counts. ``margin`` is
    half the width of the band round the corrected mean. ``tied_with`` are the references of those with
    the same score, whichever rule set them apart. ``assessments`` are those that count; ``excluded``
    further ones do not. ``distances`` are each assessor's from the mean of the others; ``outliers`` are
    those who make it wide: whoever stands furthest from the others. ``grant_submitted``
    is what was sought when it was submitted, where somebody has left since. ``conflicted`` of those that
    count are by somebody whom a conflict of interest keeps from the application.
    """

    application_id: int
    reference: str
    title: str
    lead_name: str
    competition_code: str
    percentage: Decimal | None
    spread: Decimal
    assessments: int
    scope_votes: int
    fund_votes: int
    has_scope_majority: bool
    has_fund_majority: bool
    is_vote_tied: bool
    passes_threshold: bool
    is_wide: bool
    grant_sought: Decimal
    threshold: Decimal = Decimal("70.0")
    grant_submitted: Decimal | None = None
    outstanding: int = 0
    excluded: int = 0
    proposed_exclusions: int = 0
    conflicted: int = 0
    corrected: Decimal | None = None
    margin: Decimal | None = None
    correction: float = 0.0
    deviation: Decimal | None = None
    distances: Mapping[int, Decimal] | None = None
    outliers: tuple[int, ...] = ()
    ranks_by: str = RanksBy.MEAN
    rank: int | None = None
    rank_by_mean: int | None = None
    rank_corrected: int | None = None
    tied_with: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    @property
    def score(self) -> Decimal | None:
        """The figure that threshold, rank and tie use."""
        return self.corrected if self.ranks_by == RanksBy.CORRECTED else self.percentage

    @property
    def is_assessed(self) -> bool:
        return self.percentage is not None

    @property
    def passes(self) -> bool:
        """Whether it may be funded where money allows: both majorities and the threshold."""
        return self.has_scope_majority and self.has_fund_majority and self.passes_threshold

    @property
    def furthest(self) -> tuple[int, Decimal] | None:
        """The assessor who stands furthest from the others, and by how many points."""
        if not self.distances:
            return None
        return max(self.distances.items(), key=lambda one: (abs(one[1]), -one[0]))


def rank(
    entries: Iterable[Entry], given: Mapping[int, Sequence[Verdict]], *, ranks_by: str = RanksBy.MEAN
) -> tuple[list[Standing], Estimate]:
    """Return the panel sheet's lines in their order, and the strictness found on the way.

    given  the assessments that count, by the application's id
    """
    entries = list(entries)
    mine = {one.application_id: sorted(given.get(one.application_id, ())) for one in entries}
    estimate = strictness.estimate(
        {
            pk: {one.assessor_id: one.shares * 100 / (one.scale * one.questions) for one in counted}
            for pk, counted in mine.items()
        }
    )
    standings = [_standing(one, mine[one.application_id], estimate, ranks_by) for one in entries]
    return order(standings), estimate


def order(standings: Iterable[Standing]) -> list[Standing]:
    """Return the standings ranked from 1, whatever order they came in.

    Score first, then more votes to fund, then the smaller spread, then the reference. What nobody
    has assessed comes last, by reference, without a rank.
    """
    standings = list(standings)
    level = defaultdict(list)
    for standing in standings:
        if standing.is_assessed:
            level[standing.score].append(standing.reference)

    assessed = [one for one in standings if one.is_assessed]
    ranked = sorted(assessed, key=lambda one: place(one.score, one))
    unassessed = sorted((one for one in standings if not one.is_assessed), key=lambda one: one.reference)
    by_mean = _ranks(assessed, lambda one: one.percentage)
    corrected = _ranks(assessed, lambda one: one.corrected)
    return [
        replace(
            one,
            rank=number,
            rank_by_mean=by_mean[one.reference],
            rank_corrected=corrected[one.reference],
            tied_with=tuple(sorted(set(level[one.score]) - {one.reference})),
        )
        for number, one in enumerate(ranked, start=1)
    ] + [replace(one, rank=None, tied_with=()) for one in unassessed]


def place(score: Decimal | None, standing: Standing) -> tuple:
    """What the list is sorted by, with ``score`` for its score."""
    return -(score or 0), -standing.fund_votes, standing.spread, standing.reference


def _ranks(assessed: list[Standing], figure) -> dict[str, int]:
    ordered = sorted(assessed, key=lambda one: place(figure(one), one))
    return {one.reference: number for number, one in enumerate(ordered, start=1)}


def _standing(entry: Entry, counted: list[Verdict], estimate: Estimate, ranks_by: str) -> Standing:
    """Make one line: the percentage by the dossier's section 6.2, the majorities by its section 7."""
    votes = len(counted)
    scope_votes = sum(one.in_scope for one in counted)
    fund_votes = sum(one.fund for one in counted)
    percentage, corrected, margin, correction = verdicts.mean(counted), None, None, 0.0
    if percentage is not None:
        weights = {one.assessor_id: one.questions for one in counted}
        correction = estimate.correction(weights)
        corrected = correct(counted, correction)
        margin = verdicts.in_points(verdicts.in_tenths(estimate.margin(weights)))
    score = corrected if ranks_by == RanksBy.CORRECTED else percentage
    is_wide = verdicts.is_wide(counted, entry.spread_limit)
    return Standing(
        application_id=entry.application_id,
        reference=entry.reference,
        title=entry.title,
        lead_name=entry.lead_name,
        competition_code=entry.competition_code,
        percentage=percentage,
        corrected=corrected,
        margin=margin,
        correction=correction,
        deviation=verdicts.deviation(counted),
        distances=verdicts.distances(counted),
        ranks_by=ranks_by,
        spread=verdicts.spread(counted),
        assessments=votes,
        scope_votes=scope_votes,
        fund_votes=fund_votes,
        has_scope_majority=verdicts.is_majority(scope_votes, of=votes),
        has_fund_majority=verdicts.is_majority(fund_votes, of=votes),
        is_vote_tied=votes > 0 and votes in (2 * scope_votes, 2 * fund_votes),
        passes_threshold=score is not None and score >= entry.threshold,
        is_wide=is_wide,
        outliers=tuple(sorted(verdicts.furthest(counted))) if is_wide else (),
        grant_sought=entry.grant_sought,
        grant_submitted=entry.grant_submitted,
        threshold=entry.threshold,
        outstanding=entry.outstanding,
        excluded=entry.excluded,
        proposed_exclusions=entry.proposed_exclusions,
        conflicted=entry.conflicted,
        verdicts=tuple(counted),
    )


def correct(counted: Sequence[Verdict], correction: float) -> Decimal:
    """The mean less what its assessors' strictness is estimated to add, to one decimal.

    Where there is nothing to take away it is the mean itself, to the last digit.
    """
    if not correction:
        return verdicts.mean(counted) or Decimal("0.0")
    shares, questions = sum(one.shares for one in counted), sum(one.questions for one in counted)
    exact = shares * 100 / (counted[0].scale * questions)
    return verdicts.in_points(verdicts.in_tenths(exact - correction))
