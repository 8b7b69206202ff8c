"""The forms about an organisation and its people, and one's own address, each ready to be sent."""

from collections.abc import Callable

from allauth.account.models import EmailAddress
from django.test import Client

from accounts import clock, email_changes, invitations, membership_requests
from accounts.models import User
from accounts.roles import Role
from tests import form_on_page
from tests.make import office, organisations, people
from tests.make.times import NOON

Press = tuple[Client, str, dict]


def filled_in(person: User, page: str, **typed) -> Press:
    """The form of the page, as its fields stand but for those named."""
    browser = office.sign_in(person)
    action, sent = form_on_page.find(browser, page)
    return browser, action, {**sent, **typed}


def owner_of(email: str) -> User:
    """An applicant who has confirmed this address."""
    person = people.user(Role.APPLICANT, email=email)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def on_member(right: str) -> Callable[[], Press]:
    def press() -> Press:
        firm = organisations.organisation()
        editor, member = people.member(firm), people.member(firm)
        page = f"/organisation/{firm.pk}/people/{member.memberships.get().pk}/"
        return filled_in(editor, page, right=right)

    return press


def leave() -> Press:
    firm = organisations.organisation()
    _another, person = people.member(firm), people.member(firm)
    page = f"/organisation/{firm.pk}/people/{person.memberships.get().pk}/"
    return filled_in(person, page, right="none")


def invite() -> Press:
    firm = organisations.organisation()
    page = f"/organisation/{firm.pk}/people/invite/"
    return filled_in(people.member(firm), page, email="new@example.com", right="read")


def on_invitation(verb: str) -> Callable[[], Press]:
    def press() -> Press:
        firm = organisations.organisation()
        editor = people.member(firm)
        made = invitations.invite(firm, "new@example.com", may_edit=True, by=editor, at=NOON)
        browser, page = office.sign_in(editor), f"/organisation/{firm.pk}/people/"
        return browser, *form_on_page.find(browser, page, action=f"{page}invitations/{made.pk}/{verb}/")

    return press


def accept_invitation() -> Press:
    firm, person = organisations.organisation(), owner_of("new@example.com")
    made = invitations.invite(firm, person.email, may_edit=True, by=people.member(firm), at=clock.now())
    page = f"/invitation/{invitations.key_of(made)}/"
    browser = office.sign_in(person)
    return browser, *form_on_page.find(browser, page, action=f"{page}accept/")


def ask() -> Press:
    firm = organisations.organisation()
    people.member(firm)
    return filled_in(people.user(Role.APPLICANT), f"/organisation/ask/{firm.company_number}/")


def answer() -> Press:
    firm = organisations.organisation()
    editor = people.member(firm)
    asked = membership_requests.ask(firm, by=people.user(Role.APPLICANT), at=NOON)
    return filled_in(editor, f"/organisation/{firm.pk}/people/requests/{asked.pk}/", right="read")


def settle() -> Press:
    firm = organisations.organisation()
    people.member(firm)
    asked = membership_requests.ask(firm, by=people.user(Role.APPLICANT), at=NOON)
    page = f"/admin/accounts/membershiprequest/{asked.pk}/change/"
    browser = office.sign_in(people.user(Role.ADMINISTRATOR))
    action, sent = form_on_page.find(browser, page, action=page.replace("change", "settle"))
    return browser, action, {**sent, "right": "edit", "reason": "Nobody answered."}


def merge() -> Press:
    emptied, kept = organisations.organisation(company_number=""), organisations.organisation()
    people.member(emptied)
    page = f"/admin/accounts/organisation/{emptied.pk}/merge/"
    browser = office.sign_in(people.user(Role.ADMINISTRATOR))
    action, sent = form_on_page.find(browser, f"{page}?into={kept.pk}", action=page)
    return browser, action, {**sent, "reason": "Entered twice."}


ACCOUNTS = {
    "ends_on_day": "31", "ends_on_month": "3", "ends_on_year": "2025",
    "turnover": "12000000", "balance_total": "4000000", "employees": "60",
}  # fmt: skip


def work_out_size() -> Press:
    firm = organisations.organisation()
    return filled_in(people.member(firm), f"/organisation/{firm.pk}/size/", **ACCOUNTS)


def drop_figures() -> Press:
    browser, page, sent = work_out_size()
    browser.post(page, sent)
    return browser, *form_on_page.find(browser, page, action=f"{page}drop/")


def ask_for_email_change() -> Press:
    return filled_in(owner_of("old@example.com"), "/account/email/", email="new@example.com")


def change_email() -> Press:
    person = owner_of("old@example.com")
    change = email_changes.ask(person, "new@example.com", by=person, at=clock.now())
    return filled_in(person, f"/account/email/confirm/{email_changes.key_of(change)}/")


PRESSES: dict[str, Callable[[], Press]] = {
    "change a member's right": on_member("read"),
    "remove a member": on_member("none"),
    "leave an organisation": leave,
    "invite to an organisation": invite,
    "send an invitation again": on_invitation("again"),
    "withdraw an invitation": on_invitation("withdraw"),
    "accept an invitation": accept_invitation,
    "ask to change the email address": ask_for_email_change,
    "change the email address": change_email,
    "work out the size": work_out_size,
    "drop the figures": drop_figures,
    "ask to be let in": ask,
    "answer who asks to be let in": answer,
    "settle who is let in": settle,
    "merge organisations": merge,
}

GO_TO = {
    "change a member's right": "accounts:member",
    "remove a member": "accounts:member",
    "leave an organisation": "accounts:member",
    "invite to an organisation": "accounts:invite",
    "send an invitation again": "accounts:invitation_again",
    "withdraw an invitation": "accounts:invitation_withdraw",
    "accept an invitation": "accounts:invitation_accept",
    "ask to change the email address": "account_change_email",
    "change the email address": "account_confirm_new_email",
    "work out the size": "accounts:size",
    "drop the figures": "accounts:size_drop",
    "ask to be let in": "accounts:membership_ask",
    "answer who asks to be let in": "accounts:answer_request",
    "settle who is let in": "admin:accounts_membershiprequest_settle",
    "merge organisations": "admin:accounts_organisation_merge",
}
