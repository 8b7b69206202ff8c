"""Every row that a request can name, by everybody, by every verb: another's is as if it were not there."""

import gc
import io
import logging

import pytest
from django import forms
from django.db import transaction

from accounts.exports import csv_file
from accounts.models import AuditEntry, Notification, Organisation, User
from applications.models import Application, Assessment
from funding.models import Allocation, Award, Budget, ProgrammeReport
from tests.access import Route
from tests.matrix import bodies, named, values, viewers, walk, world
from tests.matrix.asking import Viewer
from tests.matrix.world import Side

#: So many requests each viewer makes at the least; a walk that shrank would prove less.
AT_LEAST = 200
VIEWERS = [
    pytest.param(name, marks=pytest.mark.xdist_group(group))
    for group, names in viewers.GROUPS.items()
    for name in names
]


@pytest.fixture(scope="module")
def world_of_two(django_db_setup, django_db_blocker):
    """Both regions, made once for all tests of a worker."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        # In the test's own transaction, since another connection would see none of its rows.
        patch.setattr(csv_file, "streamed", _at_once)
        logging.disable(logging.CRITICAL)
        yield world.make()
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)


@pytest.fixture
def sides(world_of_two) -> dict[str, Side]:
    with transaction.atomic():
        yield world_of_two
        transaction.set_rollback(True)


def _at_once(write, *, before=lambda: None):
    before()
    file = io.BytesIO()
    write(file)
    yield file.getvalue()


def ask_everything(viewer: Viewer) -> None:
    walk.own(viewer, may_write=viewer.name not in viewers.READ_ONLY)
    walk.lists(viewer)
    walk.rows(viewer, walk.ABOUT_ROWS)
    walk.bodies(viewer)


@pytest.mark.parametrize("name", VIEWERS)
def test_what_is_anothers_is_as_if_it_were_not_there(sides, name):
    viewer = viewers.named(name, sides)

    ask_everything(viewer)

    print(f"{viewer.requests} requests, {len(viewer.faults)} leaks: {name}")
    assert not viewer.faults, "\n".join([f"{len(viewer.faults)} leaks", *viewer.faults[:30]])
    assert viewer.requests >= AT_LEAST
    assert viewer.shown


#: What keeps a model's rows from whom, and a route that would show them.
PROTECTIONS = [
    (Application, "of_members_like", viewers.APPLICANT, "applications:check"),
    (Application, "visible_to", viewers.MANAGER, "admin:applications_application_change"),
    (Assessment, "visible_to", viewers.MANAGER, "admin:applications_assessment_changelist"),
    (Award, "visible_to", viewers.FUNDS, "api:award-detail"),
    (Award, "visible_to", viewers.FUNDS, "admin:funding_award_change"),
    (Allocation, "visible_to", viewers.APPROVER, "api:allocation-detail"),
    (Budget, "visible_to", viewers.FUNDS, "api:budget-detail"),
    (Organisation, "editable_by", viewers.APPLICANT, "accounts:organisation_change"),
    (Organisation, "visible_to", viewers.MANAGER, "admin:accounts_organisation_changelist"),
    (User, "visible_to", viewers.AUDITOR, "admin:accounts_user_changelist"),
    (Notification, "visible_to", viewers.MANAGER, "admin:accounts_notification_change"),
    (AuditEntry, "visible_to", viewers.AUDITOR, "admin:accounts_auditentry_change"),
    (ProgrammeReport, "visible_to", viewers.FUNDS, "admin:funding_programmereport_change"),
]


@pytest.mark.xdist_group("matrix two")
@pytest.mark.parametrize(("model", "protection", "name", "key"), PROTECTIONS)
def test_a_protection_taken_away_is_missed(sides, monkeypatch, model, protection, name, key):
    viewer = viewers.named(name, sides)
    routes = [route for route in walk.ALL if route.key == key]

    def probe() -> list[str]:
        walk.lists(viewer, [route for route in routes if not route.parameters])
        walk.rows(viewer, [route for route in routes if route.parameters], verbs=("get", "post"))
        return viewer.faults

    assert probe() == []
    monkeypatch.setattr(type(model.objects.all()), protection, lambda rows, user: rows)
    assert probe() != []
    print(f"without {model.__name__}.{protection}: {viewer.faults[0]}")


@pytest.mark.parametrize("key", ["applications:new", "admin:accounts_user_change", "api:new"])
def test_a_parameter_of_which_nobody_said_what_it_names_stops_the_walk(key):
    with pytest.raises(values.Undeclared, match=f"{key} has <voucher>"):
        list(values.of(Route(key, "/new/%(voucher)s/"), world.Side(None, {}, None, None, None, [])))


def test_nothing_is_declared_that_no_route_has():
    assert values.unused(walk.ALL) == []


def test_every_field_that_could_name_a_row_is_asked_for_anothers_or_said_to_name_none():
    found = named.fields()

    print(f"{len(found)} fields could name a row: {len(bodies.ASKED)} do, in {len(bodies.BODIES)} bodies")
    assert sorted(found.keys() ^ (bodies.ASKED | bodies.NAME_NOTHING.keys())) == []
    assert {found[where] for where in bodies.ASKED} == {body.field for body in bodies.BODIES}


def test_a_new_field_that_names_a_row_is_seen():
    class Vouching(forms.Form):
        voucher = forms.ModelChoiceField(User.objects.all())
        assessment = forms.IntegerField()
        reason = forms.CharField()

    Vouching.__module__ = "accounts.forms.vouching"

    assert named.fields().keys() - bodies.ASKED - bodies.NAME_NOTHING.keys() == {
        "Vouching.voucher",
        "Vouching.assessment",
    }
    del Vouching
    gc.collect()


def test_together_the_viewers_make_a_thousand_requests_at_the_least():
    assert AT_LEAST * len(VIEWERS) >= 1000
