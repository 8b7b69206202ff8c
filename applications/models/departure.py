import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.fields import pounds
from accounts.models import AppendOnly
from applications.models.application import Participant

#: Refuses one recorded by somebody of an organisation in the application, of the one that leaves too.
NO_MEMBER_SQL = """
    IF EXISTS (
        SELECT FROM applications_participant AS leaving
        JOIN applications_participant AS participant USING (application_id)
        JOIN accounts_membership AS membership
            ON membership.organisation_id = participant.organisation_id
        WHERE leaving.id = NEW.participant_id AND membership.person_id = NEW.recorded_by_id
    ) THEN
        RAISE EXCEPTION 'who records that participant % left belongs to an organisation in its application',
            NEW.participant_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Departure(AppendOnly):
    """That an organisation left an application after it was submitted, and what the office made of it.

    new_lead  who leads since the lead left; none where a partner left, or it was withdrawn
    broken    the rules on sums and partners that the project does not keep since, as it was found
              then: pairs of the rule and what is said of it

    The participant's own figures stay as they were submitted; the project's are without them since,
    and what they were before stands here.
    """

    participant = models.OneToOneField(Participant, models.PROTECT, related_name="departure")
    reason = models.CharField(max_length=500)
    new_lead = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+")
    costs_before = pounds()
    costs_after = pounds()
    grant_before = pounds()
    grant_after = pounds()
    broken = models.JSONField(default=list, db_default=[])
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="departure_has_a_reason"),
            models.CheckConstraint(
                condition=Q(new_lead=None) | ~Q(new_lead=F("participant")),
                name="departure_leaves_the_lead_to_another",
            ),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                name="departure_is_recorded_by_no_member",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=NO_MEMBER_SQL,
            ),
        ]

    def __str__(self):
        return f"{self.participant_id} left"
