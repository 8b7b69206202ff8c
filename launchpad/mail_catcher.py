"""A mail server for development that delivers nothing: messages land in a folder and on a page.

python -m launchpad.mail_catcher --folder var/mail --smtp 1025 --page 8025
"""

import argparse
import html
import os
import re
import signal
import socket
import sys
import threading
import uuid
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.controller import Controller

KEPT = 1_000
LARGEST = 20 * 1024 * 1024
#: In text that is escaped already.
ADDRESS = re.compile(r"https?://(?:[^\s<>&\"']|&amp;)+")
STYLE = "body{font:18px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em}pre{white-space:pre-wrap}"


class Mailbox:
    """The messages received, one file each, the newest thousand."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes) -> Path:
        moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        file = self.folder / f"{moment}-{uuid.uuid4().hex[:8]}.eml"
        half = file.with_suffix(".part")
        half.write_bytes(content)
        half.rename(file)
        for old in self.files()[KEPT:]:
            old.unlink(missing_ok=True)
        return file

    def files(self) -> list[Path]:
        """Return the files of all messages, newest first."""
        return sorted(self.folder.glob("*.eml"), reverse=True)

    def read(self, file: Path) -> EmailMessage:
        return message_from_bytes(file.read_bytes(), policy=policy.default)  # type: ignore[return-value]

    def messages(self) -> list[EmailMessage]:
        """Return all messages, newest first."""
        return [self.read(file) for file in self.files()]


class Receiver:
    """aiosmtpd's handler: accept whatever comes."""

    def __init__(self, mailbox: Mailbox):
        self.mailbox = mailbox

    async def handle_DATA(self, server, session, envelope):
        self.mailbox.keep(envelope.content)
        return "250 Message kept"


class Catcher:
    """The SMTP side, on ``port`` or any free one; ``with`` starts and stops it."""

    def __init__(self, folder: Path, *, port: int = 0, host: str = "127.0.0.1"):
        self.port = port or any_port(host)
        self.mailbox = Mailbox(folder)
        self.controller = Controller(
            Receiver(self.mailbox), hostname=host, port=self.port, data_size_limit=LARGEST, ready_timeout=10
        )

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()


def any_port(host: str) -> int:
    """Return a port that is free at this moment; aiosmtpd does not say which one it was given for 0."""
    with socket.socket() as tried:
        tried.bind((host, 0))
        return tried.getsockname()[1]


def page(mailbox: Mailbox, name: str) -> str | None:
    """Return the page of one message, of the list where ``name`` is empty, or None where there is none."""
    if not name:
        lines = [
            f'<li><a href="/{file.name}">{html.escape(str(message["Subject"]))}</a><br>'
            f"to {html.escape(str(message['To']))}, {html.escape(str(message['Date']))}</li>"
            for file in mailbox.files()
            for message in [mailbox.read(file)]
        ]
        content = f"<h1>Mail that was sent</h1><ol reversed>{''.join(lines)}</ol>"
        return shell(content if lines else "<h1>Mail that was sent</h1><p>None yet.</p>")
    file = next((file for file in mailbox.files() if file.name == name), None)
    return None if file is None else shell(letter(mailbox.read(file)))


def letter(message: EmailMessage) -> str:
    heads = "".join(
        f"<dt>{head}</dt><dd>{html.escape(str(message[head]))}</dd>" for head in ("From", "To", "Date")
    )
    part = message.get_body(("plain", "html"))
    text = html.escape(part.get_content() if part else "(no text)", quote=False)
    linked = ADDRESS.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', text)
    attached = "".join(
        f"<li>{html.escape(item.get_filename() or '')}</li>" for item in message.iter_attachments()
    )
    return (
        f'<p><a href="/">All mail</a></p><h1>{html.escape(str(message["Subject"]))}</h1>'
        f"<dl>{heads}</dl><pre>{linked}</pre><ul>{attached}</ul>"
    )


def shell(content: str) -> str:
    return (
        f'<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Mail that was sent</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<body><main>{content}</main></body></html>"
    )


class Reader(BaseHTTPRequestHandler):
    """The page: reads, never writes."""

    mailbox: Mailbox

    def do_GET(self):
        found = page(self.mailbox, self.path.strip("/"))
        body = (found or shell("<h1>There is no such message</h1>")).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing: a person reads mail here, that is all."""


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="launchpad.mail_catcher", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("STATE_DIR", "var")) / "mail")
    parser.add_argument("--host", default=os.environ.get("BIND", "127.0.0.1"))
    parser.add_argument("--smtp", type=int, default=1025)
    parser.add_argument("--page", type=int, default=8025)
    given = parser.parse_args(arguments)

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with Catcher(given.folder, host=given.host, port=given.smtp) as catcher:
        reader = type("MailReader", (Reader,), {"mailbox": catcher.mailbox})
        with ThreadingHTTPServer((given.host, given.page), reader) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stopped.wait()
            server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
