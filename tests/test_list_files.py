"""Every list of the office, cell by cell: what is on the screen is what is in its CSV and its XLSX."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser

import openpyxl
import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import formats
from accounts.admin.records import Record
from accounts.london import LONDON
from accounts.models import AuditEntry
from accounts.roles import Role
from funding.models import Transfer
from tests import growth
from tests.make import budgets, offers, office, organisations, people
from tests.matrix import world

pytestmark = pytest.mark.django_db

#: Lists that stay on the page; each class says why.
KEPT_HERE = {"User", "WordingVersion"}
#: Lists that the rows made here leave empty.
EMPTY: set[str] = set()
#: A list that grows with each file that is taken is looked at without those entries.
CHOSEN = {"AuditEntry": {"action": "submit application"}}


class Table(HTMLParser):
    """The rows of the list on the page, the headings first, without the box that selects a row."""

    def __init__(self, page: str):
        super().__init__()
        self.rows: list[list[str]] = []
        self.is_inside = False
        self.left_out = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        classes = (given.get("class") or "").split()
        if tag == "table" and given.get("id") == "result_list":
            self.is_inside = True
        if not self.is_inside:
            return
        if self.left_out or "stack-label" in classes or "sortoptions" in classes:
            self.left_out += tag not in ("img", "br", "input")
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "img":
            self.rows[-1][-1] += {"True": "Yes", "False": "No", "None": ""}[given["alt"] or ""]
        elif tag == "input":
            self.rows[-1][-1] += "the box"

    def handle_endtag(self, tag):
        if self.left_out:
            self.left_out -= 1
        elif tag == "table":
            self.is_inside = False

    def handle_data(self, data):
        if self.is_inside and not self.left_out and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    def cells(self) -> list[list[str]]:
        chosen = bool(self.rows[1:]) and self.rows[1][0] == "the box"
        return [[" ".join(cell.split()) for cell in row[chosen:]] for row in self.rows]


def said(value) -> set[str]:
    """How the page may say what a spreadsheet read in a cell."""
    if value is None:
        return {"", "-"}
    if isinstance(value, datetime):
        at = value.replace(tzinfo=LONDON)
        return {formats.local_time(at), formats.exact_time(at, 0), formats.local_day(value.date())}
    if isinstance(value, int | float):
        return {formats.pounds(str(value)), str(value)}
    return {" ".join(value.split())}


def typed(value) -> str:
    """The same cell as CSV writes it."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return "" if value is None else str(value)


Rows = list[list[str]]


def read(client: Client, name: str, chosen: dict[str, str]) -> tuple[Rows, Rows, list[list]]:
    """The list as a page, as CSV and as XLSX."""
    page = client.get(reverse(f"admin:{name}_changelist"), chosen)
    assert page.status_code == 200
    text = b"".join(client.get(reverse(f"admin:{name}_list_csv"), chosen).streaming_content).decode()
    content = b"".join(client.get(reverse(f"admin:{name}_list_xlsx"), chosen).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return (
        Table(page.content.decode()).cells(),
        list(csv.reader(io.StringIO(text))),
        [list(row) for row in sheet.iter_rows(values_only=True)],
    )


def faults(screen: list[list[str]], text: list[list[str]], sheet: list[list]) -> Iterator[str]:
    """Where the three do not say the same."""
    if not len(screen) == len(text) == len(sheet):
        yield f"{len(screen)} lines on the page, {len(text)} as CSV, {len(sheet)} as XLSX"
    for seen, row, cells in zip(screen, text, sheet, strict=False):
        if not len(seen) == len(row) == len(cells):
            yield f"{seen} is not {row} or {cells}"
        for words, written, value in zip(seen, row, cells, strict=False):
            if words not in said(value):
                yield f"XLSX says {value!r} for {words!r}"
            if isinstance(value, int | float):
                same = float(written) == value
            else:
                same = written.removeprefix("'") == typed(value) or written == typed(value).split(" ")[0]
            if not same:
                yield f"CSV says {written!r} for {words!r}"
            if words.startswith("£") and isinstance(value, str):
                yield f"{words!r} is no number"
            if words.endswith(("(BST)", "(GMT)")) and words[0].isdigit() and isinstance(value, str):
                yield f"{words!r} is no moment"


LISTS = {
    model.__name__: f"{model._meta.app_label}_{model._meta.model_name}"
    for model, one in admin.site._registry.items()
    if not getattr(one, "kept_here", "")
}


def everybody() -> Client:
    return office.sign_in(people.user(*Role))


def test_every_list_is_taken_away_or_says_why_not():
    registered = admin.site._registry

    assert [model for model, one in registered.items() if not isinstance(one, Record)] == []
    assert {model.__name__ for model, one in registered.items() if one.kept_here} == KEPT_HERE


def test_what_is_on_the_screen_is_in_the_files(monkeypatch):
    world.make()
    monkeypatch.setattr(Record, "list_per_page", 500)
    browser = everybody()
    found, empty, kinds = {}, set(), set()
    for model, name in LISTS.items():
        screen, text, sheet = read(browser, name, CHOSEN.get(model, {}))
        found[model] = list(faults(screen, text, sheet))
        kinds |= {type(value) for row in sheet for value in row}
        if len(text) == 1:
            empty.add(model)

    assert {model: wrong for model, wrong in found.items() if wrong} == {}
    assert empty == EMPTY
    assert kinds >= {str, int, datetime}


def test_the_check_sees_what_is_not_the_same():
    screen = [["Budget", "Amount", "At"], ["A", "£1,250", "11am on 29 March 2023 (BST)"]]
    at = datetime(2023, 3, 29, 11)
    text = [["Budget", "Amount", "At"], ["A", "1250.00", "2023-03-29 11:00:00"]]

    assert not list(faults(screen, text, [screen[0], ["A", 1250, at]]))
    assert list(faults(screen, text, [screen[0], ["A", "£1,250", at]]))
    assert list(faults(screen, text, [screen[0], ["A", 1250, "11am on 29 March 2023 (BST)"]]))
    assert list(faults(screen, text, [screen[0], ["B", 1250, at]]))
    assert list(faults(screen, text[:1], [screen[0], ["A", 1250, at]]))


TRANSFERS = "/admin/funding/transfer/"


def lines(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_the_rows_are_those_that_are_searched_for_in_their_order_and_the_trail_has_how_many():
    award, _other = budgets.award(grant="11000.00"), budgets.award(grant="22000.00")
    browser = office.sign_in(people.user(Role.AUDITOR))
    chosen = {"q": award.application.reference, "o": "2.-1", "source": "available", "p": "1"}

    _headings, *seen = Table(browser.get(TRANSFERS, chosen).text).cells()
    found = lines(browser.get(f"{TRANSFERS}list.csv", chosen))

    assert {row["Application"] for row in found} == {award.application.reference}
    assert {row["Amount"] for row in found} == {"11000.00"}
    assert [row["Budget"] for row in found] == [row[1] for row in seen]
    assert AuditEntry.objects.get(action="export").after == {
        "list": "transfers",
        "as": "csv",
        "filters": {"o": "2.-1", "source": "available"},
        "rows": len(found),
    }


def test_a_file_has_all_pages(monkeypatch):
    monkeypatch.setattr(Record, "list_per_page", 2)
    budgets.award()
    browser = office.sign_in(people.user(Role.AUDITOR))

    assert len(lines(browser.get(f"{TRANSFERS}list.csv"))) == Transfer.objects.count() > 2


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_page_leads_to_the_files_of_what_it_shows(ending):
    browser = office.sign_in(people.user(Role.AUDITOR))

    page = browser.get(TRANSFERS, {"source": "reserved", "p": "1"}).text

    assert f'href="{TRANSFERS}list.{ending}?source=reserved"' in page
    assert browser.get(f"{TRANSFERS}list.{ending}", {"source": "reserved"}).status_code == 200
    assert browser.get(f"{TRANSFERS}list.{ending}", {"made_at_from": "yesterday"}).status_code == 302
    assert office.sign_in(people.user(Role.LEAD)).get(f"{TRANSFERS}list.{ending}").status_code == 403


def test_a_text_that_begins_a_formula_is_inert_in_both():
    organisations.organisation(name="=1+1")
    browser = office.sign_in(people.user(Role.ADMINISTRATOR))
    address = "/admin/accounts/organisation/list"

    [row] = lines(browser.get(f"{address}.csv"))
    content = b"".join(browser.get(f"{address}.xlsx").streaming_content)
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A2"]

    assert next(iter(row.values())) == "'=1+1"
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_file_asks_as_often_for_twelve_rows_as_for_three():
    browser = everybody()
    asked: dict[str, list[int]] = {}
    for number in (1, 3):
        for _ in range(number):
            offers.offer()
        for name in (
            "funding_transfer",
            "funding_offer",
            "accounts_notification",
        ):
            address = reverse(f"admin:{name}_list_csv")
            growth.queries(browser, address)
            with CaptureQueriesContext(connection) as queries:
                assert lines(browser.get(address))
            asked.setdefault(name, []).append(len(queries))

    assert {name: few - many for name, (few, many) in asked.items()} == dict.fromkeys(asked, 0)
