"""Addresses that take a form without a key: what is sent there twice has one effect by its own nature.

Every other one refuses a form without ``{% intent %}``, and the API a request without an
``Idempotency-Key`` (``docs/decisions/0008-one-effect.md``). A test walks all addresses and holds each
to be keyed, to take no form, or to stand here.
"""

import re
from collections.abc import Mapping

SIGNING = "Who signs in or out twice is signed in or out."
PASSWORD = "The same password set twice is that password."

#: The route's name, and why it needs no key.
UNKEYED: Mapping[str, str] = {
    "account_login": SIGNING,
    "account_logout": SIGNING,
    "session": "Who stays signed in twice is signed in.",
    "account_reauthenticate": SIGNING,
    "account_signup": "An address has one account; a second form is answered as the first.",
    "account_confirm_email": "An address that is confirmed twice is confirmed.",
    "account_reset_password": "One email a minute is sent at the most.",
    "account_reset_password_from_key": "The link works once.",
    "applications:fit": "The same answers kept twice in the browser's session are those answers.",
    "applications:equality": "An application is answered for once; a key would say who answered, and when.",
    "account_change_password": PASSWORD,
    "account_set_password": PASSWORD,
}

#: Pages that show something or lead on, whatever is sent to them, and change nothing.
READING = frozenset(
    {
        "home_after_sign_in",
        "accounts:contact",
        "account_email",
        "accounts:organisation_look_up",
        "accounts:organisation_look_up_change",
        "applications:competition_list",
        "applications:competition",
        "applications:fit_result",
        "applications:check_receipt",
        "api:no-such-address",
        "admin:index",
        "admin:app_list",
        "admin:login",
        "admin:logout",
        "admin:password_change",
        "admin:password_change_done",
        "admin:view_on_site",
        "admin:accounts_auditentry_csv",
        "admin:accounts_membershiprequest_change",
        "admin:accounts_notification_change",
        "admin:accounts_user_change",
        "admin:accounts_wordingversion_changelist",
        "admin:accounts_wordingversion_change",
        "admin:applications_application_change",
        "admin:applications_assessment_change",
        "admin:applications_eligibilitycase_change",
        "admin:applications_scopecase_change",
        "admin:applications_waiver_change",
        "admin:applications_conflict_change",
        "admin:applications_exclusion_change",
        "admin:applications_assessorinvitation_change",
        "admin:funding_panel_sheet",
        "admin:funding_panel_sheet_assessors",
        "admin:funding_panel_sheet_csv",
        "admin:funding_panel_sheet_xlsx",
        "admin:funding_panel_version",
        "admin:funding_allocation_change",
        "admin:funding_allocation_lines",
        "admin:funding_allocation_results",
        "admin:funding_informationrequest_change",
        "admin:funding_programmereport_change",
        "admin:funding_budget_change",
        "admin:funding_awardending_change",
        "admin:funding_budgetchange_change",
        "admin:funding_offer_change",
        "admin:funding_lettertemplate_change",
        "admin:funding_lettertemplate_sample",
        "admin:funding_offer_letter",
        "admin:funding_mfarecord_change",
        "admin:funding_subsidyentry_csv",
        "admin:funding_opendatapublication_change",
    }
)
#: Those that Django's admin makes for each list: the history, the closed way to delete, an old address.
READING_OF_RECORDS = re.compile(
    r"^admin:[a-z_]+_(history|delete)$|^admin/[a-z]+/[a-z]+/<path:object_id>/$|^admin/\(\?P<url>\.\*\)\$$"
)


def only_reads(route: str) -> bool:
    return route in READING or bool(READING_OF_RECORDS.search(route))
