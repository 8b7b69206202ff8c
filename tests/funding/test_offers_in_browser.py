"""The pages of an offer in Chromium: accessible, within the window, and answered without script."""

import pytest

from accounts import clock, role_groups
from accounts.roles import Role
from applications.models import Application
from funding.models import Offer, OfferState
from funding.offers import answering
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import assistance, budgets, offers, people

pytestmark = pytest.mark.slow

PHONE = 375
LONG = "Presses-for-blanks-of-recycled-steel-that-take-whatever-the-yard-sends "


@pytest.fixture
def site(committed_database, tmp_path):
    role_groups.sync()
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def test_the_pages_of_an_offer_are_accessible_at_every_width(site):
    award = offers.award()
    Application.objects.filter(pk=award.application_id).update(title=LONG)
    made = offers.offer(award, [LONG * 5, "Send the plan."], at=clock.now())
    answered, to_offer = offers.current_offer(), offers.award()
    answering.decline(
        answered, name="Asha Rao", role="Director", reason=LONG, by=offers.signer(answered), at=clock.now()
    )
    pages = {
        offers.signer(made): [
            "/offers/",
            f"/offers/{made.pk}/",
            f"/offers/{made.pk}/accept/",
            f"/offers/{made.pk}/decline/",
            f"/applications/{award.application.reference}/",
        ],
        offers.signer(answered): [f"/offers/{answered.pk}/"],
        people.user(Role.FUNDS, Role.AUDITOR): [
            "/admin/",
            "/admin/funding/offer/",
            f"/admin/funding/offer/{made.pk}/change/",
            f"/admin/funding/offer/{answered.pk}/change/",
            f"/admin/funding/offer/make/{to_offer.pk}/",
        ],
    }
    complaints: list[str] = []

    with browsers.chromium() as browser:
        for person, addresses in pages.items():
            page = site.open(browser, person=person)
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            for address in addresses:
                assert page.goto(address).status == 200, address
                for width in (browsers.WIDE, PHONE, browsers.NARROW):
                    page.set_viewport_size({"width": width, "height": 900})
                    assert_accessible(page)
        assert complaints == []

        # Its styles import others: what axe does to read those is stopped by our policy, and said so.
        page = site.open(browser, person=people.user(Role.FUNDS))
        page.goto(f"/admin/funding/award/{to_offer.pk}/change/")
        for width in (browsers.WIDE, PHONE, browsers.NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            assert_accessible(page)


def test_an_offer_is_made_and_accepted_without_script(site):
    award, manager = offers.award(), budgets.fund_manager()

    with browsers.chromium() as browser:
        page = without_script(site, browser, manager)
        page.goto(f"/admin/funding/offer/make/{award.pk}/")
        page.get_by_label("Conditions, one on each line").fill("Send the plan.\nName a manager.")
        page.get_by_role("button", name="See the letter").click()
        page.get_by_text("Name a manager.", exact=True).wait_for()
        page.get_by_role("button", name="Make the offer").click()
        page.get_by_text("The offer is made.").wait_for()
        assistance.confirmed_all(award, at=clock.now())

        page = without_script(site, browser, award.application.started_by)
        page.goto("/offers/")
        page.get_by_role("link", name=award.application.title).click()
        page.get_by_role("button", name="Accept the offer").click()
        page.get_by_label("Full name of who signs").fill("Asha Rao")
        page.get_by_label("Their role in the organisation").fill("Managing director")
        page.get_by_label("I have read the letter").check()
        page.get_by_role("button", name="Accept the offer").click()
        page.get_by_role("heading", name="Offer accepted").wait_for()

    assert Offer.objects.get().state == OfferState.ACCEPTED


def without_script(site, browser, person):
    state = site.open(browser, person=person).context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state, base_url=site.address)
    return context.new_page()
