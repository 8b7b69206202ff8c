"""The product as it runs: web server, worker and relay as processes, mail caught over real SMTP."""

import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from launchpad import children, processes
from launchpad.children import Child
from launchpad.mail_catcher import Catcher
from tests.databases import CommittedDatabase
from tests.starting import free_port

ROOT = Path(__file__).resolve().parents[2]


def until(ready: Callable[[], object], *, within: float = 180, what: str = "it") -> object:
    """Return the first true answer of ``ready``, asked again and again for ``within`` seconds."""
    give_up_at = time.monotonic() + within
    while time.monotonic() < give_up_at:
        if answer := ready():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {within:.0f} s for {what}")


class Stack:
    """Everything but beat, on a database of its own; ``with`` starts and stops it."""

    def __init__(self, database: CommittedDatabase, folder: Path):
        self.database, self.folder = database, folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.catcher = Catcher(folder / "mail", port=free_port())
        self.running: list[Child] = []

    def __enter__(self) -> "Stack":
        self.catcher.__enter__()
        self.environment = {
            **self.database.environment,
            # A journey is no place to wait in.
            "RELEASE_WAIT": "0",
            "PORT": str(self.port),
            "SITE_URL": self.address,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.catcher.port}",
            "STATE_DIR": str(self.folder),
            "WEB_CONCURRENCY": "1",
        }
        for process in (processes.WEB, processes.WORKER, processes.JOBS, processes.RELAY):
            self.running.append(self.launch(process))
        until(self.answers, what="the first page")
        return self

    def launch(self, process: processes.Process) -> Child:
        return Child(
            process.name,
            [sys.executable, *process.arguments],
            environment=self.environment,
            folder=ROOT,
            log=self.folder / f"{process.name}.log",
        )

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/health/ready", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def __exit__(self, *_) -> None:
        children.stop(self.running, within=10)
        self.catcher.__exit__(*_)

    def messages_to(self, address: str) -> list[EmailMessage]:
        """Return the emails that reached ``address``, newest first."""
        return [message for message in self.catcher.mailbox.messages() if address in str(message["To"])]

    def message_to(self, address: str, *, about: str) -> EmailMessage:
        """Wait for an email to ``address`` whose subject holds ``about``."""
        found = until(
            lambda: [
                mail for mail in self.messages_to(address) if about.lower() in str(mail["Subject"]).lower()
            ],
            what=f"an email to {address} about {about}",
        )
        return found[0]

    def logs(self) -> str:
        return "\n".join(
            f"--- {file.name}\n{file.read_text()[-3000:]}" for file in sorted(self.folder.glob("*.log"))
        )


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def first_link(message: EmailMessage) -> str:
    return re.search(r"https?://\S+", text_of(message)).group()
