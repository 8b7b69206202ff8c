"""The end of an award and the offer letter's texts in Chromium: accessible, and done without script."""

import pytest

from accounts import clock, role_groups
from funding import award_endings
from funding.models import Award, AwardStatus, LetterTemplate
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.funding.test_offers_in_browser import LONG, PHONE, without_script
from tests.make import budgets, offers

pytestmark = pytest.mark.slow


@pytest.fixture
def site(committed_database, tmp_path):
    role_groups.sync()
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def test_both_people_end_an_award_without_script_on_accessible_pages(site):
    award = offers.accepted(offers.current_offer())
    reader, manager, approver = budgets.fund_manager(), budgets.fund_manager(), budgets.approver()

    with browsers.chromium() as browser:
        looking = site.open(browser, person=reader)

        def look(page) -> None:
            looking.goto(page.url)
            for width in (browsers.WIDE, PHONE, browsers.NARROW):
                looking.set_viewport_size({"width": width, "height": 900})
                assert_accessible(looking)

        page = without_script(site, browser, manager)
        page.goto(f"/admin/funding/award/{award.pk}/change/")
        page.get_by_role("link", name="Propose to end it").press("Enter")
        look(page)
        page.get_by_role("button", name="Propose to end the award").press("Enter")
        page.get_by_role("link", name="Give the reason for ending this award").wait_for()
        page.get_by_label("Reason, which those who applied read").fill(LONG)
        page.get_by_role("button", name="Propose to end the award").press("Enter")
        page.get_by_text("You proposed this.").wait_for()

        page = without_script(site, browser, approver)
        page.goto("/admin/")
        page.get_by_role("link", name="Approve or refuse the end of the award").press("Enter")
        look(page)
        page.get_by_label("Approve it: the award ends").press("Space")
        page.get_by_role("button", name="Decide").press("Enter")
        page.get_by_text("The award has ended.").wait_for()
        look(page)

    assert Award.objects.get(pk=award.pk).status == AwardStatus.ENDED
    assert award_endings.obstacle(Award.objects.select_related("application").get(pk=award.pk))


def test_the_letter_is_set_without_script_on_accessible_pages(site):
    manager = budgets.fund_manager()
    looker = budgets.fund_manager()
    assert clock.now()

    with browsers.chromium() as browser:
        looking = site.open(browser, person=looker)

        def look(address: str) -> None:
            looking.goto(address)
            for width in (browsers.WIDE, PHONE, browsers.NARROW):
                looking.set_viewport_size({"width": width, "height": 900})
                assert_accessible(looking)

        page = without_script(site, browser, manager)
        page.goto("/admin/funding/lettertemplate/")
        page.get_by_role("link", name="Set what the letter says").press("Enter")
        look(page.url)
        page.get_by_label("Signatory").fill("((nobody))")
        page.get_by_label("Reason for this change").fill("Who signs.")
        page.get_by_role("button", name="See the letter").press("Enter")
        page.get_by_role("link", name="There is no ((nobody)) here.").wait_for()
        page.get_by_label("Signatory").fill(LONG)
        page.get_by_role("button", name="See the letter").press("Enter")
        page.get_by_role("heading", name="What a letter would say").wait_for()
        page.get_by_role("button", name="Use it from the next offer on").press("Enter")
        page.get_by_text("holds from the next offer on.").wait_for()
        look(page.url)

    assert LetterTemplate.objects.count() == 2
