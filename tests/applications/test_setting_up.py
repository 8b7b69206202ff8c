"""A competition's rules while it is set up: saved by an action, and each change on record."""

from decimal import Decimal

import pytest

from accounts.models import AuditEntry, Region
from accounts.roles import Role
from applications import setting_up
from applications.models import Competition, Stage
from tests import presses
from tests.make import people
from tests.make.competitions import competition, region
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def in_set_up(**fields) -> Competition:
    return competition(stage=Stage.SET_UP, **fields)


def changed(made: Competition, **fields) -> Competition:
    """The competition as a form fills it in, not saved."""
    row = Competition.objects.get(pk=made.pk)
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def test_a_change_is_on_record_with_each_value_before_and_after():
    made, manager = in_set_up(limit_max=Decimal("90000.00"), threshold=70), people.manager()

    row = changed(made, limit_max=Decimal("80000.00"), threshold=Decimal("65.0"), summary="n" * 300)
    setting_up.change(row, by=manager, at=NOON)

    entry = AuditEntry.objects.get(action="change competition")
    assert (entry.by_id, entry.at, entry.subject_id) == (manager.pk, NOON, made.pk)
    assert (entry.before["limit_max"], entry.after["limit_max"]) == ("90000.00", "80000.00")
    assert (entry.before["threshold"], entry.after["threshold"]) == ("70.0", "65.0")
    assert entry.after["summary"] == "n" * 200 + "…"
    assert entry.before.keys() == entry.after.keys() == {"limit_max", "threshold", "summary"}
    made.refresh_from_db()
    assert (made.limit_max, made.version, made.saved_by) == (Decimal("80000.00"), 2, manager)


def test_what_does_not_differ_is_neither_written_nor_on_record():
    made = in_set_up()
    seen = changed(made, title="Another title")
    Competition.objects.filter(pk=made.pk).update(is_demonstration=True)

    setting_up.change(seen, by=people.manager(), at=NOON)

    made.refresh_from_db()
    assert made.is_demonstration
    assert AuditEntry.objects.get(action="change competition").after == {"title": "Another title"}


def test_moments_days_and_regions_are_on_record():
    made, other = in_set_up(), region("TV", "Tees Valley")

    row = changed(made, closes_at=made.closes_at.replace(minute=30), region=other)
    setting_up.change(row, by=people.manager(), at=NOON)

    entry = AuditEntry.objects.get(action="change competition")
    assert entry.after == {"closes_at": row.closes_at.isoformat(), "region": other.pk}


def test_once_published_nothing_changes_and_the_try_is_on_record():
    made = competition()

    with pytest.raises(setting_up.SettingUpRefused, match="published"):
        setting_up.change(changed(made, title="Mine"), by=people.manager(), at=NOON)

    made.refresh_from_db()
    assert made.title != "Mine"
    assert AuditEntry.objects.get(action="change competition").is_refusal


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
def test_only_a_manager_sets_one_up(role):
    made, person = in_set_up(), people.user(role)

    with pytest.raises(setting_up.SettingUpRefused, match="Only a competition manager"):
        setting_up.change(changed(made, title="Mine"), by=person, at=NOON)
    with pytest.raises(setting_up.SettingUpRefused):
        setting_up.add(Competition(code="NEW", title="Mine", region=made.region), by=person, at=NOON)

    assert Competition.objects.get().title != "Mine"


def test_a_regions_manager_neither_takes_one_nor_gives_it_away():
    here, there = region(), region("TV", "Tees Valley")
    made, manager = in_set_up(region=here), people.manager(region=here)
    theirs = in_set_up(region=there)

    for row in (changed(made, region=there), changed(theirs, region=here)):
        with pytest.raises(setting_up.SettingUpRefused):
            setting_up.change(row, by=manager, at=NOON)

    assert Region.objects.filter(competitions__in=[made]).get() == here


@pytest.mark.parametrize(
    ("press", "action"),
    [(presses.change_competition, "change competition"), (presses.add_competition, "add competition")],
)
def test_the_form_of_the_office_goes_through_the_action(press, action):
    browser, address, sent = press()

    assert browser.post(address, sent).status_code == 302

    entry = AuditEntry.objects.get(action=action)
    assert entry.request_id
    if action == "change competition":
        assert entry.after == {"summary": "Another summary."}
    else:
        assert entry.after["code"] == "NEW"
