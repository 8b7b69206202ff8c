"""Files of the funding report that are kept: who may have them, for how long, and what is noted of them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import clock
from accounts.models import AuditEntry, Holding, OwedState
from accounts.roles import Role
from funding.models import FileKind, FundingFile, FundingFileBlock
from funding.reports import funding_files
from tests import form_on_page
from tests.make import budgets, competitions, office, people
from tests.make.funding_files import asked, written
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

PAGE = "/admin/funding/programmereport/funding-report/"
CHOSEN = {"competition": "HERE", "columns": ["column_application"], "kind": "xlsx"}


def download(browser, file: FundingFile, **headers):
    return browser.get(reverse("admin:funding_fundingfile_download", args=[file.pk]), headers=headers)


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


def actions() -> list[str]:
    return list(
        AuditEntry.objects.filter(action__contains="funding file")
        .order_by("pk")
        .values_list("action", flat=True)
    )


def test_a_file_of_the_view_on_the_screen_is_asked_for_once_however_often_the_button_is_pressed():
    budgets.award(budgets.funded_competition(code="HERE"))
    person = people.user(Role.FUNDS)
    browser = office.sign_in(person)

    first = browser.post(f"{PAGE}files/ask/", CHOSEN)
    second = browser.post(f"{PAGE}files/ask/", CHOSEN)

    file = FundingFile.objects.get()
    assert first["Location"] == second["Location"] == f"{PAGE}files/{file.pk}/"
    assert (file.query, file.kind) == ("competition=HERE&columns=column_application", "xlsx")
    assert (file.asked_by, file.state) == (person, OwedState.WAITING)
    entry = AuditEntry.objects.get(action="ask for funding file")
    assert (entry.by, entry.subject_id) == (person, file.pk)
    assert entry.after == {"as": "xlsx", "view": file.query}


def test_the_database_takes_one_at_a_time_of_a_view():
    file = asked(people.user(Role.FUNDS))

    with pytest.raises(IntegrityError, match="written_once_at_a_time"), transaction.atomic():
        FundingFile.objects.create(asked_by=file.asked_by, asked_at=NOON, due_at=NOON, kind=file.kind)


def test_the_database_knows_no_finished_file_without_all_its_rows():
    file = written(people.user(Role.FUNDS))

    for wrong in ({"rows_done": 0}, {"fingerprint": "abc"}, {"expires_at": None}, {"as_of": None}):
        with pytest.raises(IntegrityError, match="that_is_done_is_whole"), transaction.atomic():
            FundingFile.objects.filter(pk=file.pk).update(**wrong)


@pytest.mark.parametrize("wrong", [{"kind": "pdf"}, {"kind": ""}, {"competition": "NOWHERE", "kind": "csv"}])
def test_what_is_no_choice_makes_no_file_and_is_said(wrong):
    answer = office.sign_in(people.user(Role.FUNDS)).post(f"{PAGE}files/ask/", wrong)

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert not FundingFile.objects.exists()


def test_whoever_has_as_many_as_there_may_be_deletes_one_first(monkeypatch):
    monkeypatch.setattr(funding_files, "MOST", 2)
    person = people.user(Role.FUNDS)
    browser, kept = office.sign_in(person), written(person)
    asked(person, "of=all")

    refused = browser.post(f"{PAGE}files/ask/", CHOSEN | {"competition": ""})
    browser.post(f"{PAGE}files/{kept.pk}/discard/")
    browser.post(f"{PAGE}files/ask/", CHOSEN | {"competition": ""})

    assert refused.status_code == 422
    assert "delete one first" in refused.text
    assert FundingFile.objects.count() == 3
    assert not FundingFileBlock.objects.exists()


def test_those_that_take_room_are_listed_before_the_latest_that_have_ended(monkeypatch):
    """Whoever is to delete one first finds it, however many have failed since."""
    monkeypatch.setattr("funding.admin.funding_report.LISTED", 3)
    person = people.user(Role.FUNDS)
    kept, waiting = written(person, at=clock.now() - timedelta(hours=2)), asked(person, "of=all")
    ended = [asked(person, f"of={number}", at=clock.now() + timedelta(minutes=number)) for number in range(3)]
    FundingFile.objects.filter(pk__in=[file.pk for file in ended]).update(state=OwedState.FAILED)

    page = office.sign_in(person).get(PAGE)

    assert list(page.context["files"]) == [kept, waiting, ended[-1]]


def test_one_that_its_owner_may_not_open_any_more_is_deleted_from_the_list():
    here = competitions.region("LCR", "Liverpool City Region")
    person = people.user(Role.FUNDS, region=here)
    gone, own = written(person), written(person, query="of=all", regions=[here.pk])
    browser = office.sign_in(person)
    page = browser.get(PAGE).text
    address, fields = form_on_page.form_of(browser, PAGE, "discard")[1:]

    after = browser.post(address, fields, follow=True)

    gone.refresh_from_db()
    assert f"files/{own.pk}/" in page and f'"{PAGE}files/{gone.pk}/"' not in page
    assert page.count("You may not read all that is in it any more.") == 1
    assert gone.emptied_at is not None
    assert (after.redirect_chain, "The file is deleted." in after.text) == ([(PAGE, 302)], True)
    assert f"files/{gone.pk}/discard" not in after.text
    assert browser.get(f"{PAGE}files/{gone.pk}/").status_code == 404


def test_it_is_downloaded_whole_and_from_where_it_broke_off_and_each_is_noted():
    person = people.user(Role.FUNDS)
    file = written(person, b"0123456789")
    browser = office.sign_in(person)

    whole = download(browser, file)
    rest = download(browser, file, range="bytes=4-", if_range=whole["ETag"])

    assert (content(whole), content(rest)) == (b"0123456789", b"456789")
    assert (whole.status_code, rest.status_code, rest["Content-Range"]) == (200, 206, "bytes 4-9/10")
    assert (whole["Content-Length"], whole["Content-Type"]) == ("10", "text/csv; charset=utf-8")
    assert whole["Content-Disposition"].startswith(f'attachment; filename="funding-report-{file.pk}-')
    assert download(browser, file, range="bytes=10-").status_code == 416
    noted = AuditEntry.objects.filter(action="download funding file").order_by("pk")
    assert [entry.after["from byte"] for entry in noted] == [0, 4]
    assert {(entry.by_id, entry.subject_id) for entry in noted} == {(person.pk, file.pk)}


def test_nobody_else_finds_it():
    file = written(people.user(Role.FUNDS))

    for person in (people.user(Role.FUNDS), people.user(Role.AUDITOR), people.manager()):
        browser = office.sign_in(person)
        assert download(browser, file).status_code == 404
        assert browser.get(f"{PAGE}files/{file.pk}/").status_code == 404
        assert browser.post(f"{PAGE}files/{file.pk}/discard/").status_code == 404
    assert "download funding file" not in actions()


def test_whoever_has_lost_the_role_since_gets_nothing(client):
    person = people.user(Role.FUNDS)
    file = written(person)
    client.force_login(person)
    before = download(client, file).status_code

    Holding.objects.filter(person=person).delete()
    without = download(client, file).status_code
    people.give(person, Role.LEAD)

    assert (before, without) == (200, 302)
    assert download(client, file).status_code == 404


def test_whoever_reads_less_than_was_read_for_it_gets_nothing():
    here, there = (
        competitions.region("LCR", "Liverpool City Region"),
        competitions.region("TV", "Tees Valley"),
    )
    person = people.user(Role.FUNDS, region=here)
    own, whole = written(person, regions=[here.pk]), written(person, query="of=all")
    both = written(person, query="strand=mfa", regions=[here.pk, there.pk])
    waiting = asked(person, "status=lapsed")

    assert set(FundingFile.objects.visible_to(person)) == {own, waiting}
    assert download(office.sign_in(person), whole).status_code == 404
    assert download(office.sign_in(person), both).status_code == 404
    assert download(office.sign_in(person), own).status_code == 200


def test_after_a_week_the_bytes_go_and_the_row_stays():
    person, now = people.user(Role.FUNDS), clock.now()
    old, young = (
        written(person, query=query, at=now - days * timedelta(days=1))
        for query, days in (("", 7), ("of=all", 6))
    )
    browser = office.sign_in(person)
    before = download(browser, old).status_code

    said = funding_files.throw_away(at=now)

    assert (before, download(browser, old).status_code, download(browser, young).status_code) == (
        404,
        404,
        200,
    )
    assert said == "1 files of the funding report deleted"
    assert set(FundingFileBlock.objects.values_list("file", flat=True)) == {young.pk}
    page = browser.get(f"{PAGE}files/{old.pk}/").text
    assert "The file was deleted at" in page
    assert "Download the file" not in page
    assert funding_files.throw_away(at=now) == "0 files of the funding report deleted"


def test_the_page_says_how_far_it_is_and_cancels_it():
    person = people.user(Role.FUNDS)
    file, browser = asked(person), office.sign_in(person)
    address = f"{PAGE}files/{file.pk}/"
    waiting = browser.get(address).text
    FundingFile.objects.filter(pk=file.pk).update(
        state=OwedState.LEASED, claimed_at=NOON, leased_until=NOON, rows_expected=20_000, rows_done=5_000
    )
    begun = browser.get(address).text

    browser.post(f"{address}discard/")
    again = browser.post(f"{address}discard/", follow=True)

    file.refresh_from_db()
    assert "Waiting for its turn" in waiting
    assert "5000 of 20000 rows are done" in begun and "Cancel the file" in begun
    assert file.state == OwedState.VOID
    assert "The file was cancelled at" in again.text
    assert "was cancelled or was deleted already" in again.text


def test_the_page_says_why_it_failed():
    person = people.user(Role.FUNDS)
    file = asked(person)
    FundingFile.objects.filter(pk=file.pk).update(state=OwedState.FAILED, last_error="It would be larger.")

    assert "It would be larger." in office.sign_in(person).get(f"{PAGE}files/{file.pk}/").text


@pytest.mark.parametrize(("many", "is_first"), [(0, True), (10_000, False)])
def test_the_page_offers_it_always_and_first_where_rows_are_many(monkeypatch, many, is_first):
    monkeypatch.setattr("funding.admin.funding_report.MANY", many)
    budgets.award(budgets.funded_competition(code="HERE"))
    person = people.user(Role.FUNDS)
    written(person)

    text = office.sign_in(person).get(PAGE).text

    assert text.count("Ask for the file") == 1
    assert ("These are many rows" in text) == is_first
    assert "Your files" in text and "Ready until" in text


def test_only_readers_ask_for_it():
    with pytest.raises(funding_files.NotAReader):
        asked(people.assessor())
    assert office.sign_in(people.assessor()).post(f"{PAGE}files/ask/", CHOSEN).status_code == 403
    assert FileKind.values == ["csv", "xlsx", "jsonl"]


def test_what_lost_workers_left_of_a_failed_file_goes_too():
    file, now = asked(people.user(Role.FUNDS)), clock.now()
    FundingFileBlock.objects.create(file=file, number=0, content=b"left")
    funding_files.throw_away(at=now)
    while_under_way = FundingFileBlock.objects.count()
    FundingFile.objects.filter(pk=file.pk).update(state=OwedState.FAILED)

    funding_files.throw_away(at=now)

    assert (while_under_way, FundingFileBlock.objects.count()) == (1, 0)
