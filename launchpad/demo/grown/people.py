"""Invented people: two contacts to an organisation at most, and assessors. Nobody can sign in as them."""

import unicodedata
from random import Random

from accounts.models import Holding, User
from accounts.roles import Role
from launchpad.demo import files
from launchpad.demo.grown import organisations
from launchpad.demo.grown.plan import Plan
from launchpad.demo.grown.rows import Rows
from launchpad.demo.people import CONTACTS

USER = "id email name password joined_at"


def write_contacts(plan: Plan) -> int:
    """Write the first contact of each organisation, and a second where there is one."""
    users = Rows(User, USER)
    held = Rows(Holding, "person_id group_id given_at")
    for number in range(plan.bodies):
        _add(users, plan, plan.contact_id(number), f"{number}")
        held.add(plan.contact_id(number), plan.groups[Role.APPLICANT], plan.begins_at)
        if organisations.body(plan.seed, number).has_second:
            _add(users, plan, plan.second_id(number), f"{number}b")
            held.add(plan.second_id(number), plan.groups[Role.APPLICANT], plan.begins_at)
    return users.write() + held.write()


def write_assessors(plan: Plan) -> int:
    users = Rows(User, USER)
    held = Rows(Holding, "person_id group_id given_at")
    for number in range(plan.assessors):
        _add(users, plan, plan.assessor_id(number), f"a{number}")
        held.add(plan.assessor_id(number), plan.groups[Role.ASSESSOR], plan.begins_at)
    return users.write() + held.write()


def _add(users: Rows, plan: Plan, pk: int, mark: str) -> None:
    """``mark`` sets people of one name apart, in their address."""
    dice, names = Random(f"{plan.seed} person {mark}"), files.read("grown_projects")["names"]
    first, last = dice.choice(names["first"]), dice.choice(names["last"])
    email = f"{_plain(first)}.{_plain(last)}.{mark}@{CONTACTS}"
    no_password = f"!{dice.getrandbits(160):040x}"
    users.add(pk, email, f"{first} {last}", no_password, plan.begins_at)


def _plain(name: str) -> str:
    """The letters of a name that an address can carry: Ciarán is ciaran, O'Dowd is odowd."""
    letters = unicodedata.normalize("NFKD", name.replace("ł", "l")).encode("ascii", "ignore").decode()
    return "".join(letter for letter in letters.lower() if letter.isalpha() or letter == "-")
