"""Views of the funding report that are kept by name: exactly what was chosen, one's own, and shared."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.roles import Role
from funding.models import SavedView
from funding.reports import saved_views
from tests import form_on_page
from tests.make import budgets, competitions, office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

PAGE = "/admin/funding/programmereport/funding-report/"
#: As it is kept: the form's fields in their order, the columns in the report's.
QUERY = (
    "competition=HERE&strand=MFA&of=all&order=column_grant_offered&direction=falling"
    "&columns=column_application&columns=column_grant_offered"
)
#: The same as somebody may write it, with a page that is no part of a view.
ASKED = (
    "columns=column_grant_offered&direction=falling&order=column_grant_offered&page=2&of=all&region="
    "&columns=column_application&columns=column_application&strand=MFA&competition=HERE"
)


@pytest.fixture
def here():
    return budgets.funded_competition(code="HERE")


def reader(**fields) -> User:
    return people.user(Role.FUNDS, **fields)


def kept(name="Grants", query="strand=MFA", *, is_shared=False, by=None) -> SavedView:
    return saved_views.keep(name, query, is_shared=is_shared, by=by or reader(), at=NOON)


def address(view: SavedView, verb: str = "") -> str:
    return f"{PAGE}views/{view.pk}/{verb}{'/' if verb else ''}"


def pressed(browser: Client, page: str, verb: str, **typed):
    _browser, goes_to, sent = form_on_page.form_of(browser, page, verb, **typed)
    return browser.post(goes_to, sent)


def test_it_keeps_exactly_what_is_chosen_and_leads_back_to_it(here):
    budgets.award(here)
    browser = office.sign_in(reader())

    answer = pressed(browser, f"{PAGE}?{ASKED}", "keep", name="  Grants in order ")

    view = SavedView.objects.get()
    assert (view.name, view.query, view.is_shared) == ("Grants in order", QUERY, False)
    assert answer["Location"] == f"{PAGE}?{QUERY}"
    page = browser.get(address(view), follow=True)
    assert page.redirect_chain == [(f"{PAGE}?{QUERY}", 302)]
    assert [column.heading for column in page.context["columns"]] == ["Application", "Grant offered"]
    assert f'<a href="{address(view)}" aria-current="page">Grants in order</a>' in page.text
    entry = AuditEntry.objects.get(action="keep funding view")
    assert (entry.subject_id, entry.after) == (view.pk, {"shared": False})


def test_a_view_of_the_same_name_takes_the_place_of_ones_own_and_of_no_others():
    person, other = reader(), kept(by=reader())
    first = kept(by=person)

    pressed(office.sign_in(person), f"{PAGE}?of=all", "keep", name="Grants", is_shared="on")

    own = SavedView.objects.get(kept_by=person)
    assert (own.pk, own.query, own.is_shared) == (first.pk, "of=all", True)
    other.refresh_from_db()
    assert (other.query, other.is_shared) == ("strand=MFA", False)


def test_sent_twice_it_is_kept_once():
    browser = office.sign_in(reader())
    _browser, goes_to, sent = form_on_page.form_of(browser, PAGE, "keep", name="Everything")

    answers = [browser.post(goes_to, sent) for _press in range(2)]

    assert [answer["Location"] for answer in answers] == [PAGE, PAGE]
    assert SavedView.objects.get().query == ""
    assert AuditEntry.objects.filter(action="keep funding view").count() == 1


def test_anothers_view_is_not_there_unless_it_is_shared():
    view, person = kept(), reader()
    browser = office.sign_in(person)

    assert browser.get(address(view)).status_code == 404
    assert "Grants" not in browser.get(PAGE).text
    saved_views.set_sharing(view, True, by=view.kept_by, at=NOON)
    page = browser.get(PAGE)
    assert f'<a href="{address(view)}">Grants</a>, kept by {view.kept_by}' in page.text
    assert browser.get(address(view))["Location"] == f"{PAGE}?strand=MFA"
    key = re.search(r'name="intent" value="([^"]+)"', page.text)[1]
    for verb in ("share", "remove"):
        answer = browser.post(address(view, verb), {"intent": key, "share": "no"})
        assert answer.status_code == 404
    for act in (
        lambda: saved_views.delete(view, by=person, at=NOON),
        lambda: saved_views.set_sharing(view, False, by=person, at=NOON),
    ):
        with pytest.raises(saved_views.NotTheirs):
            act()
    assert SavedView.objects.get().is_shared


def test_nobody_else_keeps_or_opens_one():
    view, lead = kept(is_shared=True), people.user(Role.LEAD)

    assert office.sign_in(lead).get(address(view)).status_code in (403, 404)
    assert not SavedView.objects.visible_to(lead).exists()
    with pytest.raises(saved_views.NotAReader):
        kept(by=lead)


def test_it_is_shared_no_more_and_deleted_by_whoever_keeps_it():
    person = reader()
    view, browser = kept(by=person), office.sign_in(person)

    for is_shared in (True, False):
        pressed(browser, PAGE, "share")
        view.refresh_from_db()
        assert view.is_shared is is_shared
    answer = pressed(browser, PAGE, "remove")

    assert answer["Location"] == PAGE
    assert not SavedView.objects.exists()
    assert AuditEntry.objects.get(action="delete funding view").subject_id == view.pk
    assert browser.get(address(view)).status_code == 404


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("   ", "Enter the name of the view"),
        ("x" * 81, "Name of the view must be 80 characters or fewer"),
    ],
)
def test_a_name_that_cannot_be_is_refused_at_its_field_and_all_is_kept(here, name, said):
    budgets.award(here)
    browser = office.sign_in(reader())

    answer = pressed(browser, f"{PAGE}?{QUERY}", "keep", name=name, is_shared="on")

    assert answer.status_code == 422
    assert form_on_page.led_to(answer.text) == ["id_name"]
    assert f'<span class="visually-hidden">Error: </span>{said}' in answer.text
    reader_ = form_on_page.Reader()
    reader_.feed(answer.text)
    [again] = [one for one in reader_.forms if one.action == f"{PAGE}views/keep/"]
    assert again.values["columns"] == ["column_application", "column_grant_offered"]
    assert again.values["competition"] == ["HERE"]
    assert again.values["is_shared"] == ["on"]
    assert again.values["name"] == [name]
    assert answer.context["query"] == QUERY
    assert not SavedView.objects.exists()
    answer = browser.post(again.action, {**again.values, "name": "Mended"})
    assert (answer.status_code, SavedView.objects.get().query) == (302, QUERY)


def test_what_is_no_choice_is_not_kept(here):
    browser = office.sign_in(reader())

    answer = pressed(browser, PAGE, "keep", name="Odd", columns=["column_secret"])

    assert answer.status_code == 422
    assert "Choose the columns from the list" in answer.text
    assert 'value="Odd"' in answer.text
    assert not SavedView.objects.exists()


def test_a_shared_view_of_what_is_not_the_readers_says_so_and_gives_nothing_away(here):
    view = kept("Theirs", QUERY, is_shared=True)
    elsewhere = reader(region=competitions.region("TV", "Tees Valley"))

    answer = office.sign_in(elsewhere).get(address(view))

    assert answer.status_code == 422
    assert "The view “Theirs” chose something that you cannot choose here" in answer.text
    assert "Choose the competition from the list" in answer.text
    assert '<option value="column_grant_offered" selected>' in answer.text


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("order=column_that_went&of=all", 422, "Choose the sort by from the list"),
        ("columns=column_that_went", 422, "Choose the columns from the list"),
        ("%FF%00=%00&&;=&=x&phase=2&of=all", 302, "is not there any more and is left out"),
    ],
)
def test_a_view_that_an_earlier_release_kept_says_what_is_not_there_any_more(query, status, said):
    person = reader()
    view, browser = kept("Old", query, by=person), office.sign_in(person)

    answer = browser.get(address(view))

    assert answer.status_code == status
    page = browser.get(answer["Location"]) if status == 302 else answer
    assert said in page.text
    assert status != 302 or answer["Location"] == f"{PAGE}?of=all"


def test_the_database_takes_one_of_a_name_from_each_and_none_without():
    view = kept()
    fields = {"query": "", "kept_by": view.kept_by, "kept_at": NOON}

    for name in ("Grants", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedView.objects.create(name=name, **fields)


def test_nobody_keeps_more_than_fit_on_the_page(monkeypatch):
    monkeypatch.setattr(saved_views, "MOST", 1)
    person = reader()
    kept(by=person)

    answer = pressed(office.sign_in(person), PAGE, "keep", name="One more")

    assert answer.status_code == 422
    assert "delete one, or use the name of one to replace it" in answer.text
    assert kept(query="of=all", by=person).query == "of=all"


def test_the_pages_of_a_view_go_on_from_a_refused_name(here, monkeypatch):
    monkeypatch.setattr("funding.admin.funding_report.ON_A_PAGE", 1)
    for _ in range(2):
        budgets.award(here)

    answer = pressed(office.sign_in(reader()), f"{PAGE}?of=all", "keep", name="")

    assert f'<a href="{reverse("admin:funding_report")}?of=all&amp;page=2" rel="next">' in answer.text
