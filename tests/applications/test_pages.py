"""The pages of a business: from the list of competitions to the receipt."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Notification
from applications.models import Answer, Application, Category, Competition
from applications.workflow import Status
from tests.make import applications as make
from tests.make import organisations, people

pytestmark = pytest.mark.django_db


def _open_draft():
    within = make.open_now()
    return make.complete_draft(within, at=within.opens_at)


def page(client, name, application, *more):
    return client.get(reverse(f"applications:{name}", args=[application.reference, *more]))


def test_the_list_and_page_of_competitions_are_public(client):
    competition = make.open_now()

    listed = client.get("/")
    shown = client.get(f"/competitions/{competition.code}/")

    assert competition.title in listed.content.decode()
    assert shown.status_code == 200
    assert "Start an application" in shown.content.decode()


@pytest.mark.parametrize("is_portfolio", [False, True])
def test_the_page_says_by_which_rule_the_money_goes(client, is_portfolio):
    competition = make.open_now()
    Competition.objects.filter(pk=competition.pk).update(
        announces_portfolio=is_portfolio, allows_part_awards=is_portfolio
    )

    shown = client.get(f"/competitions/{competition.code}/").content.decode()

    assert ("from the highest score down" in shown) == (not is_portfolio)
    assert ("This is a portfolio" in shown) == is_portfolio
    assert ("offered a part of what it asks for" in shown) == is_portfolio


def test_a_competition_in_set_up_is_not_there_for_the_public(client):
    competition = make.open_now()
    Competition.objects.filter(pk=competition.pk).update(stage="set-up", is_listed=False)

    assert client.get(f"/competitions/{competition.code}/").status_code == 404


def test_two_presses_of_start_make_one_draft(client):
    competition, organisation = make.open_now(), organisations.organisation()
    client.force_login(people.member(organisation))
    url = f"/competitions/{competition.code}/start/"
    press = re.search(r'name="press" value="([^"]+)"', client.get(url).content.decode())[1]

    first = client.post(url, {"press": press, "organisation": organisation.pk})
    second = client.post(url, {"press": press, "organisation": organisation.pk})

    assert first.url == second.url
    assert Application.objects.count() == 1


def test_nothing_starts_for_another_organisation(client):
    competition = make.open_now()
    client.force_login(people.member(organisations.organisation()))
    other = organisations.organisation()

    answer = client.post(f"/competitions/{competition.code}/start/", {"organisation": other.pk})

    assert answer.status_code == 404
    assert not Application.objects.exists()


PAGES = [
    ("detail",),
    ("details",),
    ("answer", "scope"),
    ("organisation",),
    ("costs",),
    *[("cost_lines", category) for category in Category.values if category != "overheads"],
    ("funding",),
    ("declarations",),
    ("check",),
]


@pytest.mark.parametrize("name", PAGES, ids=lambda name: "-".join(name))
def test_each_page_of_a_draft_opens_for_its_editor_and_for_nobody_else(client, name):
    application = _open_draft()
    client.force_login(application.started_by)
    own = page(client, name[0], application, *name[1:])
    client.force_login(_open_draft().started_by)
    strange = page(client, name[0], application, *name[1:])
    absent = client.get(reverse(f"applications:{name[0]}", args=["LP-0000-0000", *name[1:]]))

    assert own.status_code == 200
    assert strange.status_code == absent.status_code == 404


def test_an_answer_of_401_words_comes_back_whole_with_the_reason(client):
    application = _open_draft()
    client.force_login(application.started_by)
    url = reverse("applications:answer", args=[application.reference, "scope"])
    text = "word " * 401

    refused = client.post(url, {"text": text, "version": "1", "complete": "yes"})

    assert refused.status_code == 422
    assert "401 words" in refused.content.decode()
    assert text.strip() in refused.content.decode()
    # It is saved all the same, so that leaving the page loses nothing.
    assert application.answers.get(question__key="scope").text == text
    assert client.post(url, {"text": "word " * 400, "version": "2", "complete": "yes"}).status_code == 302


def test_an_answer_over_its_limit_is_saved_for_later_and_says_so(client):
    application = _open_draft()
    client.force_login(application.started_by)
    url = reverse("applications:answer", args=[application.reference, "scope"])

    saved = client.post(url, {"text": "word " * 401, "version": "1", "save": "yes"}, follow=True)

    assert "401 words" in saved.content.decode()
    assert "It is saved, and cannot be complete yet." in saved.content.decode()
    assert not application.completed_sections.filter(section="scope").exists()


def test_an_answer_saved_in_between_is_shown_beside_what_was_typed(client):
    application = _open_draft()
    client.force_login(application.started_by)
    url = reverse("applications:answer", args=[application.reference, "scope"])
    client.post(url, {"text": "the first text", "version": "1", "save": "yes"})

    second = client.post(url, {"text": "the second text", "version": "1", "save": "yes"})
    again = client.post(url, {"text": "the second text", "version": "2", "save": "yes"})

    assert second.status_code == 409
    assert "the first text" in second.content.decode() and "the second text" in second.content.decode()
    assert again.status_code == 302
    assert Answer.objects.get(application=application, question__key="scope").text == "the second text"


def test_a_cost_line_out_of_range_comes_back_with_the_reason(client):
    application = _open_draft()
    client.force_login(application.started_by)
    url = reverse("applications:cost_lines", args=[application.reference, "labour"])

    refused = client.post(
        url, {"description": "Fitter", "annual_cost": "46400", "working_days": "366", "days": "60"}
    )
    taken = client.post(
        url, {"description": "Fitter", "annual_cost": "46,400", "working_days": "232", "days": "60"}
    )

    assert refused.status_code == 422
    assert 'value="366"' in refused.content.decode()
    assert taken.status_code == 302
    assert make.lead(application).cost_lines.get(description="Fitter").amount == 12_000


def test_a_submission_answers_with_a_receipt_and_owes_one_notification(client):
    application = _open_draft()
    client.force_login(application.started_by)
    url = reverse("applications:check", args=[application.reference])

    first = client.post(url, {"is_true": "on"})
    second = client.post(url, {"is_true": "on"})
    receipt = client.get(first.url).content.decode()

    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    assert first.url == second.url == reverse("applications:receipt", args=[application.reference])
    assert application.reference in receipt
    assert Notification.objects.filter(kind="application_submitted").count() == 1


def test_a_submission_without_the_declaration_is_refused_at_the_field(client):
    application = _open_draft()
    client.force_login(application.started_by)

    refused = client.post(reverse("applications:check", args=[application.reference]), {})

    assert refused.status_code == 422
    assert "Confirm that the application is true" in refused.content.decode()


def test_after_the_close_the_page_states_both_times_and_keeps_the_draft(client):
    application = _open_draft()
    client.force_login(application.started_by)
    competition = application.competition
    now = competition.opens_at + timedelta(seconds=1)
    Competition.objects.filter(pk=competition.pk).update(closes_at=now)

    late = client.post(reverse("applications:check", args=[application.reference]), {"is_true": "on"})
    kept = page(client, "detail", application)

    application.refresh_from_db()
    assert late.status_code == 409
    assert "This competition closed at" in late.content.decode()
    assert "We received this at" in late.content.decode()
    assert application.status == Status.DRAFT
    assert "had not been submitted" in kept.content.decode()


def test_a_decision_is_shown_only_once_released(client):
    application = make.application(Status.UNSUCCESSFUL)
    client.force_login(application.started_by)

    before = (
        client.get("/applications/").content.decode() + page(client, "detail", application).content.decode()
    )
    application.released_at = application.submitted_at
    application.save(update_fields=["released_at"])
    after = page(client, "detail", application).content.decode()

    assert "nsuccessful" not in before
    assert "Unsuccessful" in after


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800".encode("utf-8", "surrogatepass"), "x" * 1_000_000, "אבג 漢字 🚀"]
)
def test_whatever_is_typed_never_ends_in_a_server_error(client, text):
    application = _open_draft()
    client.force_login(application.started_by)

    for name in (
        ("details",),
        ("answer", "scope"),
        ("cost_lines", "labour"),
        ("funding",),
        ("organisation",),
    ):
        fields = {
            "text": text,
            "title": text,
            "description": text,
            "percentage_asked": text,
            "work_postcode": text,
        }
        answer = client.post(
            reverse(f"applications:{name[0]}", args=[application.reference, *name[1:]]), fields
        )

        assert answer.status_code < 500, name
