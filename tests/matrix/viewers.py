"""Everybody who may ask: nobody, members of an organisation, and each role at work in one region."""

from django.test import Client

from accounts.models import User
from accounts.roles import Role
from tests.make import office, people
from tests.matrix.asking import Viewer
from tests.matrix.world import Planted, Side

NOBODY = "no sign-in"
APPLICANT, READER = "applicant of another organisation", "read-only member of another organisation"
NOT_GIVEN, ASSESSOR = "assessor not given it", "assessor of another region"
MANAGER, FUNDS, APPROVER, LEAD, AUDITOR = (
    f"{role} of another region" for role in (Role.MANAGER, Role.FUNDS, Role.APPROVER, Role.LEAD, Role.AUDITOR)
)
ADMINISTRATOR, PROGRAMME = "administrator", "competition manager of the programme"

#: Who reads and never writes.
READ_ONLY = frozenset({READER, AUDITOR})

#: Facts for everybody of the office, whichever region's.
FACTS = frozenset(
    {
        "accounts.region", "accounts.jobrun", "applications.area", "applications.questionset",
        "applications.question", "applications.intensitytable", "auth.group", "content type",
        "accounts.wordingversion", "funding.lettertemplate", "worded", "applications.assessorprofile",
        "applications.skill", "applications.parentcompany", "applications.agreementversion",
        "funding.opendatapublication",
    }
)  # fmt: skip

#: What a role that is held for the programme reads of every region. A draft is nobody's but its own.
CASES = frozenset(
    {
        "region", "entry", "live", "set up", "proposed", "panel sheet", "scenario", "scenario request",
        "applications.application",
        "applications.assessment",
        "applications.competition", "applications.closinglistentry", "applications.waiver",
        "applications.conflict", "applications.exclusion", "applications.assessorinvitation",
        "applications.eligibilitycase", "applications.scopecase",
        "accounts.organisation",
        "accounts.notification", "accounts.auditentry", "accounts.membershiprequest",
        "accounts.user", "accounts.rolechange",
        "funding.allocation", "funding.award", "funding.budget", "funding.transfer",
        "funding.budgetchange", "funding.awardending", "funding.offer", "funding.programmereport",
        "funding.ledgercheck",
        "funding.mfarecord", "funding.subsidyentry", "subsidy share",
        "funding.informationrequest", "answered request",
    }
)  # fmt: skip
PEOPLE = frozenset(
    {"accounts.user", "accounts.rolechange", "accounts.organisation", "accounts.membershiprequest"}
)

#: Groups of one worker each, since they share a world; the two are as long as each other.
GROUPS = {
    "matrix one": (NOBODY, APPLICANT, READER, ASSESSOR, FUNDS, PROGRAMME),
    "matrix two": (NOT_GIVEN, MANAGER, APPROVER, LEAD, AUDITOR, ADMINISTRATOR),
}
IN_REGION = {
    MANAGER: Role.MANAGER, FUNDS: Role.FUNDS, APPROVER: Role.APPROVER, LEAD: Role.LEAD, AUDITOR: Role.AUDITOR,
}  # fmt: skip


def named(name: str, sides: dict[str, Side]) -> Viewer:
    """The viewer, signed in. Their own rows are in one region, and what they must not learn in the other."""
    here, there = sides["TV"], sides["LCR"]
    if name in IN_REGION:
        return _viewer(name, people.user(IN_REGION[name], region=here.region), there, here)
    return {
        NOBODY: lambda: _knows(Viewer(name, Client(raise_request_exception=False), frozenset(), there)),
        APPLICANT: lambda: _viewer(name, here.member, there, here),
        READER: lambda: _viewer(name, here.reader, there, here),
        ASSESSOR: lambda: _viewer(name, here.assessor, there, here),
        NOT_GIVEN: lambda: _viewer(name, people.user(Role.ASSESSOR, region=there.region), there),
        ADMINISTRATOR: lambda: _viewer(name, people.user(Role.ADMINISTRATOR), there, reads=PEOPLE),
        PROGRAMME: lambda: _viewer(name, people.user(Role.MANAGER), there, reads=CASES),
    }[name]()


def _viewer(
    name: str, person: User, foreign: Side, home: Side | None = None, reads: frozenset[str] = frozenset()
) -> Viewer:
    client = office.sign_in(person)
    client.raise_request_exception = False
    roles = frozenset(User.objects.get(pk=person.pk).roles)
    return _knows(Viewer(name, client, roles, foreign, home, reads | FACTS))


def _knows(viewer: Viewer) -> Viewer:
    """Say which planted texts must never reach the viewer."""
    viewer.secrets = [one for one in viewer.foreign.planted if not _is_read_by(viewer, one)]
    return viewer


def _is_read_by(viewer: Viewer, planted: Planted) -> bool:
    if viewer.reads >= CASES:
        # Staff are told of what is done to a draft by its reference, and never what is in it.
        return not planted.is_draft
    if planted.of_people and Role.ADMINISTRATOR in viewer.roles:
        return True
    return planted.model._meta.label_lower in PEOPLE & viewer.reads
