"""Two editors who go at the same moment: one of them stays."""

import threading

from django.db import connection

from accounts import members
from tests.make import people
from tests.make.organisations import organisation
from tests.make.times import NOON


def test_two_editors_who_leave_at_once_are_counted_one_after_the_other(committed_database):
    firm = organisation()
    pair = [people.member(firm), people.member(firm)]
    together, said = threading.Barrier(2), []

    def leave(person):
        together.wait()
        try:
            members.leave(firm, by=person, at=NOON)
            said.append("left")
        except members.LastEditor:
            said.append("refused")
        finally:
            connection.close()

    leaving = [threading.Thread(target=leave, args=[person]) for person in pair]
    for one in leaving:
        one.start()
    for one in leaving:
        one.join()

    assert sorted(said) == ["left", "refused"]
    assert firm.memberships.filter(may_edit=True).count() == 1
