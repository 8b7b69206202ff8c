"""The equality questions: answered once for an application, and nothing anywhere says by whom."""

import io
import json
import logging.config
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.london import day_of
from accounts.models import AuditEntry, Intent, Notification
from accounts.roles import Role
from applications import characteristics, equality
from applications.models import Application, EqualityAnswer
from applications.workflow import Status
from launchpad import logs, untraced, web_server
from tests import hostile_fields
from tests.make import applications as make
from tests.make import people

pytestmark = pytest.mark.django_db

GIVEN = {"age": "35_to_44", "gender": "not_said", "neurodiversity": "no"}
NOTHING = {asked.name: "" for asked in characteristics.ALL}


def entry(status: Status = Status.SUBMITTED, **fields) -> Application:
    return make.application(status, make.open_now(), **fields)


def page_of(application: Application) -> str:
    return reverse("applications:equality", args=[application.reference])


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def kept() -> list[dict]:
    return list(EqualityAnswer.objects.values(*NOTHING))


def rows_of_everything_else() -> dict[str, int]:
    """How many rows each table has; a session may come and go, and is no record of what was done."""
    counted = [one for one in apps.get_models() if one._meta.label not in ("sessions.Session", LABEL)]
    return {one._meta.label: one._default_manager.count() for one in counted}


LABEL = EqualityAnswer._meta.label


@pytest.fixture
def written():
    stream = io.StringIO()
    configuration = logs.configuration("json")
    configuration["handlers"]["console"]["stream"] = stream
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.config.dictConfig(settings.LOGGING)


def test_answers_are_kept_without_a_row_or_a_line_of_anything_else(written):
    application = entry()
    client = signed_in(application.started_by)
    before, lines = rows_of_everything_else(), len(written())

    answer = client.post(page_of(application), GIVEN)

    assert (answer.status_code, answer["Location"]) == (302, page_of(application))
    assert kept() == [{**NOTHING, **GIVEN}]
    application.refresh_from_db()
    assert application.equality_answered is True
    assert rows_of_everything_else() == before
    assert not Intent.objects.exists()
    assert not Notification.objects.filter(kind__contains="equality").exists()
    assert not AuditEntry.objects.filter(action__contains="equality").exists()
    assert written()[lines:] == []


@pytest.mark.parametrize(
    "address",
    [
        "/applications/{}/equality",
        "/applications/{}/equality?from=email",
        "/applications/{}/equality//",
        "/applications//{}/equality/",
        "/applications/{}/equality/more",
        "/applications/{}/Equality/",
        "/applications/{}/%65quality",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_typed_a_little_otherwise_leaves_no_more(written, address, method):
    """Django leads from the first to the page; the others are nowhere, and would still say who looked."""
    application = entry()
    client = signed_in(application.started_by)
    before, lines = rows_of_everything_else(), len(written())

    answer = getattr(client, method)(address.format(application.reference), GIVEN)

    assert answer.status_code in (301, 404, 405)
    assert rows_of_everything_else() == before
    assert written()[lines:] == []


def test_neither_the_web_server_nor_an_address_like_it_is_kept_from_the_log(written):
    application = entry()
    client = signed_in(application.started_by)

    client.get(f"/applications/{application.reference}/equality-policy/")

    assert web_server.accesslog is None
    assert [line["event"] for line in written()] == ["request_finished"]


def test_names_that_the_page_does_not_offer_write_nothing():
    application, other = entry(), entry()
    sent = {**hostile_fields.fields(upwards=True), "application": other.pk, "day": "2020-01-01", **NOTHING}

    signed_in(application.started_by).post(page_of(application), {**sent, **GIVEN})

    (answer,) = EqualityAnswer.objects.all()
    assert (answer.competition_id, answer.day) == (application.competition_id, day_of(clock.now()))
    assert kept() == [{**NOTHING, **GIVEN}]
    assert list(Application.objects.filter(equality_answered=True)) == [application]


def test_where_the_address_is_traced_the_log_says_who_was_there(written, monkeypatch):
    """The negative control."""
    application = entry()
    client = signed_in(application.started_by)
    monkeypatch.setattr(untraced, "is_address", lambda path: False)

    client.post(page_of(application), GIVEN)

    (line,) = [line for line in written() if line["event"] == "request_finished"]
    assert line["user_id"] == application.started_by_id


def test_a_page_that_fails_is_logged_without_who_it_was(written, monkeypatch):
    application = entry()
    client = signed_in(application.started_by)
    client.raise_request_exception = False

    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(EqualityAnswer.objects, "create", broken)
    assert client.post(page_of(application), GIVEN).status_code == 500

    failed = [line for line in written() if line["event"] == "request_failed"]
    assert len(failed) == 1
    for line in written():
        assert "user_id" not in line
        assert application.reference not in json.dumps(line)
        assert not set(GIVEN.values()) & {str(value) for value in line.values()}


def test_an_expired_form_is_not_noted_in_the_trail_here():
    application = entry()
    client = Client(enforce_csrf_checks=True)
    client.force_login(application.started_by)
    before = AuditEntry.objects.count()

    assert client.post(page_of(application), GIVEN).status_code == 403
    assert AuditEntry.objects.count() == before
    client.post(reverse("applications:withdraw", args=[application.reference]))
    assert AuditEntry.objects.count() == before + 1


def test_a_row_leads_to_nobody_and_holds_no_moment():
    columns = {field.name: field for field in EqualityAnswer._meta.get_fields()}

    assert set(columns) == {"key", "competition", "day", *NOTHING}
    assert isinstance(columns["key"], models.UUIDField)
    assert type(columns["day"]) is models.DateField
    pointing = [one for one in columns.values() if one.is_relation]
    assert [one.related_model._meta.label for one in pointing] == ["applications.Competition"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type FROM information_schema.columns WHERE table_name = %s",
            [EqualityAnswer._meta.db_table],
        )
        assert {kind for (kind,) in cursor.fetchall()} == {"uuid", "bigint", "date", "character varying"}


def test_the_key_is_random_and_the_day_londons():
    application = entry()
    late = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    application.competition.closes_at = late

    equality.answer(application, GIVEN, at=late)

    row = EqualityAnswer.objects.get()
    assert uuid.UUID(str(row.key)).version == 4
    assert row.day.isoformat() == "2026-06-02"


def test_pressed_twice_it_is_answered_once():
    application = entry()
    client = signed_in(application.started_by)

    first, second = (client.post(page_of(application), one) for one in (GIVEN, {"age": "65_or_over"}))

    assert first["Location"] == second["Location"]
    assert kept() == [{**NOTHING, **GIVEN}]


def test_a_press_that_had_read_it_as_unanswered_finds_it_answered():
    application = entry()
    stale = Application.objects.select_related("competition").get(pk=application.pk)

    at = application.competition.opens_at + timedelta(hours=1)
    assert equality.answer(application, GIVEN, at=at) is True
    assert equality.answer(stale, GIVEN, at=at) is False
    assert len(kept()) == 1


def test_without_the_note_both_presses_would_count(monkeypatch):
    """The negative control: nothing about the rows themselves keeps a second one out."""
    application = entry()
    monkeypatch.setattr(models.QuerySet, "update", lambda *_, **__: 1)

    at = application.competition.opens_at + timedelta(hours=1)
    assert [equality.answer(application, GIVEN, at=at) for _ in range(2)] == [True, True]
    assert len(kept()) == 2


@pytest.mark.parametrize("who", ["stranger", "reader", "partner", "manager"])
def test_only_who_edits_for_the_lead_is_asked(who):
    application = entry()
    made = {
        "stranger": lambda: make.stranger(),
        "reader": lambda: people.member(make.lead(application).organisation, may_edit=False),
        "partner": lambda: people.member(make.partner(application).organisation),
        "manager": lambda: people.user(Role.MANAGER, Role.APPLICANT),
    }
    client = signed_in(made[who]())

    assert client.get(page_of(application)).status_code == 404
    assert client.post(page_of(application), GIVEN).status_code == 404
    assert kept() == []


@pytest.mark.parametrize("status", [Status.DRAFT, Status.WITHDRAWN])
def test_what_is_no_entry_is_not_asked(status):
    application = entry(status)
    client = signed_in(application.started_by)

    assert b"Send my answers" not in client.get(page_of(application)).content
    assert client.post(page_of(application), GIVEN).status_code == 409
    assert kept() == []


def test_it_is_asked_to_the_end_of_the_last_day():
    application = entry()
    competition = application.competition
    end = datetime.combine(equality.last_day(competition), datetime.max.time(), UTC) - timedelta(hours=2)

    assert equality.last_day(competition) == day_of(competition.closes_at) + timedelta(days=14)
    assert equality.is_asked(application, end)
    assert not equality.is_whole(competition, end)
    assert not equality.is_asked(application, end + timedelta(hours=3))
    assert not equality.is_whole(competition, end + timedelta(hours=3))
    assert equality.is_whole(competition, end + timedelta(days=2))


@pytest.mark.parametrize(
    ("sent", "says"),
    [({}, "Answer at least one question"), ({"age": "170", "gender": "man"}, "Choose one of the answers")],
)
def test_what_cannot_be_taken_is_shown_again_and_not_kept(sent, says):
    application = entry()

    answer = signed_in(application.started_by).post(page_of(application), sent)

    assert answer.status_code == 422
    assert says in answer.text
    assert ("checked" in answer.text) == bool(sent)
    assert kept() == []
    application.refresh_from_db()
    assert application.equality_answered is False


def test_neither_page_nor_browser_keeps_what_is_typed():
    application = entry()
    client = signed_in(application.started_by)

    page = client.get(page_of(application))
    client.post(page_of(application), GIVEN)
    afterwards = client.get(page_of(application))

    assert "no-store" in page["Cache-Control"] and "no-store" in afterwards["Cache-Control"]
    for found in ("data-autosave", "data-keep", 'name="writer"', 'name="intent"'):
        assert found not in page.text
    assert "were answered" in afterwards.text and "35 to 44" not in afterwards.text
    assert "checked" not in afterwards.text
    assert not set(GIVEN.values()) & set(json.dumps(dict(client.session)).split('"'))


def test_a_session_that_has_ended_keeps_nothing_of_it():
    application = entry()

    answer = Client().post(page_of(application), GIVEN)

    assert answer.status_code == 302
    assert answer["Location"].split("?")[0] == reverse(settings.LOGIN_URL)
    assert "35_to_44" not in answer["Location"]
    assert kept() == []


def test_the_pages_of_the_application_lead_to_it():
    application = entry()
    client = signed_in(application.started_by)
    link = f'href="{page_of(application)}"'
    detail = reverse("applications:detail", args=[application.reference])

    assert link in client.get(detail).text
    assert link in client.get(reverse("applications:receipt", args=[application.reference])).text
    client.post(page_of(application), GIVEN)
    assert "were answered for this application" in client.get(detail).text
    draft = make.application(Status.DRAFT, make.open_now())
    overview = signed_in(draft.started_by).get(reverse("applications:detail", args=[draft.reference])).text
    assert "Equality monitoring (optional)" in overview and "Opens when you submit" in overview


def test_the_database_refuses_an_answer_that_is_none_and_a_change():
    application = entry()
    row = EqualityAnswer(competition=application.competition, day=day_of(application.submitted_at), age="170")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)

    row.age = "under_25"
    row.save(force_insert=True)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        EqualityAnswer.objects.update(age="65_or_over")
