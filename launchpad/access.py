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
RULES = office(*READERS, Role.LEAD)
MARKING = office(*READERS, Role.ASSESSOR)
PEOPLE = office(Role.ADMINISTRATOR, Role.AUDITOR)
RUNNING = office(*OPERATORS)
MANAGER, FUNDS, APPROVER = office(Role.MANAGER), office(Role.FUNDS), office(Role.APPROVER)

Declared = tuple[str, Access]


def routes(access: Access, *names: str) -> Iterable[Declared]:
    return [(name, access) for name in names]


def records(
    app: str, model: str, *, read: Access, add: Access = NOBODY, more: str = ""
) -> Iterable[Declared]:
    """The routes Django's admin makes for a model; nothing is ever deleted there."""
    prefix = f"admin:{app}_{model}"
    return [
        *routes(read, f"{prefix}_changelist", f"{prefix}_change", f"{prefix}_history"),
        *routes(add, f"{prefix}_add"),
        *routes(NOBODY, f"{prefix}_delete"),
        # An old form of the address, without a name: it leads on to the change page.
        *routes(ANY_OFFICE, f"admin/{app}/{model}/<path:object_id>/"),
    ]


def declared_once(*groups: Iterable[Declared]) -> dict[str, Access]:
    """Raises ValueError where a route is in two classes."""
    found: dict[str, Access] = {}
    for name, access in (entry for group in groups for entry in group):
        if name in found:
            raise ValueError(f"{name} is declared twice in launchpad/access.py")
        found[name] = access
    return found


#: By the route's name with its namespaces; a route without a name by its address.
ROUTES = declared_once(
    routes(
        PUBLIC,
        "health_live",
        "health_ready",
        "security_txt",
        "accounts:accessibility",
        "accounts:privacy",
        "accounts:cookies",
        "applications:competition_list",
        "applications:competition",
        "applications:check_receipt",
        # Signing up and in, and out again.
        "account_login",
        "account_logout",
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
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "api:me",
        "api:application-list",
        "api:application-detail",
        "api:award-list",
        "api:award-detail",
        "api:budget-list",
        "api:allocation-list",
    ),
    routes(
        APPLICANT,
        "accounts:organisation",
        "accounts:organisation_create",
        "accounts:organisation_change",
        "applications:start",
        "applications:dashboard",
        "applications:detail",
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
        "applications:delete",
        "applications:reopen",
        "applications:withdraw",
        "applications:waiver",
    ),
    routes(MONEY, "api:budget-detail", "api:allocation-detail"),
    routes(APPLICANT, "api:application-submit"),
    routes(APPROVER, "api:allocation-approve", "api:allocation-refuse"),
    routes(office(Role.FUNDS, Role.MANAGER), "api:allocation-release"),
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
    records("accounts", "user", read=PEOPLE),
    records("accounts", "organisation", read=MONEY),
    records("accounts", "notification", read=office(Role.MANAGER, Role.FUNDS, Role.AUDITOR)),
    records("accounts", "wordingversion", read=office(Role.MANAGER, Role.FUNDS, Role.AUDITOR)),
    routes(
        office(Role.MANAGER, Role.FUNDS, Role.AUDITOR),
        "admin:accounts_wordingversion_kind",
        "admin:accounts_wordingversion_own",
    ),
    records("accounts", "auditentry", read=office(Role.AUDITOR)),
    routes(office(Role.AUDITOR), "admin:accounts_auditentry_csv"),
    records("accounts", "jobrun", read=RUNNING),
    routes(office(Role.MANAGER, Role.FUNDS), "admin:accounts_notification_again"),
    records("auth", "group", read=PEOPLE),
    records("accounts", "region", read=RULES),
    records("applications", "area", read=RULES),
    records("applications", "questionset", read=RULES),
    records("applications", "question", read=RULES),
    records("applications", "intensitytable", read=RULES),
    records("applications", "competition", read=RULES, add=MANAGER),
    records("applications", "application", read=MONEY),
    records("applications", "closinglistentry", read=MONEY),
    records("applications", "assessment", read=MARKING),
    records("applications", "waiver", read=MONEY),
    routes(MANAGER, "admin:applications_waiver_decide"),
    records("funding", "budget", read=MONEY),
    records("funding", "transfer", read=MONEY),
    records("funding", "ledgercheck", read=MONEY),
    records("funding", "allocation", read=MONEY),
    records("funding", "award", read=MONEY),
    records("funding", "programmereport", read=MONEY),
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
        "admin:applications_application_give",
        "admin:applications_application_take_back",
    ),
    # The assessor writes there, the others read.
    routes(MARKING, "admin:applications_assessment_score"),
    # Nobody but the assessor submits.
    routes(office(Role.ASSESSOR), "admin:applications_assessment_check"),
    # No form of ours asks it.
    routes(NOBODY, "admin:autocomplete"),
    routes(FUNDS, "admin:funding_allocation_propose"),
    routes(APPROVER, "admin:funding_allocation_approve", "admin:funding_allocation_refuse"),
    routes(office(Role.FUNDS, Role.MANAGER), "admin:funding_allocation_release"),
    routes(
        MONEY,
        "admin:funding_ledgercheck_recount",
        "admin:funding_panel_sheet",
        "admin:funding_programmereport_request",
        "admin:funding_report_csv",
        "admin:funding_report_xlsx",
        "admin:funding_totals_csv",
    ),
)

#: What whoever only reads, such as an auditor, may ask for, since to check is their work: it writes the
#: row of that run and nothing that the run is about. "Who may do what" says so in these words.
VERIFYING = {
    "admin:funding_ledgercheck_recount": "count the ledger again",
    "admin:funding_programmereport_request": "compile a programme report",
}
