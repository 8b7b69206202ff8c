"""The last minute before a close: whoever is in time has a receipt, whoever is late their draft.

Drafts that are ready are submitted through the served product while as many others save answers, until
some seconds after the close. At full size (PROVE=1) a thousand of each within 60 seconds.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from accounts import clock, clock_setting
from applications import closing, receipts
from applications.models import Answer, Application, ClosingList, Competition, Receipt
from applications.workflow import Status
from bench import drafts, web
from bench.drafts import QUESTION
from launchpad import processes
from tests import proving
from tests.applications import spike
from tests.applications.spike import AFTER, BEFORE, Entrant, Writer
from tests.databases import CommittedDatabase
from tests.funding import race_served
from tests.make import applications, organisations
from tests.make.times import NOON

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]

ENTRANTS = WRITERS = proving.size(30, 1_000)
#: Businesses that the drafts belong to, in turn.
BUSINESSES = proving.size(2, 20)
#: Seconds for the clients to start.
READY = 1.0

UNGUARDED = "tests.applications.unguarded_web:application"
CLOSED = "This competition closed at 11am on 1 July 2026."


@dataclass(frozen=True, slots=True)
class Rush:
    """What everybody was answered, and how long it took in all."""

    competition: Competition
    entrants: list[Entrant]
    writers: list[Writer]
    seconds: float

    def accepted(self) -> set[str]:
        return {one.draft.reference for one in self.entrants if one.answer.status == 302}

    def refused(self) -> set[str]:
        return {one.draft.reference for one in self.entrants} - self.accepted()

    def figures(self) -> str:
        answers = [one.answer for one in self.entrants]
        saves = [answer for one in self.writers for answer in one.answers]
        kept = sum(answer.status == 200 for answer in saves)
        again = sum(answer.tries - 1 for answer in [*answers, *saves])
        return (
            f"{len(answers):,} pressed submit: {len(self.accepted()):,} in time, {len(self.refused()):,} "
            f"late; {len(saves):,} saves of {len(self.writers):,} writers: {kept:,} in time; "
            f"{(len(answers) + len(saves)) / self.seconds:.0f} requests a second over {self.seconds:.0f} s; "
            f"95 of 100 submissions within {p95(answers):.2f} s, saves within {p95(saves):.2f} s; "
            f"{again} tried again"
        )


def p95(answers: list[spike.Answer]) -> float:
    took = sorted(answer.took for answer in answers)
    return took[int(len(took) * 0.95) - 1]


def rush(database: CommittedDatabase, folder: Path, app: str) -> Rush:
    competition = applications.competition()
    for _ in range(BUSINESSES):
        applications.complete_draft(competition, organisations.organisation(), at=NOON)
    made = drafts.supply(ENTRANTS + WRITERS, at=NOON)
    set_clock(competition.closes_at - timedelta(hours=1))
    visitors = {pk: web.signed_in(person) for pk, person in drafts.writers(made).items()}
    entrants = [
        Entrant(draft, visitors[draft.writer], (BEFORE + AFTER) * place / ENTRANTS)
        for place, draft in enumerate(made[:ENTRANTS])
    ]
    writers = [
        Writer(draft, visitors[draft.writer], spike.PAUSE * place / WRITERS, version_of(draft))
        for place, draft in enumerate(made[ENTRANTS:])
    ]
    with race_served.served(database.url, folder, app) as served:
        set_clock(competition.closes_at - timedelta(seconds=BEFORE + READY))
        begin = time.monotonic() + READY
        people = spike.run(served.port, [*entrants, *writers], begin=begin)
        seconds = time.monotonic() - begin
    set_clock(competition.closes_at + closing.REQUEST_LIMIT)
    closing.draw_due(at=clock.now())
    return Rush(
        competition,
        [one for one in people if isinstance(one, Entrant)],
        [one for one in people if isinstance(one, Writer)],
        seconds,
    )


def set_clock(moment) -> None:
    clock_setting.set_to(moment, at=clock.real())


def version_of(draft: drafts.Draft) -> int:
    return Answer.objects.get(application=draft.pk, question__key=QUESTION).version


def faults(rush: Rush) -> list[str]:
    """What should not be, each in a sentence; none where everybody has what they are due."""
    drawn = ClosingList.objects.get(competition=rush.competition)
    entries = set(drawn.entries.values_list("application__reference", flat=True))
    accepted = rush.accepted()
    found = [f"{one}: accepted, and not on the closing list" for one in accepted - entries]
    found += [f"{one}: on the closing list, and not accepted" for one in entries - accepted]
    for one in rush.entrants:
        found += of_accepted(one, rush) if one.answer.status == 302 else of_refused(one, rush)
    for one in rush.writers:
        found += of_writer(one, rush)
    return found


def of_accepted(one: Entrant, rush: Rush) -> list[str]:
    reference = one.draft.reference
    kept = Application.objects.get(pk=one.draft.pk)
    if kept.status != Status.SUBMITTED or not one.answer.location.endswith(f"{reference}/receipt/"):
        return [f"{reference}: led to {one.answer.location}, and is {kept.status}"]
    if kept.submitted_at >= rush.competition.closes_at:
        return [f"{reference}: accepted after the close"]
    receipt = Receipt.objects.get(application=kept)
    finding = receipts.look_up(reference, receipt.fingerprint)
    if finding is None or not finding.is_unchanged or finding.received_at != kept.submitted_at:
        return [f"{reference}: its receipt does not stand for what was submitted"]
    return []


def of_refused(one: Entrant, rush: Rush) -> list[str]:
    reference, answer = one.draft.reference, one.answer
    found = []
    if answer.status != 409:
        found.append(f"{reference}: answered {answer.status}")
    for said in (CLOSED, "We received this at 11:0", "Your draft is kept."):
        if said not in answer.body:
            found.append(f"{reference}: nothing says “{said}”")
    kept = Application.objects.get(pk=one.draft.pk)
    texts = set(kept.answers.values_list("text", flat=True))
    if kept.status != Status.DRAFT or kept.submitted_at or Receipt.objects.filter(application=kept).exists():
        found.append(f"{reference}: refused, and is {kept.status}")
    if kept.answers.count() != rush.competition.question_set.questions.count() or "" in texts:
        found.append(f"{reference}: its draft has lost answers")
    return found


def of_writer(one: Writer, rush: Rush) -> list[str]:
    """What the last good answer said is saved; a save that came too late says so and changes nothing."""
    reference = one.draft.reference
    kept = Answer.objects.get(application=one.draft.pk, question__key=QUESTION)
    found = []
    if one.saved and kept.text != one.saved:
        found.append(f"{reference}: the answer is not what was saved last")
    if kept.saved_at >= rush.competition.closes_at:
        found.append(f"{reference}: an answer was saved after the close")
    for answer in one.answers:
        is_plain = answer.status == 409 and CLOSED in answer.body and "Nothing was saved" in answer.body
        if answer.status != 200 and not is_plain:
            found.append(f"{reference}: a save was answered {answer.status}: {answer.body[:200]}")
    return found


def test_the_last_minute_before_a_close(committed_database, tmp_path):
    found = rush(committed_database, tmp_path, processes.WEB.arguments[-1])

    print(f"\n{found.figures()}")
    assert faults(found) == []
    assert found.accepted() and found.refused(), "nobody was late, or nobody in time"
    assert any(answer.status == 409 for one in found.writers for answer in one.answers)


def test_without_what_holds_to_the_close_the_check_finds_who_came_too_late(committed_database, tmp_path):
    """The negative control."""
    found = rush(committed_database, tmp_path, UNGUARDED)

    late = [fault for fault in faults(found) if fault.endswith("accepted after the close")]
    assert late
    assert [fault for fault in faults(found) if fault.endswith("accepted, and not on the closing list")]
