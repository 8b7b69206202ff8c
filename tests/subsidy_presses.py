"""The forms about assistance, the subsidy database and reports, each ready to be sent."""

from collections.abc import Callable

from django.test import Client

from accounts import clock
from accounts.london import day_of
from funding.models import AwardShare
from funding.reports import programme
from funding.subsidy import database
from tests import form_on_page
from tests.make import assistance, budgets, office

Press = tuple[Client, str, dict]


def ask() -> Press:
    assistance.released()
    page = "/admin/funding/mfarecord/"
    return form_on_page.form_of(office.sign_in(budgets.fund_manager()), page, "notify")


def ask_again() -> Press:
    page = f"/admin/funding/mfarecord/{assistance.confirmed().pk}/change/"
    browser = office.sign_in(budgets.fund_manager())
    return form_on_page.form_of(browser, page, "again", reason="A sum is missing.")


def confirm() -> Press:
    record = assistance.asked()
    browser = office.sign_in(assistance.signer(record))
    typed = {"name": "Asha Rao", "is_true": "on"}
    return form_on_page.form_of(browser, f"/assistance/{record.pk}/", **typed)


def upload() -> Press:
    return on_entry(assistance.to_be_uploaded(), reference="SC-17")


def modify() -> Press:
    share, at = assistance.to_be_uploaded(), clock.now()
    database.record_upload(share, "SC-17", day_of(at), by=budgets.fund_manager(), at=at)
    return on_entry(share, note="The grant fell.")


def on_entry(share: AwardShare, **typed: str) -> Press:
    today = day_of(clock.now())
    day = {"on_day": str(today.day), "on_month": str(today.month), "on_year": str(today.year)}
    page = f"/admin/funding/subsidyentry/share/{share.pk}/"
    return form_on_page.form_of(office.sign_in(budgets.fund_manager()), page, **day, **typed)


def cancel_report() -> Press:
    person = budgets.fund_manager()
    report = programme.request(None, by=person, at=clock.now())
    page = f"/admin/funding/programmereport/{report.pk}/change/"
    return form_on_page.form_of(office.sign_in(person), page, "cancel")


PRESSES: dict[str, Callable[[], Press]] = {
    "ask enterprises about assistance": ask,
    "cancel a report": cancel_report,
    "ask an enterprise again": ask_again,
    "confirm assistance": confirm,
    "record a subsidy database entry": upload,
    "record a modified subsidy": modify,
}

GO_TO = {
    "ask enterprises about assistance": "admin:funding_mfarecord_notify",
    "cancel a report": "admin:funding_programmereport_cancel",
    "ask an enterprise again": "admin:funding_mfarecord_again",
    "confirm assistance": "assistance:detail",
    "record a subsidy database entry": "admin:funding_subsidyentry_share",
    "record a modified subsidy": "admin:funding_subsidyentry_share",
}
