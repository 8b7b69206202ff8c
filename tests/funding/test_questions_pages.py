"""The pages of the questions register, and its API."""

import csv
import io

import pytest

from accounts.models import AuditEntry
from accounts.roles import Role
from funding.models import InformationRequest, ProgrammeReport, RequestState
from funding.register.scopes import Scope
from tests import form_on_page
from tests.make import budgets, competitions, office, people, register
from tests.make.api import Asking

pytestmark = pytest.mark.django_db

BASE = "/admin/funding/informationrequest/"


def send(browser, page: str, verb: str = "", **typed):
    browser, address, data = form_on_page.form_of(browser, page, verb, **typed)
    return browser.post(address, data)


def test_a_ready_made_question_is_logged_answered_and_asked_again():
    budgets.award()
    browser = office.sign_in(people.manager())
    page = browser.get(f"{BASE}log/?like=projects")
    assert "Which projects has the programme funded" in page.text

    answer = send(
        browser, f"{BASE}log/?like=projects", "log", kind="information", asker="public", covers="programme"
    )
    made = InformationRequest.objects.get()
    assert answer.url == f"{BASE}{made.pk}/change/"
    assert made.tables == ["projects"]

    send(browser, answer.url, "report", report="fresh")
    made.refresh_from_db()
    register.compiled(made.report)
    page = browser.get(answer.url).text
    assert "from programme report" in page
    send(browser, answer.url, "answer", section_22="The outcomes are published in July.")
    made.refresh_from_db()
    assert made.state == RequestState.ANSWERED and "“Projects funded”" in made.answer
    assert made.exemptions == {"22": "The outcomes are published in July."}
    page = browser.get(answer.url).text
    assert made.report.fingerprint in page and "The outcomes are published in July." in page

    again = send(browser, answer.url, "again")
    later = InformationRequest.objects.exclude(pk=made.pk).get()
    assert again.url == f"{BASE}{later.pk}/change/" and later.report.is_under_way
    assert "is being compiled" in browser.get(again.url).text


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost():
    browser = office.sign_in(people.manager())

    answer = send(
        browser, f"{BASE}log/", "log", kind="parliament", covers="programme", question="How much was paid?"
    )

    assert answer.status_code == 422
    assert "How much was paid?" in answer.text
    assert form_on_page.led_to(answer.text) == ["id_asker"]
    request = register.with_report()
    answer = send(browser, f"{BASE}{request.pk}/change/", "answer", answer="", tables=["projects"])
    assert answer.status_code == 422
    assert form_on_page.led_to(answer.text) == ["id_answer"]


def test_a_report_that_was_changed_meanwhile_is_looked_at_first():
    request = register.with_report()
    browser, address, data = form_on_page.form_of(
        office.sign_in(people.manager()), f"{BASE}{request.pk}/change/", "answer"
    )
    data["fingerprint"] = "0" * 64

    answer = browser.post(address, {**data, "answer": "Typed by hand."})

    assert answer.status_code == 409
    assert "Another report was chosen meanwhile" in answer.text and "Typed by hand." in answer.text


def test_the_list_is_searched_and_filtered():
    late = register.asked("Where is the money?")
    answered = register.answered()
    browser = office.sign_in(people.user(Role.AUDITOR))

    def shown(query: str) -> set[int]:
        text = browser.get(f"{BASE}?{query}").text
        return {one.pk for one in (late, answered) if f">Request {one.pk}<" in text}

    assert shown("") == {late.pk, answered.pk}
    assert shown("standing=overdue") == shown("standing=near") == shown("q=money") == {late.pk}
    assert shown("standing=answered") == shown("q=table") == {answered.pk}
    assert shown("kind__exact=parliament") == set()
    assert "Log an information request" not in browser.get(BASE).text
    page = browser.get(f"{BASE}{late.pk}/change/").text
    assert "Record the answer" not in page and "Withdraw the request" not in page


def test_a_quoted_table_is_taken_away_and_noted():
    request = register.answered(tables=["budgets"])
    browser = office.sign_in(people.user(Role.AUDITOR))

    answer = browser.get(f"{BASE}{request.pk}/tables/budgets.csv")

    head, *_ = csv.reader(io.StringIO(answer.text))
    assert head[:2] == ["Budget", "Kind"]
    entry = AuditEntry.objects.filter(action="export").get()
    assert entry.after["filters"] == {"information request": str(request.pk), "table": "budgets"}
    assert browser.get(f"{BASE}{request.pk}/tables/nothing.csv").status_code == 404


def test_what_is_due_waits_for_who_answers():
    register.asked()

    assert "Answer 1 information request" in office.sign_in(people.user(Role.FUNDS)).get("/admin/").text
    assert "information request<" not in office.sign_in(people.user(Role.AUDITOR)).get("/admin/").text


def test_the_api_reads_the_register_and_asks_for_reports_once():
    here, there = competitions.region(), competitions.region("TV", "Tees Valley")
    request = register.answered(Scope(region=here))
    register.asked(scope=Scope(region=there))
    asking = Asking(people.user(Role.MANAGER, region=here))

    assert [one["id"] for one in asking.get("information-requests/").json()["results"]] == [request.pk]
    found = asking.get(f"information-requests/{request.pk}/").json()
    assert (found["answer"], found["tables"], found["report"]) == (
        "See the table.", ["projects"], request.report_id,
    )  # fmt: skip
    before = ProgrammeReport.objects.count()
    answers = [asking.post("reports/", {"region": here.code}, key="june") for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200] and answers[0].json() == answers[1].json()
    assert ProgrammeReport.objects.count() == before + 1
    foreign, nowhere = (asking.post("reports/", {"region": code}) for code in (there.code, "NOWHERE"))
    assert foreign.status_code == nowhere.status_code == 422 and foreign.json() == nowhere.json()
    assert asking.post("reports/", {}).status_code == 403
    both = asking.post("reports/", {"region": here.code, "competition": "LCR-1"})
    assert both.status_code == 422
    assert Asking(people.user(Role.ASSESSOR)).post("reports/", {}).status_code == 403
    assert ProgrammeReport.objects.count() == before + 1
