"""pgbench on one contended budget row: what PostgreSQL itself makes of it, with no Python at all."""

import re
import subprocess
import tempfile
from urllib.parse import parse_qs, urlsplit

from bench.load import Outcome, Pace
from launchpad.postgres import plain_environment, programs

#: The row as it is, written again: its sums move by transfers alone, and those are never taken back.
SCRIPT = """
UPDATE funding_budget SET available = available WHERE id = {budget};
UPDATE funding_budget SET available = available WHERE id = {budget};
"""
UPDATES = 2


class DidNotRun(Exception):
    """pgbench said something else than figures; the message has its words."""


def pgbench(database_url: str, budget: int, pace: Pace) -> Outcome:
    """Let as many clients update one budget's row as fast as they can; a deed is one update."""
    address = urlsplit(database_url)
    folder = parse_qs(address.query)["host"][0]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(SCRIPT.format(budget=budget))
        file.flush()
        done = subprocess.run(
            [
                programs() / "pgbench", "--no-vacuum", "--file", file.name, "--host", folder,
                "--username", address.username or "", "--client", str(pace.clients), "--jobs", "2",
                "--time", str(max(round(pace.seconds), 1)), "--protocol", "prepared",
                address.path.lstrip("/"),
            ],
            env=plain_environment(), capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
    rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    latency = re.search(r"^latency average = ([\d.]+) ms", done.stdout, re.MULTILINE)
    if done.returncode or not (rate and latency):
        raise DidNotRun(done.stdout + done.stderr)
    seconds = max(round(pace.seconds), 1)
    mean = float(latency[1]) / UPDATES
    return Outcome(round(float(rate[1]) * UPDATES * seconds), seconds, mean, mean)
