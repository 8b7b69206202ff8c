"""Taking over an earlier answer to the same question, and one page with all of a draft."""

import pytest
from django.urls import reverse

from accounts.models import Membership
from applications.models import Answer, Application, Question
from tests.make import applications, competitions, organisations, people
from tests.make.office import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def earlier() -> Application:
    within = competitions.open_now()
    return applications.complete_draft(within, at=within.opens_at)


@pytest.fixture
def draft(earlier) -> Application:
    firm = applications.lead(earlier).organisation
    within = competitions.open_now()
    return applications.draft(within, firm, by=earlier.started_by, at=within.opens_at)


def page(draft: Application) -> str:
    return reverse("applications:answer", args=[draft.reference, "scope"])


def text_of(application: Application) -> str:
    return application.answers.get(question__key="scope").text


def field(answer) -> str:
    return answer.context["form"]["text"].value()


def test_earlier_answer_is_offered_looked_at_and_put_into_the_field(earlier, draft):
    browser = sign_in(draft.started_by)

    offered = browser.get(page(draft))
    looked_at = browser.get(page(draft), {"copy": earlier.reference})
    put_in = browser.get(page(draft), {"copy": earlier.reference, "into": "yes"})

    assert f"?copy={earlier.reference}#earlier" in offered.text
    assert (field(offered), field(looked_at), field(put_in)) == ("", "", text_of(earlier))
    assert "is not saved yet" in put_in.text
    assert not draft.answers.exists()


def test_what_it_would_take_the_place_of_is_said_and_shown(earlier, draft):
    browser = sign_in(draft.started_by)
    browser.post(page(draft), {"text": "Written for this one.", "version": "0"})

    looked_at = browser.get(page(draft), {"copy": earlier.reference})
    put_in = browser.get(page(draft), {"copy": earlier.reference, "into": "yes"})

    assert "It stays saved until you save another in its place." in looked_at.text
    assert (field(looked_at), field(put_in)) == ("Written for this one.", text_of(earlier))
    assert "it takes the place of what is saved here now" in put_in.text
    assert "Written for this one." in put_in.text
    assert text_of(draft) == "Written for this one."


def test_answers_of_another_organisation_are_neither_offered_nor_copied(draft):
    within = competitions.open_now()
    theirs = applications.complete_draft(within, at=within.opens_at)
    browser = sign_in(draft.started_by)

    offered = browser.get(page(draft)).text
    asked_for = browser.get(page(draft), {"copy": theirs.reference, "into": "yes"})

    assert theirs.reference not in offered + asked_for.text
    assert field(asked_for) == ""


def test_answers_of_another_organisation_of_the_same_person_are_not_mixed_in(draft):
    within = competitions.open_now()
    other = organisations.organisation()
    Membership.objects.create(organisation=other, person=draft.started_by, joined_at=within.opens_at)
    elsewhere = applications.draft(within, other, by=draft.started_by, at=within.opens_at)
    question = Question.objects.get(question_set=within.question_set, key="scope")
    Answer.objects.create(
        application=elsewhere, question=question, text="Another firm's.", saved_by=draft.started_by,
        saved_at=within.opens_at,
    )  # fmt: skip

    assert elsewhere.reference not in sign_in(draft.started_by).get(page(draft)).text


def test_question_has_its_guidance_and_how_it_is_marked_beside_it(draft):
    asked = draft.competition.question_set.questions.filter(max_marks=10).first()
    address = reverse("applications:answer", args=[draft.reference, asked.key])

    shown = sign_in(draft.started_by).get(address).text

    assert "What a good answer covers" in shown
    assert "9 or 10: Compelling" in shown


def test_all_of_a_draft_stands_on_one_page_for_its_members_alone(earlier):
    address = reverse("applications:all", args=[earlier.reference])
    stranger = people.member(organisations.organisation())

    shown = sign_in(earlier.started_by).get(address)
    task_list = sign_in(earlier.started_by).get(reverse("applications:detail", args=[earlier.reference]))

    assert all(answer.text.split("\n")[0] in shown.text for answer in earlier.answers.all())
    assert "Grant asked for" in shown.text
    assert "A draft as it stands at" in shown.text
    assert address in task_list.text
    assert sign_in(stranger).get(address).status_code == 404
