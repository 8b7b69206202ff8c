import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.user import User
from accounts.roles import Appointment, from_pairs


class ChangeState(models.TextChoices):
    WAITING = "waiting", "Waits for a second administrator"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Refused"
    TAKEN_BACK = "taken back", "Taken back"
    STOPPED = "stopped", "Stopped from signing in"
    LET_IN = "let in", "Let sign in again"
    APPOINTED = "appointed", "Appointed on the server"


#: Those in which something changed for the person.
IN_EFFECT = frozenset({ChangeState.CONFIRMED, ChangeState.STOPPED, ChangeState.LET_IN, ChangeState.APPOINTED})

IS_DECIDED = Q(decided_at__isnull=False)
BY_ONE = Q(asked_by__isnull=False, decided_by__isnull=True)
BY_TWO = Q(asked_by__isnull=False, decided_by__isnull=False)

#: Refuses to undo what is no stop of this person, or by the one who stopped them, or with other roles.
UNDONE_BY_ANOTHER = """
    IF NOT EXISTS (
        SELECT FROM accounts_rolechange AS stop
        WHERE stop.id = NEW.undoes_id AND stop.state = 'stopped' AND NEW.state = 'let in'
            AND stop.person_id = NEW.person_id AND stop.asked_by_id <> NEW.asked_by_id
            AND stop.after = NEW.before
    ) THEN
        RAISE EXCEPTION 'a stop is undone by another than the one who made it, and changes no role'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class RoleChangeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the people one sees."""
        return self.filter(person__in=User.objects.visible_to(user))

    def waiting(self):
        return self.filter(state=ChangeState.WAITING)

    def stop_of(self, person):
        """The stop that keeps this person from signing in now, or None where it is not a stop that does."""
        last = self.filter(person=person, state__in=IN_EFFECT).order_by("-pk").first()
        is_it = last is not None and last.state == ChangeState.STOPPED and not person.is_active
        return last if is_it else None


class RoleChange(models.Model):
    """What a person is to hold from now on: asked for by one administrator and decided by another.

    ``before`` and ``after`` have a pair for each role: its name and the region's code, which is
    empty for the whole programme. Stopping somebody from signing in takes one person, since it has
    to be quick; another than that one may undo it (``undoes``) as quickly. The first administrators
    are appointed on the server, by nobody in here.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="role_changes")
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.WAITING)
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)
    could_sign_in = models.BooleanField()
    may_sign_in = models.BooleanField()
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField("reason for refusing", blank=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    objects = RoleChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("decided_by")), name="role_change_takes_a_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("asked_by")), name="role_change_is_asked_for_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("decided_by")), name="role_change_is_decided_by_another"
            ),
            models.CheckConstraint(
                condition=Q(state=ChangeState.WAITING, decided_at__isnull=True) & BY_ONE
                | Q(state__in=[ChangeState.CONFIRMED, ChangeState.REFUSED]) & IS_DECIDED & BY_TWO
                | Q(state=ChangeState.TAKEN_BACK) & IS_DECIDED & BY_ONE
                | Q(state=ChangeState.STOPPED, may_sign_in=False, after=F("before")) & IS_DECIDED & BY_ONE
                | Q(
                    state=ChangeState.LET_IN,
                    could_sign_in=False,
                    may_sign_in=True,
                    after=F("before"),
                    undoes__isnull=False,
                )
                & IS_DECIDED
                & BY_ONE
                | Q(state=ChangeState.APPOINTED, asked_by__isnull=True, decided_by__isnull=True) & IS_DECIDED,
                name="role_change_names_its_people",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=ChangeState.WAITING),
                name="one_role_change_of_a_person_waits",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="role_change_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__df=ChangeState.WAITING),
            ),
            pgtrigger.Protect(
                name="role_change_stays_what_was_asked",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "person",
                    "before",
                    "after",
                    "could_sign_in",
                    "may_sign_in",
                    "reason",
                    "asked_by",
                    "asked_at",
                    "undoes",
                ),
            ),
            pgtrigger.Trigger(
                name="stop_is_undone_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__undoes__isnull=False),
                func=UNDONE_BY_ANOTHER,
            ),
            pgtrigger.Protect(name="role_change_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return f"role change {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == ChangeState.WAITING

    @property
    def held_before(self) -> frozenset[Appointment]:
        return from_pairs(self.before)

    @property
    def held_after(self) -> frozenset[Appointment]:
        return from_pairs(self.after)
