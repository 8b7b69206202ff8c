"""The load generator: processes that do one thing after another, as fast as they are answered.

A closed loop: each process waits for its answer before it begins again. All warm up together,
then count for a fixed time.
"""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from statistics import quantiles

from django.db import connections

FORK = multiprocessing.get_context("fork")

#: Seconds in which all processes start, to begin together.
STARTING = 0.3

#: Something to be done, over and over: an iterator of deeds, made in the process that does them.
Worker = Callable[[], Iterator[Callable[[], object]]]


class Failed(Exception):
    """A worker was answered with something else than what is measured; the message says what."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: how many deeds in how many seconds, and how long one took, in ms."""

    count: int
    seconds: float
    p50: float
    p95: float

    @property
    def rate(self) -> float:
        """Deeds a second."""
        return self.count / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds to warm up and to count, and how many do it at once."""

    warm: float
    seconds: float
    clients: int


def run(workers: Sequence[Worker], pace: Pace) -> Outcome:
    """Let every worker loop in a process of its own; one that runs out of deeds stops early.

    Raises Failed with what the first failing worker met.
    """
    connections.close_all()
    begins = time.monotonic() + STARTING
    counts_from, ends = begins + pace.warm, begins + pace.warm + pace.seconds
    running = [_start(worker, begins, counts_from, ends) for worker in workers]
    answers = [_answer(process, pipe) for process, pipe in running]
    durations = sorted(took for times, _ in answers for took in times)
    if not durations:
        raise Failed("nothing was counted: the supply ended while it warmed up")
    last = max(finished for times, finished in answers if times)
    return Outcome(len(durations), last - counts_from, *_middle_and_slow(durations))


def _start(worker: Worker, begins: float, counts_from: float, ends: float):
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_loop, args=(worker, begins, counts_from, ends, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _answer(process, pipe: Connection) -> tuple[list[float], float]:
    try:
        answer = pipe.recv()
    except EOFError:
        raise Failed("a worker ended without an answer") from None
    process.join(10)
    if isinstance(answer, str):
        raise Failed(answer)
    return answer


def _loop(worker: Worker, begins: float, counts_from: float, ends: float, pipe: Connection) -> None:
    times: list[float] = []
    finished = counts_from
    try:
        deeds = worker()
        time.sleep(max(begins - time.monotonic(), 0))
        # At least one is counted, however slow the machine is.
        while (began := time.monotonic()) < ends or not times:
            deed = next(deeds, None)
            if deed is None:
                break
            deed()
            finished = time.monotonic()
            if began >= counts_from:
                times.append(finished - began)
        pipe.send((times, finished))
    except Exception as problem:
        pipe.send(f"{type(problem).__name__}: {problem}")
    finally:
        connections.close_all()


def _middle_and_slow(durations: list[float]) -> tuple[float, float]:
    """The 50th and the 95th of a hundred, in milliseconds."""
    if len(durations) == 1:
        return durations[0] * 1000, durations[0] * 1000
    cuts = quantiles(durations, n=100, method="inclusive")
    return cuts[49] * 1000, cuts[94] * 1000
