"""The people of the demonstration: one to sign in for each role, and the invented firms' contacts."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import Holding, Region, User
from accounts.roles import Appointment, Role
from launchpad.demo_sign_ins import PASSWORD, SIGN_INS

#: Two more assessors, since three assess each application.
ASSESSORS = ("assessor@example.com", "assessor2@example.com", "assessor3@example.com")
EVERYBODY: dict[str, Appointment] = {**SIGN_INS, **dict.fromkeys(ASSESSORS, Appointment(Role.ASSESSOR))}

NAMES = {
    "applicant@example.com": "Ada Applicant",
    "partner@example.com": "Petra Partner",
    "assessor@example.com": "Asa Assessor",
    "assessor2@example.com": "Bea Assessor",
    "assessor3@example.com": "Cal Assessor",
    "manager@example.com": "Mina Manager",
    "manager.tv@example.com": "Tia Teesdale",
    "lead@example.com": "Lee Lead",
    "funds@example.com": "Fay Funds",
    "approver@example.com": "Abel Approver",
    "auditor@example.com": "Odd Auditor",
    "admin@example.com": "Max Administrator",
    "admin2@example.com": "Min Administrator",
}
#: Contacts of invented firms cannot sign in, and no mail can reach this domain.
CONTACTS = "firms.example"


def make(*, at: datetime) -> dict[str, User]:
    """Make everybody who can sign in, all with one password hashed once; return them by address."""
    password = make_password(PASSWORD)
    people = User.objects.bulk_create(
        User(email=email, name=NAMES[email], password=password, joined_at=at) for email in EVERYBODY
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people
    )
    by_email = {person.email: person for person in people}
    groups, regions = _groups(), {region.code: region for region in Region.objects.all()}
    Holding.objects.bulk_create(
        Holding(
            person=by_email[email],
            group=groups[held.role],
            region=regions[held.region] if held.region else None,
            given_at=at,
        )
        for email, held in EVERYBODY.items()
    )
    found = User.objects.filter(email__in=EVERYBODY).prefetch_related("holdings")
    return {person.email: person for person in found}


def make_contacts(firms: list[str], *, at: datetime) -> dict[str, User]:
    """Make somebody who applies for each of the ``firms``; return them by the firm's name."""
    people = User.objects.bulk_create(
        User(
            email=f"{slug(firm)}@{CONTACTS}",
            name=f"{first} {last}",
            password=make_password(None),
            joined_at=at,
        )
        for firm, first, last in zip(firms, _cycled(FIRST_NAMES), _cycled(LAST_NAMES), strict=False)
    )
    Group.objects.get(name=Role.APPLICANT).user_set.add(*people)
    found = User.objects.filter(pk__in=[person.pk for person in people]).prefetch_related("holdings")
    by_email = {person.email: person for person in found}
    return {firm: by_email[f"{slug(firm)}@{CONTACTS}"] for firm in firms}


def is_invented(email: str) -> bool:
    return email in EVERYBODY or email.endswith(f"@{CONTACTS}")


def slug(firm: str) -> str:
    return firm.lower().removesuffix(" ltd").replace(" ", "-")


def _groups() -> dict[str, Group]:
    return {group.name: group for group in Group.objects.filter(name__in=list(Role))}


def _cycled(names: tuple[str, ...]):
    while True:
        yield from names


FIRST_NAMES = (
    "Amara", "Benedict", "Chidi", "Delyth", "Elspeth", "Farid", "Greta", "Hamish", "Imogen", "Jaya", "Kofi",
    "Lowri", "Mehmet", "Nell", "Oskar", "Priya", "Quentin", "Rhian", "Samir", "Tess", "Ursula", "Viktor",
)  # fmt: skip
LAST_NAMES = (
    "Applegarth", "Birtwhistle", "Coppersmith", "Dunnock", "Everglade", "Fothergay", "Goldfinch", "Hazelrigg",
    "Inchbald", "Jessamy", "Kingcup", "Lapwing", "Merryweather", "Nightjar", "Oakapple", "Pipit", "Quickbeam",
    "Redshank", "Saltmarsh", "Thornycroft", "Underhay", "Vetchling", "Whimbrel", "Yarrow",
)  # fmt: skip
