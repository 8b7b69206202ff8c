"""Invented firms and research bodies, in a range of company numbers that nobody has."""

from datetime import datetime

from accounts import organisations
from accounts.models import Kind, Membership, Organisation, User
from applications.models import Area
from launchpad.demo import files, people

FIRST_NUMBER = 99_000_001
#: A postcode of the right shape for each area; the districts are not in use.
POSTCODES = {
    "Chorley (for South Lancashire)": "PR99 2AE",
    "Darlington": "DL99 1AA",
    "Halton": "WA99 2AB",
    "Hartlepool": "TS99 4AD",
    "Knowsley": "L99 3AB",
    "Liverpool": "L99 1AA",
    "Middlesbrough": "TS99 1AA",
    "Redcar and Cleveland": "TS99 2AB",
    "Sefton": "L99 5AD",
    "St Helens": "WA99 4AA",
    "Stockton-on-Tees": "TS99 3AE",
    "Warrington": "WA99 1AD",
    "Wirral": "CH99 2AD",
}
#: Places of the projects by the names that people use.
AREA_NAMES = {"Chorley": "Chorley (for South Lancashire)"}
STREETS = ("Anchor Lane", "Bobbin Street", "Crane Row", "Drydock Road", "Engine Yard", "Furnace Walk")

APPLICANTS_FIRM = "Wrenfold Precision Ltd"
PARTNERS_FIRM = "Quillfeather Castings Ltd"


def make(signed_in: dict[str, User], *, at: datetime) -> dict[str, Organisation]:
    """Enter every organisation of the projects with its contact; return them by name.

    The applicant and the partner who can sign in are members of one firm each.
    """
    described = _described()
    members = people.make_contacts(
        [name for name in described if name not in (APPLICANTS_FIRM, PARTNERS_FIRM)], at=at
    )
    members[APPLICANTS_FIRM] = signed_in["applicant@example.com"]
    members[PARTNERS_FIRM] = signed_in["partner@example.com"]
    return {
        name: organisations.create(details, by=members[name], at=at) for name, details in described.items()
    }


def area(place: str) -> Area:
    return Area.objects.get(name=AREA_NAMES.get(place, place))


def postcode(place: str) -> str:
    return POSTCODES[AREA_NAMES.get(place, place)]


def member_of(organisation: Organisation) -> User:
    members = Membership.objects.select_related("person").prefetch_related("person__holdings")
    return members.get(organisation=organisation).person


def _described() -> dict[str, dict[str, str]]:
    """The details of each organisation by its name: leads in the order of the file, then partners."""
    found: dict[str, dict[str, str]] = {}
    projects = [project for each in files.read("projects").values() for project in each]
    for project in projects:
        if project["company"] not in found:
            number = str(FIRST_NUMBER + len(found))
            found[project["company"]] = _details(project["company"], Kind.BUSINESS, project, number)
    for name, partner in files.read("partners").items():
        found[name] = _details(name, partner["kind"], partner, partner["company_number"])
    return found


def _details(name: str, kind: str, facts: dict, number: str) -> dict[str, str]:
    street = STREETS[len(name) % len(STREETS)]
    return {
        "name": name,
        "company_number": number,
        "kind": kind,
        "size": facts["size"],
        "address": f"{len(name) * 3} {street}, {facts['place']}",
        "postcode": postcode(facts["place"]),
    }
