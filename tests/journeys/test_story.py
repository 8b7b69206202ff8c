"""The whole story, as the people in it see it: from finding a competition to the exported report.

It is walked in the demonstration that `make run` shows, beside everything that stands there already.
"""

from decimal import Decimal

import openpyxl
import pytest
from django.db.models import Sum
from playwright.sync_api import Browser, Page, expect

from accounts.london import LONDON
from accounts.models import User
from applications.models import Application, Assessment, Competition
from funding.models import Allocation, Budget, Transfer
from funding.places import Place
from launchpad.demo.people import ASSESSORS
from launchpad.demo_sign_ins import PASSWORD
from tests.journeys.stack import Stack, first_link, text_of

pytestmark = pytest.mark.slow

CODE = "LCR-R1-MFA-DEMO"
APPLICANT, OWN_PASSWORD = "priya@gearworks.example", "a long walk to the river"
WIDTHS = {"desk": {"width": 1280, "height": 900}, "telephone": {"width": 375, "height": 800}}


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, browser: Browser, stack: Stack, width: str = "desk"):
        self.stack = stack
        self.page: Page = browser.new_context(
            base_url=stack.address, viewport=WIDTHS[width], locale="en-GB", accept_downloads=True
        ).new_page()
        self.page.set_default_timeout(60_000)

    def sign_in(self, email: str, password: str = PASSWORD) -> "Person":
        self.page.goto("/account/login/")
        self.page.locator("[name=login]").fill(email)
        self.page.locator("[name=password]").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page).not_to_have_url(f"{self.stack.address}/account/login/")
        return self

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.locator(f"[name={name}]").fill(text)

    def choose(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"[name={name}][value='{value}']").check()

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)


def test_from_the_competition_to_the_funding_report(browser, stack):
    competition = Competition.objects.get(code=CODE)

    applicant = Person(browser, stack, "telephone")
    signs_up(applicant, competition)
    tells_of_the_organisation(applicant)
    reference = applies(applicant, competition)
    closes(stack, competition)
    manager = Person(browser, stack).sign_in("manager@example.com")
    gives(manager, reference)
    for email in ASSESSORS:
        assesses(Person(browser, stack).sign_in(email), reference, email)
    decides(browser, stack, competition, applicant, reference)
    drawn = Budget.objects.drawn_on_by(competition)
    assert reserved_for(reference) == {
        code: Decimal("33600.00") for code in drawn.values_list("code", flat=True)
    }
    assert drawn.count() == 4
    hears(applicant, reference)
    reports(Person(browser, stack).sign_in("funds@example.com"), reference)


def reserved_for(reference: str) -> dict[str, Decimal]:
    """What was reserved for the application in each budget: programme, region, pot and part.

    What is reserved in all moves meanwhile: earlier offers lapse as the clock goes on.
    """
    moved = Transfer.objects.filter(award__application__reference=reference, target=Place.RESERVED)
    return dict(moved.values_list("budget__code").annotate(Sum("amount")))


def signs_up(person: Person, competition: Competition) -> None:
    person.page.goto("/")
    person.follow(competition.title)
    person.follow("Start an application")
    person.page.get_by_role("link", name="Create an account").last.click()
    person.fill(email=APPLICANT, name="Priya Nair", password1=OWN_PASSWORD)
    person.press("Create account")
    person.sees("Check your email")
    person.page.goto(first_link(person.stack.message_to(APPLICANT, about="confirm")))
    person.press("Confirm")
    person.sign_in(APPLICANT, OWN_PASSWORD)


def tells_of_the_organisation(person: Person) -> None:
    person.page.goto("/organisation/new/")
    person.fill(name="Gearworks Mersey Limited", company_number="12-34", address="1 Dock Road, Liverpool")
    person.fill(postcode="l34aa")
    person.choose(kind="business", size="micro_small")
    person.press("Save and continue")
    person.sees("There is a problem")
    expect(person.page.locator("[name=company_number]")).to_have_value("12-34")
    person.fill(company_number="1234567")
    person.press("Save and continue")
    person.sees("has been saved")


def applies(person: Person, competition: Competition) -> str:
    page = person.page
    page.goto(f"/competitions/{CODE}/")
    person.follow("Start an application")
    person.press("Start application")
    reference = page.url.rstrip("/").rsplit("/", 1)[-1]
    home = page.url

    person.follow("Application details")
    start = competition.latest_start_on
    person.fill(title="Lighter gears from recycled steel", duration_months="12")
    person.fill(start_on_day=str(start.day), start_on_month=f"{start:%B}", start_on_year=str(start.year))
    person.fill(cluster_activity="We make gears in Knowsley and will take on six people there.")
    person.choose(research_category="industrial_research", is_resubmission="False")
    person.press("Save and mark as complete")
    page.wait_for_url(home)

    questions = competition.question_set.questions.order_by("position")
    for number, question in enumerate(questions):
        page.goto(f"{home}answers/{question.key}/")
        if number == 0:
            person.fill(text="word " * 401)
            person.press("Save and mark as complete")
            person.sees("401 words")
        person.fill(text=f"What we have to say about {question.title.lower()}, in plain words.")
        person.press("Save and mark as complete")
        # A save under way is waited for before the form goes.
        page.wait_for_url(home)

    person.follow("Your organisation's part")
    person.fill(work_postcode="L3 4AA")
    page.locator("[name=work_area]").select_option(label="Liverpool")
    page.locator("[name=terms_accepted]").check()
    person.press("Save and mark as complete")
    page.wait_for_url(home)

    page.goto(f"{home}costs/labour/")
    person.fill(description="Design engineer", annual_cost="46,400", working_days="232", days="200")
    person.press("Add")
    person.sees("£40,000")
    page.goto(f"{home}costs/")
    person.choose(method="twenty")
    person.press("Save and mark as complete")
    page.wait_for_url(home)

    page.goto(f"{home}funding/")
    person.fill(percentage_asked="70")
    person.press("Save and mark as complete")
    person.follow("Declarations")
    person.choose(has_russian_involvement="False", is_exploited_from_uk="True")
    person.press("Save and mark as complete")

    person.follow("Check answers and submit")
    person.sees("£48,000")
    page.locator("[name=is_true]").check()
    page.get_by_role("button", name="Submit the application").dblclick()
    person.sees("Application submitted")
    person.sees(reference)
    assert reference in text_of(person.stack.message_to(APPLICANT, about="submitted"))
    assert len(person.stack.messages_to(APPLICANT)) == 3
    return reference


def closes(stack: Stack, competition: Competition) -> None:
    """Let time pass for every process: it is the closing moment, and no longer open."""
    stack.database.manage("set_clock", f"{competition.closes_at.astimezone(LONDON):%Y-%m-%d %H:%M}")


def gives(manager: Person, reference: str) -> None:
    application = Application.objects.get(reference=reference)
    for assessor in User.objects.filter(email__in=ASSESSORS).order_by("pk"):
        manager.page.goto(f"/admin/applications/application/{application.pk}/change/")
        manager.page.locator("select[name=assessor]").select_option(str(assessor.pk))
        manager.press("Give")
        invitation = manager.stack.message_to(assessor.email, about="assess")
        assert reference in text_of(invitation)


def assesses(assessor: Person, reference: str, email: str) -> None:
    assessment = Assessment.objects.get(application__reference=reference, assessor__email=email)
    page = assessor.page
    page.goto(f"/admin/applications/assessment/{assessment.pk}/offer/")
    page.locator("input[name=has_no_conflict]").check()
    assessor.press("Accept and read the application")
    assessor.sees("What we have to say about need or challenge")
    marks = page.locator("input[name^=mark]")
    assert marks.count() == 10
    for place in range(10):
        marks.nth(place).fill("8")
        page.locator("textarea[name^=feedback]").nth(place).fill("Good, with some evidence.")
    assessor.choose(in_scope="yes", category_fits="yes", fund="yes")
    assessor.fill(scope_reason="It is about advanced manufacturing.", fund_reason="A sound project.")
    assessor.press("Check and submit")
    assessor.sees("You cannot change this afterwards")
    assessor.sees("80 of 100")
    assessor.press("Submit assessment")
    assessor.sees("locked")


def decides(browser, stack, competition, applicant: Person, reference: str) -> None:
    funds = Person(browser, stack).sign_in("funds@example.com")
    funds.page.goto(f"/admin/funding/allocation/panel-sheet/{competition.code}/")
    funds.sees("80.0")
    funds.sees("£33,600")
    funds.press("Propose the allocation")
    allocation = Allocation.objects.get(competitions=competition)

    approver = Person(browser, stack).sign_in("approver@example.com")
    approver.page.goto(f"/admin/funding/allocation/{allocation.pk}/change/")
    approver.press("Approve the allocation")
    approver.sees("has been approved")

    applicant.page.goto(f"/applications/{reference}/")
    applicant.sees("In assessment")
    funds.page.reload()
    funds.follow("Rehearse the release")
    funds.sees(APPLICANT)
    funds.press("Release the outcomes")
    funds.sees("have been released")


def hears(applicant: Person, reference: str) -> None:
    outcome = text_of(applicant.stack.message_to(APPLICANT, about="successful"))
    assert reference in outcome
    assert "Good, with some evidence." in outcome
    applicant.page.goto(f"/applications/{reference}/")
    applicant.sees("Successful")
    applicant.sees("Good, with some evidence.")


def reports(funds: Person, reference: str) -> None:
    page = funds.page
    page.goto("/admin/funding/programmereport/")
    page.locator("#report-covers").select_option(f"competition:{CODE}")
    funds.press("Compile the report")
    expect(page.locator("body")).to_contain_text("All figures as of", timeout=120_000)
    funds.sees("Success rate, of received")
    funds.sees("100%")
    funds.sees("£33,600")

    page.goto("/admin/funding/programmereport/")
    page.locator("#export-competition").select_option(CODE)
    with page.expect_download() as download:
        funds.press("Download XLSX")
    with open(download.value.path(), "rb") as file:
        sheet = openpyxl.load_workbook(file)["Awards"]
    row = {heading.value: cell.value for heading, cell in zip(sheet[1], sheet[2], strict=True)}
    assert row["Application"] == reference
    assert row["Company number"] == "01234567"
    assert (row["Total cost"], row["Grant offered"], row["Mean score %"]) == (48000, 33600, 80)
