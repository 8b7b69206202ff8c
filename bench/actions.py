"""The product's actions and the bare transactions beside them, called from processes with no web between.

Each process has its own share of what is used up.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from accounts import clock
from accounts.models import User
from applications import drafting, submission
from applications.assessment import scoring
from applications.models import Answer, Application, Assessment
from bench import statements
from bench.decisions import Waiting
from bench.drafts import QUESTION, Draft, text
from bench.load import Worker
from funding import line_decisions
from funding.models import AllocationLine, Verdict

Deed = Callable[[], object]
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Marking:
    """An assessment that its assessor is still at, and what is marked."""

    pk: int
    assessor: int
    version: int
    questions: tuple[int, ...]

    def marks(self, turn: int) -> dict[int, tuple[int, str]]:
        """Other marks at every turn, so that there is always something to write."""
        return {
            question: ((turn + place) % 11, f"A believable answer with small gaps, seen {turn} times.")
            for place, question in enumerate(self.questions)
        }


def shared(things: Sequence[Thing], among: int, deed: Callable[[Thing], Deed]) -> list[Worker]:
    """A worker for each share of ``things``, which does ``deed`` with one after another."""

    def of_share(place: int) -> Worker:
        return lambda: (deed(thing) for thing in things[place::among])

    return [of_share(place) for place in range(among)]


def submits(drafts: Sequence[Draft], among: int) -> list[Worker]:
    def deed(draft: Draft) -> Deed:
        return lambda: submission.submit(
            Application.objects.get(pk=draft.pk), by=_person(draft.writer), at=clock.now()
        )

    return shared(drafts, among, deed)


def bare_submits(drafts: Sequence[Draft], competitions: dict[int, int], among: int) -> list[Worker]:
    def deed(draft: Draft) -> Deed:
        return lambda: statements.submit(draft, competitions[draft.pk], at=clock.now())

    return shared(drafts, among, deed)


def section_saves(drafts: Sequence[Draft]) -> list[Worker]:
    """One worker for each draft, which saves the same answer over and over."""

    def of_one(draft: Draft) -> Worker:
        def deeds() -> Iterator[Deed]:
            answer, writer = _answer(draft), _person(draft.writer)
            for turn in count():
                yield lambda turn=turn: drafting.save_answer(
                    Application.objects.get(pk=draft.pk),
                    answer.question,
                    text(turn),
                    version=answer.version + turn,
                    by=writer,
                    at=clock.now(),
                )

        return deeds

    return [of_one(draft) for draft in drafts]


def bare_section_saves(drafts: Sequence[Draft]) -> list[Worker]:
    def of_one(draft: Draft) -> Worker:
        def deeds() -> Iterator[Deed]:
            answer = _answer(draft)
            for turn in count():
                yield lambda turn=turn: statements.save_answer(
                    draft, answer.question_id, text(turn), version=answer.version + turn, at=clock.now()
                )

        return deeds

    return [of_one(draft) for draft in drafts]


def saves(markings: Sequence[Marking]) -> list[Worker]:
    """One worker for each assessor, who saves the same assessment over and over."""

    def of_one(marking: Marking) -> Worker:
        def deeds() -> Iterator[Deed]:
            assessor, version = _person(marking.assessor), marking.version
            for turn in count():
                yield lambda turn=turn, version=version: scoring.save(
                    Assessment.objects.get(pk=marking.pk),
                    marking.marks(turn),
                    {
                        "in_scope": True,
                        "scope_reason": "Within it.",
                        "fund": True,
                        "fund_reason": "Worth funding.",
                    },
                    version=version,
                    by=assessor,
                    at=clock.now(),
                )
                version += 1

        return deeds

    return [of_one(marking) for marking in markings]


def bare_saves(markings: Sequence[Marking]) -> list[Worker]:
    def of_one(marking: Marking) -> Worker:
        return lambda: (
            lambda turn=turn: statements.save_scores(marking.pk, marking.assessor, marking.marks(turn))
            for turn in count()
        )

    return [of_one(marking) for marking in markings]


def approvals(waiting: Sequence[Waiting], approver: int, among: int) -> list[Worker]:
    """By one approver, read once a worker as by the press of a button that decides several lines."""

    def of_share(place: int) -> Worker:
        def deeds() -> Iterator[Deed]:
            by = _person(approver)
            for one in waiting[place::among]:
                yield lambda one=one: line_decisions.decide(
                    AllocationLine(pk=one.line, application_id=one.application),
                    Verdict.FUND,
                    by=by,
                    at=clock.now(),
                )

        return deeds

    return [of_share(place) for place in range(among)]


def bare_approvals(waiting: Sequence[Waiting], proposer: int, approver: int, among: int) -> list[Worker]:
    def deed(one: Waiting) -> Deed:
        return lambda: statements.approve(one, proposer=proposer, approver=approver, at=clock.now())

    return shared(waiting, among, deed)


def _answer(draft: Draft) -> Answer:
    """As it stands when the worker begins."""
    return Answer.objects.select_related("question").get(application=draft.pk, question__key=QUESTION)


def _person(pk: int) -> User:
    """As ``accounts.backends`` loads whoever has signed in, once a request."""
    return User.objects.prefetch_related("holdings").get(pk=pk)
