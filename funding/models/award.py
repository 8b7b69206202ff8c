import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.fields import percent, pounds
from accounts.models import in_regions_of
from accounts.roles import held_by
from applications.models import Application, Participant
from funding.models.budget import READERS, CompetitionBudgets, refusal

#: Refuses, at COMMIT, shares that do not add up to their award: both sides are written by then.
SHARES_ADD_UP = """
    IF EXISTS (
        SELECT FROM funding_award AS award
        WHERE award.id = {award} AND award.amount <> COALESCE(
            (SELECT sum(share.grant) FROM funding_awardshare AS share WHERE share.award_id = award.id), 0
        )
    ) THEN
        RAISE EXCEPTION 'the shares of award % do not add up to its amount', {award}
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

#: Refuses, at COMMIT, an award whose money does not stand where its status says: approved, all of it
#: reserved in each budget; accepted, committed or paid there; ended, given back. It adds up the
#: award's own few transfers, found by index, however long the ledger is.
HAS_ITS_MONEY = """
    IF EXISTS (
        SELECT FROM funding_award AS award
        JOIN funding_competitionbudgets AS drawn ON drawn.id = award.budgets_id
        CROSS JOIN unnest(ARRAY[drawn.programme_id, drawn.region_id, drawn.pot_id, drawn.part_id]) AS budget
        CROSS JOIN LATERAL (
            SELECT bool_or(target = 'reserved' AND amount = award.amount) AS was_promised,
                sum(CASE 'reserved' WHEN target THEN amount WHEN source THEN -amount ELSE 0 END) AS reserved,
                sum(CASE WHEN target IN ('committed', 'paid') THEN amount ELSE 0 END)
                    - sum(CASE WHEN source IN ('committed', 'paid') THEN amount ELSE 0 END) AS accepted
            FROM funding_transfer AS transfer
            WHERE transfer.award_id = award.id AND transfer.budget_id = budget
        ) AS held
        WHERE award.id = NEW.id AND budget IS NOT NULL AND NOT COALESCE(
            held.was_promised
            AND held.reserved = CASE award.status WHEN 'reserved' THEN award.amount ELSE 0 END
            AND held.accepted = CASE award.status WHEN 'committed' THEN award.amount ELSE 0 END,
            FALSE
        )
    ) THEN
        RAISE EXCEPTION 'award % has no money in one of its budgets, or not where its status says', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

#: Refuses, at COMMIT, an accepted award with Minimal Financial Assistance that is not confirmed and given.
ASSISTANCE_IS_GIVEN = """
    IF NEW.status = 'committed' AND EXISTS (
        SELECT FROM funding_awardshare AS share
        WHERE share.award_id = NEW.id AND share.grant > 0
            AND share.subsidy_basis = 'minimal_financial_assistance'
            AND NOT EXISTS (
                SELECT FROM funding_mfarecord AS record
                WHERE record.share_id = share.id AND record.state = 'given'
            )
    ) THEN
        RAISE EXCEPTION 'award % gives assistance that its enterprise has not confirmed', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

#: Refuses, at COMMIT, an award that ended after its release without the approved end of it.
ENDED_BY_TWO = """
    IF NEW.status = 'ended' AND NOT EXISTS (
        SELECT FROM funding_awardending WHERE award_id = NEW.id AND state = 'approved'
    ) THEN
        RAISE EXCEPTION 'award % is ended by an approved end alone', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

#: Refuses an award while its competition's budgets are not those of its region, pot and sharing.
DRAWN_FITS = """
    IF NOT EXISTS (
        SELECT FROM funding_competitionbudgets AS drawn
        JOIN applications_competition AS competition ON competition.id = drawn.competition_id
        JOIN funding_budget AS programme ON programme.id = drawn.programme_id
        JOIN funding_budget AS region ON region.id = drawn.region_id
        JOIN funding_budget AS pot ON pot.id = drawn.pot_id
        LEFT JOIN funding_budget AS part ON part.id = drawn.part_id
        WHERE drawn.id = NEW.budgets_id AND programme.kind = 'programme'
            AND region.kind = 'region' AND region.region_id = competition.region_id
            AND pot.kind = 'pot' AND pot.code = competition.pot
            AND (competition.pot_sharing = 'parts') = (drawn.part_id IS NOT NULL)
            AND COALESCE(part.kind, 'part') = 'part'
    ) THEN
        RAISE EXCEPTION 'the budgets are not those of the competition''s region and pot'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses an award recommended or approved by somebody of an organisation that takes part.
NO_MEMBER = """
    IF EXISTS (
        SELECT FROM applications_participant AS participant
        JOIN accounts_membership AS membership USING (organisation_id)
        WHERE participant.application_id = NEW.application_id
            AND membership.person_id IN (NEW.recommended_by_id, NEW.approved_by_id)
    ) THEN
        RAISE EXCEPTION 'who recommended or approved belongs to an organisation in application %',
            NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses, at COMMIT, an award and its offers that say different things: accepted, and by an accepted
#: offer where there is any; over, where it was declined or has lapsed; waiting, while one waits. An
#: award that two people ended may have been accepted before.
SAYS_AS_ITS_OFFERS = """
    IF EXISTS (
        SELECT FROM funding_award AS award
        CROSS JOIN LATERAL (
            SELECT count(*) AS made,
                count(*) FILTER (WHERE state = 'made') AS waiting,
                count(*) FILTER (WHERE state = 'accepted') AS accepted,
                count(*) FILTER (WHERE state IN ('declined', 'lapsed')) AS ended
            FROM funding_offer WHERE award_id = award.id
        ) AS offers
        WHERE award.id = {award} AND offers.made > 0 AND NOT CASE award.status
            WHEN 'reserved' THEN offers.accepted + offers.ended = 0
            WHEN 'committed' THEN offers.accepted = 1 AND offers.waiting = 0
            WHEN 'ended' THEN offers.waiting + offers.ended = 0
            ELSE offers.accepted + offers.waiting = 0
        END
    ) THEN
        RAISE EXCEPTION 'award % and its offers say different things', {award}
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


def after_commit_check(name: str, operation: pgtrigger.Operation, func: str) -> pgtrigger.Trigger:
    """A constraint trigger that runs once the whole transaction is written."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        func=func,
    )


class AwardStatus(models.TextChoices):
    RESERVED = "reserved", "Approved"
    COMMITTED = "committed", "Accepted"
    REVERSED = "reversed", "Reversed"
    LAPSED = "lapsed", "Lapsed"
    ENDED = "ended", "Ended"


#: An award in one of these holds money.
LIVE = (AwardStatus.RESERVED, AwardStatus.COMMITTED)

#: An award in one of these gave its money back after its applicants knew of it.
OVER = (AwardStatus.LAPSED, AwardStatus.ENDED)


class AwardQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of their regions' for staff; for applicants their organisations', and only once released."""
        if not held_by(user):
            return self.none()
        own = Participant.objects.open_to(user).values("application")
        told = Q(application__released_at__isnull=False, application__told_status="")
        # What was reversed was so before anybody was told of it.
        never_told = Q(status=AwardStatus.REVERSED)
        return self.filter(
            in_regions_of(user, READERS, "application__competition__region")
            | Q(application__in=own) & told & ~never_told
        )

    def live(self):
        return self.filter(status__in=LIVE)

    def to_be_offered(self):
        """Approved and released, and no offer of it waits for an answer."""
        return self.filter(
            status=AwardStatus.RESERVED, application__released_at__isnull=False, application__told_status=""
        ).exclude(offers__state="made")


class Award(models.Model):
    """Money promised to an application, up to ``amount`` pounds.

    ``budgets`` is required: no budget would mean no ceiling. The one who recommended it and
    the one who approved it are different people, here and in the database.

    Once made it stays: only its status changes, together with where its money stands, and the day until
    which it is not to be published. What was accepted can still be ended, by two people (``AwardEnding``).
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="awards")
    budgets = models.ForeignKey(CompetitionBudgets, models.PROTECT, related_name="awards")
    amount = pounds()
    status = models.CharField(max_length=10, choices=AwardStatus, default=AwardStatus.RESERVED)
    recommended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    #: Its publicity embargo: none of it is published before this day. Without a day it holds until the
    #: office sets one.
    embargo_until = models.DateField("publicity embargo until", null=True, blank=True, editable=False)

    objects = AwardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(status__in=LIVE), name="application_has_one_live_award"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="award_is_positive"),
            models.CheckConstraint(
                condition=~Q(recommended_by=F("approved_by")), name="award_is_approved_by_a_second_person"
            ),
        ]
        indexes = [models.Index(fields=["-made_at", "-id"], name="award_by_time")]
        triggers = [
            pgtrigger.Trigger(
                name="award_draws_on_its_competition",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("application_id", "budgets_id"),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM applications_application AS application
                        JOIN funding_competitionbudgets AS drawn
                            ON drawn.competition_id = application.competition_id
                        WHERE application.id = NEW.application_id AND drawn.id = NEW.budgets_id
                    ) THEN
                        RAISE EXCEPTION 'an award draws on the budgets of its own competition'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="award_budgets_are_its_competitions",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=DRAWN_FITS,
            ),
            after_commit_check(
                "award_is_the_sum_of_its_shares",
                pgtrigger.Insert | pgtrigger.UpdateOf("amount"),
                SHARES_ADD_UP.format(award="NEW.id"),
            ),
            pgtrigger.Trigger(
                name="award_is_made_by_no_member",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=NO_MEMBER,
            ),
            pgtrigger.Trigger(
                name="award_stays_as_made",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "application", "budgets", "amount", "recommended_by", "approved_by", "made_at"
                ),
                func=refusal("an award stays as it was made"),
            ),
            pgtrigger.Trigger(
                name="award_ends_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status=AwardStatus.RESERVED)
                & ~pgtrigger.Q(old__status=AwardStatus.COMMITTED, new__status=AwardStatus.ENDED)
                & pgtrigger.Q(old__status__df=pgtrigger.F("new__status")),
                func=refusal("an award that was accepted or has ended keeps its status"),
            ),
            after_commit_check(
                "award_has_its_money", pgtrigger.Insert | pgtrigger.UpdateOf("status"), HAS_ITS_MONEY
            ),
            after_commit_check(
                "award_is_ended_by_two", pgtrigger.Insert | pgtrigger.UpdateOf("status"), ENDED_BY_TWO
            ),
            after_commit_check(
                "award_gives_confirmed_assistance", pgtrigger.UpdateOf("status"), ASSISTANCE_IS_GIVEN
            ),
            after_commit_check(
                "award_says_as_its_offers",
                pgtrigger.UpdateOf("status"),
                SAYS_AS_ITS_OFFERS.format(award="NEW.id"),
            ),
        ]

    def __str__(self):
        return f"award {self.pk}"


class AwardShare(models.Model):
    """One organisation's part of an award. The shares of an award add up to its amount.

    They are written before the award's money is reserved, and stay as they were written.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="shares")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="shares")
    grant = pounds()
    percentage = percent()
    subsidy_basis = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "participant"], name="share_is_given_once"),
            models.CheckConstraint(condition=Q(grant__gte=0), name="share_is_not_negative"),
        ]
        triggers = [
            after_commit_check(
                "shares_add_up_to_their_award",
                pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                SHARES_ADD_UP.format(award="COALESCE(NEW.award_id, OLD.award_id)"),
            ),
            pgtrigger.Trigger(
                name="share_stays_as_made",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=refusal("a share of an award stays as it was made"),
            ),
            pgtrigger.Trigger(
                name="share_comes_before_the_money",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT FROM funding_transfer WHERE award_id = NEW.award_id) THEN
                        RAISE EXCEPTION 'award % has its money: no further share is added', NEW.award_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"share {self.pk}"
