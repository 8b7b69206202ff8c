from datetime import timedelta

import pytest

from accounts.versions import StaleVersion
from applications import completeness, drafting, editing, eligibility, sections
from applications.completeness import Incomplete
from applications.models import Application, ResearchCategory
from tests.make import applications, organisations, people
from tests.make.competitions import closed_competition, competition
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def question(application, key):
    return application.competition.question_set.questions.get(key=key)


def test_start_copies_the_organisation_as_it_stands():
    organisation = organisations.organisation(name="Halton Gears Ltd")

    started = applications.draft(organisation=organisation)

    lead = applications.lead(started)
    assert (lead.name, lead.company_number) == ("Halton Gears Ltd", organisation.company_number)
    assert lead.details_on == organisation.details_confirmed_on


def test_start_after_the_close_is_refused_and_leaves_nothing():
    organisation = organisations.organisation()
    closed = closed_competition()

    with pytest.raises(drafting.CompetitionClosed) as refusal:
        drafting.start(closed, organisation, by=people.member(organisation), at=NOON)

    assert refusal.value.closed_at == closed.closes_at
    assert not Application.objects.exists()


def test_start_for_an_organisation_of_others_is_refused():
    with pytest.raises(drafting.NotEditable):
        drafting.start(
            competition(),
            organisations.organisation(),
            by=people.member(organisations.organisation()),
            at=NOON,
        )


def test_one_press_of_start_makes_one_application():
    organisation = organisations.organisation()
    person, within = people.member(organisation), competition()

    first = drafting.start(within, organisation, by=person, at=NOON, reference="LP-AAAA-AAAA")
    second = drafting.start(within, organisation, by=person, at=NOON, reference="LP-AAAA-AAAA")

    assert first == second
    assert first.participants.count() == 1


@pytest.mark.parametrize(("words", "passes"), [(399, True), (400, True), (401, False)])
def test_word_limit_is_inclusive_and_blocks_completing_and_not_saving(words, passes):
    made = applications.draft()

    applications.answer(made, "need-or-challenge", "word " * words)

    assert made.answers.get().text == "word " * words
    if passes:
        drafting.complete(made, "need-or-challenge", by=made.started_by, at=NOON)
        return
    with pytest.raises(completeness.Incomplete) as refusal:
        drafting.complete(made, "need-or-challenge", by=made.started_by, at=NOON)
    assert "has 401 words. The limit is 400: take out 1 word." in str(refusal.value)


def test_word_limit_is_the_questions_own():
    made = applications.draft()
    made.competition.question_set.questions.filter(key="risks").update(word_limit=2)

    applications.answer(made, "risks", "three little words")

    with pytest.raises(completeness.Incomplete):
        drafting.complete(made, "risks", by=made.started_by, at=NOON)


def test_text_without_spaces_has_a_limit_of_characters():
    made = applications.draft()
    applications.answer(made, "risks", "字" * 10_001)

    with pytest.raises(completeness.Incomplete):
        drafting.complete(made, "risks", by=made.started_by, at=NOON)


def test_no_more_is_kept_of_a_draft_than_twice_its_characters():
    with pytest.raises(drafting.AnswerTooLong) as refusal:
        applications.answer(applications.draft(), "risks", "字" * 20_001)

    assert "has 20,001 characters. At most 20,000 are kept" in refusal.value.message


def test_two_writers_do_not_overwrite_one_another():
    made = applications.draft()
    asked = question(made, "risks")
    first = drafting.save_answer(made, asked, "Ours", version=0, by=made.started_by, at=NOON)
    drafting.save_answer(made, asked, "Theirs", version=first.version, by=made.started_by, at=NOON)

    with pytest.raises(StaleVersion) as refusal:
        drafting.save_answer(made, asked, "Ours again", version=first.version, by=made.started_by, at=NOON)

    assert refusal.value.current.text == "Theirs"
    assert made.answers.get().text == "Theirs"


def test_a_reader_of_the_organisation_cannot_save():
    made = applications.draft()
    reader = people.member(applications.lead(made).organisation, may_edit=False)

    with pytest.raises(editing.NotEditable):
        drafting.save_answer(made, question(made, "risks"), "Mine", by=reader, at=NOON)


def test_nothing_is_saved_from_the_closing_moment_on():
    made = applications.draft()

    with pytest.raises(editing.CompetitionClosed):
        drafting.save_details(made, {"title": "Late"}, by=made.started_by, at=made.competition.closes_at)


def test_an_answer_is_saved_a_microsecond_before_the_close():
    made = applications.draft()
    last = made.competition.closes_at - timedelta(microseconds=1)

    assert applications.answer(made, "risks", "In time", at=last).text == "In time"


def test_an_empty_section_cannot_be_marked_as_complete():
    made = applications.draft()

    for section in eligibility.form_sections(made):
        with pytest.raises(Incomplete):
            drafting.complete(made, section.key, by=made.started_by, at=NOON)

    assert not made.completed_sections.exists()


def test_editing_a_complete_section_takes_it_back():
    made = applications.complete_draft()

    applications.answer(made, "risks", "Something else")

    assert not made.completed_sections.filter(section="risks").exists()
    assert made.completed_sections.filter(section="need-or-challenge").exists()


def test_a_category_with_a_lower_maximum_takes_the_funding_back():
    made = applications.complete_draft()

    drafting.save_details(
        made, {"research_category": ResearchCategory.EXPERIMENTAL}, by=made.started_by, at=NOON
    )

    assert not made.completed_sections.filter(section=sections.FUNDING).exists()


def test_the_form_has_its_sections_in_order():
    keys = [section.key for section in eligibility.form_sections(applications.draft())]

    assert keys[:5] == ["details", "project-summary", "public-description", "scope", "need-or-challenge"]
    assert keys[-4:] == ["organisation", "costs", "funding", "declarations"]
    assert len(keys) == 18
