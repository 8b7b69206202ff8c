"""The pages and public addresses of open data."""

import json
from datetime import timedelta

import pytest
from django.template.defaultfilters import filesizeformat

from accounts import clock
from accounts.london import day_of
from accounts.roles import Role
from funding.exports import open_data as files
from funding.models import Award, OpenDataPublication
from funding.open_data import publishing, written
from tests import form_on_page
from tests.make import budgets, competitions, offers, open_data, people
from tests.make.office import sign_in
from tests.make.open_data import PUBLISHED_AT
from tests.make.times import DAY

pytestmark = pytest.mark.django_db

OFFICE = "/admin/funding/opendatapublication/"
PREVIEW = f"{OFFICE}preview/"
FILES = ("360giving.json", "360giving.csv", "datapackage.json")


def statuses(client, folder: str) -> list[int]:
    return [client.get(f"{folder}{name}").status_code for name in FILES]


def test_nothing_is_public_before_somebody_published_it_and_then_the_latest_is(client):
    open_data.ready()
    assert statuses(client, "/open-data/") == [404, 404, 404]
    assert "No grant has been published yet" in client.get("/open-data/").text

    first = open_data.published()
    open_data.ready()
    assert len(client.get("/open-data/360giving.json").json()["grants"]) == 1
    second = open_data.published(at=PUBLISHED_AT + DAY)

    assert statuses(client, "/open-data/") == [200, 200, 200]
    assert client.get("/open-data/360giving.json").content.decode() == second.contents
    assert client.get(f"/open-data/{first.pk}/360giving.json").content.decode() == first.contents
    assert statuses(client, "/open-data/demonstration/") == [404, 404, 404]
    assert statuses(client, "/open-data/999/") == [404, 404, 404]
    assert client.get("/open-data/secrets.json").status_code == 404
    page = client.get("/open-data/").text
    assert "2 grants" in page
    assert f"/open-data/{first.pk}/360giving.csv" in page


def test_the_sizes_are_those_of_the_files_and_no_visit_works_them_out(
    client, monkeypatch, django_assert_max_num_queries
):
    open_data.ready()
    made = open_data.published()
    sizes = {name: len(client.get(f"/open-data/{name}").content) for name in FILES}

    def broken(*_):
        raise ZeroDivisionError

    for name in FILES:
        monkeypatch.setitem(files.WRITERS, name, broken)
    monkeypatch.setattr(written, "read", broken)
    with django_assert_max_num_queries(8) as asked:
        page = client.get("/open-data/").text

    assert dict(made.files.values_list("name", "size")) == sizes
    for size in sizes.values():
        assert f"({filesizeformat(size)})" in page
    assert not any('"contents"' in query["sql"] for query in asked.captured_queries)


def test_of_a_publication_from_before_sizes_were_kept_none_is_shown(client, monkeypatch):
    open_data.ready()
    monkeypatch.setattr(files, "sizes", lambda publication: {})
    open_data.published()

    page = client.get("/open-data/").text

    assert "360giving.csv</a>, 360Giving CSV" in page


@pytest.mark.parametrize("name", FILES)
def test_what_somebody_has_already_is_not_sent_again(client, name):
    open_data.ready()
    open_data.published()
    address = f"/open-data/{name}"

    answer = client.get(address)
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    since = client.get(address, headers={"if-modified-since": answer["Last-Modified"]})

    assert (again.status_code, again.content, since.status_code) == (304, b"", 304)
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer
    open_data.ready()
    open_data.published(at=PUBLISHED_AT + DAY)
    assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 200


def test_a_withdrawn_publication_is_gone_at_both_its_addresses_and_the_one_before_stays_at_its_own(client):
    open_data.ready()
    first, last = open_data.published(), open_data.published(at=PUBLISHED_AT + DAY)

    publishing.withdraw(last, "A name was in it.", by=people.manager(), at=PUBLISHED_AT + 2 * DAY)

    assert statuses(client, "/open-data/") == statuses(client, f"/open-data/{last.pk}/") == [410, 410, 410]
    assert statuses(client, f"/open-data/{first.pk}/") == [200, 200, 200]
    gone, page = client.get("/open-data/360giving.json").text, client.get("/open-data/").text
    assert "was withdrawn" in gone
    assert "was withdrawn" in page
    assert "A name was in it" not in gone + page
    open_data.published(at=PUBLISHED_AT + 3 * DAY)
    assert statuses(client, "/open-data/") == [200, 200, 200]


def test_a_fund_manager_looks_publishes_and_withdraws(client):
    award, waiting = open_data.ready(), offers.award()
    browser = sign_in(budgets.fund_manager())
    page = browser.get(PREVIEW).text
    identifier = f"360G-launchpad-{award.application.reference}-1"
    assert f'<a href="#{identifier}">{identifier}</a> is new.' in page
    assert waiting.application.reference in page
    assert "Its offer is not accepted yet." in page
    assert "Planned Dates:Start Date" in page

    _, address, body = form_on_page.form_of(browser, PREVIEW, having="seen", reason=" ")
    refused = browser.post(address, body)
    assert refused.status_code == 422
    assert "Give the reason for publishing" in refused.text
    answer = browser.post(address, {**body, "reason": "The round."})
    made = OpenDataPublication.objects.get()
    assert answer.url == f"{OFFICE}{made.pk}/change/"

    shown = browser.get(answer.url).text
    assert made.fingerprint in shown
    _, address, body = form_on_page.form_of(browser, answer.url, "withdraw", reason="A name was in it.")
    assert browser.post(address, body).status_code == 302
    assert client.get("/open-data/360giving.json").status_code == 410
    assert "A name was in it." in browser.get(f"{OFFICE}{made.pk}/change/").text


def test_what_changed_since_it_was_looked_at_is_not_published_unseen():
    open_data.ready()
    browser = sign_in(budgets.fund_manager())
    _, address, body = form_on_page.form_of(browser, PREVIEW, having="seen", reason="The round.")
    another = open_data.ready()

    answer = browser.post(address, body)

    assert answer.status_code == 409
    assert "Look through it again" in answer.text
    assert another.application.reference in answer.text
    assert "The round." in answer.text
    assert not OpenDataPublication.objects.exists()
    _, address, body = form_on_page.form_of(browser, PREVIEW, having="seen", reason="The round.")
    assert browser.post(address, body).status_code == 302


def test_without_a_prefix_the_page_says_so_and_has_no_button(settings):
    open_data.ready()
    settings.GRANT_ID_PREFIX = ""

    page = sign_in(budgets.fund_manager()).get(PREVIEW).text

    assert "GRANT_ID_PREFIX is empty" in page
    assert "Publish it" not in page


def test_an_embargo_is_lifted_and_set_on_the_page_of_its_competition():
    award, now = open_data.accepted(), clock.now()
    browser = sign_in(budgets.fund_manager())
    page = f"{OFFICE}embargo/{award.application.competition.code}/"
    known = {"awards": str(award.pk), "reason": "It is announced."}

    def sent(**typed):
        return browser.post(*form_on_page.form_of(browser, page, having="embargo", **known, **typed)[1:])

    def until():
        return Award.objects.get(pk=award.pk).embargo_until

    assert sent(embargo="lifted").status_code == 302
    assert until() == day_of(now)
    refused = sent(embargo="until")
    assert refused.status_code == 422
    assert "Enter the day on which they may be published" in refused.text
    later = day_of(now) + timedelta(days=20)
    parts = {"until_day": str(later.day), "until_month": str(later.month), "until_year": str(later.year)}
    assert sent(embargo="until", **parts).status_code == 302
    assert until() == later
    assert sent(embargo="held").status_code == 302
    assert until() is None
    assert "until the office sets a day" in browser.get(page).text


def test_people_of_one_region_see_its_part_of_the_preview_and_do_not_publish():
    tees = budgets.funded_competition(region=competitions.region("TV", "Tees Valley"))
    here, there = open_data.ready(), open_data.ready(tees)
    person = people.user(Role.FUNDS, region=here.application.competition.region)
    page = sign_in(person).get(PREVIEW).text

    assert here.application.reference in page
    assert there.application.reference not in page
    assert "published by a fund manager of the whole programme" in page
    assert "Publish it" not in page


def test_the_list_leads_to_the_preview_and_to_the_subsidy_database():
    open_data.ready()
    open_data.published()

    page = sign_in(people.user(Role.AUDITOR)).get(OFFICE).text

    assert "0 recipients need an entry" in page
    assert '/admin/funding/subsidyentry/"' in page
    assert "Publish what may be known of awards" in sign_in(budgets.fund_manager()).get("/admin/").text


def test_the_files_of_the_demonstration_say_so_and_are_not_to_be_indexed(client):
    award = open_data.ready()
    competition = award.application.competition
    competition.is_demonstration = True
    competition.save(update_fields=["is_demonstration"])
    open_data.published(of_demonstration=True)

    answer = client.get("/open-data/demonstration/360giving.json")

    assert statuses(client, "/open-data/") == [404, 404, 404]
    assert answer["X-Robots-Tag"] == "noindex"
    assert "not real" in json.loads(answer.content)["title"]
    assert "demonstration" in answer["Content-Disposition"]
    page = client.get("/open-data/").text
    assert "No grant has been published yet" in page
    assert "are invented" in page
