"""What is settled before the first application is written: how many of what, and every id."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from django.db.models import Model

from accounts.models import Organisation, User
from applications.models import Application, Area, Assessment, Competition, Participant, Question
from launchpad.demo.grown.ids import Ids


class Point(Enum):
    """How far a round has come."""

    RELEASED = "released"
    DECIDED = "decided"
    ASSESSING = "assessing"
    CLOSED = "closed"
    OPEN = "open"


class Fate(Enum):
    """How far one application has come before anything is decided."""

    BEGUN = "begun"
    READY = "ready"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    INELIGIBLE = "ineligible"
    BEING_ASSESSED = "being assessed"
    ASSESSED = "assessed"


#: Drafts: what was never submitted.
DRAFTS = frozenset({Fate.BEGUN, Fate.READY})

#: An application has so many organisations at most, and so many assessors.
MOST_PARTICIPANTS, MOST_ASSESSORS = 4, 5


@dataclass(frozen=True, slots=True)
class Call:
    """A competition and the numbers of its applications, from ``first`` on."""

    competition: Competition
    point: Point
    first: int
    count: int

    @property
    def is_released(self) -> bool:
        return self.point is Point.RELEASED

    @property
    def is_decided(self) -> bool:
        return self.point in (Point.RELEASED, Point.DECIDED)

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + self.count)

    def fate(self, number: int) -> Fate:
        """By the number alone, so that every fate is met in a small programme too."""
        if self.point is Point.OPEN:
            if number % 40 == 19:
                return Fate.WITHDRAWN
            return (Fate.BEGUN, Fate.SUBMITTED, Fate.READY, Fate.SUBMITTED, Fate.BEGUN)[number % 5]
        if number % 12 == 5:
            return Fate.BEGUN
        if number % 40 in (7, 17):
            return Fate.INELIGIBLE if number % 40 == 7 else Fate.WITHDRAWN
        if self.point is Point.CLOSED:
            return Fate.SUBMITTED
        return Fate.BEING_ASSESSED if self.point is Point.ASSESSING else Fate.ASSESSED


@dataclass(frozen=True, slots=True)
class Staff:
    """The ids of those who act in the office."""

    manager: int
    funds: int
    approver: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a process needs to write its part without asking the others."""

    seed: int
    size: int
    at: datetime
    begins_at: datetime
    host: str
    bodies: int
    assessors: int
    calls: tuple[Call, ...]
    questions: tuple[Question, ...]
    maxima: dict[str, dict[str, Decimal]]
    areas: dict[str, Area]
    staff: Staff
    groups: dict[str, int]
    ids: dict[type[Model], Ids]
    first_assessor: int

    @property
    def scored(self) -> list[Question]:
        return [question for question in self.questions if question.is_scored]

    def body_id(self, number: int) -> int:
        return self.ids[Organisation].of(number)

    def contact_id(self, number: int) -> int:
        return self.ids[User].of(number, 0)

    def second_id(self, number: int) -> int:
        return self.ids[User].of(number, 1)

    def assessor_id(self, number: int) -> int:
        return self.first_assessor + number

    def application_id(self, number: int) -> int:
        return self.ids[Application].of(number)

    def participant_id(self, number: int, place: int) -> int:
        return self.ids[Participant].of(number, place)

    def assessment_id(self, number: int, place: int) -> int:
        return self.ids[Assessment].of(number, place)

    def not_after_now(self, moment: datetime) -> datetime:
        return min(moment, self.at)
