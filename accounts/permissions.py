"""What each role may do, in Django's words: ``app_label.codename`` of the admin's permissions.

A permission opens a kind of page; which rows are on it is said by ``visible_to(user)``, and what
may be done to a row by the actions. The table is the whole of it: nobody is given a permission
one by one, and ``role_groups.sync`` takes away what is not listed here.
"""

from accounts.roles import Role

#: Where a competition's rules are set.
RULES_READ = {
    "accounts.view_region",
    "applications.view_area",
    "applications.view_questionset",
    "applications.view_question",
    "applications.view_intensitytable",
    "applications.view_maximumpercentage",
    "applications.view_competition",
    "applications.view_skill",
    "applications.view_parentcompany",
    "applications.view_agreementversion",
}
#: What was applied for, by whom, and how it was marked.
CASES_READ = {
    "accounts.view_organisation",
    "applications.view_application",
    "applications.view_waiver",
    "applications.view_eligibilitycase",
    "applications.view_scopecase",
    "applications.view_closinglistentry",
    "applications.view_participant",
    "applications.view_answer",
    "applications.view_costline",
    "applications.view_otherfunding",
    "applications.view_statuschange",
    "applications.view_assessment",
    "applications.view_score",
    "applications.view_assessorprofile",
    "applications.view_conflict",
    "applications.view_exclusion",
    "applications.view_assessorinvitation",
}
#: Budgets, the ledger, allocations and what was awarded.
MONEY_READ = {
    "funding.view_budget",
    "funding.view_competitionbudgets",
    "funding.view_transfer",
    "funding.view_budgetchange",
    "funding.view_ledgercheck",
    "funding.view_allocation",
    "funding.view_allocationline",
    "funding.view_award",
    "funding.view_awardshare",
    "funding.view_awardending",
    "funding.view_offer",
    "funding.view_lettertemplate",
    "funding.view_mfarecord",
    "funding.view_subsidyentry",
    "funding.view_programmereport",
    "funding.view_informationrequest",
    "funding.view_opendatapublication",
}
#: What is sent and how it is worded, what was sent to whom, and whether it arrived.
NOTICES_READ = {"accounts.view_notification", "accounts.view_wordingversion"}
#: What is done by the clock, and what became of it.
RUNNING_READ = {"accounts.view_jobrun"}

GRANTED: dict[Role, frozenset[str]] = {
    # Applicants work in the public pages; the admin is closed to them.
    Role.APPLICANT: frozenset(),
    Role.ASSESSOR: frozenset(
        {
            "applications.view_application",
            "applications.view_assessment",
            "applications.change_assessment",
            "applications.view_assessorprofile",
        }
    ),
    Role.MANAGER: frozenset(
        RULES_READ
        | CASES_READ
        | MONEY_READ
        | NOTICES_READ
        | RUNNING_READ
        | {
            "applications.add_competition",
            "applications.change_competition",
            "applications.add_questionset",
            "applications.change_questionset",
            "applications.add_question",
            "applications.change_question",
            "applications.add_intensitytable",
            "applications.change_intensitytable",
            "applications.add_maximumpercentage",
            "applications.change_maximumpercentage",
            "applications.add_assessment",
            "applications.add_skill",
            "applications.change_skill",
            "applications.add_parentcompany",
            "applications.add_agreementversion",
            "applications.add_assessorinvitation",
            "funding.add_programmereport",
        }
    ),
    Role.LEAD: frozenset(RULES_READ | {"applications.view_scopecase"}),
    Role.FUNDS: frozenset(
        RULES_READ
        | CASES_READ
        | MONEY_READ
        | NOTICES_READ
        | RUNNING_READ
        | {
            "funding.change_budget",
            "funding.add_allocation",
            "funding.change_allocation",
            "funding.add_programmereport",
        }
    ),
    Role.APPROVER: frozenset(
        RULES_READ | CASES_READ | MONEY_READ | {"funding.change_allocation", "funding.add_programmereport"}
    ),
    Role.AUDITOR: frozenset(
        RULES_READ
        | CASES_READ
        | MONEY_READ
        | NOTICES_READ
        | RUNNING_READ
        | {
            "accounts.view_user",
            "accounts.view_membership",
            "accounts.view_membershiprequest",
            "accounts.view_auditentry",
            "auth.view_group",
        }
    ),
    # People and their roles; no say over money or marks.
    Role.ADMINISTRATOR: frozenset(
        RUNNING_READ
        | {
            "accounts.view_user",
            "accounts.change_user",
            "accounts.view_organisation",
            "accounts.view_membershiprequest",
            "accounts.view_notification",
            "auth.view_group",
        }
    ),
}
