"""Conflicts of interest, found from plain facts: who is tied to which application, and by what.

Nothing here asks the database; ``conflicts`` brings the facts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices

from applications.assessment import likeness


class ConflictKind(TextChoices):
    """By what somebody is tied to an application."""

    MEMBER = "member", "Belongs to an organisation that takes part"
    COMPANY = "company", "Works for an organisation that takes part"
    EARLIER = "earlier employer", "Worked for one in the last 12 months"
    COMPETITOR = "competitor", "Takes part in the same competition"
    INTEREST = "interest", "Has declared an interest in one"
    DECLARED = "declared", "Declared by the assessor from the summary"
    ADDRESS = "address", "Shares an address with one"
    DOMAIN = "domain", "Shares an email domain with one"


#: Found, and asked about; all others keep the assessor from the application until they are cleared.
FLAGS = frozenset({ConflictKind.ADDRESS, ConflictKind.DOMAIN})
#: By these somebody stands on the side of an organisation now, and so against what competes with it.
SIDES = frozenset({ConflictKind.COMPANY, ConflictKind.INTEREST})
#: Nobody can clear these.
FOR_GOOD = frozenset({ConflictKind.MEMBER, ConflictKind.DECLARED})


@dataclass(frozen=True, slots=True)
class Body:
    """A company that an assessor has to do with. ``says`` is how: "employer", "directorship (family)"."""

    kind: ConflictKind
    says: str
    name: str
    number: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class AssessorFacts:
    """``organisations`` are the ids of those that the person is a member of here."""

    id: int
    email: str = ""
    address: str = ""
    postcode: str = ""
    organisations: frozenset[int] = frozenset()
    bodies: tuple[Body, ...] = ()


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """``emails`` are those of its members."""

    id: int
    name: str
    number: str = ""
    address: str = ""
    postcode: str = ""
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """``merged_into`` is the pot whose competitions make one list with its own; empty where none do."""

    id: int
    competition: int
    organisations: tuple[OrganisationFacts, ...]
    is_in_the_running: bool = True
    merged_into: str = ""

    @property
    def contest(self) -> int | str:
        """What it competes in: the merged list, or its competition alone."""
        return self.merged_into or self.competition


@dataclass(frozen=True, slots=True, order=True)
class Tie:
    """One thing found. ``reason`` is a sentence for staff."""

    assessor: int
    application: int
    kind: ConflictKind
    reason: str

    @property
    def blocks(self) -> bool:
        return self.kind not in FLAGS


def a_year_before(day: date) -> date:
    """The same day of the last year; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def is_recent(ended_on: date | None, day: date) -> bool:
    """Whether something goes on, or ended in the 12 months up to ``day``."""
    return ended_on is None or ended_on >= a_year_before(day)


def found(
    assessors: Iterable[AssessorFacts],
    applications: Iterable[ApplicationFacts],
    parents: Mapping[str, str] | None = None,
) -> list[Tie]:
    """Return every tie between these people and these applications, one for each kind of a pair.

    parents  the company number of the parent by that of the subsidiary, as far as it is known

    The applications are looked up by what ties to them, so the work grows with what is found and not
    with the number of pairs.
    """
    known = _Index(applications, parents or {})
    reasons: dict[tuple[int, int, ConflictKind], list[str]] = defaultdict(list)
    for person in assessors:
        for application, kind, reason in known.of(person):
            said = reasons[person.id, application, kind]
            if reason not in said:
                said.append(reason)
    return sorted(Tie(*key, " ".join(sorted(said))) for key, said in reasons.items())


def sides(
    assessors: Iterable[AssessorFacts],
    organisations: Iterable[OrganisationFacts],
    parents: Mapping[str, str] | None = None,
) -> set[int]:
    """Return the ids of those organisations whose rivals some of these people must not assess."""
    known = _Index([ApplicationFacts(0, 0, tuple(organisations))], parents or {})
    return {pk for person in assessors for pk in known.sided_with(person)}


class _Index:
    """Applications by the organisations in them, and those by all that they may be known by."""

    def __init__(self, applications: Iterable[ApplicationFacts], parents: Mapping[str, str]):
        self._parents = parents
        self._of_organisation: dict[int, list[int]] = defaultdict(list)
        self._of_contest: dict[int | str, list[ApplicationFacts]] = defaultdict(list)
        self._contests: dict[int, set[int | str]] = defaultdict(set)
        self._competitions: dict[int, set[int]] = defaultdict(set)
        self._by_group: dict[str, set[int]] = defaultdict(set)
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._by_address: dict[str, set[int]] = defaultdict(set)
        self._by_domain: dict[str, set[int]] = defaultdict(set)
        self._organisations: dict[int, OrganisationFacts] = {}
        for application in applications:
            self._add(application)

    def _add(self, application: ApplicationFacts) -> None:
        self._of_contest[application.contest].append(application)
        for organisation in application.organisations:
            self._of_organisation[organisation.id].append(application.id)
            if application.is_in_the_running:
                self._contests[organisation.id].add(application.contest)
                self._competitions[organisation.id].add(application.competition)
            if organisation.id in self._organisations:
                continue
            self._organisations[organisation.id] = organisation
            if organisation.number:
                self._by_group[self._top(organisation.number)].add(organisation.id)
            for index, key in (
                (self._by_name, likeness.name(organisation.name)),
                (self._by_address, likeness.address(organisation.address, organisation.postcode)),
                *((self._by_domain, likeness.domain(email)) for email in organisation.emails),
            ):
                if key:
                    index[key].add(organisation.id)

    def of(self, person: AssessorFacts) -> Iterator[tuple[int, ConflictKind, str]]:
        """Yield what ties the person: the application, the kind and why."""
        for body in person.bodies:
            for pk in self._same_as(body):
                there = self._organisations[pk]
                yield from self._each(pk, body.kind, f"{_named(body)} is or belongs with {_called(there)}.")
                if body.kind in SIDES and pk not in person.organisations:
                    yield from self._competing(pk, f"{_named(body)} is or belongs with")
        for pk in person.organisations & self._organisations.keys():
            there = self._organisations[pk]
            yield from self._each(pk, ConflictKind.MEMBER, f"Member of {_called(there)}.")
            yield from self._competing(pk, "Member of")
        if place := likeness.address(person.address, person.postcode):
            for pk in self._by_address.get(place, ()):
                yield from self._each(pk, ConflictKind.ADDRESS, f"Same address as {self._name(pk)}.")
        if domain := likeness.domain(person.email):
            for pk in self._by_domain.get(domain, ()):
                reason = f"Same email domain, {domain}, as people of {self._name(pk)}."
                yield from self._each(pk, ConflictKind.DOMAIN, reason)

    def _each(self, organisation: int, kind: ConflictKind, reason: str):
        for application in self._of_organisation[organisation]:
            yield application, kind, reason

    def sided_with(self, person: AssessorFacts) -> set[int]:
        """The organisations on whose side the person stands."""
        sides = {pk for body in person.bodies if body.kind in SIDES for pk in self._same_as(body)}
        return sides | (person.organisations & self._organisations.keys())

    def _competing(self, organisation: int, tied: str) -> Iterator[tuple[int, ConflictKind, str]]:
        """What runs against the organisation. ``tied`` says by what the person stands on its side."""
        own, entered = set(self._of_organisation[organisation]), self._competitions[organisation]
        for contest in self._contests[organisation]:
            for rival in self._of_contest[contest]:
                if rival.id not in own:
                    where = "the competition" if rival.competition in entered else "one merged with this one"
                    reason = f"{tied} {self._name(organisation)}, which takes part in {where}."
                    yield rival.id, ConflictKind.COMPETITOR, reason

    def _same_as(self, body: Body) -> set[int]:
        """The organisations of one group with the body, or of its name where a number is missing."""
        numbers = {self._top(number) for number in (body.number, body.parent) if number}
        same = {pk for number in numbers for pk in self._by_group.get(number, ())}
        for pk in self._by_name.get(likeness.name(body.name), ()):
            if not (body.number and self._organisations[pk].number):
                same.add(pk)
        return same

    def _top(self, number: str) -> str:
        """The company at the head of the group."""
        seen = {number}
        while (parent := self._parents.get(number)) and parent not in seen:
            seen.add(parent)
            number = parent
        # Two that own each other have no head: the lowest number stands for both.
        return min(seen) if parent else number

    def _name(self, pk: int) -> str:
        return self._organisations[pk].name


def _called(organisation: OrganisationFacts) -> str:
    number = f" ({organisation.number})" if organisation.number else ""
    return f"{organisation.name}{number}, which takes part"


def _named(body: Body) -> str:
    known = body.number or (f"subsidiary of {body.parent}" if body.parent and not body.name else "")
    called = f"{body.name} ({known})" if body.name and known else body.name or known
    return f"{body.says[:1].upper()}{body.says[1:]}: {called}"
