"""`make run`: services first, then the programs, until Ctrl-C, which stops them the other way round.

python -m launchpad.start
"""

import errno
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from launchpad import assets, children, demo_sign_ins, preparation, processes, state, styles
from launchpad.broker import Broker
from launchpad.children import Child, Output
from launchpad.postgres import OWNER, Postgres
from launchpad.state import CannotStart

ROOT = Path(__file__).resolve().parent.parent
SMTP_PORT, MAIL_PORT = 1025, 8025
#: A program that ends this often, this soon after it started, will not do better the next time.
TRIES, SOON = 3, 5.0


class Stop(BaseException):
    """Somebody asked us to stop."""


class Running:
    """Programs under supervision: started, restarted when they fall, stopped in order."""

    def __init__(self, say: Callable[[str], None]):
        self.output = Output(say, width=8)
        self.say = say
        self.services: list[Child] = []
        self.programs: list[Child] = []
        self.starters: dict[str, Callable[[], Child]] = {}
        self.early_ends: dict[str, int] = {}

    def serve(self, service: Postgres | Broker) -> None:
        child = service.start()
        self.services.append(child)
        service.wait(child)
        self.starters[child.name] = service.start

    def launch(self, process: processes.Process, environment: dict[str, str], *more: str) -> None:
        def start() -> Child:
            command = [sys.executable, *process.arguments, *more]
            return Child(process.name, command, environment=environment, folder=ROOT)

        self.starters[process.name] = start
        child = start()
        self.programs.append(child)
        self.output.follow(child)

    def tend(self, seconds: float) -> None:
        """Copy output for ``seconds`` and put back on its feet whatever has fallen."""
        self.output.copy(seconds)
        for group in (self.services, self.programs):
            for place, child in enumerate(group):
                if not child.is_running:
                    group[place] = self._restarted(child)

    def _restarted(self, fallen: Child) -> Child:
        fallen.end()
        self.output.copy(0.1)
        lived = time.monotonic() - fallen.started_at
        self.early_ends[fallen.name] = self.early_ends.get(fallen.name, 0) + 1 if lived < SOON else 0
        if self.early_ends[fallen.name] >= TRIES:
            raise CannotStart(f"{fallen.name} stops as soon as it is started. What it said is above.")
        self.say(f"{fallen.name} ended unexpectedly (code {fallen.process.returncode}) and is started again.")
        child = self.starters[fallen.name]()
        self.output.follow(child)
        return child

    def stop(self) -> None:
        """Programs first, each finishing what it has begun, then the services they stand on."""
        children.stop(self.programs, within=20, meanwhile=self.output.copy)
        children.stop(self.services, within=15)


def start(port: int, stopping: threading.Event) -> None:
    folder = state.private_folder(Path(os.environ.get("STATE_DIR") or ROOT / "var").resolve())
    held = state.lock(folder)
    state.check_room(folder)
    running = Running(say)
    try:
        environment, owner, embedded = started_services(running, folder, port)
        assets.build()
        preparation.prepare({**environment, "DATABASE_OWNER_URL": owner}, embedded)
        first, *others = processes.SERVED
        running.launch(first, environment)
        wait_for_page(running, f"http://127.0.0.1:{port}/health/live")
        for process in others:
            running.launch(process, environment)
        welcome(environment, has_demo=embedded is not None)
        while True:
            running.tend(0.5)
    finally:
        stopping.set()
        say("Stopping ...")
        running.stop()
        held.close()


def started_services(
    running: Running, folder: Path, port: int
) -> tuple[dict[str, str], str, Postgres | None]:
    """Start what no variable points at.

    Returns the environment that leads to everything, beside it the address of the database's owner,
    which only the preparation is told, and our database where it is ours.
    """
    embedded = None
    environment = {
        "LOG_FORMAT": "plain",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        **{name: value for name, value in os.environ.items() if value},
        "PORT": str(port),
        "STATE_DIR": str(folder),
        "PYTHONUNBUFFERED": "1",
        # Celery warns root at length; here root is welcome.
        "PYTHONWARNINGS": "ignore:::celery.platforms",
    }
    owner = environment.pop("DATABASE_OWNER_URL", "")
    environment.setdefault("SECRET_KEY", state.secret(folder, "secret_key"))
    environment.setdefault("AUDIT_KEY", state.secret(folder, "audit_key"))
    if "DATABASE_URL" not in environment:
        embedded = Postgres(folder)
        running.serve(embedded)
        embedded.make_database()
        environment["DATABASE_URL"], owner = embedded.url(), embedded.url(role=OWNER)
    if "REDIS_URL" not in environment:
        broker = Broker(folder)
        running.serve(broker)
        environment["REDIS_URL"] = broker.url()
    if "EMAIL_URL" not in environment:
        smtp, page = free_port(SMTP_PORT), free_port(MAIL_PORT)
        running.launch(processes.MAIL, environment, "--smtp", str(smtp), "--page", str(page))
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{smtp}"
        environment["MAIL_PAGE"] = f"http://127.0.0.1:{page}"
    return environment, owner, embedded


def wait_for_page(running: Running, address: str) -> None:
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at:
        running.tend(0.1)
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            continue
    raise CannotStart("The web server does not answer. What it said is above.")


def welcome(environment: dict[str, str], *, has_demo: bool) -> None:
    say("")
    say(f"Launchpad is at         {environment['SITE_URL']}")
    if "MAIL_PAGE" in environment:
        say(f"Mail it sent is at      {environment['MAIL_PAGE']}")
    if has_demo:
        say(f"Demo sign-ins, all with the password {demo_sign_ins.PASSWORD}")
        for address, held in demo_sign_ins.SIGN_INS.items():
            say(f"  {address:<24}{held.in_brief}")
    say("Ctrl-C stops it.")
    say("")


def read_port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65_536:
        raise CannotStart(f"PORT is {given}. Use a number from 1 to 65535.")
    return int(given)


def is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CannotStart(f"Port {port} needs rights that you do not have. Try PORT=8000.") from error
            return False
    return True


def check_port(port: int) -> None:
    if not is_free(port):
        raise CannotStart(f"Port {port} is taken. Choose another, for example: make run PORT={port + 1}")


def free_port(wanted: int) -> int:
    """Return ``wanted``, or any free port where something else listens there."""
    if is_free(wanted):
        return wanted
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def say(line: str) -> None:
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # Nobody reads us any more: as good as Ctrl-C, and no further line may fail.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - until the end
        os.kill(os.getpid(), signal.SIGTERM)


def main(arguments: list[str]) -> int:
    stopping = threading.Event()

    def stop_once(*_):
        if not stopping.is_set():
            stopping.set()
            raise Stop

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop_once)
    if "--stop-with-parent" in arguments:
        children.die_with_parent(signal.SIGTERM, os.getppid())
    try:
        port = read_port()
        check_port(port)
        start(port, stopping)
    except Stop:
        say("Launchpad has stopped.")
        return 0
    except (CannotStart, styles.CannotBuild, assets.CannotCollect) as refusal:
        print(refusal, file=sys.stderr)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print("There is no room left on the disk.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
