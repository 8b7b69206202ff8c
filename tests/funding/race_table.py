"""The races of a run as a table: what was held against what, and what caught each missing protection."""

from collections.abc import Callable, Iterable

from tests.funding.racing import Run

RACE, CONTROL = "race", "race without a protection"

#: How wide each figure's column is.
COLUMNS = {"rounds": 7, "approvals": 10, "waiters": 9, "killed": 8, "transactions cut": 18, "pence over": 12}
HEAD = f"{'races for money':<46}" + "".join(f"{name:>{width}}" for name, width in COLUMNS.items())
OF_CONTROLS = f"{'taken away':<62}{'approvals':>10}{'waiters':>9}  what held, or what caught it"

Record = Callable[[str, object], None]


def note(record: Record, kind: str, run: Run, *, approvals: int, over: int) -> None:
    """Keep one round's figures with the test's report, which xdist carries to where the table is printed.

    over  pence above the ceilings, as ``race_check.pence_over`` counted them
    """
    figures = {"approvals": approvals, "waiters": run.waiters, "killed": run.killed}
    record(RACE, {"kind": kind, **figures, "transactions cut": run.in_the_midst, "pence over": over})


def note_control(record: Record, taken_away: str, run: Run, *, outcome: str) -> None:
    """Keep what held, or what caught it, when ``taken_away`` was gone."""
    record(
        CONTROL,
        {"kind": taken_away, "approvals": len(run.answers), "waiters": run.waiters, "outcome": outcome},
    )


def lines(reports: Iterable) -> list[str]:
    """The two tables of what the tests' reports carry; none where no race was run."""
    kept = [pair for report in reports for pair in getattr(report, "user_properties", ())]
    races = [noted for name, noted in kept if name == RACE]
    controls = [noted for name, noted in kept if name == CONTROL]
    found = [HEAD, *_of_races(races)] if races else []
    if controls:
        found += [OF_CONTROLS, *map(_of_control, controls)]
    return found


def _of_races(races: list[dict]) -> list[str]:
    found = []
    for kind in dict.fromkeys(race["kind"] for race in races):
        rounds = [race for race in races if race["kind"] == kind]
        sums = {name: sum(race.get(name, 1) for race in rounds) for name in COLUMNS}
        found.append(f"{kind:<46}" + "".join(f"{sums[name]:>{width},}" for name, width in COLUMNS.items()))
    return found


def _of_control(noted: dict) -> str:
    return f"{noted['kind']:<62}{noted['approvals']:>10,}{noted['waiters']:>9,}  {noted['outcome']}"
