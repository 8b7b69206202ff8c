"""The office's pages of wordings: seen with real data, tried on oneself, set anew, put back."""

import pytest

from accounts import composing, rewording, wording
from accounts.models import AuditEntry, Notification, WordingVersion
from accounts.roles import Role
from tests import form_on_page
from tests.make import applications, competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/wordingversion/"
PAGE = f"{LIST}kinds/application_submitted/"
BODY = "We have it.\n\n((receipt_button))"


def press(browser, button, page=PAGE, **typed):
    _action, sent = form_on_page.find(browser, page, having="subject")
    return browser.post(page, {**sent, button: "yes", **typed})


def test_the_list_names_every_kind_with_what_is_set_for_it():
    manager, application = people.manager(name="Mo Manager"), applications.application()
    kind, code = wording.of("application_submitted"), application.competition.code
    rewording.save(kind, "All", BODY, seen=0, by=manager, at=NOON)
    rewording.save(kind, "One", BODY, scope=code, seen=0, by=manager, at=NOON)

    page = office.sign_in(manager).get(LIST).content.decode()

    assert [kind.title for kind in wording.kinds() if kind.title not in page] == []
    assert "Set by Mo Manager on 1 June 2026" in page
    assert f"Its own for {code}" in page


@pytest.mark.parametrize("kind", wording.kinds(), ids=lambda kind: kind.name)
def test_a_kind_is_shown_with_invented_values_where_there_is_no_row(kind):
    letter = composing.shown(kind, rewording.current(kind), people.user(), None)

    for text in (letter.subject, letter.text, letter.html):
        assert "((" not in text
        assert "None" not in text


def test_a_page_shows_the_chosen_application_as_a_page_and_as_plain_text():
    manager = people.manager()
    first, second = applications.application(), applications.application()
    browser = office.sign_in(manager)

    page = browser.get(f"{PAGE}?about={first.pk}").content.decode()

    assert f'<h4 class="letter__subject">Application {first.reference} has been submitted</h4>' in page
    assert f"Subject: Application {first.reference} has been submitted" in page
    assert f'<option value="{second.pk}">{second.reference}' in page


def test_a_draft_is_previewed_and_nothing_is_written():
    application, browser = applications.application(), office.sign_in(people.manager())

    answer = press(browser, "preview", subject="Thanks for ((reference))", body=BODY)

    assert answer.status_code == 200
    assert f"Subject: Thanks for {application.reference}" in answer.content.decode()
    assert "How the draft arrives" in answer.content.decode()
    assert not WordingVersion.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.parametrize("button", ["preview", "test", "save"])
def test_what_does_not_fit_is_named_at_its_field_and_nothing_typed_is_lost(button):
    browser = office.sign_in(people.manager())

    answer = press(browser, button, subject="About ((nobody))", body="My words")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert 'id="subject-error"' in page
    assert "There is no ((nobody)) here." in page
    assert "((receipt_button)) is missing. It is the link to the receipt." in page
    assert 'value="About ((nobody))"' in page
    assert "My words</textarea>" in page
    assert not WordingVersion.objects.exists()


def test_saved_it_holds_with_its_history_and_a_row_in_the_audit_trail():
    manager = people.manager(name="Mo Manager")
    browser = office.sign_in(manager)

    answer = press(browser, "save", subject="Thanks for ((reference))", body=BODY)
    page = browser.get(PAGE).content.decode()

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert rewording.current(wording.of("application_submitted")).subject == "Thanks for ((reference))"
    assert "Version 1, by Mo Manager" in page
    # Both texts, the one before and the one after.
    assert "<strong>Application ((reference)) has been submitted</strong>" in page
    assert "<strong>Thanks for ((reference))</strong>" in page
    assert AuditEntry.objects.filter(action="set wording", by=manager, is_refusal=False).count() == 1


def test_pressed_twice_it_is_saved_once_and_one_test_goes():
    browser = office.sign_in(people.manager())
    _action, sent = form_on_page.find(browser, PAGE, having="subject")

    for button in ("test", "test", "save", "save"):
        answer = browser.post(PAGE, {**sent, "subject": "Thanks", "body": BODY, button: "yes"})
        assert answer.status_code == 302

    assert WordingVersion.objects.count() == 1
    assert Notification.objects.filter(kind="wording_test").count() == 1


def test_who_saves_second_sees_both_texts():
    browser, other = office.sign_in(people.manager()), people.manager(name="Olu Other")
    _action, sent = form_on_page.find(browser, PAGE, having="subject")
    kind = wording.of("application_submitted")
    rewording.save(kind, "Theirs", BODY, seen=0, by=other, at=NOON)

    answer = browser.post(PAGE, {**sent, "subject": "Mine", "body": BODY, "save": "yes"})
    page = answer.content.decode()
    again = browser.post(PAGE, {**sent, "subject": "Mine", "body": BODY, "save": "yes", "seen": "1"})

    assert answer.status_code == 409
    assert "Olu Other saved this" in page
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert 'name="seen" value="1"' in page
    assert again.status_code == 302
    assert rewording.current(kind).subject == "Mine"


@pytest.mark.tells("wording_test")
def test_a_test_goes_to_oneself_alone_marked_as_one_and_the_draft_stays_on_the_page():
    application, manager = applications.application(), people.manager()
    browser = office.sign_in(manager)

    answer = press(browser, "test", subject="Thanks for ((reference))", body=BODY)
    test = Notification.objects.get(kind="wording_test")
    message = composing.email(test)
    page = browser.get(answer["Location"].partition("#")[0]).content.decode()

    assert test.recipient == manager
    assert message.to == [manager.email]
    assert message.subject == f"Test: Thanks for {application.reference}"
    assert "This is a test that you sent to yourself" in message.body
    assert "We have it." in message.body
    assert 'value="Thanks for ((reference))"' in page
    assert not WordingVersion.objects.exists()


def test_a_test_keeps_ids_and_not_what_people_typed():
    application, manager = applications.application(title="Kilns of glass"), people.manager()

    press(office.sign_in(manager), "test", subject="Thanks for ((reference))", body=BODY)

    facts = Notification.objects.get(kind="wording_test").facts
    assert facts["about"] == [application.pk, {}]
    assert application.reference not in str(facts) and "Kilns" not in str(facts)


def test_whoever_is_no_longer_a_manager_reads_no_more_of_their_tests():
    applications.application()
    manager = people.manager()
    browser = office.sign_in(manager)
    press(browser, "test", subject="Thanks for ((reference))", body=BODY)
    test = Notification.objects.get(kind="wording_test")
    own = f"/account/notifications/{test.pk}/"
    before = browser.get(own).content.decode()

    manager.holdings.all().delete()
    after = browser.get(own).content.decode()

    assert "Test: Thanks for" in before
    assert "Thanks for" not in after and "This cannot be shown any more" in after


def test_a_regions_manager_reads_their_test_while_they_hold_that_region():
    here = applications.application().competition
    elsewhere = competitions.region("GMCA", "Greater Manchester")
    manager = people.manager(region=here.region)
    press(office.sign_in(manager), "test", f"{PAGE}in/{here.code}/", subject="Thanks", body=BODY)
    test = Notification.objects.get(kind="wording_test")
    kind = wording.of("wording_test")
    before = kind.may_read(test)

    manager.holdings.update(region=elsewhere)
    test = Notification.objects.get(pk=test.pk)

    assert (before, kind.may_read(test)) == (True, False)


def test_a_test_of_a_wording_with_a_secret_makes_no_secret():
    browser, page = office.sign_in(people.manager()), f"{LIST}kinds/password_reset/"
    press(browser, "test", page, subject="Reset", body="Here:\n\n((reset_button))")

    text = composing.email(Notification.objects.get(kind="wording_test")).body

    assert "only its reader may have" in text
    assert "/account/password/reset/key/" not in text


def test_an_older_wording_is_put_back_as_a_new_version():
    manager, kind = people.manager(), wording.of("application_submitted")
    rewording.save(kind, "First", BODY, seen=0, by=manager, at=NOON)
    rewording.save(kind, "Second", BODY, seen=1, by=manager, at=NOON + DAY)
    browser = office.sign_in(manager)

    answers = [browser.post(*form_on_page.find(browser, PAGE, having="number")) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    versions = WordingVersion.objects.order_by("number").values_list("number", "subject")
    assert list(versions)[:3] == [(1, "First"), (2, "Second"), (3, "First")]


def test_the_standing_text_is_used_again_by_a_version_without_text():
    manager, kind = people.manager(), wording.of("application_submitted")
    rewording.save(kind, "First", BODY, seen=0, by=manager, at=NOON)
    browser = office.sign_in(manager)

    answer = browser.post(f"{PAGE}put-back/", {"number": "0", "seen": "1"})

    assert answer.status_code == 302
    assert rewording.current(kind).subject == "Application ((reference)) has been submitted"
    assert WordingVersion.objects.count() == 2


def test_what_was_set_meanwhile_is_not_put_aside_unseen():
    manager, kind = people.manager(), wording.of("application_submitted")
    rewording.save(kind, "First", BODY, seen=0, by=manager, at=NOON)
    rewording.save(kind, "Second", BODY, seen=1, by=manager, at=NOON)

    answer = office.sign_in(manager).post(f"{PAGE}put-back/", {"number": "1", "seen": "1"})

    assert answer.status_code == 409
    assert rewording.current(kind).subject == "Second"


@pytest.mark.parametrize("role", [Role.FUNDS, Role.AUDITOR])
def test_other_staff_read_and_change_nothing(role):
    browser = office.sign_in(people.user(role))

    page = browser.get(PAGE)
    answers = [browser.post(PAGE, {"save": "yes", "subject": "A", "body": BODY}),
               browser.post(f"{PAGE}put-back/", {"number": "0", "seen": "0"})]  # fmt: skip

    assert page.status_code == 200
    assert "Save and use it" not in page.content.decode()
    assert [answer.status_code for answer in answers] == [403, 403]
    assert not WordingVersion.objects.exists()


def test_a_regions_manager_words_their_competitions_and_not_what_holds_for_all():
    here = applications.application().competition
    other = competitions.region("GMCA", "Greater Manchester")
    there = applications.application(competition=competitions.closed_competition(region=other)).competition
    browser = office.sign_in(people.manager(region=here.region))

    for_all = browser.post(PAGE, {"save": "yes", "subject": "A", "body": BODY, "seen": "0"})
    own = press(browser, "save", f"{PAGE}in/{here.code}/", subject="Ours", body=BODY)
    theirs = browser.get(f"{PAGE}in/{there.code}/")

    assert (for_all.status_code, own.status_code, theirs.status_code) == (403, 302, 404)
    assert list(WordingVersion.objects.values_list("scope", "subject")) == [(here.code, "Ours")]


@pytest.mark.parametrize("address", ["kinds/no_such_kind/", "kinds/password_reset/in/1203/", "999/change/"])
def test_what_is_not_there_is_answered_so(address):
    assert office.sign_in(people.manager()).get(f"{LIST}{address}").status_code == 404
