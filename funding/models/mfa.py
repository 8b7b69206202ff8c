import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.fields import pounds
from accounts.models import AppendOnly, in_regions_of
from accounts.roles import held_by
from applications.models import Participant
from funding.models.award import AwardShare, after_commit_check
from funding.models.budget import READERS, refusal

#: What a share's ``subsidy_basis`` says where it is Minimal Financial Assistance.
ASSISTANCE = "minimal_financial_assistance"

#: Refuses a notice of what is no such assistance, of another sum, or before the decision was told.
IS_OF_ITS_SHARE = """
    IF NEW.state <> 'notified' OR NOT EXISTS (
        SELECT FROM funding_awardshare AS share
        JOIN funding_award AS award ON award.id = share.award_id
        JOIN applications_application AS application ON application.id = award.application_id
        WHERE share.id = NEW.share_id AND share.grant = NEW.amount AND award.status = 'reserved'
            AND share.subsidy_basis = 'minimal_financial_assistance'
            AND application.released_at IS NOT NULL AND application.told_status = ''
    ) THEN
        RAISE EXCEPTION 'an enterprise is asked about assistance that is approved and released'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses, at COMMIT, assistance given with which the group would pass £315,000 in this financial year
#: and the two before it. Who commits an award holds the programme's budget by then, so that two given
#: at once to one group are counted one after the other.
WITHIN_THE_LIMIT = """
    IF NEW.state = 'given' AND (
        WITH RECURSIVE linked(number) AS (
            SELECT NEW.company_number WHERE NEW.company_number <> ''
            UNION
            SELECT CASE WHEN owned.number = linked.number THEN owned.parent_number ELSE owned.number END
            FROM linked JOIN applications_parentcompany AS owned
                ON linked.number IN (owned.number, owned.parent_number)
        ), span AS (
            SELECT make_date(extract(year FROM NEW.given_on - interval '3 months')::int - 2, 4, 1) AS since
        )
        SELECT NEW.amount
            + COALESCE((
                SELECT sum(earlier.amount) FROM funding_earlierassistance AS earlier, span
                WHERE earlier.record_id = NEW.id
                    AND earlier.given_on BETWEEN span.since AND NEW.given_on
            ), 0)
            + COALESCE((
                SELECT sum(other.amount) FROM span, funding_mfarecord AS other
                JOIN funding_awardshare AS share ON share.id = other.share_id
                JOIN applications_participant AS participant ON participant.id = share.participant_id
                WHERE other.state = 'given' AND other.id <> NEW.id
                    AND other.given_on BETWEEN span.since AND NEW.given_on
                    AND (
                        other.company_number IN (SELECT number FROM linked)
                        OR participant.organisation_id = (
                            SELECT own.organisation_id FROM funding_awardshare AS own_share
                            JOIN applications_participant AS own ON own.id = own_share.participant_id
                            WHERE own_share.id = NEW.share_id
                        )
                    )
            ), 0)
    ) > 315000 THEN
        RAISE EXCEPTION 'with assistance % its group would pass 315000 pounds', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

#: Refuses, at COMMIT, assistance given by an award that nobody accepted.
IS_ACCEPTED = """
    IF NEW.state = 'given' AND NOT EXISTS (
        SELECT FROM funding_awardshare AS share JOIN funding_award AS award ON award.id = share.award_id
        WHERE share.id = NEW.share_id AND award.status = 'committed'
    ) THEN
        RAISE EXCEPTION 'assistance % is given by no accepted award', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

#: Refuses, at COMMIT, assistance undone while its award goes on.
IS_UNDONE_WITH_IT = """
    IF NEW.state = 'undone' AND NOT EXISTS (
        SELECT FROM funding_awardshare AS share JOIN funding_award AS award ON award.id = share.award_id
        WHERE share.id = NEW.share_id AND award.status = 'ended'
    ) THEN
        RAISE EXCEPTION 'assistance % is undone only with its award', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

#: Refuses what is declared before it is asked for, or after it was confirmed.
DECLARED_WITH_THE_CONFIRMATION = """
    IF NOT EXISTS (SELECT FROM funding_mfarecord WHERE id = NEW.record_id AND state = 'notified') THEN
        RAISE EXCEPTION 'what assistance % says stays as it was confirmed', NEW.record_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class MfaState(models.TextChoices):
    NOTIFIED = "notified", "Waiting for the confirmation"
    CONFIRMED = "confirmed", "Confirmed"
    GIVEN = "given", "Given"
    SUPERSEDED = "superseded", "Asked again"
    UNDONE = "undone", "Undone with its award"


class AssistanceKind(models.TextChoices):
    MFA = "mfa", "Minimal Financial Assistance"
    SPEI = "spei", "SPEI assistance (services of public economic interest)"
    DE_MINIMIS = "de minimis", "EU de minimis aid"
    TCA = "tca", "Small amounts of financial assistance under the Trade and Cooperation Agreement"


class MfaRecordQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of their regions' for staff; for applicants those that ask their own organisations."""
        if not held_by(user):
            return self.none()
        return self.filter(
            in_regions_of(user, READERS, "share__award__application__competition__region")
            | Q(share__participant__in=Participant.objects.open_to(user))
        )

    def of_members_like(self, user):
        """Those that ask organisations this person belongs to, whatever else they may see."""
        return self.filter(share__participant__in=Participant.objects.open_to(user))

    def standing(self):
        """Those that were not asked again."""
        return self.exclude(state=MfaState.SUPERSEDED)

    def given(self):
        return self.filter(state=MfaState.GIVEN)

    def with_names(self):
        return self.select_related(
            "share__participant__organisation",
            "share__award__application__competition",
            "notified_by",
            "confirmed_by",
        )


class MfaRecord(models.Model):
    """Minimal Financial Assistance for one organisation: what it was told and confirmed, when it was given.

    company_number  of the organisation when it was asked; its group is found by it
    amount          gross, in pounds: its share of the award
    signed_name     as typed by whoever confirms for it
    given_on        the day in London on which the award was accepted
    undone_at       when the award was ended; what was given before counts no more

    Held by the database: nothing is given without the confirmation, nor past £315,000.
    """

    share = models.ForeignKey(AwardShare, models.PROTECT, related_name="mfa_records")
    company_number = models.CharField(max_length=8, blank=True)
    amount = pounds()
    state = models.CharField(max_length=10, choices=MfaState, default=MfaState.NOTIFIED)
    notified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    notified_at = models.DateTimeField()
    signed_name = models.CharField("name of who confirmed", max_length=200, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    given_on = models.DateField(null=True)
    given_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    why_again = models.TextField("why it was asked again", blank=True)

    objects = MfaRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "record of assistance"
        verbose_name_plural = "records of assistance"
        constraints = [
            models.UniqueConstraint(
                fields=["share"],
                condition=~Q(state=MfaState.SUPERSEDED),
                name="share_has_one_standing_mfa_record",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="mfa_is_of_some_money"),
            models.CheckConstraint(
                condition=Q(state__in=[MfaState.NOTIFIED, MfaState.SUPERSEDED, MfaState.UNDONE])
                | ~Q(signed_name="")
                & Q(
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                    confirmed_at__gte=F("notified_at"),
                ),
                name="mfa_is_confirmed_by_name",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[MfaState.GIVEN, MfaState.UNDONE],
                    given_on__isnull=False,
                    given_at__isnull=False,
                    given_at__gte=F("confirmed_at"),
                )
                | ~Q(state=MfaState.GIVEN) & Q(given_on__isnull=True, given_at__isnull=True),
                name="mfa_is_given_after_its_confirmation",
            ),
            models.CheckConstraint(
                condition=Q(state=MfaState.UNDONE, undone_at__isnull=False)
                | ~Q(state=MfaState.UNDONE) & Q(undone_at__isnull=True),
                name="mfa_is_undone_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state=MfaState.SUPERSEDED, superseded_at__isnull=False) & ~Q(why_again="")
                | ~Q(state=MfaState.SUPERSEDED) & Q(superseded_at__isnull=True, why_again=""),
                name="mfa_is_asked_again_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["-notified_at", "-id"], name="mfa_by_time"),
            models.Index(fields=["company_number"], name="mfa_by_company"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="mfa_is_of_its_share",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=IS_OF_ITS_SHARE,
            ),
            pgtrigger.Trigger(
                name="mfa_goes_its_way",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~(
                    pgtrigger.Q(old__state=MfaState.NOTIFIED, new__state=MfaState.CONFIRMED)
                    | pgtrigger.Q(old__state=MfaState.CONFIRMED, new__state=MfaState.GIVEN)
                    | pgtrigger.Q(
                        old__state__in=[MfaState.NOTIFIED, MfaState.CONFIRMED], new__state=MfaState.SUPERSEDED
                    )
                    | pgtrigger.Q(
                        old__state__in=[MfaState.NOTIFIED, MfaState.CONFIRMED, MfaState.GIVEN],
                        new__state=MfaState.UNDONE,
                    )
                ),
                func=refusal("assistance is notified, then confirmed, then given"),
            ),
            pgtrigger.Trigger(
                name="mfa_stays_as_asked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "share", "company_number", "amount", "notified_by", "notified_at"
                ),
                func=refusal("what an enterprise was asked stays as it was"),
            ),
            pgtrigger.Trigger(
                name="mfa_stays_as_confirmed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=MfaState.NOTIFIED)
                & (
                    pgtrigger.Q(old__signed_name__df=pgtrigger.F("new__signed_name"))
                    | pgtrigger.Q(old__confirmed_by__df=pgtrigger.F("new__confirmed_by"))
                    | pgtrigger.Q(old__confirmed_at__df=pgtrigger.F("new__confirmed_at"))
                ),
                func=refusal("what an enterprise confirmed stays as it was"),
            ),
            pgtrigger.Protect(name="mfa_is_kept", operation=pgtrigger.Delete),
            after_commit_check("mfa_is_within_the_limit", pgtrigger.UpdateOf("state"), WITHIN_THE_LIMIT),
            after_commit_check(
                "mfa_is_undone_with_its_award", pgtrigger.UpdateOf("state"), IS_UNDONE_WITH_IT
            ),
            after_commit_check("mfa_is_of_an_accepted_award", pgtrigger.UpdateOf("state"), IS_ACCEPTED),
        ]

    def __str__(self):
        return f"assistance {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == MfaState.NOTIFIED

    @property
    def is_open(self) -> bool:
        """Whether it may still be asked again: nothing has been given by it."""
        return self.state in (MfaState.NOTIFIED, MfaState.CONFIRMED)


class EarlierAssistance(AppendOnly):
    """Other assistance that an enterprise's group was given, as it stated with its confirmation."""

    record = models.ForeignKey(MfaRecord, models.PROTECT, related_name="earlier")
    giver = models.CharField("who gave it", max_length=200)
    kind = models.CharField(max_length=10, choices=AssistanceKind)
    given_on = models.DateField()
    amount = pounds()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & ~Q(giver=""), name="earlier_assistance_is_named"
            ),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                name="earlier_assistance_comes_with_its_confirmation",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=DECLARED_WITH_THE_CONFIRMATION,
            ),
        ]

    def __str__(self):
        return f"earlier assistance {self.pk}"
