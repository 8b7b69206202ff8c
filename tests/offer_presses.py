"""The forms by which an award is offered and its offer answered, each ready to be sent."""

from collections.abc import Callable

from django.test import Client

from tests import form_on_page
from tests.make import budgets, offers, office

Press = tuple[Client, str, dict]

SIGNED = {"name": "Asha Rao", "role": "Managing director"}


def make() -> Press:
    """The last form: the first shows the letter."""
    page, browser = f"/admin/funding/offer/make/{offers.award().pk}/", office.sign_in(budgets.fund_manager())
    action, sent = form_on_page.find(browser, page, having="conditions")
    reader = form_on_page.Reader()
    reader.feed(browser.post(action, {**sent, "conditions": "Send the plan.", "preview": "yes"}).text)
    [form] = [one for one in reader.forms if one.action == page]
    return browser, page, {**form.values, "send": "yes"}


def withdraw() -> Press:
    page, browser = (
        f"/admin/funding/offer/{offers.offer().pk}/change/",
        office.sign_in(budgets.fund_manager()),
    )
    return form_on_page.form_of(browser, page, "withdraw", what="again", reason="A condition was wrong.")


def answer(verb: str, **typed: str) -> Callable[[], Press]:
    def press() -> Press:
        made = offers.current_offer()
        page = f"/offers/{made.pk}/{verb}/"
        return form_on_page.form_of(office.sign_in(offers.signer(made)), page, **SIGNED, **typed)

    return press


def propose_end() -> Press:
    page = f"/admin/funding/awardending/propose/{offers.award().pk}/"
    return form_on_page.form_of(office.sign_in(budgets.fund_manager()), page, reason="They cannot begin.")


def on_end(decision: str) -> Callable[[], Press]:
    def press() -> Press:
        page = f"/admin/funding/awardending/{offers.ending().pk}/change/"
        browser = office.sign_in(budgets.approver())
        return form_on_page.form_of(browser, page, "decide", decision=decision, reason="As agreed.")

    return press


def set_letter() -> Press:
    """The last form: the first shows the letter."""
    page, browser = "/admin/funding/lettertemplate/set/", office.sign_in(budgets.fund_manager())
    typed = {"signatory": "Mersey Office", "reason": "Who signs."}
    action, sent = form_on_page.find(browser, page, having="opening")
    reader = form_on_page.Reader()
    reader.feed(browser.post(action, {**sent, **typed, "see": "yes"}).text)
    [form] = [one for one in reader.forms if one.action == page]
    return browser, page, {**form.values, "use": "yes"}


PRESSES: dict[str, Callable[[], Press]] = {
    "make an offer of an award": make,
    "accept the offer of an award": answer("accept", may_sign="on"),
    "decline the offer of an award": answer("decline", reason="We have other funding."),
    "withdraw the offer of an award": withdraw,
    "set the offer letter": set_letter,
    "propose to end an award": propose_end,
    "approve the end of an award": on_end("approve"),
    "refuse the end of an award": on_end("refuse"),
}

GO_TO = {
    "make an offer of an award": "admin:funding_offer_make",
    "accept the offer of an award": "offers:accept",
    "decline the offer of an award": "offers:decline",
    "withdraw the offer of an award": "admin:funding_offer_withdraw",
    "set the offer letter": "admin:funding_lettertemplate_set",
    "propose to end an award": "admin:funding_awardending_propose",
    "approve the end of an award": "admin:funding_awardending_decide",
    "refuse the end of an award": "admin:funding_awardending_decide",
}
