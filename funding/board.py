"""What the staff board shows: where each budget stands, what is asked of it, and when grants would fall.

Everything is read for one person: the budgets they see, and of their regions' competitions what was
awarded and what waits. The number of queries is the same however much there is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from accounts.models import User
from applications.models import Application, Competition, Participant, Strand
from applications.workflow import Status
from funding import forecast
from funding.forecast import Forecast, Project
from funding.models import READERS, Award, AwardShare, Budget, CompetitionBudgets

NOTHING = Decimal("0.00")
#: Eligible as far as is known, and not decided: what their grants would still take.
UNDECIDED = (Status.SUBMITTED, Status.IN_ASSESSMENT)
NO_THEME, NO_AREA, ELSEWHERE = "No theme named", "No area named", "Elsewhere in the UK"


@dataclass(frozen=True, slots=True)
class Standing:
    """One budget and what undecided applications ask of it."""

    budget: Budget
    asked: Decimal

    @property
    def over_asked(self) -> Decimal:
        return max(self.asked - self.budget.available, NOTHING)


@dataclass(frozen=True, slots=True)
class Sums:
    """What was awarded under one heading, and what undecided applications ask for."""

    label: str
    awarded: Decimal
    asked: Decimal


@dataclass(frozen=True, slots=True)
class Late:
    """An application of whose award some would fall after the programme's end."""

    pk: int
    reference: str
    title: str
    competition: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All of it. ``ends_on`` is the last day on which a competition lets a project end, or None.

    whole, by_region, by_budget  the forecast of all awards, and of those that belong to each
    has_both  whether there are competitions of both kinds, real and of a demonstration
    """

    is_demonstration: bool
    has_both: bool
    ends_on: date | None
    budgets: list[Standing]
    strands: list[Sums]
    themes: list[Sums]
    areas: list[Sums]
    whole: Forecast
    by_region: dict[str, Forecast]
    by_budget: list[tuple[Budget, Forecast]]
    late: list[Late]


@dataclass(frozen=True, slots=True)
class _Awarded:
    application: int
    reference: str
    title: str
    competition: int
    project: Project


def read(user: User, *, of_demonstration: bool | None = None) -> Board:
    """Read the board for this person.

    of_demonstration  the invented competitions, or the real ones; None for the real ones as long as
                      there is anything in them
    """
    everything = list(
        CompetitionBudgets.objects.filter(competition__in=Competition.objects.run_by(user, READERS))
        .select_related("competition__region")
        .order_by("competition__code")
    )
    asked, awarded = _asked(everything), _awarded(user, everything)
    invented = {one.competition_id for one in everything if one.competition.is_demonstration}
    if of_demonstration is None:
        busy = {one.competition for one in awarded} | set(asked)
        of_demonstration = bool(busy) and busy <= invented
    drawn = [one for one in everything if one.competition.is_demonstration == of_demonstration]
    here = {one.competition_id for one in drawn}
    awarded = [one for one in awarded if one.competition in here]
    ends_on = _ends_on(drawn)
    competitions = {one.competition_id: one.competition for one in drawn}
    whole = forecast.of([one.project for one in awarded], ends_on)
    budgets = _budgets(user, everything, of_demonstration)
    return Board(
        is_demonstration=of_demonstration,
        has_both=0 < len(invented) < len(everything),
        ends_on=ends_on,
        budgets=_standings(budgets, drawn, asked),
        strands=_strands(competitions, awarded, asked),
        themes=_themes(competitions, awarded, asked),
        areas=_areas(list(here)),
        whole=whole,
        by_region=_by_region(competitions, awarded, ends_on),
        by_budget=_by_budget(budgets, drawn, awarded, ends_on),
        late=[
            Late(one.application, one.reference, one.title, competitions[one.competition].code, amount)
            for one in awarded
            if (amount := whole.after.get(one.application))
        ],
    )


@dataclass(frozen=True, slots=True)
class Drawing:
    """A competition that draws on a budget, with what it was awarded and what it still asks for."""

    budgets: CompetitionBudgets
    awarded: Decimal
    asked: Decimal


def drawing_on(user: User, budget: Budget) -> list[Drawing]:
    """The competitions of this person's regions that draw on the budget."""
    rows = CompetitionBudgets.objects.filter(
        Q(programme=budget) | Q(region=budget) | Q(pot=budget) | Q(part=budget),
        competition__in=Competition.objects.run_by(user, READERS),
    )
    drawn = list(rows.select_related("competition", "region", "pot", "part").order_by("competition__code"))
    asked, awarded = _asked(drawn), _awarded(user, drawn)
    granted: dict[int, Decimal] = defaultdict(Decimal)
    for one in awarded:
        granted[one.competition] += one.project.grant
    return [
        Drawing(one, granted[one.competition_id] + NOTHING, asked.get(one.competition_id, NOTHING))
        for one in drawn
    ]


def _asked(drawn: list[CompetitionBudgets]) -> dict[int, Decimal]:
    """What undecided applications ask for, by competition."""
    ids = [one.competition_id for one in drawn]
    undecided = Application.objects.filter(status__in=UNDECIDED, competition__in=ids)
    return dict(undecided.values_list("competition").annotate(asked=Sum("grant_sought")).order_by())


def _awarded(user: User, drawn: list[CompetitionBudgets]) -> list[_Awarded]:
    rows = (
        Award.objects.visible_to(user)
        .live()
        .filter(application__competition__in=[one.competition_id for one in drawn])
        .values_list(
            "application",
            "application__reference",
            "application__title",
            "application__competition",
            "amount",
            "application__start_on",
            "application__duration_months",
        )
        .order_by("application__reference")
    )
    return [
        _Awarded(pk, reference, title, within, Project(key=pk, grant=grant, start_on=start, months=months))
        for pk, reference, title, within, grant, start, months in rows
    ]


def _ends_on(drawn: list[CompetitionBudgets]) -> date | None:
    ends = (one.competition.ends_exactly_on or one.competition.latest_end_on for one in drawn)
    return max((day for day in ends if day), default=None)


def _budgets(user: User, everything: list[CompetitionBudgets], of_demonstration: bool) -> list[Budget]:
    """Those the person sees. A demonstration has budgets of its own, which its competitions draw on."""
    invented = {pk for one in everything if one.competition.is_demonstration for pk in one.budget_ids}
    seen = Budget.objects.visible_to(user).in_order()
    return [budget for budget in seen if (budget.pk in invented) == of_demonstration]


def _standings(
    budgets: list[Budget], drawn: list[CompetitionBudgets], asked: dict[int, Decimal]
) -> list[Standing]:
    of_budget: dict[int, Decimal] = defaultdict(Decimal)
    for one in drawn:
        for pk in one.budget_ids:
            of_budget[pk] += asked.get(one.competition_id, NOTHING)
    return [Standing(budget, of_budget[budget.pk] + NOTHING) for budget in budgets]


def _strands(
    competitions: dict[int, Competition], awarded: list[_Awarded], asked: dict[int, Decimal]
) -> list[Sums]:
    names = [Strand(one).label for one in Strand if any(each.strand == one for each in competitions.values())]
    return _added_up(names, _labelled(competitions, awarded, asked, lambda one: [Strand(one.strand).label]))


def _themes(
    competitions: dict[int, Competition], awarded: list[_Awarded], asked: dict[int, Decimal]
) -> list[Sums]:
    """An application counts under every theme of its competition."""
    names = sorted({theme for one in competitions.values() for theme in one.themes})
    return _added_up(names, _labelled(competitions, awarded, asked, lambda one: one.themes or [NO_THEME]))


def _labelled(competitions, awarded, asked, labels) -> Iterable[tuple[str, Decimal, Decimal]]:
    for one in awarded:
        yield from ((label, one.project.grant, NOTHING) for label in labels(competitions[one.competition]))
    for pk, amount in asked.items():
        if pk in competitions:
            yield from ((label, NOTHING, amount) for label in labels(competitions[pk]))


def _added_up(names: list[str], found: Iterable[tuple[str, Decimal, Decimal]]) -> list[Sums]:
    """The names in their order, with what else was found after them."""
    sums = {name: [NOTHING, NOTHING] for name in names}
    for label, awarded, asked in found:
        held = sums.setdefault(label, [NOTHING, NOTHING])
        held[0] += awarded
        held[1] += asked
    return [Sums(label, awarded, asked) for label, (awarded, asked) in sums.items()]


def _areas(competitions: list[int]) -> list[Sums]:
    """By where each organisation does most of its work: its share of the award, or what it asks for."""
    shares = (
        AwardShare.objects.filter(award__in=Award.objects.live())
        .filter(award__application__competition__in=competitions)
        .values_list("participant__work_area__name", "participant__elsewhere")
        .annotate(sum=Sum("grant"))
        .order_by()
    )
    asking = (
        Participant.objects.filter(
            application__competition__in=competitions, application__status__in=UNDECIDED, departure=None
        )
        .values_list("work_area__name", "elsewhere")
        .annotate(sum=Sum("grant_sought"))
        .order_by()
    )
    found = [(_place(*at), amount, NOTHING) for *at, amount in shares]
    found += [(_place(*at), NOTHING, amount) for *at, amount in asking]
    return sorted(_added_up([], found), key=lambda one: (one.label in (ELSEWHERE, NO_AREA), one.label))


def _place(area: str | None, elsewhere: str) -> str:
    return area or (ELSEWHERE if elsewhere else NO_AREA)


def _by_region(
    competitions: dict[int, Competition], awarded: list[_Awarded], ends_on: date | None
) -> dict[str, Forecast]:
    names = {pk: one.region.name for pk, one in competitions.items()}
    return {
        name: forecast.of([one.project for one in awarded if names[one.competition] == name], ends_on)
        for name in sorted(set(names.values()))
    }


def _by_budget(
    budgets: list[Budget], drawn: list[CompetitionBudgets], awarded: list[_Awarded], ends_on: date | None
) -> list[tuple[Budget, Forecast]]:
    of_competition = {one.competition_id: set(one.budget_ids) for one in drawn}
    return [
        (
            budget,
            forecast.of(
                [one.project for one in awarded if budget.pk in of_competition[one.competition]], ends_on
            ),
        )
        for budget in budgets
    ]
