"""Python functions run in real processes of their own, each with its own connection to the database."""

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from django.db import connection

from tests import proving

FORK = multiprocessing.get_context("fork")
KILLED = "killed"
SECONDS = proving.size(600, 1800)


@dataclass(frozen=True, slots=True)
class Running:
    """A forked process and the pipe that its answer comes through."""

    process: multiprocessing.Process
    answers: Connection

    def answer(self):
        """Wait for what the job returned; what it raised comes back as a value.

        KILLED of a process that died before it answered: what it did is not known.
        """
        assert self.answers.poll(SECONDS), "a process gave no answer"
        try:
            found = self.answers.recv()
        except EOFError:
            found = KILLED
        self.process.join(SECONDS)
        return found

    def kill(self) -> None:
        """End the process at once (SIGKILL), whatever it is doing."""
        self.process.kill()


def start(job: Callable, *arguments) -> Running:
    """Fork and run ``job`` there. Its answer must be a plain value: the type's name of what it raised."""
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_run, args=(job, arguments, theirs), daemon=True)
    process.start()
    theirs.close()
    return Running(process, ours)


def run(job: Callable, *arguments):
    return start(job, *arguments).answer()


def _run(job: Callable, arguments: tuple, answers: Connection) -> None:
    # The parent's connection is not ours to close: forget it, and open one when it is needed.
    connection.connection = None
    connection.in_atomic_block = False
    connection.savepoint_ids, connection.atomic_blocks, connection.run_on_commit = [], [], []
    connection.needs_rollback = False
    try:
        answers.send(job(*arguments))
    except Exception as raised:
        answers.send(type(raised).__name__)
    finally:
        connection.close()
