"""The storm's check, checked: what it must find and what it may excuse."""

from dataclasses import replace

import pytest

from tests.mail_journal import Kill, Taken, lost, unexplained

FIRST = Taken("<1>", "worker1", at=10.0)
SECOND = Taken("<1>", "worker2", at=20.0)
IN_THE_GAP = Kill("worker1", began=10.1, ended=10.2, unmarked=frozenset({"<1>"}))


def test_a_copy_whose_sender_died_between_250_and_mark_is_explained():
    assert unexplained([FIRST, SECOND], [IN_THE_GAP]) == []
    assert unexplained([FIRST, SECOND], [replace(IN_THE_GAP, sender="")]) == []


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param([], id="no kill"),
        pytest.param([replace(IN_THE_GAP, began=9.0, ended=9.1)], id="a kill before it was taken"),
        pytest.param([replace(IN_THE_GAP, began=20.1, ended=20.2)], id="a kill after the second copy"),
        pytest.param([replace(IN_THE_GAP, unmarked=frozenset())], id="a kill after the mark"),
        pytest.param([replace(IN_THE_GAP, unmarked=frozenset({"<2>"}))], id="a kill with another in hand"),
        pytest.param([replace(IN_THE_GAP, sender="worker2")], id="a kill of another worker"),
    ],
)
def test_a_copy_that_no_kill_in_its_gap_explains_is_found(kills):
    assert unexplained([FIRST, SECOND], kills) == [(FIRST, SECOND)]


def test_one_kill_explains_one_copy():
    third = Taken("<1>", "worker1", at=30.0)

    assert unexplained([FIRST, SECOND, third], [IN_THE_GAP]) == [(SECOND, third)]


def test_copies_are_sought_in_the_order_in_which_they_came():
    assert unexplained([SECOND, FIRST], [IN_THE_GAP]) == []


def test_what_never_came_is_found():
    assert lost(["<1>", "<2>"], [FIRST, SECOND]) == {"<2>"}
    assert lost(["<1>"], [FIRST]) == set()
