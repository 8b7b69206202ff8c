import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts import composing
from accounts.exports import csv_file
from accounts.models import Notification
from accounts.roles import Role
from applications.workflow import Status
from funding import awards, duties, to_do
from funding.exports import subsidy_database
from funding.models import AwardShare, SubsidyEntry
from funding.subsidy import database
from tests.make import applications, budgets, competitions, people
from tests.make.office import sign_in
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

#: Approved at noon in London on 30 November.
APPROVED = datetime(2026, 11, 30, 12, tzinfo=UTC)
DUE = date(2027, 2, 28)


def share(grant: Decimal | str = "150000.00", *, at: datetime = APPROVED, **within) -> AwardShare:
    competition = budgets.funded_competition(subsidy_basis="subsidy_control", **within)
    return budgets.award(competition, grant, at=at).shares.get()


def entry_of(one: AwardShare) -> database.Entry:
    [found] = database.entries(database.needed().filter(pk=one.pk))
    return found


def uploaded(one: AwardShare, *, on: date | None = None, at: datetime = APPROVED + 9 * DAY) -> SubsidyEntry:
    return database.record_upload(one, "SC-2026-17", on or at.date(), by=budgets.fund_manager(), at=at)


@pytest.mark.parametrize(("grant", "needs"), [("100000.00", False), ("100000.01", True)])
def test_a_recipient_with_exactly_the_threshold_needs_no_entry(grant, needs):
    one = share(grant)

    assert list(database.needed()) == ([one] if needs else [])


def test_two_recipients_of_one_award_have_each_their_own():
    within = budgets.funded_competition(subsidy_basis="subsidy_control")
    application = applications.application(Status.IN_ASSESSMENT, within)
    parts = [applications.lead(application), applications.partner(application)]
    grants = (Decimal("100000.00"), Decimal("100000.01"))
    shares = [
        awards.Share(part.pk, grant, Decimal(50), "subsidy_control")
        for part, grant in zip(parts, grants, strict=True)
    ]
    awards.make(
        application, shares, recommended_by=budgets.fund_manager(), by=budgets.approver(), at=APPROVED
    )

    assert [one.grant for one in database.needed()] == [grants[1]]


def test_a_reversed_award_needs_none():
    one = share()
    awards.reverse(one.award, by=one.award.approved_by, at=NOON)

    assert not database.needed().exists()


@pytest.mark.parametrize(
    ("approved", "due"),
    [
        (APPROVED, date(2027, 2, 28)),
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), date(2026, 9, 30)),
        # In London it is July already.
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), date(2026, 10, 1)),
    ],
)
def test_it_is_due_three_months_after_the_day_of_the_approval_in_london(approved, due):
    assert entry_of(share(at=approved)).due_on == due


def test_uploaded_it_is_owed_no_more_and_modified_it_is_again():
    one, manager = share(), budgets.fund_manager()
    at = APPROVED + 60 * DAY
    assert entry_of(one).is_near(date(2027, 1, 29))
    assert not entry_of(one).is_near(date(2027, 1, 28))

    made = uploaded(one)
    assert (entry_of(one).uploaded, entry_of(one).is_near(date(2030, 1, 1))) == (made, False)

    database.record_modification(one, "The grant fell to £120,000.", at.date(), by=manager, at=at)
    entry = entry_of(one)
    assert (entry.uploaded, entry.since, entry.due_on) == (None, at.date(), date(2027, 4, 29))
    uploaded(one, at=at + DAY)
    assert entry_of(one).uploaded


def test_an_award_that_ends_after_its_upload_is_owed_again_with_nothing_until_that_is_uploaded_too():
    """Else the public database would keep a subsidy that nobody was given."""
    one, manager = share(), budgets.fund_manager()
    uploaded(one)
    ended = APPROVED + 70 * DAY

    awards.reverse(one.award, by=one.award.approved_by, at=ended)

    entry = entry_of(one)
    assert (entry.uploaded, entry.ended_on, entry.amount) == (None, ended.date(), Decimal(0))
    assert (entry.since, entry.due_on) == (date(2027, 2, 8), date(2027, 5, 8))
    [row] = file_of(manager)
    assert (row["Amount"], row["Due"]) == ("0.00", "2027-05-08")
    page = sign_in(manager).get(f"/admin/funding/subsidyentry/share/{one.pk}/")
    assert "the database has to say that nothing is given" in page.text
    uploaded(one, at=ended + DAY)
    assert entry_of(one).uploaded
    assert not any(found.is_near(date(2030, 1, 1)) for found in database.entries(database.needed()))


def test_what_cannot_be_recorded_says_why():
    one, manager = share(), budgets.fund_manager()
    at = APPROVED + DAY
    known = {"by": manager, "at": at}

    for on in (APPROVED.date() - timedelta(days=1), at.date() + timedelta(days=1)):
        with pytest.raises(database.EntryRefused, match="until today"):
            database.record_upload(one, "SC1", on, **known)
    with pytest.raises(database.EntryRefused, match="reference"):
        database.record_upload(one, " ", at.date(), **known)
    with pytest.raises(database.EntryRefused, match="not uploaded yet"):
        database.record_modification(one, "Less.", at.date(), **known)
    uploaded(one)
    with pytest.raises(database.EntryRefused, match="uploaded before"):
        uploaded(one)
    with pytest.raises(database.EntryRefused, match="needs no entry"):
        database.record_upload(share("1000.00"), "SC1", at.date(), **known)
    assert SubsidyEntry.objects.count() == 1


@pytest.mark.parametrize("role", sorted(set(Role) - duties.PROPOSE))
def test_only_a_fund_manager_records(role):
    one = share()

    with pytest.raises(duties.RoleMissing):
        database.record_upload(one, "SC1", APPROVED.date(), by=people.user(role), at=APPROVED)


@pytest.mark.tells("subsidy_entry_due")
def test_fund_managers_are_reminded_a_month_and_a_week_before_and_once_when_it_is_late():
    one, manager = share(), budgets.fund_manager()
    moments = [datetime(2027, 1, 28, 12, tzinfo=UTC) + DAY * days for days in (0, 1, 2, 23, 24, 31, 32, 60)]

    told = []
    for at in moments:
        database.remind(at=at)
        told.append(Notification.objects.filter(kind="subsidy_entry_due", recipient=manager).count())

    # A month before on 29 January, a week before on 21 February, late from 1 March on.
    assert told == [0, 1, 1, 1, 2, 2, 3, 3]
    text = composing.compose(Notification.objects.filter(recipient=manager).latest("pk")).text
    assert "28 February 2027" in text
    assert one.participant.name in text
    [waiting] = to_do.uploading(manager, moments[1])
    assert waiting.says == "Upload 1 subsidy database entry"
    uploaded(one)
    assert not list(to_do.uploading(manager, moments[-1]))
    assert database.remind(at=moments[-1] + 9 * DAY) == "0 people reminded of subsidy database entries"


@pytest.mark.parametrize(
    "wrong",
    [{"step": "uploaded", "reference": ""}, {"step": "modified"}, {"step": "modified", "reference": "x"}],
)
def test_the_database_keeps_no_step_without_what_it_says(wrong):
    one = share()

    with pytest.raises(IntegrityError, match="says_what_was_done"), transaction.atomic():
        SubsidyEntry.objects.create(
            share=one, on=NOON.date(), recorded_by=budgets.fund_manager(), recorded_at=NOON, **wrong
        )


def file_of(user) -> list[dict]:
    file = io.BytesIO()
    csv_file.copy(subsidy_database.rows(user), subsidy_database.COLUMNS, file)
    return list(csv.DictReader(io.StringIO(file.getvalue().decode())))


def test_the_file_has_the_fields_of_the_database_and_is_inert():
    one = share()
    type(one.participant).objects.filter(pk=one.participant_id).update(name="=HYPERLINK(1)")
    share("100000.00")
    uploaded(one)

    [row] = file_of(budgets.fund_manager())

    assert row["Beneficiary"] == "'=HYPERLINK(1)"
    expected = {
        "Stand-alone or scheme": "Scheme",
        "Legal basis": "Subsidy Control Act 2022",
        "Identifier type": "Company number",
        "Identifier": one.participant.company_number,
        "Beneficiary size": "Micro or small",
        "Instrument": "Direct grant",
        "Amount": "150000.00",
        "Date of confirmation": "2026-11-30",
        "Due": "2027-02-28",
        "Last step": "Uploaded",
        "Reference": "SC-2026-17",
        "Uploaded on": "2026-12-09",
    }
    assert {name: row[name] for name in expected} == expected


def test_invented_recipients_are_not_in_the_file():
    """It is uploaded to a public database of what is real. The page shows how one of them would be kept."""
    real = share()
    invented = share(is_demonstration=True)

    rows = file_of(budgets.fund_manager())

    assert [row["Application"] for row in rows] == [real.award.application.reference]
    assert invented in database.seen_by(budgets.fund_manager())


def test_who_works_for_another_region_finds_nothing():
    share()
    elsewhere = people.user(Role.FUNDS, region=competitions.region("TV", "Tees Valley"))

    assert file_of(elsewhere) == []
    assert not database.seen_by(elsewhere).exists()


def test_the_page_lists_what_is_due_and_records_the_upload_and_the_modification():
    one = share(at=NOON)
    browser = sign_in(budgets.fund_manager())
    address = f"/admin/funding/subsidyentry/share/{one.pk}/"

    listed = browser.get("/admin/funding/subsidyentry/").text
    missing = browser.post(address, {"step": "uploaded", "reference": "SC-1"})
    day = {"on_day": "2", "on_month": "6", "on_year": "2026"}
    recorded = browser.post(address, {"step": "uploaded", "reference": "SC-1", **day}, follow=True)
    modified = browser.post(address, {"step": "modified", "note": "Less.", **day}, follow=True)

    assert one.participant.name in listed
    assert "1 September 2026" in listed
    assert missing.status_code == 422
    assert "as SC-1" in recorded.text
    assert "the clock runs from then" in modified.text
    assert [row.step for row in SubsidyEntry.objects.order_by("pk")] == ["uploaded", "modified"]
