"""Two people at one form: the second is shown both versions, and nothing is overwritten unasked."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts import versions
from accounts.models import User
from applications import finances
from applications.assessment import scoring
from applications.models import (
    Application,
    Assessment,
    Category,
    Competition,
    CostLine,
    OtherFunding,
    Score,
    Stage,
)
from applications.workflow import Status
from tests.make import applications, assessments, competitions, people
from tests.make.office import sign_in

pytestmark = pytest.mark.django_db

DETAILS = {
    "start_on_day": "1",
    "start_on_month": "1",
    "start_on_year": "2037",
    "duration_months": "6",
    "research_category": "industrial_research",
    "is_resubmission": "False",
    "cluster_activity": "We make gears in Knowsley.",
}
LABOUR = {"annual_cost": "46400", "working_days": "232", "days": "60"}
SOURCES = {"sources-TOTAL_FORMS": "1", "sources-INITIAL_FORMS": "0", "sources-0-source": "City council"}
FIRM = {
    "name": "Mersey Castings Ltd",
    "company_number": "06500244",
    "kind": "business",
    "size": "micro_small",
    "address": "1 Dock Road",
    "postcode": "L3 5TF",
}


@dataclass
class Form:
    """A form at ``address``, what is typed into it by each, how a page says that, and what is kept."""

    address: str
    first: dict
    second: dict
    says: tuple[str, str]
    kept: Callable[[], object]
    values: tuple
    people: tuple[User, User]
    version: str = "version"

    def browsers(self) -> tuple[Client, Client]:
        return sign_in(self.people[0]), sign_in(self.people[1])

    def seen(self, browser: Client) -> str:
        """Open the page and return the version that it carries."""
        page = browser.get(self.address)
        form = page.context["adminform"].form if "adminform" in page.context else page.context["form"]
        return str(form[self.version].value())


@pytest.fixture
def draft() -> Application:
    made = applications.application(Status.DRAFT, competitions.open_now())
    applications.labour(made, 50_000, made.competition.opens_at)
    User.objects.filter(pk=made.started_by_id).update(name="Ada Byron")
    made.refresh_from_db()
    return made


def of_draft(draft: Application, page: str, *more, **given) -> Form:
    organisation = applications.lead(draft).organisation
    colleague = people.member(organisation, name="Ben Okri")
    address = reverse(f"applications:{page}", args=[draft.reference, *more])
    return Form(address=address, people=(draft.started_by, colleague), **given)


def details(draft) -> Form:
    return of_draft(
        draft,
        "details",
        first={**DETAILS, "title": "Quieter gears"},
        second={**DETAILS, "title": "Lighter gears", "duration_months": "9"},
        says=("Quieter gears", "Lighter gears"),
        kept=lambda: Application.objects.get(pk=draft.pk).title,
        values=("Quieter gears", "Lighter gears"),
    )


def answer(draft) -> Form:
    return of_draft(
        draft,
        "answer",
        "scope",
        first={"text": "Gears <b>for</b> ships."},
        second={"text": "Gears for trains."},
        says=("Gears &lt;b&gt;for&lt;/b&gt; ships.", "Gears for trains."),
        kept=lambda: draft.answers.get(question__key="scope").text,
        values=("Gears <b>for</b> ships.", "Gears for trains."),
    )


def part(draft) -> Form:
    fields = {"work_area": competitions.area().pk, "terms_accepted": "on"}
    return of_draft(
        draft,
        "organisation",
        first={**fields, "work_postcode": "L1 1AA"},
        second={**fields, "work_postcode": "l2 2bb"},
        says=("L1 1AA", "L2 2BB"),
        kept=lambda: applications.lead(draft).work_postcode,
        values=("L1 1AA", "L2 2BB"),
    )


def overheads(draft) -> Form:
    return of_draft(
        draft,
        "costs",
        first={"method": "calculated", "amount": "5,000"},
        second={"method": "twenty"},
        says=("£5,000", "20% of labour costs"),
        kept=lambda: applications.lead(draft).overhead_method,
        values=("calculated", "twenty"),
    )


def cost_line(draft) -> Form:
    line = CostLine.objects.get(participant__application=draft, category=Category.LABOUR)
    return of_draft(
        draft,
        "cost_line",
        Category.LABOUR,
        line.pk,
        first={**LABOUR, "description": "Fitter"},
        second={**LABOUR, "description": "Design engineer"},
        says=("Fitter", "Design engineer"),
        kept=lambda: CostLine.objects.get(pk=line.pk).description,
        values=("Fitter", "Design engineer"),
    )


def funding(draft) -> Form:
    return of_draft(
        draft,
        "funding",
        first={**SOURCES, "percentage_asked": "60", "sources-0-amount": "1,000"},
        second={**SOURCES, "percentage_asked": "50", "sources-0-amount": "2,000"},
        says=("City council: £1,000", "City council: £2,000"),
        kept=lambda: OtherFunding.objects.get(participant__application=draft).amount,
        values=(Decimal(1000), Decimal(2000)),
    )


def declarations(draft) -> Form:
    return of_draft(
        draft,
        "declarations",
        first={"has_russian_involvement": "False", "is_exploited_from_uk": "False"},
        second={"has_russian_involvement": "True", "is_exploited_from_uk": "True"},
        says=("Does the project involve any Russian entity or goods?", "exploited from or in the UK"),
        kept=lambda: Application.objects.get(pk=draft.pk).has_russian_involvement,
        values=(False, True),
    )


def organisation(draft) -> Form:
    firm = applications.lead(draft).organisation
    given = of_draft(
        draft,
        "details",
        first={**FIRM, "address": "1 Dock Road"},
        second={**FIRM, "address": "2 Strand Street"},
        says=("1 Dock Road", "2 Strand Street"),
        kept=lambda: type(firm).objects.get(pk=firm.pk).address,
        values=("1 Dock Road", "2 Strand Street"),
    )
    given.address = reverse("accounts:organisation_change", args=[firm.pk])
    return given


def assessment(draft) -> Form:
    given = assessments.assessment(applications.application(Status.IN_ASSESSMENT))
    User.objects.filter(pk=given.assessor_id).update(name="Ada Byron")
    assessor = User.objects.get(pk=given.assessor_id)
    field = f"feedback-{scoring.scored_questions(given)[0].pk}"
    return Form(
        address=reverse("admin:applications_assessment_score", args=[given.pk]),
        first={field: "From one window."},
        second={field: "From another."},
        says=("From one window.", "From another."),
        kept=lambda: Score.objects.get(assessment=given, question=field.split("-")[1]).feedback,
        values=("From one window.", "From another."),
        people=(assessor, assessor),
    )


def competition(draft) -> Form:
    made = competitions.competition(stage=Stage.SET_UP, opens_at=None, closes_at=None)
    first, second = people.manager(name="Ada Byron"), people.manager(name="Ben Okri")
    address = reverse("admin:applications_competition_change", args=[made.pk])
    form = sign_in(first).get(address).context["adminform"].form
    typed = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    return Form(
        address=address,
        first={**typed, "summary": "From the first.", "limit_max": "99000"},
        second={**typed, "summary": "From the second.", "limit_max": "98000"},
        says=("From the first.", "From the second."),
        kept=lambda: Competition.objects.get(pk=made.pk).summary,
        values=("From the first.", "From the second."),
        people=(first, second),
        version="seen_version",
    )


FORMS = [
    details,
    answer,
    part,
    overheads,
    cost_line,
    funding,
    declarations,
    organisation,
    assessment,
    competition,
]


@pytest.fixture(params=FORMS, ids=lambda make: make.__name__)
def form(request, draft) -> Form:
    return request.param(draft)


def test_second_to_save_sees_both_versions_and_chooses(form):
    ada, ben = form.browsers()
    seen = form.seen(ada), form.seen(ben)
    ada.post(form.address, {**form.first, form.version: seen[0]})

    refused = ben.post(form.address, {**form.second, form.version: seen[1]})
    between = form.kept()
    version = form.seen(ada)
    again = ben.post(form.address, {**form.second, form.version: version})

    assert refused.status_code == 409
    assert [text for text in form.says if text not in refused.text] == []
    who = "You saved this in another window at" if len(set(form.people)) == 1 else "Ada Byron saved this at"
    assert who in refused.text
    assert f'name="{form.version}" value="{version}"' in refused.text
    assert (seen[0], between) == (seen[1], form.values[0])
    assert (again.status_code, form.kept()) == (302, form.values[1])


def test_without_the_check_of_versions_the_second_overwrites_the_first(form, monkeypatch):
    monkeypatch.setattr(versions, "check", lambda *row, **more: None)
    ada, ben = form.browsers()
    seen = form.seen(ada), form.seen(ben)
    ada.post(form.address, {**form.first, form.version: seen[0]})

    taken = ben.post(form.address, {**form.second, form.version: seen[1]})

    assert (taken.status_code, form.kept()) == (302, form.values[1])


def test_the_same_form_sent_twice_is_no_conflict(form):
    ada, _ = form.browsers()
    typed = {**form.first, form.version: form.seen(ada)}

    answers = [ada.post(form.address, typed).status_code for _ in range(2)]

    assert (answers, form.kept()) == ([302, 302], form.values[0])


def test_what_is_no_version_never_overwrites(form):
    ada, ben = form.browsers()
    ada.post(form.address, {**form.first, form.version: form.seen(ada)})

    for version in ("", "0", "-1", "x", "1.0", "٣", "9" * 30):
        refused = ben.post(form.address, {**form.second, form.version: version})

        assert (refused.status_code, form.kept()) == (409, form.values[0]), version


def test_colleagues_on_different_pages_do_not_meet(draft):
    ada, ben = details(draft).browsers()
    forms = [make(draft) for make in (details, part, overheads, cost_line, funding, declarations)]
    seen = [form.seen(ben) for form in forms]

    answers = [
        (ada if place % 2 else ben).post(form.address, {**form.first, "version": version}).status_code
        for place, (form, version) in enumerate(zip(forms, seen, strict=True))
    ]

    assert answers == [302] * len(forms)


def test_two_lines_added_at_once_are_both_there(draft):
    form = cost_line(draft)
    address = reverse("applications:cost_lines", args=[draft.reference, Category.LABOUR])

    for browser, typed in zip(form.browsers(), (form.first, form.second), strict=True):
        browser.post(address, typed)

    lines = CostLine.objects.filter(participant__application=draft).order_by("description")
    assert [line.description for line in lines] == ["Design engineer", "Engineer", "Fitter"]


def test_a_line_changed_meanwhile_is_not_removed_unseen(draft):
    form = cost_line(draft)
    ada, ben = form.browsers()
    remove = f"{form.address}remove/"
    ada.post(form.address, {**form.first, "version": form.seen(ada)})

    refused = ben.post(remove, {"version": "1"})
    was_there = form.kept()
    removed = ben.post(remove, {"version": "2"})

    assert (refused.status_code, was_there, removed.status_code) == (409, "Fitter", 302)
    assert "Ada Byron changed this line at" in refused.text
    assert "It now says: Fitter, £12,000." in refused.text
    assert not CostLine.objects.filter(participant__application=draft).exists()


def test_a_line_removed_meanwhile_comes_back_as_typed_to_be_added_again(draft):
    form = cost_line(draft)
    ada, ben = form.browsers()
    ada.post(f"{form.address}remove/", {"version": "1"})

    refused = ben.post(form.address, {**form.second, "version": "1"})

    lines = reverse("applications:cost_lines", args=[draft.reference, Category.LABOUR])
    assert refused.status_code == 404
    assert 'value="Design engineer"' in refused.text
    assert f'action="{lines}"' in refused.text
    assert "This line is not there any more. What you entered is below" in refused.text


def test_removing_what_a_colleague_has_removed_shows_the_lines_that_are_left(draft):
    form = cost_line(draft)
    applications.labour(draft, 1_000, draft.competition.opens_at)

    answers = [browser.post(f"{form.address}remove/", {"version": "1"}) for browser in form.browsers()]

    assert [answer.status_code for answer in answers] == [302, 404]
    assert "This line is not there any more." in answers[1].text and "£1,000" in answers[1].text
    assert CostLine.objects.get(participant__application=draft).amount == 1_000


def test_a_race_for_one_page_is_decided_under_the_drafts_lock(draft):
    """Whoever saves reads the version again after taking the lock, not the one their page was built from."""
    lead = applications.lead(draft)
    at, by = draft.competition.opens_at, draft.started_by
    finances.set_funding(lead, Decimal(60), [], version=0, by=by, at=at)

    with pytest.raises(versions.StaleVersion) as refusal:
        finances.set_funding(lead, Decimal(50), [], version=0, by=by, at=at)

    assert (refusal.value.current.version, refusal.value.current.saved_by) == (1, by)


def test_an_assessment_remembers_when_it_was_saved(draft):
    form = assessment(draft)
    ada, _ = form.browsers()

    ada.post(form.address, {**form.first, "version": form.seen(ada)})

    kept = Assessment.objects.get()
    assert (kept.saved_by, kept.version) == (form.people[0], 2)
    assert kept.saved_at is not None
