"""A mail server in a process of its own that takes everything, keeps nothing and counts."""

import logging
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized

from aiosmtpd.controller import Controller

from launchpad.start import free_port

FORK = multiprocessing.get_context("fork")


class MailServer:
    """Where it listens, and how many emails it has taken."""

    def __init__(self, port: int):
        self.port = port
        self.taken: Synchronized = FORK.Value("i", 0)

    async def handle_DATA(self, server, session, envelope):
        with self.taken.get_lock():
            self.taken.value += 1
        return "250 Taken"

    def serve(self) -> None:
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=10).start()
        while True:
            time.sleep(3_600)


@contextmanager
def listening() -> Iterator[MailServer]:
    server = MailServer(free_port(8600))
    process = FORK.Process(target=server.serve, daemon=True)
    process.start()
    try:
        yield server
    finally:
        process.kill()
        process.join(10)
