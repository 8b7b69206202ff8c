"""A change of roles takes two administrators, neither of them the person."""

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from accounts import appointments, composing, role_groups, tokens
from accounts.models import ApiToken, AuditEntry, ChangeState, Notification, Region, RoleChange, User
from accounts.roles import Appointment, Role
from tests.databases import disarmed
from tests.make import people
from tests.make.competitions import region
from tests.make.office import sign_in
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

MANAGER_THERE = Appointment(Role.MANAGER, "TV")


@pytest.fixture(autouse=True)
def groups():
    role_groups.sync()


@pytest.fixture
def tv() -> Region:
    return region("TV", "Tees Valley")


@pytest.fixture
def asker() -> User:
    return people.user(Role.ADMINISTRATOR)


@pytest.fixture
def second() -> User:
    return people.user(Role.ADMINISTRATOR)


def ask(person, *wanted, by, may_sign_in=True, reason="Works there now.") -> RoleChange:
    return appointments.ask(person, wanted, may_sign_in=may_sign_in, reason=reason, by=by, at=NOON)


def refuse(change, **decided) -> RoleChange:
    return appointments.refuse(change, "Not agreed.", **decided)


def held(person) -> set[Appointment]:
    return {one.appointment for one in User.objects.get(pk=person.pk).held}


def test_nothing_changes_before_a_second_administrator_confirms(tv, asker, second):
    person = people.user(Role.APPLICANT, Role.LEAD)

    change = ask(person, MANAGER_THERE, Appointment(Role.LEAD), by=asker)
    before = held(person)
    appointments.confirm(change, by=second, at=NOON + DAY)

    assert before == {Appointment(Role.APPLICANT), Appointment(Role.LEAD)}
    assert held(person) == {MANAGER_THERE, Appointment(Role.LEAD)}
    assert person.holdings.get(group__name=Role.MANAGER).given_at == NOON + DAY
    assert person.holdings.get(group__name=Role.LEAD).given_at is None


def test_the_person_is_told_when_it_takes_effect(tv, asker, second):
    person = people.user(Role.LEAD, name="Ann Other")

    change = ask(person, MANAGER_THERE, by=asker)
    assert not Notification.objects.exists()
    appointments.confirm(change, by=second, at=NOON)

    letter = composing.email(Notification.objects.get(recipient=person)).body
    assert "innovation lead" in letter
    assert "competition manager (Tees Valley)" in letter


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("the person", appointments.OwnRoles),
        ("the asker", appointments.SamePerson),
        ("somebody else", appointments.NotAnAdministrator),
    ],
)
@pytest.mark.parametrize(
    "decide", [appointments.confirm, lambda change, **by: appointments.refuse(change, "No.", **by)]
)
def test_it_takes_another_administrator_to_decide(asker, second, who, refusal, decide):
    person = people.user(Role.ADMINISTRATOR)
    change = ask(person, Appointment(Role.ADMINISTRATOR), Appointment(Role.FUNDS), by=asker)
    by = {"the person": person, "the asker": asker, "somebody else": people.user(Role.AUDITOR)}[who]

    with pytest.raises(refusal):
        decide(change, by=by, at=NOON)

    change.refresh_from_db()
    assert change.is_waiting
    assert held(person) == {Appointment(Role.ADMINISTRATOR)}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_an_administrator_asks(role):
    with pytest.raises(appointments.NotAnAdministrator):
        ask(people.user(), Appointment(Role.ASSESSOR), by=people.user(role))


def test_nobody_asks_for_a_role_for_themself(asker):
    with pytest.raises(appointments.OwnRoles):
        ask(asker, Appointment(Role.ADMINISTRATOR), Appointment(Role.FUNDS), by=asker)


def test_whoever_lost_the_role_meanwhile_has_asked_in_vain(asker, second):
    change = ask(people.user(), Appointment(Role.FUNDS), by=asker)
    appointments.stop(asker, "Under suspicion.", by=second, at=NOON)

    with pytest.raises(appointments.AskerGone):
        appointments.confirm(change, by=second, at=NOON)


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ([Appointment(Role.LEAD)], appointments.NothingChanges),
        ([Appointment(Role.MANAGER, "NOWHERE")], appointments.NotHeldThere),
        ([Appointment(Role.ADMINISTRATOR, "TV")], appointments.NotHeldThere),
        ([Appointment(Role.APPLICANT, "TV")], appointments.NotHeldThere),
    ],
)
def test_what_cannot_be_held_is_not_asked_for(tv, asker, wanted, refusal):
    with pytest.raises(refusal):
        ask(people.user(Role.LEAD), *wanted, by=asker)


def test_a_role_for_the_programme_takes_in_the_regions(tv, asker):
    change = ask(people.user(), MANAGER_THERE, Appointment(Role.MANAGER), by=asker)

    assert change.held_after == {Appointment(Role.MANAGER)}


def test_a_change_has_a_reason_and_so_has_its_refusal(asker, second):
    with pytest.raises(appointments.ReasonMissing):
        ask(people.user(), Appointment(Role.FUNDS), by=asker, reason=" \n ")
    change = ask(people.user(), Appointment(Role.FUNDS), by=asker)
    with pytest.raises(appointments.ReasonMissing):
        appointments.refuse(change, "", by=second, at=NOON)


def test_one_change_of_a_person_waits_at_a_time(asker, second):
    person = people.user()
    change = ask(person, Appointment(Role.FUNDS), by=asker)

    with pytest.raises(appointments.AlreadyWaiting):
        ask(person, Appointment(Role.AUDITOR), by=second)
    appointments.take_back(change, by=asker, at=NOON)

    assert ask(person, Appointment(Role.AUDITOR), by=second).is_waiting


def test_a_change_is_decided_once(asker, second):
    person = people.user()
    change = ask(person, Appointment(Role.FUNDS), by=asker)
    appointments.refuse(change, "Not yet.", by=second, at=NOON)

    with pytest.raises(appointments.AlreadyDecided) as refusal:
        appointments.confirm(change, by=second, at=NOON)

    assert (refusal.value.change.state, refusal.value.change.answer) == (ChangeState.REFUSED, "Not yet.")
    assert held(person) == set()


def test_of_two_administrators_who_stop_each_other_one_stays(asker, second):
    appointments.stop(second, "Now.", by=asker, at=NOON)

    with pytest.raises(appointments.NotAnAdministrator):
        appointments.stop(asker, "Now.", by=second, at=NOON)
    with pytest.raises(appointments.OwnRoles):
        appointments.stop(asker, "Now.", by=asker, at=NOON)

    assert set(User.objects.holding(Role.ADMINISTRATOR)) == {asker}


class TestStopping:
    @pytest.mark.tells("roles_changed")
    def test_takes_one_administrator_and_works_at_once(self, asker, second):
        person = people.user(Role.FUNDS)
        browser, secret = sign_in(person), tokens.issue(person, "ledger", by=person, at=NOON)
        waiting = ask(person, Appointment(Role.AUDITOR), by=second)

        appointments.stop(person, "A stolen laptop.", by=asker, at=NOON)

        waiting.refresh_from_db()
        assert waiting.state == ChangeState.TAKEN_BACK
        assert browser.get("/admin/").status_code == 302
        assert tokens.holder_of(secret, at=NOON) is None
        assert ApiToken.objects.filter(person=person).exists()
        assert held(person) == {Appointment(Role.FUNDS)}
        assert Notification.objects.filter(recipient=person, kind="roles_changed").exists()

    def test_is_undone_by_two(self, asker, second):
        person = people.user(Role.FUNDS)
        appointments.stop(person, "A stolen laptop.", by=asker, at=NOON)
        person.refresh_from_db()

        change = ask(person, Appointment(Role.FUNDS), by=asker)
        assert not User.objects.get(pk=person.pk).is_active
        appointments.confirm(change, by=second, at=NOON)

        assert User.objects.get(pk=person.pk).is_active

    @pytest.mark.tells("sign_in_changed")
    def test_tells_the_person_and_every_other_administrator(self, asker, second):
        third, gone = people.user(Role.ADMINISTRATOR), people.user(Role.ADMINISTRATOR)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        people.user(Role.MANAGER)

        stopped = appointments.stop(second, "Under suspicion.", by=asker, at=NOON)

        told = Notification.objects.filter(subject_id=stopped.pk).values_list("kind", "recipient")
        assert set(told) == {("roles_changed", second.pk), ("sign_in_changed", third.pk)}
        letter = composing.compose(Notification.objects.get(kind="sign_in_changed"))
        assert letter.subject == f"{second}: stopped from signing in"
        for line in (f"Who: {second}", f"By: {asker}", "Why: Under suspicion."):
            assert line in letter.text

    def test_is_undone_by_any_other_administrator_at_once(self, asker, second):
        person = people.user(Role.FUNDS)
        stop = appointments.stop(person, "A stolen laptop.", by=asker, at=NOON)
        ask(person, Appointment(Role.AUDITOR), by=asker)

        change = appointments.let_in(stop, "It was found.", by=second, at=NOON)

        person.refresh_from_db()
        assert person.is_active
        assert held(person) == {Appointment(Role.FUNDS)}
        assert (change.state, change.undoes) == (ChangeState.LET_IN, stop)
        assert not RoleChange.objects.waiting().exists()
        told = Notification.objects.filter(subject_id=change.pk).values_list("kind", "recipient")
        assert set(told) == {("roles_changed", person.pk), ("sign_in_changed", asker.pk)}

    def test_is_not_undone_by_the_one_who_stopped_nor_by_the_one_who_was(self, asker, second):
        stop = appointments.stop(second, "Mine now.", by=asker, at=NOON)

        with pytest.raises(appointments.SamePerson):
            appointments.let_in(stop, "Again.", by=asker, at=NOON)
        with pytest.raises(appointments.NotAnAdministrator):
            appointments.let_in(stop, "Me.", by=second, at=NOON)
        with pytest.raises(appointments.NotAnAdministrator):
            appointments.let_in(stop, "Me.", by=people.user(Role.MANAGER), at=NOON)

        assert not User.objects.get(pk=second.pk).is_active

    def test_is_undone_once_and_not_after_something_else(self, asker, second):
        person = people.user(Role.FUNDS)
        first = appointments.stop(person, "A stolen laptop.", by=asker, at=NOON)
        appointments.let_in(first, "It was found.", by=second, at=NOON)
        person.refresh_from_db()
        appointments.stop(person, "Lost again.", by=second, at=NOON)

        with pytest.raises(appointments.RolesChanged):
            appointments.let_in(first, "It was found.", by=second, at=NOON)

    @pytest.mark.parametrize("fault", ["by the same", "with another role", "of another person"])
    def test_the_database_refuses_to_undo_it_otherwise(self, asker, second, fault):
        person = people.user(Role.FUNDS)
        stop = appointments.stop(person, "A stolen laptop.", by=asker, at=NOON)
        fields = {
            "person": people.user(Role.FUNDS) if fault == "of another person" else person,
            "asked_by": asker if fault == "by the same" else second,
            "before": [["approver", ""]] if fault == "with another role" else stop.after,
        }
        undo = RoleChange(
            state=ChangeState.LET_IN, could_sign_in=False, may_sign_in=True, reason="No.", asked_at=NOON,
            decided_at=NOON, undoes=stop, after=fields["before"], **fields,
        )  # fmt: skip

        with pytest.raises(IntegrityError, match="undone by another"), transaction.atomic():
            undo.save()
        with disarmed("accounts_rolechange"):
            # The negative control: nothing else stands in the way.
            undo.save()

    def test_the_page_offers_it_to_the_others_and_says_so_to_the_one_who_stopped(self, asker, second):
        person = people.user(Role.FUNDS)
        appointments.stop(person, "A stolen laptop.", by=asker, at=NOON)
        address = f"/admin/accounts/user/{person.pk}/change/"

        own, others = sign_in(asker), sign_in(second)

        assert "You stopped" in own.get(address).text
        assert "/let-in/" not in own.get(address).text
        assert "/let-in/" in others.get(address).text


def test_a_change_of_roles_ends_the_sessions_from_before_it(asker, second):
    person, other = people.user(Role.FUNDS), people.user(Role.FUNDS)
    browsers = sign_in(person), sign_in(other)

    appointments.confirm(ask(person, Appointment(Role.AUDITOR), by=asker), by=second, at=NOON)

    assert [browser.get("/admin/").status_code for browser in browsers] == [302, 200]


def test_both_steps_and_refusals_stand_in_the_audit_trail(tv, asker, second):
    person = people.user(Role.LEAD)

    change = ask(person, MANAGER_THERE, by=asker)
    with pytest.raises(appointments.SamePerson):
        appointments.confirm(change, by=asker, at=NOON)
    appointments.confirm(change, by=second, at=NOON)

    rows = AuditEntry.objects.filter(subject_word="role change", subject_id=change.pk).order_by("pk")
    assert [(row.action, row.by, row.is_refusal) for row in rows] == [
        ("ask for role change", asker, False),
        ("confirm role change", asker, True),
        ("confirm role change", second, False),
    ]
    assert rows.last().before["roles"] == ["innovation lead"]
    assert rows.last().after["roles"] == ["competition manager in TV"]


class TestTheDatabaseItself:
    """What the actions check holds also for whoever writes past them."""

    def row(self, **fields):
        values = {
            "person": people.user(),
            "state": ChangeState.WAITING,
            "could_sign_in": True,
            "may_sign_in": True,
            "reason": "x",
            "asked_by": people.user(Role.ADMINISTRATOR),
            "asked_at": NOON,
            **fields,
        }
        return RoleChange.objects.create(**values)

    @pytest.mark.parametrize(
        ("statement", "constraint"),
        [
            ("decided_by_id = asked_by_id", "role_change_takes_a_second_person"),
            ("decided_by_id = person_id", "role_change_is_decided_by_another"),
            ("decided_by_id = NULL", "role_change_names_its_people"),
        ],
    )
    def test_refuses_a_decision_by_the_asker_the_person_or_nobody(self, statement, constraint):
        change = self.row()

        with (
            pytest.raises(IntegrityError, match=constraint),
            transaction.atomic(),
            connection.cursor() as run,
        ):
            run.execute(
                "UPDATE accounts_rolechange SET state = 'confirmed', decided_at = now(), "
                f"{statement} WHERE id = %s",
                [change.pk],
            )

    def test_refuses_what_one_asks_for_oneself(self):
        person = people.user(Role.ADMINISTRATOR)

        with pytest.raises(IntegrityError, match="role_change_is_asked_for_by_another"), transaction.atomic():
            self.row(person=person, asked_by=person)

    @pytest.mark.parametrize("more", [{"may_sign_in": True}, {"after": [["auditor", ""]]}])
    def test_refuses_to_let_one_person_do_more_than_stop_another(self, more):
        stopped = {"state": ChangeState.STOPPED, "may_sign_in": False, "decided_at": NOON}
        self.row(**stopped)

        with pytest.raises(IntegrityError, match="role_change_names_its_people"), transaction.atomic():
            self.row(**{**stopped, **more})

    def test_lets_one_change_of_a_person_wait(self):
        person = self.row().person

        with pytest.raises(IntegrityError, match="one_role_change_of_a_person_waits"), transaction.atomic():
            self.row(person=person)

    def test_keeps_what_was_asked_for_and_what_was_decided(self, asker, second):
        waiting = self.row()
        decided = ask(people.user(), Appointment(Role.FUNDS), by=asker)
        appointments.confirm(decided, by=second, at=NOON)

        for pk, fields in ((waiting.pk, {"after": [["auditor", ""]]}), (decided.pk, {"answer": "x"})):
            with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
                RoleChange.objects.filter(pk=pk).update(**fields)
        with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
            RoleChange.objects.filter(pk=waiting.pk).delete()
