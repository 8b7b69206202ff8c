"""A size that was worked out from figures follows them alone."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts import organisations, sizes
from accounts.models import AuditEntry, Organisation, SizeFigures
from accounts.versions import StaleVersion
from applications import drafting
from tests.accounts.test_members import at_once
from tests.databases import disarmed
from tests.make import competitions, people
from tests.make.organisations import organisation
from tests.make.times import NOON
from tests.organisation_presses import ACCOUNTS

pytestmark = pytest.mark.django_db

FIGURES = {
    "ends_on": date(2022, 3, 31), "turnover": Decimal(12_000_000), "balance_total": Decimal(4_000_000),
    "employees": 60,
}  # fmt: skip
LAST = {"last_turnover": Decimal(9_000_000), "last_balance_total": Decimal(4_000_000), "last_employees": 40}


def worked_out(firm=None, figures=FIGURES, version=1) -> Organisation:
    firm = firm or organisation()
    editor = firm.memberships.first().person if firm.memberships.exists() else people.member(firm)
    return sizes.work_out(firm, figures, version=version, by=editor, at=NOON)


def test_the_figures_give_the_size_and_confirm_the_details():
    firm = worked_out()

    firm.refresh_from_db()
    assert (firm.size, firm.version, firm.details_confirmed_on) == ("medium", 2, NOON.date())
    assert AuditEntry.objects.get(action="work out size").after == {"size": "medium", "has_figures": True}


def test_last_years_figures_keep_the_size():
    assert worked_out(figures={**FIGURES, **LAST}).size == "micro_small"


def test_micro_and_small_are_one_size():
    assert worked_out(figures={**FIGURES, "turnover": Decimal(1), "employees": 1}).size == "micro_small"


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        ({**FIGURES, "turnover": None}, "turnover"),
        ({**FIGURES, "ends_on": date(2999, 1, 1)}, "ends_on"),
        ({**FIGURES, "last_turnover": Decimal(1)}, "last_balance_total"),
        ({**FIGURES, "last_employees": 1}, "last_turnover"),
    ],
)
def test_figures_that_are_not_whole_are_refused(figures, field):
    with pytest.raises(sizes.FiguresRefused) as refusal:
        worked_out(figures=figures)

    assert refusal.value.field == field
    assert not SizeFigures.objects.exists()


def test_a_reader_works_out_nothing():
    firm = organisation()
    reader = people.member(firm, may_edit=False)

    for act in (
        lambda: sizes.work_out(firm, FIGURES, version=1, by=reader, at=NOON),
        lambda: sizes.drop(firm, by=reader, at=NOON),
    ):
        with pytest.raises(organisations.MayNotEdit):
            act()


def test_an_older_version_is_not_written_over_a_newer_one():
    firm = worked_out()

    with pytest.raises(StaleVersion):
        worked_out(firm, {**FIGURES, "employees": 70}, version=1)


def test_the_details_cannot_state_another_size():
    firm = worked_out()
    details = {name: getattr(firm, name) for name in organisations.DETAILS}

    changed = organisations.change(
        firm, {**details, "size": "large"}, version=firm.version, by=firm.memberships.get().person, at=NOON
    )

    assert changed.size == "medium"


def test_without_figures_the_size_is_stated_again():
    firm = worked_out()
    editor = firm.memberships.get().person
    dropped = sizes.drop(firm, by=editor, at=NOON)
    details = {name: getattr(firm, name) for name in organisations.DETAILS}

    changed = organisations.change(
        firm, {**details, "size": "large"}, version=dropped.version, by=editor, at=NOON
    )
    at_once()

    assert changed.size == "large"


@pytest.mark.parametrize("table", ["accounts_organisation", "accounts_sizefigures"])
def test_the_database_itself_holds_the_size_to_the_figures(table):
    firm = worked_out()
    at_once()

    def write():
        if table == "accounts_organisation":
            Organisation.objects.filter(pk=firm.pk).update(size="large")
        else:
            SizeFigures.objects.update(size="large")
        at_once()

    with pytest.raises(IntegrityError, match="figures that give another size"), transaction.atomic():
        write()
    with disarmed(table):
        # The negative control: nothing else stands in the way.
        write()


def test_the_database_itself_refuses_half_of_last_years_figures():
    worked_out()

    with pytest.raises(IntegrityError, match="last_year_are_whole"), transaction.atomic():
        SizeFigures.objects.update(last_turnover=1)


def test_an_application_copies_the_size_and_none_of_the_figures():
    firm = worked_out()
    within = competitions.competition()

    started = drafting.start(within, firm, by=firm.memberships.get().person, at=within.opens_at)

    part = started.participants.get()
    assert (part.size, part.details_on) == ("medium", NOON.date())


# The pages.


def test_the_page_works_the_size_out_and_the_details_show_it_locked(client):
    firm = organisation()
    client.force_login(people.member(firm))
    page = f"/organisation/{firm.pk}/size/"

    answer = client.post(page, {**ACCOUNTS, "version": 1}, follow=True)
    details = client.get(f"/organisation/{firm.pk}/").text

    assert "By these figures your size is medium." in answer.text
    assert "Worked out from accounts to 31 March 2025" in answer.text
    assert "The limits that were used" in answer.text
    assert "before 6 April 2025" in answer.text
    assert "Medium, worked out from your accounts" in details and 'name="size"' not in details


def test_the_result_shows_the_limits_that_were_used_and_which_are_met(client):
    firm = worked_out(figures={**FIGURES, "ends_on": date(2026, 4, 5)})
    client.force_login(firm.memberships.get().person)

    text = client.get(f"/organisation/{firm.pk}/size/").text

    # A year that began on 6 April 2025: the newer limits, by which 60 people alone are too many.
    assert "Your size is micro or small" in text
    assert "began on or after 6 April 2025" in text and "2 of the three limits of small are met" in text
    assert "Turnover: £12,000,000, limit £15,000,000: <strong>met</strong>" in text
    assert "Employees: 60, limit 50: <strong>not met</strong>" in text


def test_a_large_organisation_reads_which_limits_it_is_above(client):
    firm = worked_out(figures={**FIGURES, "turnover": Decimal(80_000_000), "employees": 900})
    client.force_login(firm.memberships.get().person)

    text = client.get("/organisation/").text

    assert "Fewer than two of the three limits of a medium-sized organisation are met" in text
    assert "Turnover: £80,000,000, limit £36,000,000: <strong>not met</strong>" in text


def test_the_year_before_decides_where_it_is_known(client):
    firm = worked_out(figures={**FIGURES, **LAST})
    client.force_login(firm.memberships.get().person)

    assert "The year to 31 March 2021 decides it, since one year alone" in client.get("/organisation/").text


def test_locked_details_are_saved_without_a_size(client):
    firm = worked_out()
    client.force_login(firm.memberships.get().person)
    typed = {
        "name": "Another Name Ltd", "company_number": firm.company_number, "kind": "business",
        "address": "2 Dock Road", "postcode": "L3 4AA", "version": firm.version, "size": "large",
    }  # fmt: skip

    answer = client.post(f"/organisation/{firm.pk}/", typed)

    firm.refresh_from_db()
    assert answer.status_code == 302
    assert (firm.name, firm.size) == ("Another Name Ltd", "medium")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"turnover": ""}, "Enter the turnover"),
        ({"turnover": "1250.50"}, "Turnover must be in whole pounds"),
        ({"employees": "many"}, "Employees must be a whole number"),
        ({"ends_on_year": "2999"}, "End of the accounting period must be in the past"),
        ({"ends_on_year": "25"}, "End of the accounting period must be a real date"),
        ({"last_turnover": "5"}, "Enter all three figures of the year before, or none"),
    ],
)
def test_a_refused_form_says_why_and_keeps_all_that_was_typed(client, typed, said):
    firm = organisation()
    client.force_login(people.member(firm))

    page = client.post(f"/organisation/{firm.pk}/size/", {**ACCOUNTS, "version": 1, **typed})

    assert page.status_code == 422
    assert said in page.text
    assert 'value="4000000"' in page.text
    assert not SizeFigures.objects.exists()


def test_a_change_made_meanwhile_is_shown_and_not_overwritten(client):
    firm = worked_out()
    client.force_login(firm.memberships.get().person)

    page = client.post(f"/organisation/{firm.pk}/size/", {**ACCOUNTS, "employees": "70", "version": 1})

    assert page.status_code == 409
    assert 'id="conflict"' in page.text


def test_a_strangers_size_is_not_found(client):
    firm = worked_out()
    client.force_login(people.member(organisation()))

    answers = [
        client.get(f"/organisation/{firm.pk}/size/"),
        client.post(f"/organisation/{firm.pk}/size/", {**ACCOUNTS, "version": 2}),
        client.post(f"/organisation/{firm.pk}/size/drop/"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
