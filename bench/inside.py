"""What is measured in the databases that stand ready: DATABASE_URL leads to the large programme.

python -m bench.inside
"""

import argparse
import json
import logging
import os
import platform
import sys
from contextlib import contextmanager
from pathlib import Path

import django

# Models can be imported only now.
django.setup()

from django.db import connection  # noqa: E402

from bench import growth, measures, table  # noqa: E402
from bench.load import Pace  # noqa: E402
from bench.measures import Bench  # noqa: E402
from bench.pages import Site  # noqa: E402
from bench.server import serving  # noqa: E402
from launchpad.environment import database  # noqa: E402

#: Said before a run whose figures will be low, and whose ratios may be off.
BUSY = "This machine is busy (load {:.1f} on {} processors): figures will be low and ratios less sure."


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    logging.disable(logging.INFO)
    log = Path(os.environ["STATE_DIR"]) / "web.log"
    if os.getloadavg()[0] > os.cpu_count():
        say(BUSY.format(os.getloadavg()[0], os.cpu_count()))
    pace = Pace(options.warm, options.seconds, options.clients)
    looks = [] if options.only else growth.looks()
    small: dict[str, tuple[float, int]] = {}
    if looks:
        say("How pages grow, by one visitor:")
        with on(options.small), serving(options.small, log) as port:
            small = growth.timed(port, looks, options.times, say)
    large_url = os.environ["DATABASE_URL"]
    with serving(large_url, log) as port:
        large = growth.timed(port, looks, options.times, say)
        say(f"{pace.clients} clients, {pace.warm:g} s to warm up, then {pace.seconds:g} s counted:")
        many = (options.rows, options.sheet_rows, options.superuser)
        bench = Bench(Site(port, pace.clients), pace, large_url, say, *many)
        chosen = [measure for measure in measures.ALL if options.only in ("", measure.__name__)]
        figures = [figure for measure in chosen for figure in measure(bench)]
    growths = growth.compared(small, large)
    print()
    print(table.of_figures(figures))
    print()
    print(table.of_growth(growths, options.small_size, options.size))
    about = {"machine": machine(), "size": options.size, "small": options.small_size}
    about["pace"] = {"clients": pace.clients, "warm": pace.warm, "seconds": pace.seconds}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(table.as_json(figures, growths, about), indent=2) + "\n")
    print(f"\nWritten to {options.output}")
    return 0


@contextmanager
def on(url: str):
    """Let this process's connection lead to another database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name_in(url)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def name_in(url: str) -> str:
    os.environ["BENCH_DATABASE"] = url
    return str(database("BENCH_DATABASE")["NAME"])


def machine() -> dict:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgresql,) = cursor.fetchone()
    return {
        "processors": os.cpu_count(),
        "kind": platform.machine(),
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": postgresql,
        "load": os.getloadavg()[0],
    }


def say(line: str) -> None:
    print(line, flush=True)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", required=True, help="the URL of the small programme's database")
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--small-size", type=int, required=True)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--warm", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--times", type=int, default=25, help="how often each growing page is asked for")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the CSV in the group volume")
    parser.add_argument("--sheet-rows", type=int, default=100_000, help="rows of its XLSX")
    parser.add_argument("--superuser", required=True, help="the database's URL for who lays those rows in")
    parser.add_argument("--only", choices=[measure.__name__ for measure in measures.ALL], default="")
    parser.add_argument("--output", type=Path, required=True)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
