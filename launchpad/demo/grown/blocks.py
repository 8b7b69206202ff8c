"""Blocks of applications, each in a transaction of its own, written by several processes at once."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from launchpad.demo.grown import entries, reviews
from launchpad.demo.grown.plan import Call, Plan
from launchpad.demo.grown.sheets import Sheets

FORK = multiprocessing.get_context("fork")
BLOCK = 200


@dataclass(frozen=True, slots=True)
class Block:
    call: Call
    numbers: range


def of(plan: Plan) -> list[Block]:
    return [
        Block(call, call.numbers[start : start + BLOCK])
        for call in plan.calls
        for start in range(0, call.count, BLOCK)
    ]


def write(plan: Plan, block: Block) -> int:
    """Write one block and return how many rows it had."""
    sheets = Sheets()
    for number in block.numbers:
        reviews.write(entries.write(plan, block.call, number, sheets), sheets)
    with transaction.atomic():
        check_at_once()
        return sheets.write()


def in_processes(job: Callable, plan: Plan, parts: Iterable, processes: int) -> Iterator[int]:
    """Do ``job(plan, part)`` for each of ``parts`` and yield how many rows each wrote, as they come.

    processes  how many to start; none does all of it here, in the transaction that is open
    """
    if processes == 0:
        yield from (job(plan, part) for part in parts)
        return
    # A connection cannot be shared with a fork: each opens its own, and we do so again when we ask.
    connection.close()
    with FORK.Pool(processes, initializer=prepare_session) as pool:
        yield from pool.imap_unordered(_Job(job, plan), parts)


@dataclass(frozen=True, slots=True)
class _Job:
    job: Callable
    plan: Plan

    def __call__(self, part) -> int:
        return self.job(self.plan, part)


def check_at_once() -> None:
    """Check foreign keys row by row, not all at the end of the transaction.

    Every query of a trigger looks through the checks that are still owed: with some ten thousand
    of them a mark costs ten times as much.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def prepare_session() -> None:
    """Lift the limits of time, which are made for pages, and let checks find their rows by index.

    A plan that a trigger makes while the tables are still empty is kept for the whole session,
    and reading an empty table from end to end looks cheap.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0; SET enable_seqscan = off")
