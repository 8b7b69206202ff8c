"""What visitors ask for: the pages that are read and the forms that are sent, by real sessions."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, cycle, islice, repeat

from accounts.models import User
from applications.models import Answer
from bench.actions import Marking
from bench.decisions import Waiting
from bench.drafts import QUESTION, Draft, text
from bench.load import Worker
from bench.web import Ask, Visitor, fetched, signed_in, worker


class Site:
    """The served product, and who visits it."""

    def __init__(self, port: int, clients: int):
        self.port = port
        self.clients = clients

    def reading(self, visitors: Sequence[Visitor], paths: Sequence[str]) -> list[Worker]:
        """Each client reads its own page over and over."""
        return [
            worker(self.port, visitor, lambda path=path: repeat(Ask(path)))
            for visitor, path in _pairs(visitors, paths, self.clients)
        ]

    def bare(self, visitors: Sequence[Visitor], size: int) -> list[Worker]:
        """The bare view, with a template of ``size`` bytes."""
        path = f"/bench/bare/?lines={self._lines(visitors[0], size)}"
        return self.reading(visitors, [path])

    def bare_forms(self, visitors: Sequence[Visitor]) -> list[Worker]:
        return [
            worker(self.port, visitor, lambda: (Ask("/bench/bare/", form(), 302) for _ in count()))
            for visitor, _ in _pairs(visitors, [""], self.clients)
        ]

    def size_of(self, visitor: Visitor, path: str) -> int:
        return len(fetched(self.port, visitor, path))

    def _lines(self, visitor: Visitor, size: int) -> int:
        """How many lines of the bare template come to ``size`` bytes."""
        none, some = (self.size_of(visitor, f"/bench/bare/?lines={lines}") for lines in (0, 200))
        return max(round((size - none) * 200 / (some - none)), 0)

    def saves(self, drafts: Sequence[Draft]) -> list[Worker]:
        """Each client saves the answer to one question of its own draft, a little changed each time."""
        versions = dict(
            Answer.objects.filter(
                application__in=[draft.pk for draft in drafts], question__key=QUESTION
            ).values_list("application", "version")
        )
        people = _people(draft.writer for draft in drafts)
        return [
            worker(self.port, signed_in(people[draft.writer]), _saves_of(draft, versions[draft.pk]))
            for draft in drafts[: self.clients]
        ]

    def submits(self, drafts: Sequence[Draft]) -> list[Worker]:
        """Each client submits one draft after another, each as its own writer."""
        people = _people(draft.writer for draft in drafts)
        visitors = {pk: signed_in(person) for pk, person in people.items()}

        def asks_of(place: int):
            def asks() -> Iterator[Ask]:
                for draft in drafts[place :: self.clients]:
                    path = f"/applications/{draft.reference}/check/"
                    yield Ask(path, form(is_true="on"), 302, visitors[draft.writer])

            return asks

        anybody = next(iter(visitors.values()))
        return [worker(self.port, anybody, asks_of(place)) for place in range(self.clients)]

    def scores(self, markings: Sequence[Marking]) -> list[Worker]:
        """Each client is an assessor who saves the same assessment over and over."""
        people = _people(marking.assessor for marking in markings)
        return [
            worker(self.port, signed_in(people[marking.assessor]), _scores_of(marking))
            for marking in markings[: self.clients]
        ]

    def approvals(self, waiting: Sequence[Waiting], approver: User) -> list[Worker]:
        """Each client approves one allocation after another, in a session of its own."""

        def asks_of(place: int):
            return lambda: (
                Ask(f"/admin/funding/allocation/{one.pk}/approve/", form(), 302)
                for one in waiting[place :: self.clients]
            )

        return [worker(self.port, signed_in(approver), asks_of(place)) for place in range(self.clients)]


def form(**fields: str) -> dict[str, str]:
    """A form as a page shows it: with a key of its own, so that it takes effect once."""
    return {"intent": str(uuid.uuid4()), **fields}


def _saves_of(draft: Draft, version: int):
    path = f"/applications/{draft.reference}/answers/{QUESTION}/"

    def asks() -> Iterator[Ask]:
        for turn in count():
            yield Ask(path, form(text=text(turn), version=str(version + turn)), 302)

    return asks


def _scores_of(marking: Marking):
    path = f"/admin/applications/assessment/{marking.pk}/score/"

    def asks() -> Iterator[Ask]:
        for turn in count():
            fields = {"version": str(marking.version + turn), "in_scope": "yes", "fund": "yes"}
            fields |= {"scope_reason": "Within it.", "fund_reason": "Worth funding."}
            for question, (mark, feedback) in marking.marks(turn).items():
                fields[f"mark-{question}"], fields[f"feedback-{question}"] = str(mark), feedback
            yield Ask(path, form(**fields), 302)

    return asks


def _people(ids: Iterable[int]) -> dict[int, User]:
    return User.objects.prefetch_related("holdings").in_bulk(set(ids))


def _pairs(visitors: Sequence[Visitor], paths: Sequence[str], clients: int) -> Iterator[tuple[Visitor, str]]:
    """A visitor and a path for each client, from the beginning again where there are fewer."""
    return islice(zip(cycle(visitors), cycle(paths), strict=False), clients)
