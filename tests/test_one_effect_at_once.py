"""Money, submissions and what makes something new, pressed twice at the very same moment."""

import copy
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from accounts.views import one_effect
from tests import one_effect_rows as rows
from tests.test_one_effect_matrix import KEYED, Press, done_since, last_entry

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("races")]


def test_pressed_twice_at_once_it_is_done_once_and_answered_the_same(committed_database, monkeypatch):
    """Two connections each, let go together; the second waits for the first."""
    monkeypatch.setattr(one_effect, "PATIENCE", 20)
    faults = [fault for action in rows.AT_ONCE for fault in at_once(action, KEYED[action])]

    assert faults == []


def test_under_a_key_each_it_would_be_done_twice(committed_database):
    """The control: two forms, let go together, ask for two reports."""

    def press() -> Press:
        browser, address, sent = KEYED["ask for a report"]()
        return browser, address, {**sent, "intent": ""}

    assert at_once("ask for a report", press, keys=("one", "other")) != []


def at_once(action: str, press: Callable[[], Press], keys: tuple[str, str] | None = None) -> list[str]:
    """Press twice at the same moment; return what was done or answered twice."""
    browser, address, sent = press()
    entry, together, answers = last_entry(), threading.Barrier(2), {}

    def send(number: int) -> None:
        own = Client()
        own.cookies = copy.deepcopy(browser.cookies)
        together.wait(20)
        answers[number] = own.post(address, {**sent, **({"intent": keys[number]} if keys else {})})
        connection.close()

    pressing = [threading.Thread(target=send, args=[number]) for number in range(2)]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    one, other = ((answer.status_code, answer.get("Location")) for answer in answers.values())
    done = done_since(entry)
    faults = [f"{action}: {what} was done twice" for what, times in Counter(done).items() if times > 1]
    if {name for name, *_about in done} != rows.DOES[action]:
        faults.append(f"{action}: did {done}")
    return faults if one == other and one[0] == 302 else [*faults, f"{action}: answered {one} and {other}"]
