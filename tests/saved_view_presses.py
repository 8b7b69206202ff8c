"""The forms about views of the funding report that are kept by name, each ready to be sent."""

from collections.abc import Callable

from django.test import Client

from funding.reports import saved_views
from tests import form_on_page
from tests.make import office, people
from tests.make.times import NOON

Press = tuple[Client, str, dict]

PAGE = "/admin/funding/programmereport/funding-report/"


def keep() -> Press:
    browser = office.sign_in(people.manager())
    return form_on_page.form_of(browser, f"{PAGE}?strand=MFA", "keep", name="Grants", is_shared="on")


def on(verb: str) -> Callable[[], Press]:
    def press() -> Press:
        person = people.manager()
        saved_views.keep("Grants", "strand=MFA", is_shared=False, by=person, at=NOON)
        return form_on_page.form_of(office.sign_in(person), PAGE, verb)

    return press


PRESSES: dict[str, Callable[[], Press]] = {
    "keep a funding view": keep,
    "share a funding view": on("share"),
    "delete a funding view": on("remove"),
}

GO_TO = {
    "keep a funding view": "admin:funding_savedview_keep",
    "share a funding view": "admin:funding_savedview_share",
    "delete a funding view": "admin:funding_savedview_remove",
}
