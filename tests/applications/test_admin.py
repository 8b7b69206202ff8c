"""The office's lists and pages: who finds what, and what its buttons do."""

from datetime import datetime, timedelta

import pytest
from django.contrib import admin
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from accounts.models import AuditEntry
from accounts.roles import Role
from applications.models import Application, Assessment, Competition, Stage
from applications.workflow import Status
from tests.make import applications, assessments, organisations, people
from tests.make.competitions import competition
from tests.make.office import sign_in

pytestmark = pytest.mark.django_db

OURS = ("accounts", "applications")


def change(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def changelist(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def entries(browser) -> set[str]:
    index = browser.get(reverse("admin:index"))
    return {model["object_name"] for app in index.context["app_list"] for model in app["models"]}


def ours() -> list:
    return [model for model in admin.site._registry if model._meta.app_label in OURS]


class TestWhoFindsWhat:
    def test_an_assessor_finds_nothing_but_their_assessments(self):
        mine = assessments.assessment(applications.application(Status.IN_ASSESSMENT))
        assessments.assessment(mine.application)
        browser = sign_in(mine.assessor)

        page = browser.get(changelist(Assessment))

        assert entries(browser) == {"Assessment"}
        assert [row.pk for row in page.context["cl"].result_list] == [mine.pk]
        for model in ours():
            if model is not Assessment:
                assert browser.get(changelist(model)).status_code == 403

    def test_an_assessor_reads_no_application_page(self):
        mine = assessments.assessment(applications.application(Status.IN_ASSESSMENT))

        assert sign_in(mine.assessor).get(change(mine.application)).status_code == 403

    def test_an_administrator_finds_people_and_no_marks(self):
        browser = sign_in(people.user(Role.ADMINISTRATOR))

        people_and_messages = {"User", "Group", "Organisation", "MembershipRequest", "Notification", "JobRun"}
        assert entries(browser) == people_and_messages

    @pytest.mark.parametrize("role", sorted(Role))
    def test_nobody_deletes_anything(self, role, rf):
        request = rf.get("/")
        request.user = people.user(role)
        sign_in(request.user)

        for model, model_admin in admin.site._registry.items():
            if model._meta.app_label in OURS:
                assert not model_admin.has_delete_permission(request)

    def test_an_auditor_reads_every_list_and_changes_nothing(self, rf):
        auditor = people.user(Role.AUDITOR)
        browser = sign_in(auditor)
        request = rf.get("/")
        request.user = auditor

        for model in ours():
            model_admin = admin.site._registry[model]
            assert browser.get(changelist(model)).status_code == 200, model
            assert not model_admin.has_add_permission(request)
            assert not model_admin.has_change_permission(request)

    def test_an_auditor_gives_nothing_out(self):
        application = applications.application()
        browser = sign_in(people.user(Role.AUDITOR))

        answer = browser.post(give_address(application), {"assessor": people.assessor().pk})

        assert answer.status_code == 403
        assert "Give to an assessor" not in browser.get(change(application)).content.decode()

    def test_every_list_and_page_opens_for_a_manager(self):
        assessments.submitted(applications.application(Status.IN_ASSESSMENT))
        browser = sign_in(people.manager())

        for model in ours():
            if model._meta.model_name in ("user", "auditentry", "membershiprequest"):
                continue
            assert browser.get(changelist(model)).status_code == 200, model
            for row in model._default_manager.all()[:1]:
                assert browser.get(change(row), follow=True).status_code == 200, model

    def test_drafts_are_invisible(self):
        draft = applications.application(Status.DRAFT)
        browser = sign_in(people.manager())

        assert list(browser.get(changelist(Application)).context["cl"].result_list) == []
        assert browser.get(change(draft)).status_code == 404
        assert browser.post(give_address(draft), {"assessor": people.assessor().pk}).status_code == 404

    def test_a_managers_own_draft_stays_out_of_the_office(self):
        organisation = organisations.organisation()
        both = people.member(organisation, True, Role.APPLICANT, Role.MANAGER)
        draft = applications.application(Status.DRAFT, organisation=organisation, by=both)

        assert sign_in(both).get(change(draft)).status_code == 404


@pytest.mark.parametrize("model", [Application, Assessment, Competition])
def test_lists_take_as_many_queries_for_three_rows_as_for_one(model):
    browser = sign_in(people.manager())

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(changelist(model))
        return len(captured)

    assessments.submitted(applications.application(Status.IN_ASSESSMENT))
    queries()
    with_one = queries()
    for _ in range(2):
        assessments.submitted(applications.application(Status.IN_ASSESSMENT))

    assert queries() == with_one


@pytest.mark.parametrize("word", ["LP-AAAA-0001", "Tidal pumps", "Wirral Pumps"])
def test_applications_are_found_by_reference_title_and_lead(word):
    organisation = organisations.organisation(name="Wirral Pumps Ltd")
    sought = applications.application(
        organisation=organisation, reference="LP-AAAA-0001", title="Tidal pumps for docks"
    )
    applications.application()

    page = sign_in(people.manager()).get(changelist(Application), {"q": word})

    assert list(page.context["cl"].result_list) == [sought]


@pytest.mark.parametrize(
    "query", ["?status__exact=draft", "?q=%00", "?p=abc", "?status=%F0%9F%92%A9", "?o=99.99"]
)
def test_nonsense_in_the_address_is_no_error_of_ours(query):
    answer = sign_in(people.manager()).get(changelist(Application) + query)

    assert answer.status_code in (200, 302, 400)


def give_address(application) -> str:
    return reverse("admin:applications_application_give", args=[application.pk])


class TestGiving:
    def test_a_manager_gives_an_application_on_its_page(self):
        application = applications.application()
        assessor = people.assessor(name="Ada Assessor")
        browser = sign_in(people.manager())

        answer = browser.post(give_address(application), {"assessor": assessor.pk}, follow=True)

        assert "was given to Ada Assessor" in answer.content.decode()
        assert application.assessments.get().assessor == assessor

    def test_a_refusal_stands_at_the_field(self):
        own = organisations.organisation(name="Own Ltd")
        assessor = people.member(own, True, Role.ASSESSOR, name="Olive Owner")
        application = applications.application(organisation=own, by=people.member(own))

        answer = sign_in(people.manager()).post(give_address(application), {"assessor": assessor.pk})

        assert answer.context["form"].errors["assessor"] == [
            f"Olive Owner belongs to Own Ltd, which takes part in {application.reference}."
        ]

    @pytest.mark.parametrize("chosen", ["", "0", "abc", "99999999999999999999"])
    def test_somebody_who_is_no_assessor_cannot_be_chosen(self, chosen):
        application = applications.application()

        answer = sign_in(people.manager()).post(give_address(application), {"assessor": chosen})

        assert (answer.status_code, answer.context["form"].is_valid()) == (422, False)
        assert not Assessment.objects.exists()

    def test_selected_applications_are_given_row_by_row(self):
        assessor = people.assessor()
        given, fresh = applications.application(), applications.application()
        assessments.assessment(given, assessor)
        browser = sign_in(people.manager())

        answer = browser.post(
            changelist(Application),
            {"action": "give_selected", "assessor": assessor.pk, "_selected_action": [given.pk, fresh.pk]},
            follow=True,
        )

        words = sorted(str(message) for message in answer.context["messages"])
        assert fresh.assessments.get().assessor == assessor
        assert words == sorted(
            [
                f"{fresh.reference}: given to {assessor}.",
                f"{given.reference}: not given. {assessor} was given this application on 1 June 2026.",
            ]
        )

    def test_the_action_asks_for_an_assessor(self):
        application = applications.application()

        answer = sign_in(people.manager()).post(
            changelist(Application),
            {"action": "give_selected", "assessor": "", "_selected_action": [application.pk]},
            follow=True,
        )

        assert "Choose an assessor" in answer.content.decode()

    def test_nobody_sets_a_status_by_hand(self):
        application = applications.application()

        answer = sign_in(people.manager()).post(change(application), {"status": Status.SUCCESSFUL})

        application.refresh_from_db()
        assert (answer.status_code, application.status) == (403, Status.SUBMITTED)


def typed(browser, row) -> dict:
    """What the change form of a row sends when nothing was changed."""
    form = browser.get(change(row)).context["adminform"].form
    data = {}
    for field in form:
        value = field.value()
        is_moment = isinstance(value, datetime)
        data[field.html_name] = value.strftime("%Y-%m-%dT%H:%M") if is_moment else value
    return {name: "" if value is None else value for name, value in data.items() if value is not False}


class TestCompetitions:
    def test_a_manager_changes_one_in_set_up(self):
        made = competition(stage=Stage.SET_UP, standings={"summary": "demonstration", "scope": "assumed"})
        browser = sign_in(people.manager())

        browser.post(
            change(made),
            {**typed(browser, made), "summary": "New."},
        )

        made.refresh_from_db()
        assert (made.summary, made.version) == ("New.", 2)
        assert made.standings == {"scope": "assumed"}

    def test_dates_in_the_wrong_order_are_refused_at_the_field(self):
        made = competition(stage=Stage.SET_UP)
        browser = sign_in(people.manager())
        data = {**typed(browser, made), "lead_types": "[]", "closes_at": "2026-01-01T09:00"}

        answer = browser.post(change(made), data)

        assert answer.status_code == 422
        assert "The competition must close after it opens." in answer.context["errors"].as_text()

    @pytest.mark.parametrize("moment", ["2026-03-29T01:30", "2026-10-25T01:30"])
    def test_a_local_time_that_does_not_exist_or_occurs_twice_is_refused(self, moment):
        made = competition(stage=Stage.SET_UP)
        browser = sign_in(people.manager())

        answer = browser.post(change(made), {**typed(browser, made), "closes_at": moment})

        assert "closes_at" in answer.context["adminform"].form.errors

    def test_a_manager_sets_the_days_to_answer_and_when_assessments_are_due(self):
        made = competition(stage=Stage.SET_UP)
        browser = sign_in(people.manager())
        due = (made.closes_at + timedelta(days=20)).replace(hour=9, minute=0)
        data = {**typed(browser, made), "answer_days": "3", "assessments_due_at": f"{due:%Y-%m-%dT%H:%M}"}

        assert browser.post(change(made), data).status_code == 302

        made.refresh_from_db()
        assert made.answer_days == 3
        assert made.assessments_due_at.date() == due.date()
        assert AuditEntry.objects.get(action="change competition").after["answer_days"] == 3

    @pytest.mark.parametrize(
        ("name", "value", "says"),
        [
            ("answer_days", "0", "Enter a number of days from 1 to 60."),
            ("answer_days", "61", "Enter a number of days from 1 to 60."),
            ("answer_days", "many", "Enter a whole number."),
            ("eligibility_days", "0", "Enter a number of days from 1 to 60."),
            ("assessments_due_at", "2020-01-01T11:00", "Assessments are due after the competition has"),
            ("assessments_due_at", "soon", "Enter a valid date/time."),
        ],
    )
    def test_days_and_due_dates_that_do_not_fit_are_refused_at_the_field(self, name, value, says):
        made = competition(stage=Stage.SET_UP)
        browser = sign_in(people.manager())

        answer = browser.post(change(made), {**typed(browser, made), name: value})

        assert answer.status_code == 422
        assert says in answer.context["adminform"].form.errors[name][0]
        assert value in answer.text

    def test_the_database_gives_somebody_days_to_answer(self):
        made = competition()
        with pytest.raises(IntegrityError):
            Competition.objects.filter(pk=made.pk).update(answer_days=0)

    def test_two_managers_do_not_overwrite_each_other(self):
        made = competition(stage=Stage.SET_UP)
        browser = sign_in(people.manager())
        data = typed(browser, made)
        browser.post(change(made), {**data, "summary": "From the first."})

        answer = browser.post(change(made), {**data, "summary": "From the second."})

        made.refresh_from_db()
        assert made.summary == "From the first."
        assert answer.status_code == 409
        assert "From the first." in answer.content.decode() and "From the second." in answer.content.decode()

    def test_a_published_one_is_read_only(self):
        made = competition()
        browser = sign_in(people.manager())

        answer = browser.post(change(made), {"summary": "Changed."})

        made.refresh_from_db()
        assert answer.status_code == 403
        assert made.summary != "Changed."

    def test_one_that_lacks_rules_says_which_and_stays(self):
        made = competition(stage=Stage.SET_UP, limit_max=None, limit_min=None)
        browser = sign_in(people.manager())

        page = browser.get(change(made)).content.decode()
        answer = browser.post(publish_address(made), follow=True)

        made.refresh_from_db()
        assert "The upper money limit is not known." in page
        assert "Not published: The upper money limit is not known." in answer.content.decode()
        assert made.stage == Stage.SET_UP

    def test_a_complete_one_is_published(self):
        made = competition(stage=Stage.SET_UP, **ahead())

        sign_in(people.manager()).post(publish_address(made))

        made.refresh_from_db()
        assert made.stage == Stage.PUBLISHED

    @pytest.mark.parametrize("role", [Role.FUNDS, Role.AUDITOR, Role.LEAD, Role.ASSESSOR, Role.ADMINISTRATOR])
    def test_only_a_manager_publishes(self, role):
        made = competition(stage=Stage.SET_UP, **ahead())

        assert sign_in(people.user(role)).post(publish_address(made)).status_code == 403


def publish_address(made) -> str:
    return reverse("admin:applications_competition_publish", args=[made.pk])


def ahead() -> dict:
    return {"opens_at": clock.now(), "closes_at": clock.now() + timedelta(days=30)}
