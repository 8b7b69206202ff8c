import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models import AppendOnly, in_regions_of
from accounts.roles import held_by
from applications.models import Participant
from funding.models.award import SAYS_AS_ITS_OFFERS, Award, after_commit_check
from funding.models.budget import READERS, refusal

#: SHA-256 of the letter, in hexadecimal, as the database counts it.
OF_THE_LETTER = Func(
    Func(Func(F("letter"), Value("UTF8"), function="convert_to"), function="sha256"),
    Value("hex"),
    function="encode",
    output_field=models.CharField(),
)

#: Refuses an offer of what holds no reserved money, and of what its applicants have not been told.
OFFERS_WHAT_IS_RELEASED = """
    IF NEW.state <> 'made' OR NOT EXISTS (
        SELECT FROM funding_award AS award
        JOIN applications_application AS application ON application.id = award.application_id
        WHERE award.id = NEW.award_id AND award.status = 'reserved'
            AND application.released_at IS NOT NULL AND application.told_status = ''
    ) THEN
        RAISE EXCEPTION 'an offer is made of an award that is approved, released and not answered'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses an offer whose letter is made from no version that is kept, or from another than it names.
NAMES_ITS_TEMPLATE = """
    IF NEW.letter::jsonb ->> 'version' IS DISTINCT FROM NEW.template_version
        OR NOT EXISTS (SELECT FROM funding_lettertemplate WHERE name = NEW.template_version)
    THEN
        RAISE EXCEPTION 'an offer names the version that its letter was made from'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses an end that no answer says.
ENDS_AS_ANSWERED = """
    IF NOT EXISTS (
        SELECT FROM funding_offeranswer WHERE offer_id = NEW.id AND kind = NEW.state
    ) THEN
        RAISE EXCEPTION 'offer % ends by its answer alone', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses an answer out of its time: before the end by people, from it on by lapsing.
ANSWERED_IN_TIME = """
    IF NOT EXISTS (
        SELECT FROM funding_offer
        WHERE id = NEW.offer_id AND state = 'made' AND NEW.answered_at >= issued_at AND CASE NEW.kind
            WHEN 'lapsed' THEN NEW.answered_at >= expires_at
            WHEN 'withdrawn' THEN TRUE
            ELSE NEW.answered_at < expires_at
        END
    ) THEN
        RAISE EXCEPTION 'offer % was answered before, or its time is over or not over', NEW.offer_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Writing an answer is what ends its offer, at once.
ENDS_THE_OFFER = """
    UPDATE funding_offer SET state = NEW.kind WHERE id = NEW.offer_id;
    RETURN NULL;
"""

#: Refuses a condition that the letter, as it was sent, does not name in this place.
IS_IN_THE_LETTER = """
    IF NOT EXISTS (
        SELECT FROM funding_offer
        WHERE id = NEW.offer_id AND letter::jsonb -> 'conditions' ->> (NEW.position - 1) = NEW.text
    ) THEN
        RAISE EXCEPTION 'the letter of offer % does not name this condition', NEW.offer_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class OfferState(models.TextChoices):
    MADE = "made", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    LAPSED = "lapsed", "Lapsed"
    WITHDRAWN = "withdrawn", "Withdrawn"


#: An offer in one of these lets no other be made of its award.
LIVE_OFFERS = (OfferState.MADE, OfferState.ACCEPTED)


class AnswerKind(models.TextChoices):
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    LAPSED = "lapsed", "Lapsed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class OfferQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of their regions' for staff; for applicants those to their organisations.

        An offer is made only of what was released, so that nothing is told by it.
        """
        if not held_by(user):
            return self.none()
        own = Participant.objects.open_to(user).values("application")
        return self.filter(
            in_regions_of(user, READERS, "award__application__competition__region")
            | Q(award__application__in=own)
        )

    def of_members_like(self, user):
        """Those to organisations this person belongs to, whatever else they may see."""
        own = Participant.objects.open_to(user).values("application")
        return self.filter(award__application__in=own)

    def waiting(self):
        return self.filter(state=OfferState.MADE)

    def over_at(self, at):
        """Those that nobody answered and whose time is over."""
        return self.waiting().filter(expires_at__lte=at)


class Offer(models.Model):
    """The offer of an award to those who applied, by a letter that is kept as it was sent.

    letter       what the letter says, as JSON (``funding.offers.letter``)
    fingerprint  SHA-256 of it; the letter carries it
    expires_at   the first moment at which it stands no more

    Once made it stays; its answer ends it.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="offers")
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.MADE)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("made at")
    expires_at = models.DateTimeField()
    template_version = models.CharField(max_length=20)
    letter = models.TextField(editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["award"],
                condition=Q(state__in=LIVE_OFFERS),
                name="award_has_one_live_offer",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="offer_gives_some_time"),
            models.CheckConstraint(condition=Q(fingerprint=OF_THE_LETTER), name="offer_is_of_its_letter"),
        ]
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="offer_by_time"),
            models.Index(fields=["expires_at"], name="offer_due", condition=Q(state=OfferState.MADE)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="offer_is_of_a_released_award",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=OFFERS_WHAT_IS_RELEASED,
            ),
            pgtrigger.Trigger(
                name="offer_names_its_template",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=NAMES_ITS_TEMPLATE,
            ),
            pgtrigger.Trigger(
                name="offer_stays_as_made",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "award",
                    "issued_by",
                    "issued_at",
                    "expires_at",
                    "template_version",
                    "letter",
                    "fingerprint",
                ),
                func=refusal("an offer stays as it was made"),
            ),
            pgtrigger.Trigger(
                name="offer_ends_as_answered",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("state"),
                func=ENDS_AS_ANSWERED,
            ),
            pgtrigger.Protect(name="offer_is_kept", operation=pgtrigger.Delete),
            after_commit_check(
                "offer_says_as_its_award",
                pgtrigger.Insert | pgtrigger.UpdateOf("state"),
                SAYS_AS_ITS_OFFERS.format(award="NEW.award_id"),
            ),
        ]

    def __str__(self):
        return f"offer {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == OfferState.MADE

    def is_open_at(self, at) -> bool:
        """Whether it can be answered; one whose time is over stands until the job ends it, and cannot."""
        return self.is_waiting and at < self.expires_at


class OfferCondition(AppendOnly):
    """What has to be met, in the words of the letter."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="conditions")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(fields=["offer", "position"], name="condition_has_its_place"),
            models.CheckConstraint(
                condition=~Q(text="") & Q(position__gte=1), name="condition_says_something"
            ),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                name="condition_is_in_the_letter",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=IS_IN_THE_LETTER,
            ),
        ]

    def __str__(self):
        return f"condition {self.position} of offer {self.offer_id}"


SIGNED = Q(person__isnull=False) & ~Q(signed_name="") & ~Q(signed_role="")
UNSIGNED = Q(signed_name="", signed_role="")


class OfferAnswer(AppendOnly):
    """How an offer ended, once: who signed for the applicants, or that nobody did.

    signed_name, signed_role  as typed by whoever signs; ``person`` is the account they signed with
    reason                    of a decline, where one is given; of a withdrawal, always
    """

    offer = models.OneToOneField(Offer, models.PROTECT, related_name="answer")
    kind = models.CharField(max_length=10, choices=AnswerKind)
    answered_at = models.DateTimeField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_name = models.CharField(max_length=200, blank=True)
    signed_role = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)

    class Meta(AppendOnly.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=AnswerKind.ACCEPTED, reason="") & SIGNED
                | Q(kind=AnswerKind.DECLINED) & SIGNED
                | Q(kind=AnswerKind.LAPSED, person=None, reason="") & UNSIGNED
                | Q(kind=AnswerKind.WITHDRAWN, person__isnull=False) & UNSIGNED & ~Q(reason=""),
                name="offer_answer_is_signed_or_lapsed",
            ),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                name="offer_is_answered_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=ANSWERED_IN_TIME,
            ),
            pgtrigger.Trigger(
                name="answer_ends_the_offer",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=ENDS_THE_OFFER,
            ),
        ]

    def __str__(self):
        return f"answer to offer {self.offer_id}"
