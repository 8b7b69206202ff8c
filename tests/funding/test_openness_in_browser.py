"""What the office tells outside, in Chromium: questions register, open data and the offer letter's texts."""

import pytest

from accounts import clock, role_groups
from accounts.roles import Role
from applications.models import Application
from funding.models import InformationRequest, LetterTemplate, OpenDataPublication, RequestState
from funding.offers import letter_templates
from funding.open_data import publishing
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.funding.test_scenarios_in_browser import come_to, follow, without_scripts
from tests.make import budgets, open_data, people, register
from tests.make.rounds import Entered, released

pytestmark = pytest.mark.slow

LONG = "Presses-for-blanks-of-recycled-steel-that-take-whatever-the-yard-sends "
REGISTER = "/admin/funding/informationrequest/"
OFFICE = "/admin/funding/opendatapublication/"
LETTER = "/admin/funding/lettertemplate/"


@pytest.fixture
def site(committed_database, tmp_path):
    role_groups.sync()
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def everything(manager) -> list[str]:
    """Addresses of the office, each with what a page can have on it."""
    made = released(budgets.funded_competition(), Entered(2), Entered(6, is_passed=False))
    Application.objects.filter(pk=made[0].pk).update(title=LONG)
    for award in (open_data.ready(), open_data.ready(), open_data.accepted()):
        Application.objects.filter(pk=award.application_id).update(title=f"{LONG} jo@mersey.example")
    first = open_data.published(by=manager)
    open_data.published(by=manager)
    publishing.withdraw(first, LONG, by=manager, at=clock.now())
    answered = register.answered(tables=["projects", "received", "by-area"])
    waiting = register.with_report(tables=["projects", "received", "bands"], question=LONG * 3)
    competition = award.application.competition
    return [
        REGISTER,
        f"{REGISTER}?standing=overdue",
        f"{REGISTER}log/?like=projects",
        f"{REGISTER}log/?words=projects",
        f"{REGISTER}{waiting.pk}/change/",
        f"{REGISTER}{answered.pk}/change/",
        OFFICE,
        f"{OFFICE}preview/",
        f"{OFFICE}preview/demonstration/",
        f"{OFFICE}embargo/{competition.code}/",
        f"{OFFICE}{first.pk}/change/",
        LETTER,
        f"{LETTER}set/",
        f"{LETTER}{LetterTemplate.objects.latest('pk').pk}/change/",
    ]


def test_the_pages_are_accessible_and_within_the_window(site):
    manager = people.user(Role.FUNDS, Role.MANAGER)
    addresses = everything(manager)
    gone = f"/open-data/{OpenDataPublication.objects.earliest('pk').pk}/360giving.json"
    public = [("/open-data/", 200), (gone, 410)]
    complaints: list[str] = []
    problems: list[str] = []

    with browsers.chromium() as browser:
        for person, wanted in ((manager, [(one, 200) for one in addresses]), (None, public)):
            page = site.open(browser, person=person)
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            for address, status in wanted:
                assert page.goto(address).status == status, address
                for width in (browsers.WIDE, browsers.NARROW):
                    page.set_viewport_size({"width": width, "height": 900})
                    try:
                        assert_accessible(page)
                    except AssertionError as breach:
                        problems.append(f"{width}: {breach}")

    assert not problems, "\n".join(problems)
    assert [one for one in complaints if "410" not in one] == []


def test_a_request_is_logged_and_answered_by_keyboard_without_scripts(site):
    released(budgets.funded_competition(), Entered(1))
    manager = people.manager()

    with browsers.chromium() as browser:
        page = without_scripts(site, browser, manager)
        page.goto(REGISTER)
        follow(page, page.get_by_role("link", name="Which projects has the programme funded"))
        choose(page, "Kind", "Freedom of Information")
        choose(page, "Who asks", "A journalist")
        choose(page, "What it is about", "The whole programme")
        follow(page, page.get_by_role("button", name="Log the request"))
        made = InformationRequest.objects.get()
        follow(page, page.get_by_role("button", name="Use this report"))
        made.refresh_from_db()
        register.compiled(made.report, at=clock.now())
        page.reload()
        page.get_by_text("The answer leaves out what nobody outside may be told yet.").wait_for()
        follow(page, page.get_by_role("button", name="Record the answer"))
        page.get_by_role("link", name="Say why under section 22, 41 or 43").wait_for()
        come_to(page, page.get_by_label("Section 22"))
        page.keyboard.type("It is announced in July.")
        follow(page, page.get_by_role("button", name="Record the answer"))
        page.get_by_role("heading", name="Enclosed with the answer").wait_for()

    made.refresh_from_db()
    assert (made.state, made.exemptions) == (RequestState.ANSWERED, {"22": "It is announced in July."})


def test_open_data_is_published_and_withdrawn_and_a_letter_set_by_keyboard_without_scripts(site):
    manager = people.user(Role.FUNDS)
    open_data.ready()

    with browsers.chromium() as browser:
        page = without_scripts(site, browser, manager)
        page.goto(f"{OFFICE}preview/")
        come_to(page, page.get_by_label("Reason"))
        page.keyboard.type("The round.")
        follow(page, page.get_by_role("button", name="Publish 1 grant"))
        page.get_by_text("It is published.").wait_for()
        come_to(page, page.get_by_label("Reason"))
        page.keyboard.type("It had a name too many.")
        follow(page, page.get_by_role("button", name="Withdraw it"))
        page.get_by_text("It is withdrawn").first.wait_for()
        assert page.goto("/open-data/360giving.json").status == 410
        page.get_by_role("heading", level=1).wait_for()

        page.goto(f"{LETTER}set/")
        come_to(page, page.get_by_label("Signatory"))
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("For the programme: the grants office.")
        come_to(page, page.get_by_label("Reason"))
        page.keyboard.type("Who signs.")
        follow(page, page.get_by_role("button", name="See the letter"))
        follow(page, page.get_by_role("button", name="Use it from the next offer on"))
        page.get_by_text("2026-2").first.wait_for()

    assert letter_templates.current().signatory == "For the programme: the grants office."


def choose(page, label: str, words: str) -> None:
    """As somebody does who types the words into the list."""
    come_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(words)
