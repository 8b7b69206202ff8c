import csv
import io
import json
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import Error
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from applications.assessment import moderation
from applications.assessment.standings import RanksBy
from applications.models import Assessment
from funding import deciding, duties, panel_sheets
from funding.models import PanelSheet
from funding.sheet import read
from tests import form_on_page
from tests.make import applications, assessments, budgets, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def within():
    made = budgets.funded_competition(ceiling="120000.00")
    for mark in (9, 8, 7):
        budgets.assessed(made, mark)
    return made


def freeze(within) -> PanelSheet:
    return panel_sheets.freeze([within], by=people.manager(), at=NOON)


def choose(within, ranks_by=RanksBy.CORRECTED, reason="Assessors differ."):
    return panel_sheets.choose([within], ranks_by, reason=reason, by=people.manager(), at=NOON)


def sheet(within) -> str:
    return reverse("admin:funding_panel_sheet", args=[within.code])


def exclude_one(within) -> None:
    given = Assessment.objects.filter(application__competition=within).order_by("pk").last()
    made = moderation.propose(given, reason="Not argued.", by=people.manager(), at=NOON)
    moderation.decide(made, confirm=True, by=people.manager(), at=NOON)


def test_a_frozen_sheet_keeps_every_figure(within):
    panel_sheets.note([within], "Seen twice.", by=budgets.approver(), at=NOON)

    frozen = freeze(within)

    kept = json.loads(frozen.content)
    assert (frozen.number, frozen.ranks_by) == (1, RanksBy.MEAN)
    assert [line["mean"] for line in kept["lines"]] == ["90.0", "80.0", "70.0"]
    assert [line["outcome"] for line in kept["lines"]] == ["fund", "fund", "below the line"]
    assert [line["running_total"] for line in kept["lines"]] == ["56000.00", "112000.00", None]
    assert kept["notes"] == ["Seen twice."]
    assert any("more than 20.0 points" in rule for rule in kept["rules"])


def test_nobody_changes_a_frozen_sheet(within):
    frozen = freeze(within)

    for change in (
        lambda rows: rows.update(content="{}"),
        lambda rows: rows.delete(),
    ):
        with pytest.raises(Error), transaction.atomic():
            change(PanelSheet.objects.filter(pk=frozen.pk))
    with pytest.raises(Error), transaction.atomic():
        PanelSheet.objects.create(
            competition=within,
            number=2,
            content="{}",
            fingerprint=frozen.fingerprint,
            ranks_by=RanksBy.MEAN,
            frozen_by=people.manager(),
            frozen_at=NOON,
        )


def test_the_same_is_not_frozen_twice(within):
    freeze(within)

    with pytest.raises(panel_sheets.FrozenAlready):
        freeze(within)
    exclude_one(within)
    assert freeze(within).number == 2


def test_an_allocation_names_the_sheet_it_was_made_from(within):
    frozen = freeze(within)

    assert budgets.proposed(within).sheet == frozen


def test_an_allocation_freezes_the_sheet_where_the_last_says_something_else(within):
    freeze(within)
    exclude_one(within)

    assert budgets.proposed(within).sheet.number == 2


def strict_and_mild(within):
    """Two assessors, 20 points apart on six projects; and one that the mild one marked alone."""
    mild, strict = people.assessor(), people.assessor()
    for mark in (3, 4, 5, 6, 7, 8):
        one = applications.application(within=within, status="in assessment")
        assessments.submitted(one, mild, mark=mark + 1)
        assessments.submitted(one, strict, mark=mark - 1)
    alone = applications.application(within=within, status="in assessment")
    assessments.submitted(alone, mild, mark=9)
    return alone


def test_what_is_chosen_ranks_and_both_stand_there():
    within = budgets.funded_competition()
    alone = strict_and_mild(within)
    assert read([within]).standings[0].reference == alone.reference

    choose(within)

    found = read([within])
    line = next(one for one in found.standings if one.reference == alone.reference)
    assert found.ranks_by == RanksBy.CORRECTED
    assert (line.percentage, line.rank_by_mean) == (Decimal("90.0"), 1)
    assert line.score == line.corrected < Decimal("82")
    assert found.choice.text == "Assessors differ."


def test_what_ranks_is_not_changed_under_an_allocation(within):
    choose(within)
    made = budgets.proposed(within)

    with pytest.raises(panel_sheets.AllocationStands):
        choose(within, RanksBy.MEAN)
    assert made.sheet.ranks_by == RanksBy.CORRECTED
    assert deciding.approve(made, by=budgets.approver(), at=NOON + DAY).is_approved


@pytest.mark.parametrize("role", [Role.FUNDS, Role.APPROVER, Role.AUDITOR])
def test_only_a_manager_chooses(within, role):
    with pytest.raises(duties.RoleMissing):
        panel_sheets.choose([within], RanksBy.CORRECTED, reason="So.", by=people.user(role), at=NOON)


@pytest.mark.parametrize("text", ["", " ", "x" * 2001])
def test_a_reason_and_a_note_say_something(within, text):
    with pytest.raises(panel_sheets.TextRefused):
        choose(within, reason=text)
    with pytest.raises(panel_sheets.TextRefused):
        panel_sheets.note([within], text, by=people.manager(), at=NOON)


def test_the_page_of_a_version_says_what_has_changed_since(within):
    frozen = freeze(within)
    browser = office.sign_in(people.user(Role.FUNDS))
    address = reverse("admin:funding_panel_version", args=[frozen.pk])
    assert "today’s sheet says the same" in browser.get(address).text

    exclude_one(within)

    page = browser.get(address).text
    assert "assessments that count 3 then, 2 now" in page
    assert "Other marks are taken out of the mean." in page
    assert frozen.fingerprint in page


def test_an_assessor_does_not_see_a_version(within):
    address = reverse("admin:funding_panel_version", args=[freeze(within).pk])

    assert office.sign_in(people.user(Role.ASSESSOR)).get(address).status_code in (403, 404)


def test_the_buttons_of_the_sheet(within):
    browser = office.sign_in(people.user(Role.MANAGER, Role.FUNDS))

    def sent(verb, **typed):
        reader = form_on_page.Reader()
        reader.feed(browser.get(sheet(within)).text)
        form = next(one for one in reader.forms if one.action.rstrip("/").endswith(f"/{verb}"))
        return browser.post(form.action, {**form.values, **typed})

    assert sent("choose", ranks_by="corrected", reason="").status_code == 422
    assert sent("choose", ranks_by="corrected", reason="Assessors differ.").status_code == 302
    assert sent("note", text=" ").status_code == 422
    assert sent("note", text="Seen twice.").status_code == 302
    assert sent("freeze").status_code == 302
    assert sent("freeze").status_code == 409
    page = browser.get(sheet(within)).text
    for said in ("Ranked by: mean corrected for strictness", "Assessors differ.", "Seen twice.", "Version 1"):
        assert said in page


@pytest.mark.parametrize("query", ["", "?version=1"])
def test_the_sheet_as_a_file(within, query):
    line = read([within]).standings[0]
    line_title = "=HYPERLINK(1)"
    type(within).objects.get(pk=within.pk).applications.filter(pk=line.application_id).update(
        title=line_title
    )
    freeze(within)
    browser = office.sign_in(people.user(Role.AUDITOR))

    rows = list(csv.reader(io.StringIO(browser.get(f"{sheet(within)}sheet.csv{query}").text)))
    book = browser.get(f"{sheet(within)}sheet.xlsx{query}")

    assert rows[0][:3] == ["Rank", "Application", "Project"]
    assert rows[1][2] == f"'{line_title}"
    assert rows[1][18:22] == ["56000.00", "", "56000.00", "Fund"]
    cells = load_workbook(io.BytesIO(b"".join(book.streaming_content)))["Panel sheet"]
    assert (cells["C2"].value, cells["C2"].data_type) == (line_title, "s")
    assert cells["S2"].value == 56000


@pytest.mark.parametrize("version", ["9", "x", "9" * 30])
def test_a_version_that_is_not_there(within, version):
    browser = office.sign_in(people.user(Role.AUDITOR))

    assert browser.get(f"{sheet(within)}sheet.csv?version={version}").status_code == 404


def test_a_long_list_is_shown_in_pages(within, monkeypatch):
    monkeypatch.setattr("funding.admin.panel.LINES", 2)
    browser = office.sign_in(people.user(Role.FUNDS))

    first, last = (browser.get(f"{sheet(within)}?page={number}").text for number in ("1", "99"))

    assert "Lines 1 to 2 of 3." in first and "Go to the line" in first
    assert "Lines 3 to 3 of 3." in last and "Go to the line" not in last


def test_the_sheet_says_what_changes_without_one_assessor(within):
    one = people.assessor(name="Ada Hale")
    for made in within.applications.order_by("pk")[:2]:
        assessments.submitted(made, one, mark=1)
    browser = office.sign_in(people.manager())

    page = browser.get(f"{sheet(within)}assessors/").text

    assert "fragile: one assessor<" in browser.get(sheet(within)).text
    assert "Ada Hale" in page and " → Fund: " in page
    assert "fund" in json.loads(freeze(within).content)["left_out"][str(one.pk)].values()
