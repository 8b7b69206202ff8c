"""Who can sign in to the demonstration: one invented person for each role, all with one password.

The demonstration loads on request or on an empty embedded database, which listens to this machine
alone; no deployment has these people.
"""

from accounts.roles import Role

PASSWORD = "launchpad-demonstration"

SIGN_INS: dict[str, Role] = {
    "applicant@example.com": Role.APPLICANT,
    "partner@example.com": Role.APPLICANT,
    "assessor@example.com": Role.ASSESSOR,
    "manager@example.com": Role.MANAGER,
    "lead@example.com": Role.LEAD,
    "funds@example.com": Role.FUNDS,
    "approver@example.com": Role.APPROVER,
    "auditor@example.com": Role.AUDITOR,
    "admin@example.com": Role.ADMINISTRATOR,
}
