from decimal import Decimal

import pytest

from accounts.roles import Role
from applications.assessment import moderation, ranking
from applications.models import Exclusion
from applications.workflow import Status
from tests import form_on_page
from tests.make import applications, assessments, office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    return applications.application(Status.IN_ASSESSMENT)


def address(application) -> str:
    return f"/admin/applications/application/{application.pk}/marks/"


def sent(browser, application, verb: str, **typed):
    reader = form_on_page.Reader()
    reader.feed(browser.get(address(application)).text)
    [form] = [one for one in reader.forms if one.action.rstrip("/").endswith(f"/{verb}")][:1]
    return browser.post(form.action, {**form.values, **typed})


def percentage(application):
    [line] = ranking.panel_sheet([application.competition])
    return line.percentage


def test_the_marks_stand_side_by_side(application):
    assessments.submitted(application, marks=[10] + [8] * 9)
    assessments.submitted(application, marks=[3] + [5] * 9, fund=False)

    page = office.sign_in(people.user(Role.AUDITOR)).get(address(application))

    assert "6.5 of 10" in page.text
    assert "Mean 65.0%, spread 34.0 points, standard deviation 24.0." in page.text
    assert "+34.0" in page.text and "-34.0" in page.text
    assert "Propose it" not in page.text


def test_two_people_take_a_mark_out_and_put_it_back(application):
    assessments.submitted(application, mark=8)
    given = assessments.submitted(application, mark=2)
    first, second = office.sign_in(people.manager()), office.sign_in(people.user(Role.FUNDS))

    answer = sent(first, application, "exclude", what=str(given.pk), reason="Not argued.")
    assert answer.status_code == 302
    assert percentage(application) == Decimal("50.0")
    assert "You proposed this." in first.get(address(application)).text
    sent(second, application, "decide-exclusion", decision="confirm")
    assert percentage(application) == Decimal("80.0")
    assert "not counted" in first.get(address(application)).text
    assert sent(second, application, "exclude", reason="It was argued.").status_code == 302
    sent(first, application, "decide-exclusion", decision="confirm")
    assert percentage(application) == Decimal("50.0")


def test_a_form_that_is_not_whole_comes_back_with_what_was_typed(application):
    given = assessments.submitted(application)
    browser = office.sign_in(people.manager())

    answer = sent(browser, application, "exclude", what=f"{given.pk}-999", reason="Not argued.")
    assert answer.status_code == 422
    assert "Choose a mark or an assessment from the list" in answer.text and "Not argued." in answer.text
    assert sent(browser, application, "exclude", what=str(given.pk), reason="").status_code == 422
    assert sent(browser, application, "exclude", exclusion="9" * 30).status_code == 422
    assert sent(browser, application, "note", text=" ").status_code == 422
    moderation.propose(given, reason="Not argued.", by=people.user(Role.FUNDS), at=NOON)
    answer = sent(browser, application, "decide-exclusion", decision="refuse")
    assert (answer.status_code, Exclusion.objects.get().is_waiting) == (422, True)


def test_an_assessor_or_a_stranger_does_not_open_it(application):
    assessor = people.assessor()
    assessments.submitted(application, assessor)

    assert office.sign_in(assessor).get(address(application)).status_code == 403


@pytest.mark.parametrize("number", [1, 5])
def test_the_page_takes_the_same_queries_however_many_marked(
    number, application, django_assert_max_num_queries
):
    for _ in range(number):
        given = assessments.submitted(application)
        moderation.propose(given, reason="Not argued.", by=people.user(Role.FUNDS), at=NOON)
        moderation.note(application, "A note.", by=people.manager(), at=NOON)
    browser = office.sign_in(people.manager())

    with django_assert_max_num_queries(16):
        assert browser.get(address(application)).status_code == 200


def test_what_is_refused_for_another_reason_keeps_what_was_typed_too(application):
    given = assessments.submitted(application)
    moderation.propose(given, reason="Not argued.", by=people.user(Role.FUNDS), at=NOON)
    browser = office.sign_in(people.manager())

    answer = sent(browser, application, "exclude", what=str(given.pk), reason="A long reason of my own.")

    assert answer.status_code == 409
    assert "A long reason of my own." in answer.text
