"""A page of a draft that is saved while somebody writes: the same action, answered for the script."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Intent
from applications import drafting
from applications.models import Answer, Application, Question
from applications.workflow import Status
from tests.applications.test_conflicts import FORMS, Form
from tests.make import applications, competitions, organisations, people
from tests.make.office import sign_in

pytestmark = pytest.mark.django_db

#: The forms that are pages of a draft; a cost line is added and changed by its button alone.
PAGES = [
    make
    for make in FORMS
    if make.__name__ in {"details", "answer", "part", "overheads", "funding", "declarations"}
]


@pytest.fixture
def draft() -> Application:
    within = competitions.open_now()
    return applications.draft(within, at=within.opens_at)


@pytest.fixture(params=PAGES, ids=lambda make: make.__name__)
def form(request) -> Form:
    filled_in = applications.application(Status.DRAFT, competitions.open_now())
    applications.labour(filled_in, 50_000, filled_in.competition.opens_at)
    filled_in.refresh_from_db()
    return request.param(filled_in)


def answer_page(draft: Application, key: str = "scope") -> str:
    return reverse("applications:answer", args=[draft.reference, key])


def autosave(browser: Client, address: str, **typed):
    return browser.post(address, {**typed, "autosave": "yes"})


def rows(draft: Application) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(subject_id=draft.pk, action="save answer").order_by("pk"))


def test_autosave_keeps_what_is_typed_and_says_when(form):
    ada, _ = form.browsers()
    seen = form.seen(ada)

    answer = autosave(ada, form.address, **form.first, version=seen)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["version"] == int(form.seen(ada)) == int(seen) + 1
    assert answer.json()["saved_at"].endswith(("am", "pm", "midday", "midnight"))
    assert form.kept() == form.values[0]


def test_autosave_over_what_somebody_else_saved_is_refused_and_says_who(form):
    ada, ben = form.browsers()
    seen = form.seen(ben)
    autosave(ada, form.address, **form.first, version=seen)

    answer = autosave(ben, form.address, **form.second, version=seen)

    assert answer.status_code == 409
    assert answer.json()["problems"][0]["text"].endswith("Nothing has been overwritten.")
    assert form.kept() == form.values[0]


def test_autosave_whose_answer_was_lost_is_answered_again_and_done_once(draft):
    browser, address = sign_in(draft.started_by), answer_page(draft)
    sent = {"intent": "the-key-of-the-page", "text": "Gears.", "version": "0"}

    answers = [autosave(browser, address, **sent).json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert draft.answers.get().version == 1
    assert Intent.objects.filter(person=draft.started_by).count() == 1


def test_next_autosave_of_the_same_page_is_a_further_save(draft):
    browser, address = sign_in(draft.started_by), answer_page(draft)
    key = {"intent": "the-key-of-the-page"}

    first = autosave(browser, address, **key, text="Gears", version="0").json()
    second = autosave(browser, address, **key, text="Gears for ships", version=str(first["version"])).json()
    pressed = browser.post(
        address, {**key, "text": "Gears for ships", "version": str(second["version"]), "save": "yes"}
    )

    assert (second["version"], pressed.status_code) == (2, 302)
    assert draft.answers.get().text == "Gears for ships"


def test_autosave_of_an_answer_counts_its_words_and_says_how_many_are_too_many(draft):
    Question.objects.filter(key="scope").update(word_limit=2)

    said = autosave(sign_in(draft.started_by), answer_page(draft), text="Gears for ships", version="0").json()

    assert (said["words"], said["over"]) == (3, "Your answer has 3 words. The limit is 2: take out 1 word.")


def test_autosave_takes_back_that_the_section_is_complete_and_leaves_no_message(draft):
    browser, address = sign_in(draft.started_by), answer_page(draft)
    browser.post(address, {"text": "Gears.", "version": "0", "complete": "yes"})
    browser.get(reverse("applications:detail", args=[draft.reference]))

    said = autosave(browser, address, text="Gears and", version="1").json()

    assert said["is_complete"] is False
    assert not draft.completed_sections.filter(section="scope").exists()
    assert "message-1" not in browser.get(address).text


def test_what_cannot_be_kept_is_named_at_its_field_and_nothing_is_saved(draft):
    details = reverse("applications:details", args=[draft.reference])
    browser = sign_in(draft.started_by)

    answer = autosave(browser, details, start_on_day="1", version="0")

    assert answer.status_code == 422
    assert answer.json()["problems"] == [
        {"text": "Start date must include a month and year", "href": "#id_start_on_day"}
    ]
    assert Application.objects.get(pk=draft.pk).start_on is None


def test_autosave_after_the_close_says_so(draft):
    browser, address = sign_in(draft.started_by), answer_page(draft)
    competition = draft.competition
    type(competition).objects.filter(pk=competition.pk).update(
        opens_at=competition.opens_at - timedelta(days=400),
        closes_at=competition.opens_at - timedelta(days=1),
    )

    answer = autosave(browser, address, text="Gears.", version="0")

    assert answer.status_code == 409
    assert "Nothing was saved." in answer.json()["problems"][0]["text"]


def test_autosave_of_somebody_signed_out_is_told_so_and_a_form_is_led_to_sign_in(draft):
    address = answer_page(draft)

    told, led = autosave(Client(), address, text="Gears."), Client().post(address, {"text": "Gears."})

    assert (told.status_code, told.json()["problems"][0]["text"]) == (401, "You have been signed out.")
    assert led.status_code == 302


def test_autosave_whose_protection_ran_out_is_told_as_data(draft):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(draft.started_by)

    answer = autosave(browser, answer_page(draft), text="Gears.")

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/json")


def test_stranger_is_not_told_that_the_page_is_there(draft):
    assert (
        autosave(
            sign_in(people.member(organisations.organisation())), answer_page(draft), text="Gears."
        ).status_code
        == 404
    )


def test_cost_line_is_never_added_by_itself(draft):
    page = reverse("applications:cost_lines", args=[draft.reference, "labour"])

    assert "data-autosave" not in sign_in(draft.started_by).get(page).text


def test_page_after_a_conflict_is_not_saved_by_itself(draft):
    ada, address = sign_in(draft.started_by), answer_page(draft)
    before = ada.get(address).text
    ada.post(address, {"text": "Gears.", "version": "0"})

    refused = ada.post(address, {"text": "Ships.", "version": "0"})

    assert ("data-autosave" in before, refused.status_code, "data-autosave" in refused.text) == (
        True,
        409,
        False,
    )


def save(draft: Application, text: str, at, *, by=None, is_autosave: bool = True) -> Answer:
    question = Question.objects.get(question_set=draft.competition.question_set, key="scope")
    return drafting.save_answer(
        draft, question, text, by=by or draft.started_by, at=at, is_autosave=is_autosave
    )


def test_autosaves_of_one_person_within_ten_minutes_leave_one_row_in_the_trail(draft):
    begin = draft.competition.opens_at.replace(minute=0, second=0) + timedelta(days=1)

    for seconds in range(0, 1200, 60):
        save(draft, f"Gears {seconds}", begin + timedelta(seconds=seconds))
    kept = [row.after["version"] for row in rows(draft)]

    assert kept == [1, 11]
    assert draft.answers.get().version == 20


def test_pressed_save_and_another_person_each_leave_a_row(draft):
    begin = draft.competition.opens_at.replace(minute=0, second=0) + timedelta(days=1)
    ben = people.member(applications.lead(draft).organisation)

    save(draft, "Gears", begin)
    save(draft, "Gears and", begin)
    save(draft, "Gears and ships", begin, by=ben)
    save(draft, "Gears and trains", begin)
    save(draft, "Gears and trains.", begin, is_autosave=False)

    assert [(row.by_id, row.after["version"]) for row in rows(draft)] == [
        (draft.started_by_id, 1),
        (ben.pk, 3),
        (draft.started_by_id, 4),
        (draft.started_by_id, 5),
    ]


def details_of(draft: Application) -> str:
    return reverse("applications:details", args=[draft.reference])


def test_one_field_that_cannot_be_read_holds_no_other_back(draft):
    ada = sign_in(draft.started_by)
    drafting.save_details(draft, {"duration_months": 6}, by=draft.started_by, at=draft.started_at)

    typed = {"title": "Gears", "duration_months": "six", "cluster_activity": "In Bootle"}
    answer = autosave(ada, details_of(draft), version="1", **typed)
    draft.refresh_from_db()

    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert [one["text"] for one in answer.json()["problems"]] == [
        "Duration in months must be a whole number, like 12"
    ]
    assert (draft.title, draft.cluster_activity, draft.duration_months) == ("Gears", "In Bootle", 6)


def test_where_nothing_else_was_changed_nothing_is_saved(draft):
    ada = sign_in(draft.started_by)

    answer = autosave(ada, details_of(draft), duration_months="six", version="0")

    assert answer.status_code == 422
    assert not AuditEntry.objects.filter(action="save details").exists()


def test_a_place_is_saved_whole_or_not_at_all(draft):
    ada, area = sign_in(draft.started_by), competitions.area()
    address = reverse("applications:organisation", args=[draft.reference])
    lead = applications.lead(draft)
    lead.elsewhere = "Cardiff"
    lead.save()

    answer = autosave(
        ada, address, work_postcode="L3 5TF", work_area=str(area.pk), elsewhere="Cardiff", version="0"
    )
    lead.refresh_from_db()

    assert answer.status_code == 200 and len(answer.json()["problems"]) == 1
    assert (lead.work_postcode, lead.work_area, lead.elsewhere) == ("L3 5TF", None, "Cardiff")


def test_a_percentage_is_saved_beside_a_source_that_is_not_finished(draft):
    address = reverse("applications:funding", args=[draft.reference])
    sources = {
        "sources-TOTAL_FORMS": "1",
        "sources-INITIAL_FORMS": "0",
        "sources-0-source": "Council",
        "sources-0-amount": "a lot",
    }
    details = {"research_category": "industrial_research"}
    drafting.save_details(draft, details, by=draft.started_by, at=draft.started_at)

    answer = autosave(sign_in(draft.started_by), address, percentage_asked="50", version="0", **sources)

    assert answer.status_code == 200 and answer.json()["problems"]
    assert applications.lead(draft).percentage_asked == 50
    assert not applications.lead(draft).funding_sources.exists()


def test_half_a_source_over_what_somebody_else_saved_is_refused(draft):
    address = reverse("applications:funding", args=[draft.reference])
    sources = {
        "sources-TOTAL_FORMS": "1",
        "sources-INITIAL_FORMS": "0",
        "sources-0-source": "Council",
        "sources-0-amount": "a lot",
    }
    details = {"research_category": "industrial_research"}
    drafting.save_details(draft, details, by=draft.started_by, at=draft.started_at)
    ada = sign_in(draft.started_by)
    autosave(ada, address, percentage_asked="40", version="0", **{**sources, "sources-0-amount": "1"})

    answer = autosave(ada, address, percentage_asked="50", version="0", **sources)

    assert answer.status_code == 409
    assert applications.lead(draft).percentage_asked == 40


def test_sums_and_broken_rules_come_with_the_answer(draft):
    applications.labour(draft, 10_000, draft.started_at)
    address = reverse("applications:costs", args=[draft.reference])

    answer = autosave(sign_in(draft.started_by), address, method="twenty", version="0").json()

    assert answer["figures"]["total_costs"] == "£12,000"
    assert answer["figures"]["overheads"] == "£2,000"
    assert "Total project costs must be between" in answer["told"]
