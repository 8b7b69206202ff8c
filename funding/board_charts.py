"""The staff board's figures as charts: the same for a page and for a document."""

from collections.abc import Iterable
from decimal import Decimal

from accounts.formats import local_day, pounds
from funding import charts, forecast
from funding.board import Board, Standing, Sums
from funding.charts import Bar, Chart, Key

PAID, COMMITTED = Key("Paid", "solid"), Key("Committed", "stripes")
RESERVED, AVAILABLE = Key("Reserved", "dots"), Key("Available", "plain")
OVER = Key("Asked for beyond what is available", "cross")
AWARDED, ASKED = Key("Awarded", "solid"), Key("Asked for, undecided", "cross")
#: The regions of a forecast, in their order; there are two.
SERIES = charts.PATTERNS

COUNTED = (
    "Awarded: live awards, approved or accepted. Asked for: the grants that applications ask for which were "
    "submitted, are not ineligible and are not decided."
)


def of(board: Board) -> list[Chart]:
    """Budgets, strands, themes, areas, and the financial years where anything is awarded."""
    return [
        budgets(board.budgets),
        _sums("strands", "By strand", "Strand", board.strands, COUNTED),
        _sums(
            "themes",
            "By theme",
            "Theme",
            board.themes,
            "An application counts under each theme of its competition, so that together the themes come to "
            "more than there is.",
        ),
        _sums(
            "areas",
            "By area",
            "Area",
            board.areas,
            "By the area where each organisation does most of its work: its own share of the award, or what "
            "it asks for itself.",
        ),
    ]


def budgets(standings: list[Standing]) -> Chart:
    """Bars whose ends all stand at one place: a full one is as long as any other full one."""
    beyond = charts.room_beyond([(one.budget.ceiling, one.over_asked) for one in standings])
    return Chart(
        name="budgets",
        title="Where each budget stands",
        heads="Budget",
        columns=("Ceiling", "Paid", "Committed", "Reserved", "Available", "Asked for", OVER.label),
        keys=(PAID, COMMITTED, RESERVED, AVAILABLE, OVER),
        bars=tuple(_budget(one, beyond) for one in standings),
        note="Asked for: what submitted, eligible and undecided applications of its competitions ask for. "
        "One application draws on several budgets, so the bars do not add up.",
        mark="The ceiling",
    )


def _budget(one: Standing, beyond: Decimal) -> Bar:
    budget = one.budget
    amounts = [
        (PAID, budget.paid),
        (COMMITTED, budget.committed),
        (RESERVED, budget.reserved),
        (AVAILABLE, budget.available),
        (OVER, one.over_asked),
    ]
    over = f", {pounds(one.over_asked)} more than that" if one.over_asked else ""
    return Bar(
        label=budget.name,
        says=f"{pounds(budget.allocated)} of {pounds(budget.ceiling)} allocated, {pounds(budget.available)} "
        f"available. {pounds(one.asked)} asked for{over}.",
        parts=charts.stacked(amounts, budget.ceiling * (1 + beyond)),
        figures=(budget.ceiling, *(amount for _, amount in amounts[:-1]), one.asked, one.over_asked),
        ends_at=(charts.HUNDRED / (1 + beyond)).quantize(charts.STEP),
        is_cut=one.over_asked > budget.ceiling * beyond,
    )


def _sums(name: str, title: str, heads: str, lines: Iterable[Sums], note: str) -> Chart:
    lines = list(lines)
    longest = max((one.awarded + one.asked for one in lines), default=Decimal(0))
    return Chart(
        name=name,
        title=title,
        heads=heads,
        columns=(AWARDED.label, ASKED.label),
        keys=(AWARDED, ASKED),
        bars=tuple(
            Bar(
                label=one.label,
                says=f"{pounds(one.awarded)} awarded, {pounds(one.asked)} asked for.",
                parts=charts.stacked([(AWARDED, one.awarded), (ASKED, one.asked)], longest),
                figures=(one.awarded, one.asked),
            )
            for one in lines
        ),
        note=note,
    )


def years(board: Board) -> Chart:
    """What falls in each financial year, by region; the first year after the programme's end is marked."""
    keys = tuple(Key(name, SERIES[at % len(SERIES)]) for at, name in enumerate(board.by_region))
    known = sorted(board.whole.years)
    longest = max(board.whole.years.values(), default=Decimal(0))
    bars, is_marked = [], False
    end = f"{local_day(board.ends_on)}: the programme’s end" if board.ends_on else ""
    for year in range(known[0], known[-1] + 1) if known else ():
        amounts = [
            (key, of_one.years.get(year, Decimal(0)))
            for key, of_one in zip(keys, board.by_region.values(), strict=True)
        ]
        total = board.whole.years.get(year, Decimal("0.00"))
        before = ""
        if board.ends_on and not is_marked and year > forecast.year_of(board.ends_on):
            before, is_marked = end, True
        bars.append(
            Bar(
                label=f"{year} to {year + 1}",
                says=f"{pounds(total)}.",
                parts=charts.stacked(amounts, longest),
                figures=(*(amount for _, amount in amounts), total),
                before=before,
            )
        )
    return Chart(
        name="years",
        title="Forecast by financial year",
        heads="Financial year",
        columns=(*board.by_region, "Together"),
        keys=keys,
        bars=tuple(bars),
        note=forecast.RULE,
        after="" if is_marked else end,
    )
