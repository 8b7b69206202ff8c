"""One intent, one effect: what is sent twice happens once, through the pages and with real processes."""

import re
import threading
import uuid

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts import clock, intents
from accounts.models import AuditEntry, Intent, Organisation
from accounts.roles import Role
from applications.models import Application
from funding.models import Allocation
from tests import processes
from tests.make import applications, budgets, competitions, office, organisations, people
from tests.make.times import NOON

KEY = "0b1c"


def once(person, do, key=KEY, body="same"):
    return intents.once("ring", key=key, body=body, by=person, at=NOON, do=do)


@pytest.mark.django_db
class TestIntents:
    def test_a_second_request_gets_the_first_ones_answer_and_does_nothing(self):
        person, rung = people.user(), []

        first = once(person, lambda: rung.append(1) or {"rung": 1})
        second = once(person, lambda: rung.append(2) or {"rung": 2})

        assert (first, second, rung) == (({"rung": 1}, False), ({"rung": 1}, True), [1])

    def test_a_key_that_stands_for_something_else_is_refused(self):
        person = people.user()
        once(person, lambda: {})

        with pytest.raises(intents.KeyReused):
            once(person, lambda: {}, body="other")

    def test_a_key_is_the_persons_own(self):
        once(people.user(), lambda: {"rung": 1})

        assert once(people.user(), lambda: {"rung": 2}) == ({"rung": 2}, False)

    def test_a_refusal_is_not_kept_and_the_key_may_be_sent_again(self):
        person = people.user()

        assert once(person, lambda: None) is None
        assert once(person, lambda: {"rung": 1}, body="mended") == ({"rung": 1}, False)

    def test_what_fails_leaves_neither_effect_nor_key(self):
        person = people.user()

        def fail():
            organisations.organisation()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            once(person, fail)

        assert not Intent.objects.exists() and not Organisation.objects.exists()

    def test_keys_are_forgotten_after_seven_days(self):
        once(people.user(), lambda: {})

        assert intents.forget(at=NOON + intents.KEPT) == 0
        assert intents.forget(at=NOON + intents.KEPT * 2) == 1


def form_of(browser: Client, address: str, action: str = "") -> dict[str, str]:
    """The hidden key of the page's form whose address is ``action``, as the page prints it."""
    page = browser.get(address).content.decode()
    for form in re.findall(r"<form.*?</form>", page, re.S):
        opening = form.split(">")[0]
        key = re.search(r'name="intent" value="([^"]+)"', form)
        if 'method="post"' in opening and key and (f'action="{action}"' in opening or not action):
            return {"intent": key[1]}
    raise AssertionError(f"no form with a key on {address}")


@pytest.mark.django_db
class TestPages:
    def test_an_organisation_entered_twice_is_one_and_both_presses_lead_on(self):
        browser = office.sign_in(people.user(Role.APPLICANT))
        address = "/organisation/new/"
        typed = {
            "name": "Twice Ltd", "kind": "business", "size": "micro_small", "address": "1 Road",
            "postcode": "L3 4AA", "company_number": "12345678", **form_of(browser, address),
        }  # fmt: skip

        answers = [browser.post(address, typed) for _press in range(2)]

        assert [answer.status_code for answer in answers] == [302, 302]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert AuditEntry.objects.filter(action="enter organisation").count() == 1

    def test_a_submission_sent_twice_gets_the_same_receipt_once(self):
        competition = competitions.open_now()
        draft = applications.complete_draft(competition, at=competition.opens_at)
        browser = office.sign_in(draft.started_by)
        address = f"/applications/{draft.reference}/check/"
        sent = {"agreed": "on", "declared": "on", **form_of(browser, address)}
        from_page = browser.get(address).context["form"]
        sent |= {name: "on" for name in from_page.fields}

        answers = [browser.post(address, sent) for _press in range(2)]

        assert [answer["Location"] for answer in answers] == [f"/applications/{draft.reference}/receipt/"] * 2
        assert AuditEntry.objects.filter(action="submit application", is_refusal=False).count() == 1
        said = [str(message) for message in browser.get(answers[1]["Location"]).context["messages"]]
        assert said == ["Your application has been submitted."]

    def test_an_approval_sent_twice_by_a_key_is_one_and_answers_the_same(self):
        within = budgets.funded_competition()
        budgets.assessed(within)
        allocation = budgets.proposed(within)
        browser = office.sign_in(budgets.approver())
        page = f"/admin/funding/allocation/{allocation.pk}/change/"
        approve = f"/admin/funding/allocation/{allocation.pk}/approve/"
        key = form_of(browser, page, approve)

        answers = [browser.post(approve, key) for _press in range(2)]

        assert [answer.status_code for answer in answers] == [302, 302]
        said = [str(message) for message in browser.get(page).context["messages"]]
        assert said == ["The allocation has been approved."]
        assert AuditEntry.objects.filter(action="approve allocation").count() == 1

    def test_under_another_key_the_second_press_is_told_apart(self):
        """The negative control: what the field protects against."""
        within = budgets.funded_competition()
        budgets.assessed(within)
        allocation = budgets.proposed(within)
        browser = office.sign_in(budgets.approver())
        approve = f"/admin/funding/allocation/{allocation.pk}/approve/"

        for _press in range(2):
            browser.post(approve)

        said = browser.get(f"/admin/funding/allocation/{allocation.pk}/change/").context["messages"]
        assert any(str(message).startswith("Already approved") for message in said)

    def test_other_entries_under_a_used_key_are_refused_and_shown_back(self):
        within = budgets.funded_competition()
        budgets.assessed(within)
        allocation = budgets.proposed(within)
        browser = office.sign_in(budgets.approver())
        refuse = f"/admin/funding/allocation/{allocation.pk}/refuse/"
        key = {"intent": str(uuid.uuid4())}
        browser.post(refuse, {"reason": "The first reason.", **key})

        answer = browser.post(refuse, {"reason": "Another reason.", **key})

        assert answer.status_code == 422
        assert "Another reason." in answer.content.decode()
        assert Allocation.objects.get().reason == "The first reason."

    def test_a_draft_saved_again_after_going_back_is_a_further_change(self):
        competition = competitions.open_now()
        draft = applications.draft(competition, at=competition.opens_at)
        browser = office.sign_in(draft.started_by)
        address = f"/applications/{draft.reference}/answers/scope/"
        key = form_of(browser, address)

        browser.post(address, {"text": "First words.", "version": "0", "save": "yes", **key})
        again = browser.post(address, {"text": "Second words.", "version": "1", "save": "yes", **key})

        assert again.status_code == 302
        assert draft.answers.get().text == "Second words."

    def test_a_refused_form_keeps_its_key_and_may_be_sent_again(self):
        browser = office.sign_in(applications.stranger())
        key = form_of(browser, "/organisation/new/")

        refused = browser.post("/organisation/new/", {"name": "", **key})

        assert f'value="{key["intent"]}"' in refused.content.decode()
        assert not Intent.objects.exists()


@pytest.mark.slow
class TestManyAtOnce:
    def test_of_twelve_processes_under_one_key_one_acts_and_the_others_wait_or_repeat(
        self, committed_database
    ):
        person = people.user()
        barrier = processes.FORK.Barrier(12)

        def press() -> str:
            def do() -> dict:
                organisations.organisation(company_number="")
                return {"done": True}

            barrier.wait(processes.SECONDS)
            try:
                return (
                    "repeated"
                    if intents.once("ring", key=KEY, body="b", by=person, at=NOON, do=do)[1]
                    else "did"
                )
            except intents.StillRunning:
                return "still running"

        found = [one.answer() for one in [processes.start(press) for _ in range(12)]]

        assert found.count("did") == 1
        assert set(found) <= {"did", "repeated", "still running"}
        assert Organisation.objects.count() == 1

    def test_without_the_lock_a_second_process_would_act_too(self, committed_database, monkeypatch):
        """The negative control: the key's row alone is seen only when it is committed."""
        person = people.user()
        monkeypatch.setattr(intents, "_is_ours", lambda name: True)
        barrier = processes.FORK.Barrier(2)

        def press() -> str:
            def do() -> dict:
                organisations.organisation(company_number="")
                barrier.wait(processes.SECONDS)
                return {}

            intents.once("ring", key=KEY, body="b", by=person, at=NOON, do=do)
            return "did"

        found = [one.answer() for one in [processes.start(press) for _ in range(2)]]

        # Both act; the unique key undoes one of them only when it comes to write it.
        assert sorted(found) == ["IntegrityError", "did"]

    def test_a_second_press_waits_for_the_first_and_gets_its_answer(self, committed_database):
        within = budgets.funded_competition()
        budgets.assessed(within)
        allocation = budgets.proposed(within)
        approver = budgets.approver()
        browser, key = office.sign_in(approver), {"intent": str(uuid.uuid4())}
        approve = f"/admin/funding/allocation/{allocation.pk}/approve/"
        name = f"{approver.pk}\napprove allocation\n{key['intent']}"
        held, let_go = threading.Event(), threading.Event()

        def first_press_under_way() -> None:
            with transaction.atomic():
                assert intents._is_ours(name)
                held.set()
                let_go.wait(10)
            connection.close()

        first = threading.Thread(target=first_press_under_way)
        first.start()
        held.wait(10)
        refused = browser.post(approve, key)
        let_go.set()
        first.join()

        assert (refused.status_code, refused["Retry-After"]) == (409, "2")
        assert browser.post(approve, key).status_code == 302
        assert clock.now() and Application.objects.get().status == "successful"
