"""The relay, the workers, Redis and a mail server as real processes, for tests that break them."""

import signal
import sys
import time
from pathlib import Path

from django.conf import settings

from launchpad import processes
from launchpad.broker import Broker
from launchpad.children import Child
from tests.smtp_sink import SmtpSink


class PostOffice:
    """Starts and ends each part by hand. ``lease`` is in seconds, and short where a part is killed."""

    def __init__(self, folder: Path, environment: dict[str, str]):
        self.folder = folder
        self.sink = SmtpSink().start()
        self.redis = Broker(folder)
        self.redis_child: Child | None = None
        self.children: list[Child] = []
        self.environment = {**environment, "REDIS_URL": self.redis.url(), "EMAIL_URL": self.sink.url}

    def start_redis(self) -> None:
        self.redis_child = self.redis.start()
        self.redis.wait(self.redis_child)

    def kill_redis(self) -> None:
        self.redis_child.end()

    def start_relay(self, lease: float = 60) -> Child:
        arguments = (*processes.RELAY.arguments, "--lease", str(lease), "--interval", "0.2")
        return self._start("relay", arguments, until="relay is ready")

    def start_worker(self, app: str = "launchpad", process: processes.Process | None = None) -> Child:
        """One for every queue, or one as it is served; at the mail server it signs in by its name."""
        arguments = self._audible(process or processes.WORKER, app)
        if process is None:
            arguments += ("--queues", ",".join(processes.QUEUES), "--concurrency", "1")
        name = f"worker{len(self.children)}"
        arguments = (*arguments, "--loglevel", "INFO")
        return self._start(name, arguments, until="ready", EMAIL_URL=self.sink.url_for(name))

    def start_beat(self, app: str) -> Child:
        """Two schedulers by mistake know nothing of each other, so each has a file of its own."""
        schedule = self.folder / f"beat{len(self.children)}"
        arguments = (*self._audible(processes.BEAT, app), "--schedule", str(schedule))
        return self._start("beat", arguments, until="beat: Starting")

    def _audible(self, process: processes.Process, app: str) -> tuple[str, ...]:
        """The command without its silence, for a Celery application of the test's own."""
        return tuple(app if word == "launchpad" else word for word in process.arguments if word != "--quiet")

    def _start(self, name: str, arguments: tuple[str, ...], until: str, **environment: str) -> Child:
        log = self.folder / f"{len(self.children)}-{name}.log"
        child = Child(
            name,
            [sys.executable, "-u", *arguments],
            environment={**self.environment, **environment},
            folder=settings.BASE_DIR,
            log=log,
        )
        self.children.append(child)
        wait_until(lambda: until in log.read_text() or not child.is_running, within=40)
        assert child.is_running, log.read_text()
        return child

    def said_by(self, child: Child) -> str:
        return (self.folder / f"{self.children.index(child)}-{child.name}.log").read_text()

    def close(self) -> None:
        for child in self.children:
            if child.is_running:
                child.process.send_signal(signal.SIGTERM)
        for child in self.children:
            child.end()
        if self.redis_child:
            self.redis_child.end()
        self.sink.stop()


def wait_until(is_so, within: float = 120) -> bool:
    """Ask again and again until it is so; False where it was not within so many seconds."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.05)
    return bool(is_so())
