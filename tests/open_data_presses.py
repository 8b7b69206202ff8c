"""The forms about open data, each ready to be sent."""

from collections.abc import Callable

from django.test import Client

from accounts import clock
from tests import form_on_page
from tests.make import budgets, office, open_data

Press = tuple[Client, str, dict]


def set_embargo() -> Press:
    award = open_data.accepted()
    page = f"/admin/funding/opendatapublication/embargo/{award.application.competition.code}/"
    typed = {"awards": str(award.pk), "embargo": "lifted", "reason": "It is announced."}
    return form_on_page.form_of(office.sign_in(budgets.fund_manager()), page, having="embargo", **typed)


def publish() -> Press:
    open_data.ready()
    page = "/admin/funding/opendatapublication/preview/"
    browser = office.sign_in(budgets.fund_manager())
    return form_on_page.form_of(browser, page, having="seen", reason="The round.")


def publish_demonstration() -> Press:
    award = open_data.ready()
    award.application.competition.is_demonstration = True
    award.application.competition.save(update_fields=["is_demonstration"])
    page = "/admin/funding/opendatapublication/preview/demonstration/"
    browser = office.sign_in(budgets.fund_manager())
    return form_on_page.form_of(browser, page, having="seen", reason="To be shown.")


def withdraw() -> Press:
    open_data.ready()
    made = open_data.published(at=clock.now())
    page = f"/admin/funding/opendatapublication/{made.pk}/change/"
    browser = office.sign_in(budgets.fund_manager())
    return form_on_page.form_of(browser, page, "withdraw", reason="A name was in it.")


PRESSES: dict[str, Callable[[], Press]] = {
    "set a publicity embargo": set_embargo,
    "publish open data": publish,
    "publish open data of the demonstration": publish_demonstration,
    "withdraw open data": withdraw,
}

GO_TO = {
    "set a publicity embargo": "admin:funding_opendatapublication_embargo",
    "publish open data": "admin:funding_opendatapublication_preview",
    "publish open data of the demonstration": "admin:funding_opendatapublication_preview_demonstration",
    "withdraw open data": "admin:funding_opendatapublication_withdraw",
}
