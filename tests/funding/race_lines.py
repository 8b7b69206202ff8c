"""Single lines decided through the served product in three ways: the page, the admin's action, the API."""

import html
import http.client
import json
import re
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from accounts import role_groups, tokens
from accounts.models import User
from bench.web import Visitor, signed_in
from funding.models import Allocation
from tests.funding.race_served import PAUSE, Answer, ask
from tests.funding.racing import PATIENCE
from tests.make import budgets
from tests.make.times import NOON

PAGE, ACTION, API = WAYS = ("page", "action", "api")
#: Lines that one press of the action decides.
TOGETHER = 3
#: Some stand below the line.
WHY = "The panel funds it."
FORM = "application/x-www-form-urlencoded"
#: What the results say of each line, in the order of the lines.
RESULT = re.compile(r">(Decided|refused|not come to)<")
SAYS = {"Decided": "funded", "refused": "refused"}


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who funds these lines of one allocation in one way, under one key however often."""

    port: int
    way: str
    allocation: int
    lines: tuple[int, ...]
    key: str
    visitor: Visitor | None = None
    token: str = ""

    def decide(self) -> list[str]:
        """Ask until there is an answer for each line: "funded", "refused", or what should not be said.

        What was answered is asked for once more, and must be answered the same.
        """
        first = self._answered()
        again = self._answered() if "funded" in first else first
        return first if again == first else [f"{first}, and then {again}"]

    def _answered(self) -> list[str]:
        until = time.monotonic() + PATIENCE
        while (found := self._try()) is None:
            if time.monotonic() > until:
                return ["no answer"]
            time.sleep(PAUSE)
        return found

    def _try(self) -> list[str] | None:
        """One request; None where no answer came, or not for every line."""
        try:
            if self.way == ACTION:
                return self._by_action()
            answer = self._by_page() if self.way == PAGE else self._by_api()
        except (OSError, http.client.HTTPException):
            return None
        if answer.asks_to_try_again:
            return None
        done = {PAGE: 302, API: 200}[self.way]
        return [{done: "funded", 409: "refused"}.get(answer.status, f"answered {answer.status}")]

    def _by_page(self) -> Answer:
        return self._send(f"line/{self.lines[0]}/", {"verdict": "fund", "reason": WHY})

    def _by_api(self) -> Answer:
        path = f"/api/v1/allocations/{self.allocation}/lines/{self.lines[0]}/decide/"
        return ask(
            self.port, "POST", path, json.dumps({"verdict": "fund", "reason": WHY}).encode(),
            Authorization=f"Bearer {self.token}", Idempotency_Key=self.key, Content_Type="application/json",
        )  # fmt: skip

    def _by_action(self) -> list[str] | None:
        answer = self._send("lines/decide/", {"lines": self.lines, "choice": "fund", "reason": WHY})
        if answer.asks_to_try_again:
            return None
        if answer.status != 302:
            return [f"answered {answer.status}"] * len(self.lines)
        results = self._read(answer.location)
        if results is None:
            return None
        found = RESULT.findall(html.unescape(results))
        if len(found) != len(self.lines):
            return [f"results of {len(found)} lines"] * len(self.lines)
        return None if "not come to" in found else [SAYS[one] for one in found]

    def _send(self, page: str, fields: dict) -> Answer:
        form = {"csrfmiddlewaretoken": self.visitor.key, "intent": self.key, **fields}
        path = f"/admin/funding/allocation/{self.allocation}/{page}"
        body = urlencode(form, doseq=True).encode()
        return ask(self.port, "POST", path, body, Cookie=self.visitor.cookies, Content_Type=FORM)

    def _read(self, path: str) -> str | None:
        """The results; None where the database is away, which asks to try again."""
        talking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            talking.request("GET", path, headers={"Cookie": self.visitor.cookies})
            answer = talking.getresponse()
            page = answer.read().decode()
            return None if answer.getheader("Retry-After") is not None else page
        finally:
            talking.close()


def deciders(port: int, many: list[Allocation]) -> list[Decider]:
    """Every line of these in somebody's hands: one by the page, one by the API, the next by the action."""
    role_groups.sync()
    made: list[Decider] = []
    for allocation in many:
        ids = list(allocation.lines.order_by("position").values_list("pk", flat=True))
        while ids:
            way = WAYS[len(made) % len(WAYS)]
            taken, ids = _split(ids, TOGETHER if way == ACTION else 1)
            made.append(_decider(port, way, allocation, taken, budgets.approver()))
    return made


def _split(ids: list[int], number: int) -> tuple[tuple[int, ...], list[int]]:
    return tuple(ids[:number]), ids[number:]


def _decider(port: int, way: str, allocation: Allocation, lines: tuple[int, ...], person: User) -> Decider:
    key = str(uuid.uuid4())
    if way == API:
        return Decider(port, way, allocation.pk, lines, key, token=tokens.issue(person, "race", at=NOON))
    return Decider(port, way, allocation.pk, lines, key, visitor=signed_in(person))


def funded(many: list[Decider], answers: list[list[str]]) -> set[int]:
    """The lines that somebody was told are funded."""
    pairs = [
        pair for one, said in zip(many, answers, strict=True) for pair in zip(one.lines, said, strict=True)
    ]
    return {line for line, said in pairs if said == "funded"}
