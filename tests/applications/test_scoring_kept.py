"""What an assessor types is saved while they write, and outlives their session."""

import pytest

from accounts import role_groups
from accounts.models import AuditEntry
from applications.assessment import scoring
from applications.models import Assessment, Score
from applications.workflow import Status
from tests.applications.test_admin_scoring import address, first, submitted, typed
from tests.applications.test_unsaved import Writer, let_in
from tests.make import applications, assessments
from tests.make.office import sign_in

pytestmark = pytest.mark.django_db

NOTICE = "You were signed out before this was saved. Check it and save."


@pytest.fixture
def assessment() -> Assessment:
    return assessments.assessment(applications.application(Status.IN_ASSESSMENT))


def autosaved(browser, assessment, **changes):
    return browser.post(address(assessment), {**typed(assessment, **changes), "autosave": "yes"})


def test_autosave_answers_with_the_version_and_when(assessment):
    browser = sign_in(assessment.assessor)

    said = autosaved(browser, assessment).json()
    again = autosaved(browser, assessment, version=said["version"], note_to_staff="More.").json()

    assessment.refresh_from_db()
    assert (said["version"], again["version"], assessment.version) == (2, 3, 3)
    assert (said["problems"], said["over"]) == ([], "")
    assert said["saved_at"]
    assert assessment.note_to_staff == "More."


def test_autosaves_within_ten_minutes_leave_one_row_and_a_pressed_button_its_own(assessment):
    browser = sign_in(assessment.assessor)
    for version in range(1, 5):
        autosaved(browser, assessment, version=version, note_to_staff=f"Turn {version}.")
    browser.post(address(assessment), typed(assessment, version=5, note_to_staff="Pressed."))

    rows = AuditEntry.objects.filter(action="save assessment", is_refusal=False)
    assert [row.after["version"] for row in rows.order_by("pk")] in ([2, 6], [2, 3, 6], [2, 4, 6], [2, 5, 6])


def test_mark_that_cannot_be_read_holds_up_nothing_else(assessment):
    pk = first(assessment)
    browser = sign_in(assessment.assessor)

    said = autosaved(browser, assessment, **{f"mark-{pk}": "11"}).json()
    then = autosaved(browser, assessment, version=said["version"]).json()

    assert [problem["href"] for problem in said["problems"]] == [f"#id_mark-{pk}"]
    assert said["over"].startswith("But not this: Question 1: the mark must be a whole number")
    assert (then["problems"], Score.objects.get(question=pk).mark) == ([], 8)


def test_autosave_of_a_stale_page_overwrites_nothing(assessment):
    field = f"feedback-{first(assessment)}"
    browser = sign_in(assessment.assessor)
    autosaved(browser, assessment, **{field: "From one window."})

    answer = autosaved(browser, assessment, **{field: "From another."})
    both = browser.post(address(assessment), typed(assessment, **{field: "From another."}))

    assert answer.status_code == 409
    assert "in another window" in answer.json()["problems"][0]["text"]
    assert Score.objects.get(question=first(assessment)).feedback == "From one window."
    assert (both.status_code, "data-autosave" in both.text) == (409, False)


def test_autosave_after_the_lock_is_refused_in_words(assessment):
    browser = sign_in(assessment.assessor)
    submitted(browser, assessment)

    answer = autosaved(browser, assessment, note_to_staff="Second thoughts.")

    assert answer.status_code == 409
    assert answer.json()["problems"] == [{"text": "A submitted assessment cannot be changed.", "href": ""}]


def test_autosave_without_a_session_says_so(assessment):
    writer = Writer(let_in(assessment.assessor))
    role_groups.sync()
    fields = writer.fields(writer.browser.get(address(assessment)), "note_to_staff")
    writer.ended()

    answer = writer.browser.post(address(assessment), {**fields, "autosave": "yes"})

    assert (answer.status_code, answer.json()["problems"][0]["text"]) == (401, "You have been signed out.")


def test_what_was_sent_after_the_session_ended_comes_back_beside_what_was_saved_meanwhile(assessment):
    role_groups.sync()
    writer = Writer(let_in(assessment.assessor))
    page = address(assessment)
    sent = {**writer.fields(writer.browser.get(page), "note_to_staff"), "note_to_staff": "Typed with care."}
    scoring.save(
        assessment,
        {},
        {"note_to_staff": "From the other window."},
        version=1,
        by=assessment.assessor,
        at=assessment.given_at,
    )
    writer.ended()

    asked = writer.browser.post(page, sent)
    led = writer.sign_in(asked)
    shown = writer.browser.get(page)
    stored_alone = writer.browser.get(f"{page}?saved")
    saved = writer.browser.post(page, {**writer.fields(shown, "note_to_staff"), "save": "1"})
    after = writer.browser.get(page)

    assessment.refresh_from_db()
    assert (asked.status_code, led.status_code, led["Location"]) == (403, 302, page)
    assert NOTICE in shown.text
    assert "Typed with care.</textarea>" in shown.text
    assert "From the other window." in shown.text
    assert "data-autosave" not in shown.text
    assert "From the other window.</textarea>" in stored_alone.text
    assert (saved.status_code, assessment.note_to_staff) == (302, "Typed with care.")
    assert NOTICE not in after.text


def test_what_was_typed_before_the_session_ended_can_be_discarded(assessment):
    role_groups.sync()
    writer = Writer(let_in(assessment.assessor))
    page = address(assessment)
    sent = {**writer.fields(writer.browser.get(page), "note_to_staff"), "note_to_staff": "Typed with care."}
    writer.ended()
    writer.sign_in(writer.browser.post(page, sent))

    shown = writer.browser.get(page)
    writer.browser.post(page, {**writer.fields(shown, "discard"), "discard": "yes"})

    assert "Typed with care." not in writer.browser.get(page).text


def test_page_of_another_assessor_is_refused_and_keeps_their_text_for_them(assessment):
    role_groups.sync()
    writer = Writer(let_in(assessment.assessor))
    page = address(assessment)
    sent = {**writer.fields(writer.browser.get(page), "note_to_staff"), "note_to_staff": "Typed with care."}
    other = assessments.assessment(assessment.application)
    writer.browser.force_login(other.assessor)
    token = writer.fields(writer.browser.get(address(other)), "note_to_staff")["csrfmiddlewaretoken"]

    refused = writer.browser.post(page, {**sent, "csrfmiddlewaretoken": token})

    assert (refused.status_code, "Typed with care." in refused.text) == (403, False)
    assert not Assessment.objects.exclude(note_to_staff="").exists()


def test_without_a_category_nobody_is_asked_whether_it_fits():
    entry = applications.application(Status.IN_ASSESSMENT, research_category="")
    made = assessments.marked(entry, category_fits=None)

    assert scoring.problems_in(made) == []


def test_category_that_does_not_fit_needs_its_reason(assessment):
    made = assessments.marked(assessment.application, category_fits=False, scope_reason="")

    assert [problem.field for problem in scoring.problems_in(made)] == ["scope_reason"]
