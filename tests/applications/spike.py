"""The rush before a close: clients in processes of their own that submit drafts while others save answers.

Each asks again under its key until it has an answer, as a person whose page did not come would.
"""

import http.client
import itertools
import json
import queue
import threading
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.drafts import QUESTION, Draft, text
from bench.web import Visitor
from tests import processes, proving

#: Seconds of the test clock: from the first request to the close, and from the close to the last.
BEFORE, AFTER = proving.size(4, 60), proving.size(2, 5)
#: Processes that ask, and how many requests of each are on their way at once.
PROCESSES, AT_ONCE = proving.size(2, 4), 8
#: Seconds from one save of a writer to the next.
PAUSE = proving.size(2, 20)
#: Seconds until a try is given up, and between one and the next.
PATIENCE, BETWEEN_TRIES = 60.0, 0.2


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back at last; ``took`` are the seconds of that try alone."""

    status: int
    location: str
    body: str
    took: float
    tries: int = 1


@dataclass(slots=True)
class Entrant:
    """Somebody with a draft that is ready, who presses the button once, ``due`` seconds after the start."""

    draft: Draft
    visitor: Visitor
    due: float
    answer: Answer | None = None


@dataclass(slots=True)
class Writer:
    """Somebody whose page is saved by itself every ``PAUSE`` seconds."""

    draft: Draft
    visitor: Visitor
    due: float
    version: int = 1
    turn: int = 0
    #: What was saved last, as the answer to it said.
    saved: str = ""
    answers: list[Answer] = field(default_factory=list)


def run(port: int, people: Sequence[Entrant | Writer], *, begin: float) -> list[Entrant | Writer]:
    """Let everybody do what they came for and return them with their answers.

    begin  the moment of ``time.monotonic`` that ``due`` counts from
    """
    shares = [people[place::PROCESSES] for place in range(PROCESSES)]
    running = [processes.start(_share, port, share, begin) for share in shares]
    found = [one.answer() for one in running]
    assert all(isinstance(one, list) for one in found), found
    return list(itertools.chain.from_iterable(found))


def _share(port: int, people: list[Entrant | Writer], begin: float) -> list[Entrant | Writer]:
    waiting: queue.PriorityQueue = queue.PriorityQueue()
    order = itertools.count()
    for one in people:
        waiting.put((one.due, next(order), one))
    hands = [threading.Thread(target=_hand, args=(port, waiting, order, begin)) for _ in range(AT_ONCE)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return people


def _hand(port: int, waiting: queue.PriorityQueue, order: Iterable[int], begin: float) -> None:
    """Carry out what is due next, over one connection, until nothing is."""
    line = Line(port)
    while True:
        try:
            due, _, one = waiting.get_nowait()
        except queue.Empty:
            return
        time.sleep(max(0.0, begin + due - time.monotonic()))
        if isinstance(one, Entrant):
            one.answer = submit(line, one)
            continue
        save(line, one)
        following = max(due + PAUSE, time.monotonic() - begin)
        if following <= BEFORE + AFTER:
            waiting.put((following, next(order), one))


def submit(line: "Line", entrant: Entrant) -> Answer:
    path = f"/applications/{entrant.draft.reference}/check/"
    return line.insist(path, entrant.visitor, {"is_true": "on"})


def save(line: "Line", writer: Writer) -> None:
    path = f"/applications/{writer.draft.reference}/answers/{QUESTION}/"
    typed = text(writer.turn)
    form = {"text": typed, "version": str(writer.version), "autosave": "yes"}
    answer = line.insist(path, writer.visitor, form)
    writer.turn += 1
    writer.answers.append(answer)
    if answer.status == http.HTTPStatus.OK:
        writer.saved, writer.version = typed, json.loads(answer.body)["version"]


class Line:
    """A connection that is kept, and opened again where it breaks."""

    def __init__(self, port: int):
        self.port = port
        self.talking = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def insist(self, path: str, visitor: Visitor, form: dict[str, str]) -> Answer:
        """Send the form under one key until it is answered and nobody is asked to try again."""
        body = urlencode({"csrfmiddlewaretoken": visitor.key, "intent": str(uuid.uuid4()), **form}).encode()
        give_up_at = time.monotonic() + PATIENCE
        for tries in itertools.count(1):
            answer = self._try(path, visitor, body, tries)
            if answer is not None or time.monotonic() > give_up_at:
                return answer or Answer(0, "", "no answer", 0, tries)
            time.sleep(BETWEEN_TRIES)
        raise AssertionError("unreachable")

    def _try(self, path: str, visitor: Visitor, body: bytes, tries: int) -> Answer | None:
        began = time.monotonic()
        headers = {"Cookie": visitor.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            self.talking.request("POST", path, body, headers)
            answer = self.talking.getresponse()
            said = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.talking.close()
            return None
        if answer.getheader("Retry-After") is not None:
            return None
        took = time.monotonic() - began
        return Answer(answer.status, answer.getheader("Location", ""), said, took, tries)
