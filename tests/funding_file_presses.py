"""The forms about kept files of the funding report, each ready to be sent."""

from collections.abc import Callable

from django.test import Client

from tests import form_on_page
from tests.make import funding_files, office, people

Press = tuple[Client, str, dict]

PAGE = "/admin/funding/programmereport/funding-report/"


def ask() -> Press:
    browser = office.sign_in(people.manager())
    return form_on_page.form_of(browser, f"{PAGE}?strand=MFA", "ask", kind="xlsx")


def discard() -> Press:
    person = people.manager()
    file = funding_files.written(person)
    return form_on_page.form_of(office.sign_in(person), f"{PAGE}files/{file.pk}/", "discard")


PRESSES: dict[str, Callable[[], Press]] = {"ask for a funding file": ask, "discard a funding file": discard}

GO_TO = {
    "ask for a funding file": "admin:funding_fundingfile_ask",
    "discard a funding file": "admin:funding_fundingfile_discard",
}
