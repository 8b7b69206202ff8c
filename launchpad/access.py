"""Who may come to which address: every route of the service stands here once.

The views do the refusing; this is the list they are held to. ``tests/test_access.py`` visits each
route as nobody, as every role and as a stranger, and fails for a route that is not here or an entry
that is no route. Which rows somebody sees on a page they may open is said by ``visible_to``.
"""

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


#: Lists for whoever is signed in, who finds there what is theirs to see.
LISTS_OF_THE_API = (
    "application", "award", "offer", "budget", "allocation", "report", "information-request",
)  # fmt: skip
#: What is done in the questions register.
OF_A_REQUEST = ("log", "report", "answer", "withdraw", "again", "as")

#: By the route's name with its namespaces; a route without a name by its address.
ROUTES = declared_once(
    routes(
        PUBLIC,
        "health_live",
        "health_ready",
        "security_txt",
        # Anybody may read what the link is of; accepting is an applicant's.
        "accounts:invitation",
        # Accepting this one is for whoever has the address, signed in.
        "applications:assessor_invitation",
        "accounts:contact",
        "accounts:accessibility",
        "accounts:privacy",
        "accounts:cookies",
        "applications:competition_list",
        "applications:competition",
        "applications:fit",
        "applications:fit_result",
        "applications:check_receipt",
        # Of rounds whose outcomes are released, and of no other.
        "facts:list",
        "facts:round",
        "facts:csv",
        # Signing up and in, and out again.
        "account_login",
        "account_logout",
        # How long the session lasts; nobody's has ended.
        "session",
        "account_signup",
        "account_inactive",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        # These only lead on to the pages above.
        "admin:login",
        "admin:logout",
        # Open facts for other systems.
        "api:root",
        "api:schema",
        "api:docs",
        "api:guide",
        "api:no-such-address",
        "api:competition-list",
        "api:competition-detail",
    ),
    routes(
        SIGNED_IN,
        "home_after_sign_in",
        "account_email",
        "notifications",
        "notification",
        "account_change_email",
        "account_confirm_new_email",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "applications:assessor_invitation_accept",
        "api:me",
        *(f"api:{name}-list" for name in LISTS_OF_THE_API),
        "api:application-detail",
        "api:award-detail",
        "api:offer-detail",
    ),
    routes(
        APPLICANT,
        "accounts:organisation",
        "accounts:organisation_create",
        "accounts:organisation_change",
        "accounts:organisation_look_up",
        "accounts:organisation_look_up_change",
        "accounts:size",
        "accounts:size_drop",
        "accounts:people",
        "accounts:member",
        "accounts:invite",
        "accounts:membership_ask",
        "accounts:answer_request",
        "accounts:invitation_accept",
        "accounts:invitation_again",
        "accounts:invitation_withdraw",
        "applications:start",
        "applications:dashboard",
        "applications:detail",
        "applications:all",
        "applications:details",
        "applications:answer",
        "applications:organisation",
        "applications:costs",
        "applications:cost_lines",
        "applications:cost_line",
        "applications:cost_line_remove",
        "applications:funding",
        "applications:declarations",
        "applications:check",
        "applications:receipt",
        "applications:receipt_copy",
        "applications:delete",
        "applications:reopen",
        "applications:withdraw",
        "applications:equality",
        "applications:waiver",
        "offers:list",
        "offers:detail",
        "offers:letter",
        "offers:accept",
        "offers:decline",
        "assistance:detail",
    ),
    routes(
        MONEY, *(f"api:{name}-detail" for name in ("budget", "allocation", "report", "information-request"))
    ),
    routes(office(Role.MANAGER, Role.FUNDS), "api:report-cancel"),
    routes(APPLICANT, "api:application-submit", "api:offer-accept", "api:offer-decline"),
    routes(FUNDS, "api:award-offer"),
    routes(office(Role.FUNDS, Role.APPROVER), "api:offer-withdraw"),
    routes(
        APPROVER,
        "api:allocation-approve",
        "api:allocation-conclude",
        "api:allocation-decide",
        "api:allocation-refuse",
        "api:allocation-take-back",
    ),
    routes(office(Role.FUNDS, Role.MANAGER), "api:allocation-release", "api:allocation-recall"),
    routes(ANY_OFFICE, "notifications_when"),
    routes(RUNNING, "office_status", "health_status", "health_metrics"),
    routes(
        ANY_OFFICE,
        "admin:index",
        "office_roles",
        "admin:app_list",
        "admin:password_change",
        "admin:password_change_done",
        "admin:jsi18n",
        "admin:view_on_site",
        "admin/(?P<url>.*)$",
    ),
    # The office, one line for each list and its pages.
    records("accounts", "user", read=PEOPLE, has_files=False),
    records("accounts", "organisation", read=office(*READERS, Role.ADMINISTRATOR)),
    records("accounts", "membershiprequest", read=PEOPLE),
    routes(
        office(Role.ADMINISTRATOR),
        "admin:accounts_organisation_merge",
        "admin:accounts_membershiprequest_settle",
    ),
    records("accounts", "notification", read=RUNNING),
    records("accounts", "wordingversion", read=WORDINGS, has_files=False),
    routes(WORDINGS, "admin:accounts_wordingversion_kind", "admin:accounts_wordingversion_own"),
    records("accounts", "auditentry", read=office(Role.AUDITOR)),
    routes(office(Role.AUDITOR), "admin:accounts_auditentry_csv"),
    records("accounts", "jobrun", read=RUNNING),
    routes(office(Role.MANAGER, Role.FUNDS, Role.ADMINISTRATOR), "admin:accounts_notification_again"),
    records("auth", "group", read=PEOPLE),
    records("accounts", "region", read=RULES),
    *(records("applications", model, read=RULES) for model in OF_RULES),
    records("applications", "competition", read=RULES, add=MANAGER),
    records("applications", "application", read=MONEY),
    records("applications", "closinglistentry", read=MONEY),
    records("applications", "assessment", read=MARKING),
    records("applications", "eligibilitycase", read=MONEY),
    routes(
        MANAGER,
        "admin:applications_eligibilitycase_decide",
        "admin:applications_eligibilitycase_ineligible",
        "admin:applications_eligibilitycase_reinstate",
    ),
    # Read by whoever reads the rules, decided by an innovation lead.
    records("applications", "scopecase", read=RULES),
    routes(office(Role.LEAD), "admin:applications_scopecase_decide"),
    records("applications", "waiver", read=MONEY),
    routes(MANAGER, "admin:applications_waiver_decide"),
    records("applications", "assessorprofile", read=MONEY),
    records("applications", "assessorinvitation", read=MONEY, add=MANAGER),
    routes(
        MANAGER,
        "admin:applications_assessorinvitation_again",
        "admin:applications_assessorinvitation_withdraw",
    ),
    records("applications", "skill", read=RULES, add=MANAGER),
    records("applications", "parentcompany", read=RULES, add=MANAGER),
    records("applications", "agreementversion", read=RULES, add=MANAGER),
    routes(office(Role.ASSESSOR), "admin:applications_assessorprofile_own"),
    records("applications", "conflict", read=MONEY),
    routes(MANAGER, "admin:applications_conflict_rule"),
    # Its lines lead to the marks, where it is decided.
    records("applications", "exclusion", read=MONEY),
    routes(
        MONEY,
        "admin:applications_application_marks",
        "admin:applications_assessment_quality",
        "admin:applications_competition_board",
        "admin:applications_competition_board_csv",
        "admin:applications_competition_board_xlsx",
    ),
    routes(
        office(Role.MANAGER, Role.FUNDS),
        "admin:applications_application_exclude",
        "admin:applications_application_decide_exclusion",
        "admin:applications_application_note",
    ),
    routes(
        office(Role.MANAGER, Role.FUNDS),
        "admin:funding_programmereport_cancel",
        *(f"admin:funding_informationrequest_{verb}" for verb in OF_A_REQUEST),
    ),
    *(records("funding", model, read=MONEY) for model in OF_MONEY),
    # Buttons and pages of our own beside them.
    routes(
        office(Role.ADMINISTRATOR),
        "admin:accounts_user_ask",
        "admin:accounts_user_stop",
        "admin:accounts_user_confirm",
        "admin:accounts_user_refuse",
        "admin:accounts_user_take_back",
        "admin:accounts_user_let_in",
    ),
    routes(
        MANAGER,
        "admin:accounts_wordingversion_put_back",
        "admin:accounts_wordingversion_put_back_own",
        "admin:applications_competition_publish",
        "admin:applications_competition_deadline",
        "admin:applications_competition_assign",
        "admin:applications_competition_plan",
        "admin:applications_application_give",
        "admin:applications_application_take_back",
        "admin:applications_application_leaves",
        "admin:applications_assessment_replace",
    ),
    # The assessor writes there, the others read.
    routes(MARKING, "admin:applications_assessment_score", "admin:applications_assessment_version"),
    # Nobody but the assessor answers an offer, and submits.
    routes(
        office(Role.ASSESSOR),
        "admin:applications_assessment_sheet",
        "admin:applications_assessment_sheet_file",
        "admin:applications_assessment_offer",
        "admin:applications_assessment_offers",
        "admin:applications_assessment_check",
    ),
    # No form of ours asks it.
    routes(NOBODY, "admin:autocomplete"),
    routes(
        FUNDS,
        "admin:funding_budget_ceiling",
        "admin:funding_budget_move",
        "admin:funding_mfarecord_again",
        "admin:funding_mfarecord_notify",
        "admin:funding_allocation_next",
        "admin:funding_allocation_propose",
        "admin:funding_allocation_raise",
        "admin:funding_scenario_propose",
        "admin:funding_offer_make",
    ),
    routes(FUNDS, "admin:funding_awardending_propose", "admin:funding_lettertemplate_set"),
    routes(office(Role.FUNDS, Role.APPROVER), "admin:funding_offer_withdraw"),
    routes(MANAGER, "admin:funding_panel_sheet_choose"),
    routes(office(Role.MANAGER, Role.FUNDS), "admin:funding_panel_sheet_freeze"),
    routes(office(Role.MANAGER, Role.FUNDS, Role.APPROVER), "admin:funding_panel_sheet_note"),
    routes(APPROVER, "admin:funding_awardending_decide", "admin:funding_budgetchange_decide"),
    routes(
        APPROVER,
        "admin:funding_allocation_approve",
        "admin:funding_allocation_conclude",
        "admin:funding_allocation_decide_lines",
        "admin:funding_allocation_refuse",
    ),
    routes(
        office(Role.FUNDS, Role.MANAGER),
        "admin:funding_allocation_release",
        "admin:funding_allocation_recall",
    ),
    routes(
        MONEY,
        "admin:funding_allocation_line",
        "admin:funding_allocation_lines",
        "admin:funding_allocation_results",
        "admin:funding_board",
        "admin:funding_ledgercheck_recount",
        "admin:funding_lettertemplate_sample",
        "admin:funding_offer_letter",
        *(f"admin:funding_panel_sheet{as_}" for as_ in ("", "_assessors", "_csv", "_xlsx")),
        "admin:funding_panel_version",
        "admin:funding_scenarios",
        "admin:funding_subsidyentry_csv",
        "admin:funding_subsidyentry_share",
        "admin:funding_scenario",
        "admin:funding_allocation_pack",
        "admin:funding_informationrequest_table",
        "admin:funding_programmereport_file",
        "admin:funding_programmereport_request",
        *(f"admin:funding_report{as_}" for as_ in ("", "_csv", "_jsonl", "_xlsx")),
        "admin:funding_totals_csv",
    ),
)

#: What whoever only reads, such as an auditor, may ask for, since to check is their work: it writes the
#: row of that run and nothing that the run is about. "Who may do what" says so in these words.
VERIFYING = {
    "admin:funding_ledgercheck_recount": "count the ledger again",
    "admin:funding_programmereport_request": "compile a programme report",
}
