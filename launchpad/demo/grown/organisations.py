"""Invented organisations by their number: the same number is the same organisation in every process."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from random import Random

from accounts.london import LONDON
from accounts.models import Kind, Membership, Organisation, Size
from launchpad.demo import files, organisations
from launchpad.demo.grown.plan import Plan
from launchpad.demo.grown.rows import Rows

#: Beyond the numbers of the demonstration's own firms, and like those of nobody.
FIRST_NUMBER = 99_100_000
#: One organisation in eight is no business; these are the kinds of the others in turn.
OTHERS = 8
OTHER_KINDS = (Kind.RESEARCH, Kind.RTO, Kind.PUBLIC, Kind.RESEARCH, Kind.CHARITY)
#: One business in so many is still being registered and has no number yet.
UNREGISTERED = 31
SIZES = (Size.SMALL,) * 7 + (Size.MEDIUM,) * 2 + (Size.LARGE,)
ENDINGS = ("Ltd", "Ltd", "Ltd", "Limited", "LLP")
#: Letters that may end a postcode.
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation. Its first contact may edit; a second, where there is one, perhaps only read."""

    number: int
    name: str
    company_number: str
    kind: Kind
    size: Size
    place: str
    address: str
    postcode: str
    has_second: bool
    second_may_edit: bool

    @property
    def is_business(self) -> bool:
        return self.kind == Kind.BUSINESS

    @property
    def funding_size(self) -> str:
        """The column of an intensity table, as ``Participant.funding_size`` has it."""
        return self.size if self.is_business else "non_business"


@lru_cache(maxsize=50_000)
def body(seed: int, number: int) -> Body:
    dice = Random(f"{seed} organisation {number}")
    kind, place = kind_of(number), dice.choice(list(organisations.POSTCODES))
    outward = organisations.POSTCODES[place].split()[0]
    return Body(
        number=number,
        name=_name(kind, dice),
        company_number=_company_number(kind, number),
        kind=kind,
        size=dice.choice(SIZES) if kind == Kind.BUSINESS else Size.MEDIUM,
        place=place,
        address=f"{dice.randint(1, 180)} {dice.choice(organisations.STREETS)}, {place}",
        postcode=f"{outward} {dice.randint(1, 9)}{dice.choice(LETTERS)}{dice.choice(LETTERS)}",
        has_second=dice.random() < 0.4,
        second_may_edit=dice.random() < 0.5,
    )


def kind_of(number: int) -> Kind:
    if number % OTHERS != OTHERS - 1:
        return Kind.BUSINESS
    return OTHER_KINDS[number // OTHERS % len(OTHER_KINDS)]


def some_business(dice: Random, count: int) -> int:
    """The number of one business among the first ``count`` organisations."""
    number = dice.randrange(count)
    return number - 1 if number % OTHERS == OTHERS - 1 else number


def some_other(dice: Random, count: int) -> int:
    """The number of one that is no business: there are some from eight organisations on."""
    return dice.randrange(count // OTHERS) * OTHERS + OTHERS - 1


def write(plan: Plan) -> int:
    """Write every organisation with its members, who are there already."""
    bodies = Rows(Organisation, "id name company_number kind size address postcode details_confirmed_on")
    members = Rows(Membership, "organisation_id person_id may_edit joined_at")
    for number in range(plan.bodies):
        one, pk = body(plan.seed, number), plan.body_id(number)
        entered_at = plan.begins_at + timedelta(minutes=number % 40_000)
        bodies.add(
            pk,
            one.name,
            one.company_number,
            one.kind,
            one.size,
            one.address,
            one.postcode,
            entered_at.astimezone(LONDON).date(),
        )
        members.add(pk, plan.contact_id(number), True, entered_at)
        if one.has_second:
            members.add(pk, plan.second_id(number), one.second_may_edit, entered_at + timedelta(days=1))
    return bodies.write() + members.write()


def _name(kind: Kind, dice: Random) -> str:
    words = files.read("grown_projects")["names"]
    name = dice.choice(words["starts"]) + dice.choice(words["ends"])
    if kind == Kind.BUSINESS:
        return f"{name} {dice.choice(words['trades'])} {dice.choice(ENDINGS)}"
    return dice.choice(words[kind.value]).format(name=name)


def _company_number(kind: Kind, number: int) -> str:
    """Eight characters, or nothing for bodies that are no company."""
    match kind:
        case Kind.BUSINESS:
            return "" if number % UNREGISTERED == UNREGISTERED - 1 else str(FIRST_NUMBER + number)
        case Kind.RTO:
            return f"RC9{number:05}"
        case Kind.CHARITY:
            return f"CE9{number:05}"
        case _:
            return ""
