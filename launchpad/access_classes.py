"""The classes of access: whom a page opens to, and how routes are put in one of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.roles import OFFICE, OPERATORS, Role
from applications.models import READERS


@dataclass(frozen=True, slots=True)
class Access:
    """A class of routes: whom the page opens to. Public ones ask nobody who they are."""

    name: str
    roles: frozenset[Role]
    is_public: bool = False


PUBLIC = Access("public", frozenset(Role), is_public=True)
SIGNED_IN = Access("signed-in", frozenset(Role))
APPLICANT = Access("applicant", frozenset({Role.APPLICANT}))
ANY_OFFICE = Access("office, any role", OFFICE)
NOBODY = Access("nobody", frozenset())


def office(*roles: Role) -> Access:
    return Access(f"office: {', '.join(sorted(roles))}", frozenset(roles))


MONEY = office(*READERS)
RULES, MARKING = office(*READERS, Role.LEAD), office(*READERS, Role.ASSESSOR)
PEOPLE = office(Role.ADMINISTRATOR, Role.AUDITOR)
RUNNING = office(*OPERATORS)
WORDINGS = office(Role.MANAGER, Role.FUNDS, Role.AUDITOR)
MANAGER, FUNDS, APPROVER = office(Role.MANAGER), office(Role.FUNDS), office(Role.APPROVER)

Declared = tuple[str, Access]


def routes(access: Access, *names: str) -> Iterable[Declared]:
    return [(name, access) for name in names]


def records(
    app: str, model: str, *, read: Access, add: Access = NOBODY, has_files: bool = True
) -> Iterable[Declared]:
    """The routes of a model's list, its files among them; nothing is ever deleted there."""
    prefix = f"admin:{app}_{model}"
    files = (f"{prefix}_list_csv", f"{prefix}_list_xlsx") if has_files else ()
    return [
        *routes(read, f"{prefix}_changelist", f"{prefix}_change", f"{prefix}_history"),
        *routes(read, *files),
        *routes(add, f"{prefix}_add"),
        *routes(NOBODY, f"{prefix}_delete"),
        # An old form of the address, without a name: it leads on to the change page.
        *routes(ANY_OFFICE, f"admin/{app}/{model}/<path:object_id>/"),
    ]


#: The models of the funding app that whoever reads the money reads.
OF_MONEY = (
    "budget", "transfer", "budgetchange", "ledgercheck", "allocation", "award", "awardending", "offer",
    "lettertemplate", "programmereport", "mfarecord", "subsidyentry", "informationrequest",
    "opendatapublication",
)  # fmt: skip
OF_RULES = ("area", "questionset", "question", "intensitytable")


def declared_once(*groups: Iterable[Declared]) -> dict[str, Access]:
    """Raises ValueError where a route is in two classes."""
    found: dict[str, Access] = {}
    for name, access in (entry for group in groups for entry in group):
        if name in found:
            raise ValueError(f"{name} is declared twice in launchpad/access.py")
        found[name] = access
    return found
