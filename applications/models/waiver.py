import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.fields import pounds
from accounts.models import in_regions_of
from applications.models.application import READERS, Application, Participant

#: Refuses a decision by somebody of an organisation in the application.
NO_MEMBER = """
    IF EXISTS (
        SELECT FROM applications_participant AS participant
        JOIN accounts_membership AS membership USING (organisation_id)
        WHERE participant.application_id = NEW.application_id AND membership.person_id = NEW.decided_by_id
    ) THEN
        RAISE EXCEPTION 'who decides belongs to an organisation in application %', NEW.application_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class WaiverState(models.TextChoices):
    WAITING = "waiting", "Waiting for a decision"
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"


class WaiverQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of their own organisations, and for staff those of their regions: of a draft no more."""
        own = Q(application__in=Participant.objects.open_to(user).values("application"))
        return self.filter(own | in_regions_of(user, READERS, "application__competition__region"))

    def waiting(self):
        return self.filter(state=WaiverState.WAITING)


class Waiver(models.Model):
    """A request to apply with a size or a duration outside the competition's limits, and its answer.

    amount  the project costs, or the grant, asked for: whichever the competition limits (pounds)
    months  the duration asked for
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="waivers")
    amount = pounds("size asked for", null=True, blank=True)
    months = models.PositiveSmallIntegerField("months asked for", null=True, blank=True)
    reason = models.TextField("why")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=WaiverState, default=WaiverState.WAITING, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decision_reason = models.TextField(blank=True, editable=False)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(months__gt=0), name="waiver_asks_for_something"
            ),
            models.CheckConstraint(
                condition=Q(state=WaiverState.WAITING, decided_by=None, decided_at=None, decision_reason="")
                | ~Q(state=WaiverState.WAITING)
                & Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decision_reason=""),
                name="waiver_is_decided_as_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="waiver_is_decided_by_somebody_else",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state=WaiverState.WAITING),
                name="waiver_waits_alone",
            ),
        ]
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="waiver_by_time"),
            models.Index("id", name="waiver_waiting", condition=Q(state=WaiverState.WAITING)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="waiver_is_decided_by_no_member",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "decided_by_id"),
                func=NO_MEMBER,
            ),
            pgtrigger.Protect(
                name="waiver_is_decided_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=WaiverState.WAITING)
                | pgtrigger.Q(old__amount__df=pgtrigger.F("new__amount"))
                | pgtrigger.Q(old__months__df=pgtrigger.F("new__months"))
                | pgtrigger.Q(old__reason__df=pgtrigger.F("new__reason"))
                | pgtrigger.Q(old__application__df=pgtrigger.F("new__application"))
                | pgtrigger.Q(old__asked_by__df=pgtrigger.F("new__asked_by")),
            ),
        ]

    def __str__(self):
        return f"Waiver for {self.application.reference}"

    @property
    def is_waiting(self) -> bool:
        return self.state == WaiverState.WAITING
