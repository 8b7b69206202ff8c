"""Words are counted in the page as on the server, whatever stands between them."""

import pytest

from applications import word_count
from applications.assessment import scoring
from applications.models import Question
from applications.workflow import Status
from tests import browser as browsers
from tests.make import applications, assessments, competitions
from tests.make.office import sign_in

pytestmark = pytest.mark.slow

#: What may part words, or look as though it did.
BETWEEN = [
    " ", "\t", "\n", "\u000b", "\f", "\u00a0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u205f",
    "\u3000", "\ufeff", "\u001c", "\u001f", "\u0085", "\u200b", "\u2060", "-", "–", "/",
]  # fmt: skip
TEXTS = [f"one{sign}two" for sign in BETWEEN] + [" R&D  -  20 % ", "日本語 の 本", "🚀 🚀🚀", "e\u0301 a", ""]


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def test_page_and_server_count_alike_for_answers_and_for_feedback(site):
    draft = applications.application(Status.DRAFT, competitions.open_now())
    given = assessments.assessment(applications.application(Status.IN_ASSESSMENT))
    sign_in(given.assessor)
    Question.objects.filter(key="risks").update(word_limit=3)
    field = f"#id_feedback-{scoring.scored_questions(given)[0].pk}"
    told = {"answer": [], "feedback": []}

    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by)
        page.goto(f"/applications/{draft.reference}/answers/risks/")
        for text in TEXTS:
            page.evaluate(SET, ["#id_text", text])
            page.wait_for_timeout(20)
            page.evaluate("document.querySelector('#id_text').dispatchEvent(new Event('keyup'))")
            told["answer"].append(page.locator(".govuk-character-count__status").inner_text())
        page = site.open(browser, person=given.assessor)
        page.goto(f"/admin/applications/assessment/{given.pk}/score/")
        for text in TEXTS:
            page.evaluate(SET, [field, text])
            told["feedback"].append(page.locator(f"{field}_count").inner_text())

    counted = [word_count.count(text) for text in TEXTS]
    assert told["feedback"] == [f"{number} of 100 words" for number in counted]
    assert told["answer"] == [remaining(3 - number) for number in counted]


SET = """([where, text]) => {
    const box = document.querySelector(where);
    box.value = text;
    box.dispatchEvent(new Event("input", {bubbles: true}));
}"""


def remaining(number: int) -> str:
    words = f"{abs(number)} word{'' if abs(number) == 1 else 's'}"
    return f"You have {words} {'too many' if number < 0 else 'remaining'}"
