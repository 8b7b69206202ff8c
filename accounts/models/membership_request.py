import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.holding import regions_of
from accounts.models.organisation import Organisation
from accounts.roles import Role


class RequestState(models.TextChoices):
    WAITING = "waiting", "Waiting for an answer"
    LET_IN = "let_in", "Let in"
    REFUSED = "refused", "Refused"
    OVERTAKEN = "overtaken", "Became a member otherwise"


class MembershipRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All for administrators and auditors of the programme, those of a region's organisations for its
        auditors; one's own always."""
        regions = regions_of(user, {Role.ADMINISTRATOR, Role.AUDITOR})
        if None in regions:
            return self
        own = Q(asked_by=user)
        return self.filter(
            own | Q(organisation__in=Organisation.objects.visible_to(user)) if regions else own
        )

    def waiting(self):
        return self.filter(state=RequestState.WAITING)


class MembershipRequest(models.Model):
    """That somebody asks to be let in to an organisation which others have entered, and the answer.

    may_edit   what they were let in to do; None unless they were
    word       what the answer says beside yes or no, for the one who asked
    by_office  the office answered, since the members had not or could not
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="membership_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="membership_requests")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=RequestState, default=RequestState.WAITING)
    may_edit = models.BooleanField(null=True)
    word = models.TextField("what is said with it", blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    by_office = models.BooleanField("answered by the office", default=False)

    objects = MembershipRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "asked_by"],
                condition=Q(state=RequestState.WAITING),
                name="membership_is_asked_for_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=RequestState.WAITING, may_edit=None, answered_by=None, answered_at=None, word=""
                )
                | Q(state=RequestState.OVERTAKEN, may_edit=None, answered_by=None, answered_at__isnull=False)
                | Q(
                    state=RequestState.REFUSED,
                    may_edit=None,
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                )
                | Q(
                    state=RequestState.LET_IN,
                    may_edit__isnull=False,
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
                name="membership_request_is_answered_as_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")),
                name="membership_request_is_answered_by_another",
            ),
        ]
        indexes = [models.Index(fields=["-asked_at", "-id"], name="membership_request_by_time")]
        triggers = [
            pgtrigger.Protect(
                name="membership_request_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__df=RequestState.WAITING),
            ),
        ]

    def __str__(self):
        return f"membership request {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == RequestState.WAITING
