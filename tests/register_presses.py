"""The forms of the questions register, each ready to be sent."""

from collections.abc import Callable

from django.test import Client

from accounts import clock
from accounts.london import day_of
from funding.models import InformationRequest
from tests import form_on_page
from tests.make import office, people, register

Press = tuple[Client, str, dict]

BASE = "/admin/funding/informationrequest/"


def log() -> Press:
    today = day_of(clock.now())
    day = {"received_on_day": today.day, "received_on_month": today.month, "received_on_year": today.year}
    typed = {
        "kind": "information",
        "asker": "public",
        "covers": "programme",
        "question": "How much was paid?",
    }
    browser = office.sign_in(people.manager())
    return form_on_page.form_of(browser, f"{BASE}log/", **{k: str(v) for k, v in day.items()}, **typed)


def on(verb: str, made: Callable[[], InformationRequest], **typed) -> Callable[[], Press]:
    def press() -> Press:
        page = f"{BASE}{made().pk}/change/"
        return form_on_page.form_of(office.sign_in(people.manager()), page, verb, **typed)

    return press


def like_another() -> InformationRequest:
    register.answered()
    return register.asked()


PRESSES: dict[str, Callable[[], Press]] = {
    "log an information request": log,
    "choose a report for a request": on("report", register.asked, report="fresh"),
    "answer a request": on("answer", register.with_report, answer="See the table."),
    "withdraw a request": on("withdraw", register.asked, reason="It was asked twice."),
    "ask a request again": on("again", register.answered),
    "answer a request as another": on("as", like_another),
}

GO_TO = {
    "log an information request": "admin:funding_informationrequest_log",
    "choose a report for a request": "admin:funding_informationrequest_report",
    "answer a request": "admin:funding_informationrequest_answer",
    "withdraw a request": "admin:funding_informationrequest_withdraw",
    "ask a request again": "admin:funding_informationrequest_again",
    "answer a request as another": "admin:funding_informationrequest_as",
}
