"""Who can sign in to the demonstration: an invented person for each role, all with one password.

The demonstration loads on request or on an empty embedded database, which listens to this machine
alone; no deployment has these people.
"""

from accounts.roles import Appointment, Role

PASSWORD = "launchpad-demonstration"

SIGN_INS: dict[str, Appointment] = {
    "applicant@example.com": Appointment(Role.APPLICANT),
    "partner@example.com": Appointment(Role.APPLICANT),
    "assessor@example.com": Appointment(Role.ASSESSOR),
    "manager@example.com": Appointment(Role.MANAGER),
    # For Tees Valley alone: nothing of the other region is to be seen.
    "manager.tv@example.com": Appointment(Role.MANAGER, "TV"),
    "lead@example.com": Appointment(Role.LEAD),
    "funds@example.com": Appointment(Role.FUNDS),
    "approver@example.com": Appointment(Role.APPROVER),
    "auditor@example.com": Appointment(Role.AUDITOR),
    # Two of them, since one asks for a change of roles and another confirms it.
    "admin@example.com": Appointment(Role.ADMINISTRATOR),
    "admin2@example.com": Appointment(Role.ADMINISTRATOR),
}
