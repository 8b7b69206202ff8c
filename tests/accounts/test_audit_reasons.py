"""Which words the audit trail keeps: reasons that staff type, told where they are typed that they stay."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import Role
from applications.models import StatusChange
from applications.workflow import Status
from tests.make import applications, budgets, competitions, office, people

#: Where staff give a reason for what they decide. Applicants and assessors act in none of them.
REASONS_OF_STAFF = {
    "accounts/appointments.py",
    "accounts/holdings.py",
    "accounts/merging.py",
    "accounts/resending.py",
    "accounts/settling.py",
    "applications/assessment/moderation.py",
    "applications/assessment/rulings.py",
    "applications/deadline.py",
    "applications/waivers.py",
    "funding/award_endings.py",
    "funding/budget_changes.py",
    "funding/deciding.py",
    "funding/later_money.py",
    "funding/offers/letter_templates.py",
    "funding/offers/withdrawing.py",
    "funding/open_data/embargo.py",
    "funding/open_data/publishing.py",
    "funding/panel_sheets.py",
    "funding/release.py",
    "funding/subsidy/mfa.py",
    "funding/verdicts.py",
}
HINT = "This is kept for good in the audit trail. Leave names and other personal details out."


def gives_a_reason(path: Path) -> bool:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return any(
        ast.unparse(call.func) == "audit.note" and any(word.arg == "reason" for word in call.keywords)
        for call in calls
    )


def test_no_other_module_puts_typed_words_into_the_trail():
    root = Path(settings.BASE_DIR)
    sources = [path for app in ("accounts", "applications", "funding") for path in (root / app).rglob("*.py")]

    found = {str(path.relative_to(root)) for path in sources if gives_a_reason(path)}

    assert found == REASONS_OF_STAFF


@pytest.mark.django_db
def test_what_an_applicant_writes_stays_with_the_application():
    entry = applications.application(Status.SUBMITTED)
    browser = office.sign_in(entry.started_by)

    address = reverse("applications:withdraw", args=[entry.reference])
    browser.post(address, {"reason": "Jo Bloggs has left us."})

    assert StatusChange.objects.get(application=entry).reason == "Jo Bloggs has left us."
    for row in AuditEntry.objects.values():
        assert "Bloggs" not in str(row)


def person_page() -> tuple[list[Role], str]:
    return [Role.ADMINISTRATOR], reverse("admin:accounts_user_change", args=[people.user().pk])


def allocation_page() -> tuple[list[Role], str]:
    within = budgets.funded_competition()
    budgets.assessed(within)
    return [Role.APPROVER], reverse("admin:funding_allocation_change", args=[budgets.proposed(within).pk])


def deadline_page() -> tuple[list[Role], str]:
    pk = competitions.open_now().pk
    return [Role.MANAGER], reverse("admin:applications_competition_deadline", args=[pk])


@pytest.mark.django_db
@pytest.mark.parametrize("page", [person_page, allocation_page, deadline_page])
def test_the_page_says_so_where_a_reason_is_typed(page):
    roles, address = page()

    answer = office.sign_in(people.user(*roles)).get(address)

    assert HINT in answer.text
