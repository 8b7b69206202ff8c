"""The figures as a table to read and as JSON to keep."""

from dataclasses import asdict, dataclass, field

from bench.growth import Growth
from bench.load import Outcome


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a figure is held against, measured in the same run."""

    name: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    outcome: Outcome
    clients: int
    yardsticks: list[Yardstick] = field(default_factory=list)

    def ratio(self, yardstick: Yardstick) -> float:
        """How many of this were done while one of the yardstick's was: 1 is as fast."""
        return self.outcome.rate / yardstick.outcome.rate if yardstick.outcome.rate else 0.0


HEAD = f"{'':<30}{'clients':>8}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}   beside, in the same run"


def of_figures(figures: list[Figure]) -> str:
    lines = [HEAD]
    for figure in figures:
        one = figure.outcome
        line = f"{figure.name:<30}{figure.clients:>8}{one.rate:>10.1f}{one.p50:>9.1f}{one.p95:>9.1f}   "
        beside = [
            f"{figure.ratio(yardstick):>5.0%} of {yardstick.name} ({yardstick.outcome.rate:,.1f} a second)"
            for yardstick in figure.yardsticks
        ]
        lines += [line + (beside[0] if beside else "")]
        lines += [" " * len(line) + further for further in beside[1:]]
    return "\n".join(lines)


def of_growth(growths: list[Growth], small: int, large: int) -> str:
    head = f"{'':<30}{f'{small:,}':>12}{f'{large:,}':>12}{'ratio':>8}   rows shown"
    lines = [head]
    for one in growths:
        times = f"{one.small:>9.1f} ms{one.large:>9.1f} ms{one.ratio:>8.1f}"
        rows = "one page" if one.large_rows == 1 else f"{one.small_rows:,} and {one.large_rows:,}"
        lines.append(f"{one.name:<30}{times}   {rows}")
    return "\n".join(lines)


def as_json(figures: list[Figure], growths: list[Growth], about: dict) -> dict:
    return {
        **about,
        "figures": [
            {
                "name": figure.name,
                "clients": figure.clients,
                **_outcome(figure.outcome),
                "beside": [
                    {
                        "name": yardstick.name,
                        **_outcome(yardstick.outcome),
                        "ratio": round(figure.ratio(yardstick), 3),
                    }
                    for yardstick in figure.yardsticks
                ],
            }
            for figure in figures
        ],
        "growth": [asdict(one) | {"ratio": round(one.ratio, 2)} for one in growths],
    }


def _outcome(outcome: Outcome) -> dict:
    return {
        "count": outcome.count,
        "seconds": round(outcome.seconds, 3),
        "a_second": round(outcome.rate, 2),
        "p50_ms": round(outcome.p50, 2),
        "p95_ms": round(outcome.p95, 2),
    }
