"""The scoring page, asked as a browser without script would ask it."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications.assessment import scoring
from applications.models import Assessment, AssessmentStatus, Score
from applications.workflow import Status
from tests.make import applications, assessments, people
from tests.make.office import sign_in

pytestmark = pytest.mark.django_db

HUNDRED = " ".join(["word"] * 100)


@pytest.fixture
def assessment() -> Assessment:
    return assessments.assessment(applications.application(Status.IN_ASSESSMENT))


def address(assessment) -> str:
    return reverse("admin:applications_assessment_score", args=[assessment.pk])


def typed(assessment, **changes) -> dict:
    """What a finished form sends; a change to None leaves the field out."""
    data = {
        "version": assessment.version,
        "in_scope": "yes",
        "category_fits": "yes",
        "scope_reason": "It is about manufacturing.",
        "fund": "yes",
        "fund_reason": "A clear case.",
    }
    for question in scoring.scored_questions(assessment):
        data |= {f"mark-{question.pk}": "8", f"feedback-{question.pk}": "Well argued."}
    return {name: value for name, value in {**data, **changes}.items() if value is not None}


def first(assessment) -> int:
    return scoring.scored_questions(assessment)[0].pk


def check_address(assessment) -> str:
    return reverse("admin:applications_assessment_check", args=[assessment.pk])


def submitted(browser, assessment, **changes):
    """Press "Check and submit", then submit what the check page shows; return its last answer."""
    checked = browser.post(address(assessment), {**typed(assessment, **changes), "check": "1"}, follow=True)
    version = checked.context["form"]["version"].value()
    return browser.post(check_address(assessment), {"version": version}, follow=True)


def test_the_answer_and_the_guidance_stand_with_the_mark(assessment):
    page = sign_in(assessment.assessor).get(address(assessment))

    text = page.content.decode()
    assert page.status_code == 200
    assert "What we say about need or challenge." in text
    assert "Look for evidence." in text
    assert text.count('class="mark-input"') == 10
    assert "fully evidenced and quantified" in text


def test_a_draft_is_saved_and_found_again(assessment):
    pk = first(assessment)
    browser = sign_in(assessment.assessor)

    answer = browser.post(
        address(assessment),
        {
            "version": 1,
            f"mark-{pk}": "0",
            f"feedback-{pk}": "Empty answer.",
            "place": "question-1",
            "save": "1",
        },
    )

    score = Score.objects.get(question=pk)
    assert answer.url == f"{address(assessment)}#question-1"
    assert (score.mark, score.feedback) == (0, "Empty answer.")
    assert "Empty answer." in browser.get(address(assessment)).content.decode()


def test_a_finished_assessment_is_submitted_and_then_read_only(assessment):
    browser = sign_in(assessment.assessor)

    answer = submitted(browser, assessment)

    assessment.refresh_from_db()
    assert assessment.is_submitted
    assert "submitted and locked" in answer.content.decode()
    assert "<textarea" not in answer.content.decode()


def test_whoever_has_submitted_is_led_on_to_what_they_may_mark_next(assessment):
    assessor = assessment.assessor
    assessments.offered(applications.application(Status.IN_ASSESSMENT), assessor)
    further = assessments.marked(applications.application(Status.IN_ASSESSMENT), assessor)
    browser = sign_in(assessor)

    answer = submitted(browser, assessment).text

    assert f'href="{address(further)}">Go on with {further.application.reference}' in answer
    assert "1 to do." in answer
    assert "You have nothing else to mark" in submitted(browser, further).text


def test_nothing_is_submitted_before_it_was_checked(assessment):
    pk = first(assessment)
    browser = sign_in(assessment.assessor)

    page = browser.post(
        address(assessment), {**typed(assessment, **{f"mark-{pk}": "3"}), "check": "1"}, follow=True
    )

    assessment.refresh_from_db()
    assert page.redirect_chain[-1][0] == check_address(assessment)
    assert assessment.status == AssessmentStatus.READY
    assert "You cannot change this afterwards" in page.text
    assert "Marks and feedback: 75 of 100" in page.text
    assert "3 of 10" in page.text
    assert page.text.count("2 of 100 words") == 10


def test_the_check_page_names_what_is_missing_and_offers_no_button(assessment):
    pk = first(assessment)
    browser = sign_in(assessment.assessor)
    browser.post(address(assessment), {**typed(assessment, fund=None, **{f"mark-{pk}": ""}), "save": "1"})

    page = browser.get(check_address(assessment))
    refused = browser.post(check_address(assessment), {"version": page.context["form"]["version"].value()})

    assessment.refresh_from_db()
    assert "Question 1: enter a mark from 0 to 10" in page.text
    assert f"{address(assessment)}#id_fund_0" in page.text
    assert "Submit assessment</button>" not in page.text
    assert (refused.status_code, assessment.is_submitted) == (422, False)


def test_what_was_changed_in_another_window_is_checked_again_first(assessment):
    pk = first(assessment)
    browser = sign_in(assessment.assessor)
    browser.post(address(assessment), {**typed(assessment), "save": "1"})
    checked = browser.get(check_address(assessment)).context["form"]["version"].value()
    browser.post(
        address(assessment), {**typed(assessment, version=checked, **{f"mark-{pk}": "1"}), "save": "1"}
    )

    answer = browser.post(check_address(assessment), {"version": checked})

    assessment.refresh_from_db()
    assert (answer.status_code, assessment.is_submitted) == (409, False)
    assert "Marks and feedback: 73 of 100" in answer.text
    browser.post(check_address(assessment), {"version": answer.context["form"]["version"].value()})
    assessment.refresh_from_db()
    assert assessment.is_submitted


@pytest.mark.parametrize("version", ["", "x", "0", "9" * 40])
def test_a_version_that_nobody_saw_submits_nothing(assessment, version):
    browser = sign_in(assessment.assessor)
    browser.post(address(assessment), {**typed(assessment), "save": "1"})

    answer = browser.post(check_address(assessment), {"version": version})

    assessment.refresh_from_db()
    assert (answer.status_code, assessment.is_submitted) == (409, False)


def test_nobody_but_its_assessor_opens_the_check_page(assessment):
    other = assessments.assessment(assessment.application)

    assert sign_in(assessment.assessor).get(check_address(other)).status_code == 404
    assert sign_in(people.user(Role.MANAGER)).get(check_address(other)).status_code == 403
    assert sign_in(people.user(Role.MANAGER)).post(check_address(other)).status_code == 403


def test_pressing_submit_twice_gives_the_same_receipt(assessment):
    browser = sign_in(assessment.assessor)
    submitted(browser, assessment)

    again = browser.post(check_address(assessment), {"version": "2"}, follow=True)

    assert "You submitted this assessment at" in again.content.decode()


def test_saving_twice_is_no_conflict_with_oneself(assessment):
    browser = sign_in(assessment.assessor)
    data = {**typed(assessment), "save": "1"}
    browser.post(address(assessment), data)

    assert browser.post(address(assessment), data).status_code == 302


@pytest.mark.parametrize("mark", ["11", "-1", "7.5", "abc", "9" * 5000])
def test_what_is_no_mark_is_named_and_everything_typed_comes_back(assessment, mark):
    pk = first(assessment)
    data = typed(assessment, **{f"mark-{pk}": mark, f"feedback-{pk}": "Typed with care."})

    answer = sign_in(assessment.assessor).post(address(assessment), {**data, "check": "1"})

    form = answer.context["form"]
    assert answer.status_code == 422
    assert list(form.errors) == [f"mark-{pk}"]
    assert form[f"mark-{pk}"].value() == mark
    assert form[f"feedback-{pk}"].value() == "Typed with care."
    assert f'href="#id_mark-{pk}"' in answer.content.decode()
    assert Score.objects.exclude(question=pk).count() == 9


def test_feedback_of_101_words_is_kept_but_not_submitted(assessment):
    pk = first(assessment)
    data = typed(assessment, **{f"feedback-{pk}": HUNDRED + " more"})
    browser = sign_in(assessment.assessor)

    answer = browser.post(address(assessment), {**data, "check": "1"})

    assessment.refresh_from_db()
    assert list(answer.context["form"].errors) == [f"feedback-{pk}"]
    assert "it has 101" in answer.content.decode()
    assert (answer.status_code, assessment.is_submitted) == (422, False)
    assert Score.objects.get(question=pk).feedback == HUNDRED + " more"


def test_all_reasons_come_at_once_with_a_mark_that_cannot_be_read(assessment):
    first_pk, second_pk = (question.pk for question in scoring.scored_questions(assessment)[:2])
    wrong = {
        f"mark-{first_pk}": "11",
        f"feedback-{first_pk}": HUNDRED + " more",
        f"feedback-{second_pk}": "",
        "fund_reason": "",
    }

    answer = sign_in(assessment.assessor).post(
        address(assessment), {**typed(assessment), **wrong, "check": "1"}
    )

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(wrong)
    assert "it has 101" in answer.text


def test_feedback_of_100_words_is_submitted(assessment):
    submitted(sign_in(assessment.assessor), assessment, **{f"feedback-{first(assessment)}": HUNDRED})

    assessment.refresh_from_db()
    assert assessment.is_submitted


def test_empty_feedback_and_an_open_verdict_are_named(assessment):
    pk = first(assessment)
    data = typed(assessment, **{f"feedback-{pk}": ".", "fund": None, "scope_reason": ""})

    answer = sign_in(assessment.assessor).post(address(assessment), {**data, "check": "1"})

    assert set(answer.context["form"].errors) == {f"feedback-{pk}", "fund", "scope_reason"}


def test_a_refused_submission_can_be_mended_and_sent_from_the_page_it_came_back_on(assessment):
    browser = sign_in(assessment.assessor)
    refused = browser.post(address(assessment), {**typed(assessment, fund=None), "check": "1"})
    version = refused.context["form"]["version"].value()

    submitted(browser, assessment, version=version)

    assessment.refresh_from_db()
    assert assessment.is_submitted


def test_a_stale_page_shows_both_and_overwrites_only_when_asked_again(assessment):
    pk = first(assessment)
    field = f"feedback-{pk}"
    browser = sign_in(assessment.assessor)
    browser.post(address(assessment), typed(assessment, **{field: "From one window."}))

    answer = browser.post(address(assessment), typed(assessment, **{field: "From another."}))

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "From one window." in text and "From another." in text
    assert Score.objects.get(question=pk).feedback == "From one window."

    version = answer.context["form"]["version"].value()
    browser.post(address(assessment), typed(assessment, version=version, **{field: "From another."}))
    assert Score.objects.get(question=pk).feedback == "From another."


def test_what_is_typed_after_the_lock_is_shown_and_not_saved(assessment):
    pk = first(assessment)
    browser = sign_in(assessment.assessor)
    submitted(browser, assessment)

    answer = browser.post(address(assessment), typed(assessment, **{f"feedback-{pk}": "Second thoughts."}))

    assert answer.status_code == 409
    assert "Second thoughts." in answer.content.decode()
    assert Score.objects.get(question=pk).feedback == "Well argued."


def test_an_assessor_cannot_open_the_assessment_of_another(assessment):
    other = assessments.submitted(assessment.application, note_to_staff="Between us.")
    browser = sign_in(assessment.assessor)

    assert browser.get(address(other)).status_code == 404
    assert browser.post(address(other), {"version": 1}).status_code == 404
    assert "Between us." not in browser.get(address(assessment)).content.decode()


@pytest.mark.parametrize("status", [AssessmentStatus.WITHDRAWN, AssessmentStatus.REJECTED])
def test_what_was_taken_back_is_gone_from_the_assessors_sight(status):
    assessment = assessments.assessment(applications.application(Status.IN_ASSESSMENT), status=status)

    assert sign_in(assessment.assessor).get(address(assessment)).status_code == 404


@pytest.mark.parametrize("role", [Role.MANAGER, Role.FUNDS, Role.APPROVER, Role.AUDITOR])
def test_staff_read_and_do_not_mark(assessment, role):
    browser = sign_in(people.user(role))

    page = browser.get(address(assessment))
    refused = browser.post(address(assessment), {**typed(assessment), "check": "1"})

    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()
    assert refused.status_code == 403
    assert not Score.objects.exists()


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.LEAD, Role.ADMINISTRATOR])
def test_others_do_not_find_it(assessment, role):
    assert sign_in(people.user(role)).get(address(assessment)).status_code in (302, 403, 404)


def test_the_page_takes_as_many_queries_for_ten_marks_as_for_none(assessment, django_assert_max_num_queries):
    marked = assessments.marked(applications.application(Status.IN_ASSESSMENT))

    for one in (assessment, marked):
        browser = sign_in(one.assessor)
        with django_assert_max_num_queries(15):
            browser.get(address(one))
