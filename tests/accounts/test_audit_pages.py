import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import audit
from accounts.models import AuditEntry
from accounts.roles import Role
from tests.make import budgets, office, organisations, people
from tests.make.times import NOON

LIST = "/admin/accounts/auditentry/"
FILE = f"{LIST}audit-trail.csv"


@audit.action("note")
def note(thing, *, by, at, word):
    audit.note(after={"word": word})


@pytest.fixture
def auditor():
    return office.sign_in(people.user(Role.AUDITOR))


@pytest.mark.django_db
class TestList:
    def test_an_auditor_finds_an_entry_by_what_it_says_and_by_who_did_it(self, auditor):
        person = people.user(email="found@example.com")
        note(organisations.organisation(), by=person, at=NOON, word="LP-1111")
        note(organisations.organisation(), by=people.user(), at=NOON, word="LP-2222")

        for search in ("LP-1111", "found@example.com"):
            page = auditor.get(LIST, {"q": search}).content.decode()
            assert "LP-1111" in page and "LP-2222" not in page

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDITOR}))
    def test_nobody_else_reads_it(self, role):
        note(organisations.organisation(), by=people.user(), at=NOON, word="secret")
        browser = office.sign_in(people.user(role))

        assert {browser.get(LIST).status_code, browser.get(FILE).status_code} <= {302, 403}

    def test_the_list_costs_as_many_queries_with_three_rows_as_with_one(self, auditor):
        counts = []
        for rows in (1, 2):
            for _ in range(rows):
                note(organisations.organisation(), by=people.user(), at=NOON, word="one")
            with CaptureQueriesContext(connection) as queries:
                auditor.get(LIST)
            counts.append(len(queries))

        assert counts[0] == counts[1]


@pytest.mark.slow
class TestFile:
    def test_the_file_has_the_rows_on_the_screen_and_is_in_the_trail_itself(self, committed_database):
        auditor = office.sign_in(people.user(Role.AUDITOR))
        for word in ("in", "out"):
            note(organisations.organisation(), by=people.user(), at=NOON, word=word)

        answer = auditor.get(FILE, {"q": '"word": "in"'})

        rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
        assert [row["After"] for row in rows] == ['{"word": "in"}']
        exported = AuditEntry.objects.get(action="export")
        assert exported.after == {"list": "audit trail", "as": "csv", "filters": {}, "rows": 1}

    def test_an_export_of_the_funding_report_is_noted_with_its_filter_and_rows(self, committed_database):
        award = budgets.award()
        code = award.application.competition.code
        browser = office.sign_in(people.user(Role.FUNDS))

        b"".join(browser.get("/admin/funding/programmereport/funding-report.xlsx", {"competition": code}))

        assert AuditEntry.objects.get(action="export").after == {
            "list": "funding report",
            "as": "xlsx",
            "filters": {"competition": code},
            "rows": 1,
        }
