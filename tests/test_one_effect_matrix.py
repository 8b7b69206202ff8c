"""Every action of the pages, sent twice: by a double press, after "back", and when the answer was lost.

The second time nothing in the database changes and the same answer is given. The control at the end
gives each press a key of its own and sees that some of the same actions do act, or answer, twice.
"""

import copy
import re
from collections.abc import Callable, Collection

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.db.models import Max
from django.test import Client

from accounts import clock
from accounts.models import AuditEntry
from applications import submission
from applications.workflow import Status
from funding import release
from launchpad.unkeyed import UNKEYED
from tests import architecture, form_on_page, presses, rows_of_tables
from tests import one_effect_rows as rows
from tests.make import applications, assessments, budgets, competitions, office, organisations, people

pytestmark = pytest.mark.django_db

#: Rows that say when somebody came by, and nothing of what was done.
COMING_AND_GOING = {"Session", "Heartbeat"}

Press = tuple[Client, str, dict]


#: What is done and what is refused, and what waits for its seal.
TRAIL = {"AuditEntry", "AuditWaiting"}


def digest(*, but: Collection[str] = ()) -> dict[str, str]:
    """All rows of all tables but sessions, by table. ``but`` names models whose rows do not matter."""
    passed_over = COMING_AND_GOING | set(but)
    return rows_of_tables.digest(
        {model._meta.db_table for model in apps.get_models() if model.__name__ in passed_over}
    )


def draft_of() -> tuple[Client, str]:
    competition = competitions.open_now()
    draft = applications.complete_draft(competition, at=competition.opens_at)
    return office.sign_in(draft.started_by), f"/applications/{draft.reference}/"


def on_draft(page: str, button: str = "save", **typed) -> Callable[[], Press]:
    def press() -> Press:
        browser, base = draft_of()
        action, sent = form_on_page.find(browser, base + page)
        return browser, action, {**sent, button: "yes", **typed}

    return press


def start() -> Press:
    competition, organisation = competitions.open_now(), organisations.organisation()
    browser = office.sign_in(people.member(organisation))
    action, sent = form_on_page.find(browser, f"/competitions/{competition.code}/start/")
    return browser, action, {**sent, "organisation": organisation.pk}


def submit() -> Press:
    browser, base = draft_of()
    action, sent = form_on_page.find(browser, f"{base}check/")
    return browser, action, {**sent, "is_true": "on"}


def on_entry(page: str, **typed) -> Callable[[], Press]:
    def press() -> Press:
        competition = competitions.open_now()
        entry = applications.complete_draft(competition, at=competition.opens_at)
        submission.submit(entry, by=entry.started_by, at=competition.opens_at)
        browser = office.sign_in(entry.started_by)
        action, sent = form_on_page.find(browser, f"/applications/{entry.reference}/{page}")
        return browser, action, {**sent, **typed}

    return press


def remove_line() -> Press:
    browser, base = draft_of()
    removing = re.search(
        rf'href="({base}costs/labour/\d+/remove/)"', browser.get(f"{base}costs/labour/").text
    )
    action, sent = form_on_page.find(browser, removing[1])
    return browser, action, sent


def enter_organisation() -> Press:
    browser = office.sign_in(people.user("applicant"))
    action, sent = form_on_page.find(browser, "/organisation/new/")
    return browser, action, {
        **sent, "name": "Once Only Ltd", "company_number": "01234567", "kind": "business",
        "size": "micro_small", "address": "1 Dock Road", "postcode": "L3 4AA",
    }  # fmt: skip


def change_organisation() -> Press:
    organisation = organisations.organisation()
    browser = office.sign_in(people.member(organisation))
    action, sent = form_on_page.find(browser, f"/organisation/{organisation.pk}/")
    return browser, action, {**sent, "name": "Another Name Ltd"}


def give() -> Press:
    application = applications.application(Status.SUBMITTED, competitions.closed_competition())
    assessor, browser = people.assessor(), office.sign_in(people.manager())
    page = f"/admin/applications/application/{application.pk}/change/"
    action, sent = form_on_page.find(browser, page, having="assessor")
    return browser, action, {**sent, "assessor": assessor.pk}


def scoring(button: str) -> Callable[[], Press]:
    def press() -> Press:
        marked = assessments.marked(applications.application(Status.IN_ASSESSMENT))
        browser = office.sign_in(marked.assessor)
        page = f"/admin/applications/assessment/{marked.pk}/score/"
        action, sent = form_on_page.find(browser, page, having="note_to_staff")
        return browser, action, {**sent, "note_to_staff": "Well argued.", button: "yes"}

    return press


def submit_assessment() -> Press:
    marked = assessments.marked(applications.application(Status.IN_ASSESSMENT))
    browser = office.sign_in(marked.assessor)
    page = f"/admin/applications/assessment/{marked.pk}/check/"
    return browser, *form_on_page.find(browser, page, having="version")


def propose() -> Press:
    within = budgets.funded_competition()
    budgets.assessed(within)
    browser = office.sign_in(budgets.fund_manager())
    return browser, *form_on_page.find(browser, f"/admin/funding/allocation/panel-sheet/{within.code}/")


DECIDED_WITH = {"refuse": {"reason": "Not yet."}, "recall": {"recall_reason": "A figure is wrong."}}


def decide(verb: str) -> Callable[[], Press]:
    def press() -> Press:
        within = budgets.funded_competition()
        budgets.assessed(within)
        if verb in ("release", "recall"):
            allocation, person = budgets.approved(within), budgets.fund_manager()
        else:
            allocation, person = budgets.proposed(within), budgets.approver()
        if verb == "recall":
            release.release(allocation, by=budgets.fund_manager(), at=clock.now())
        browser, base = office.sign_in(person), f"/admin/funding/allocation/{allocation.pk}/"
        page = f"{base}release/" if verb == "release" else f"{base}change/"
        action, sent = form_on_page.find(browser, page, action=f"{base}{verb}/")
        return browser, action, {**sent, **DECIDED_WITH.get(verb, {})}

    return press


def report() -> Press:
    browser = office.sign_in(budgets.fund_manager())
    return browser, *form_on_page.find(browser, "/admin/funding/programmereport/")


ACTIONS: dict[str, Callable[[], Press]] = {
    "start an application": start,
    "save details": on_draft("details/", title="A better title"),
    "save an answer": on_draft("answers/scope/", text="Another scope."),
    "save an answer and complete it": on_draft("answers/scope/", "complete", text="Another scope."),
    "save the organisation's part": on_draft("organisation/", work_postcode="L1 8JQ"),
    "add a cost line": on_draft("costs/materials/", description="Steel", quantity="3", unit_cost="100"),
    "remove a cost line": remove_line,
    "choose overheads": on_draft("costs/", method="none"),
    "ask for funding": on_draft("funding/", percentage_asked="40"),
    "declare": on_draft("declarations/", has_russian_involvement="False", is_exploited_from_uk="True"),
    "submit an application": submit,
    "reopen an application": on_entry("reopen/"),
    "delete a draft": on_draft("delete/"),
    "withdraw an application": on_entry("withdraw/", reason="We have moved."),
    "enter an organisation": enter_organisation,
    "change an organisation": change_organisation,
    "give to an assessor": give,
    "save an assessment": scoring("save"),
    "save an assessment and check it": scoring("check"),
    "submit an assessment": submit_assessment,
    "propose an allocation": propose,
    "approve an allocation": decide("approve"),
    "refuse an allocation": decide("refuse"),
    "release outcomes": decide("release"),
    "recall a release": decide("recall"),
    "ask for a report": report,
}


#: Every form that is sent under a key; of the others ``launchpad/unkeyed.py`` says why they need none.
KEYED = {
    name: press
    for name, press in {**ACTIONS, **presses.PRESSES}.items()
    if presses.GO_TO[name] not in UNKEYED
}


def said(answer) -> tuple:
    """What an answer is to whoever waits for it: its status, where it leads, and what is said there."""
    told = [str(message) for message in get_messages(answer.wsgi_request)._queued_messages]
    return answer.status_code, answer.get("Location"), told


def done_since(entry: int) -> list[tuple]:
    found = AuditEntry.objects.filter(pk__gt=entry, is_refusal=False).order_by("action", "subject_id")
    return list(found.values_list("action", "subject_word", "subject_id"))


def last_entry() -> int:
    return AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0


@pytest.mark.parametrize("action", KEYED)
def test_sent_twice_it_is_done_once_and_answered_the_same(action):
    browser, address, sent = KEYED[action]()
    before, entry = digest(), last_entry()

    first = browser.post(address, sent)
    done = digest()
    second = browser.post(address, sent)

    assert (first.status_code, done != before) == (302, True), first.content.decode()[:2000]
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert digest() == done
    assert {name for name, *_about in done_since(entry)} == rows.DOES[action]


@pytest.mark.parametrize("action", KEYED)
def test_pressed_again_after_going_back_it_is_done_once(action):
    """The browser shows the page as it was; on the way there its other pages are opened."""
    browser, address, sent = KEYED[action]()

    first = browser.post(address, sent)
    browser.get(first["Location"])
    done = digest()
    browser.get(address)
    again = browser.post(address, sent)

    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert digest() == done


@pytest.mark.parametrize("action", KEYED)
def test_when_the_answer_was_lost_the_same_one_is_given(action):
    browser, address, sent = KEYED[action]()
    lost = copy.deepcopy(browser.cookies)

    first = browser.post(address, sent)
    done = digest()
    browser.cookies = lost
    again = browser.post(address, sent)

    assert said(again) == said(first)
    assert said(first)[2] or action in rows.SAY_NOTHING
    assert digest() == done


@pytest.mark.parametrize("action", KEYED)
def test_other_entries_under_its_key_are_refused(action):
    """Told apart from what was sent before, and nothing is overwritten; what was typed is shown back."""
    browser, address, sent = KEYED[action]()

    browser.post(address, sent)
    done, entry = digest(but=TRAIL), last_entry()
    typed, saved, shown = rows.OTHERWISE.get(action, ({"more": "Other words."}, "", "Other words."))
    other = browser.post(address, {**sent, **typed})

    if action in rows.FURTHER:
        assert other.status_code == 302
        return
    page = other.content.decode()
    assert other.status_code == rows.GONE.get(action, 409 if action in rows.OTHERWISE else 422), page[:3000]
    assert (digest(but=TRAIL), done_since(entry)) == (done, [])
    if action in rows.OTHERWISE:
        assert 'id="conflict"' in page and saved in page and shown in page
    elif action not in rows.GONE:
        assert "This form has been sent before" in page and shown in page


def declared() -> set[str]:
    """The name of every action of the audit trail."""
    found = set()
    for source in architecture.sources():
        if source.app in architecture.LINE:
            found |= set(re.findall(r'@audit\.action\("([^"]+)"\)', source.text))
    return found


def uncovered(names: set[str]) -> set[str]:
    return names - set().union(*rows.DOES.values()) - rows.WITHOUT_A_FORM.keys()


def test_every_declared_action_has_a_row():
    print(
        f"{len(declared())} declared actions, {len(rows.WITHOUT_A_FORM)} of them without a form; "
        f"{len(KEYED)} keyed forms in 4 ways: {4 * len(KEYED)} rows; {len(rows.AT_ONCE)} also at once"
    )

    assert uncovered(declared()) == set()
    assert rows.DOES.keys() == KEYED.keys()
    assert rows.WITHOUT_A_FORM.keys() <= declared()
    assert rows.OTHERWISE.keys() | rows.GONE.keys() | rows.FURTHER.keys() | set(rows.AT_ONCE) <= KEYED.keys()
    assert uncovered({*declared(), "spend the money"}) == {"spend the money"}


def test_under_another_key_some_of_them_do_it_again():
    """The control: were it not for the key, this many would act twice or complain the second time."""
    twice = []
    for action, press in ACTIONS.items():
        browser, address, sent = press()
        sent = {name: value for name, value in sent.items() if name != "intent"}
        first = browser.post(address, sent)
        done = digest()
        second = browser.post(address, sent)
        is_same = second.status_code == first.status_code and second.get("Location") == first["Location"]
        if digest() != done or not is_same:
            twice.append(action)

    assert {"add a cost line", "ask for a report"} <= set(twice)
    assert AuditEntry.objects.exists()
