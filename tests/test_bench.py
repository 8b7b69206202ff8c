"""The yardstick itself: every measurement runs, beside what it is held against, and the figures are kept."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

from accounts import clock
from bench.load import Failed, Outcome, Pace, run
from bench.table import Figure, Yardstick, of_figures
from launchpad.demo.grown import programme
from launchpad.postgres import SUPERUSER
from tests import databases

PAGES = {"competition list", "application detail", "application list, office"}
COPIES = {"COPY", "COPY with the inert-text rule"}
FORMS = {"section save", "submit", "score save", "approval, one budget"}


@pytest.mark.slow
def test_a_small_run_measures_everything_beside_its_yardstick(committed_database, tmp_path):
    """Real gunicorn, real processes, real sessions: only the time is short."""
    programme.make(100, at=clock.now())
    output = tmp_path / "bench.json"
    done = subprocess.run(
        [
            sys.executable, "-m", "bench.inside", "--small", committed_database.url, "--size", "100",
            "--small-size", "100", "--clients", "2", "--warm", "0.05", "--seconds", "0.3", "--times", "2",
            "--output", str(output), "--rows", "3000", "--sheet-rows", "500",
            "--superuser", databases.url(committed_database.name, SUPERUSER),
        ],
        cwd=settings.BASE_DIR,
        env={**committed_database.environment, "DJANGO_SETTINGS_MODULE": "bench.settings",
             "STATE_DIR": str(tmp_path)},
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    kept = json.loads(output.read_text())
    figures = {figure["name"]: figure for figure in kept["figures"]}
    beside = {name: {one["name"] for one in figure["beside"]} for name, figure in figures.items()}
    assert all(figure["count"] > 0 for figure in kept["figures"])
    assert all(beside[name] == {"the bare view"} for name in PAGES)
    assert all(beside[name] == {"the bare view", "the bare transaction"} for name in FORMS)
    alone = [f"{name}, the action alone" for name in ("section save", "submit", "score save")]
    assert all(beside[name] == {"the bare transaction"} for name in alone)
    assert beside["funding report, CSV"] == {"COPY"}
    assert (beside["programme report, compiled"], beside["programme report, page"]) == (
        set(),
        {"the bare view"},
    )
    for name in ("notifications, one paragraph", "notifications, feedback"):
        assert beside[name] == {"a task that only sends"}
    assert beside["approval, the action alone"] == {
        "the bare transaction",
        "8 budgets apart",
        "pgbench's updates of that row",
    }
    assert beside["approval, the action alone, straight after a burst"] == {"the clean rate"}
    for way in ("", ", processors"):
        assert any(
            name.startswith("CSV, 3,") and name.endswith(f" rows{way}") and those == COPIES
            for name, those in beside.items()
        )
        assert beside[f"XLSX, 500 rows{way}"] == {"XlsxWriter alone"}
    assert "CSV, its first byte" in figures
    assert "of memory in a process of the server" in done.stdout
    assert {growth["name"] for growth in kept["growth"]} >= {"competition list", "panel sheet"}
    assert "beside, in the same run" in done.stdout


def test_a_run_counts_what_is_done_after_the_warm_up():
    def worker():
        return (lambda: None for _ in range(10**9))

    outcome = run([worker, worker], Pace(warm=0.05, seconds=0.2, clients=2))

    assert outcome.count > 100
    assert 0.1 < outcome.seconds < 0.4
    assert outcome.p50 <= outcome.p95


def test_a_run_whose_supply_ends_in_the_warm_up_has_no_figure():
    def worker():
        return iter([lambda: None])

    with pytest.raises(Failed, match="nothing was counted"):
        run([worker], Pace(warm=0.2, seconds=0.1, clients=1))


def test_an_answer_that_is_not_what_is_measured_stops_the_run():
    def worker():
        def deed():
            raise ValueError("404")

        return iter([deed])

    with pytest.raises(Failed, match="ValueError: 404"):
        run([worker], Pace(warm=0, seconds=0.1, clients=1))


def test_a_figure_stands_beside_its_yardsticks():
    bare = Yardstick("the bare view", Outcome(count=400, seconds=2, p50=9.5, p95=20))
    figure = Figure("submit", Outcome(count=100, seconds=2, p50=40.25, p95=61), 8, [bare])

    assert of_figures([figure]).splitlines()[1] == (
        "submit                               8      50.0     40.2     61.0"
        "     25% of the bare view (200.0 a second)"
    )
