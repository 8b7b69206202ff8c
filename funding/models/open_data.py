import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import AppendOnly
from accounts.roles import held_by
from funding.models.award import AwardShare
from funding.models.budget import READERS
from funding.models.report import OF_CONTENTS

#: Refuses the record of a grant that may not be known: not accepted, not released, under embargo, or of
#: the other kind of competition. One that was public before stays, with its award's end noted.
MAY_BE_KNOWN = """
    IF NOT EXISTS (
        SELECT FROM funding_opendatapublication AS publication, funding_awardshare AS share
        JOIN funding_award AS award ON award.id = share.award_id
        JOIN applications_application AS application ON application.id = award.application_id
        JOIN applications_competition AS competition ON competition.id = application.competition_id
        WHERE publication.id = NEW.publication_id AND share.id = NEW.share_id
            AND competition.is_demonstration = publication.of_demonstration
            AND application.released_at <= publication.as_of
            AND award.embargo_until <= (publication.as_of AT TIME ZONE 'Europe/London')::date
            AND CASE
                WHEN award.status = 'committed' THEN NOT NEW.is_withdrawn
                WHEN award.status IN ('lapsed', 'ended') THEN NEW.is_withdrawn AND EXISTS (
                    SELECT FROM funding_publishedgrant AS earlier
                    WHERE earlier.share_id = share.id AND NOT earlier.is_withdrawn AND NOT EXISTS (
                        SELECT FROM funding_publicationwithdrawal AS taken_back
                        WHERE taken_back.publication_id = earlier.publication_id
                    )
                )
                ELSE FALSE
            END
    ) THEN
        RAISE EXCEPTION 'share % may not be published: not accepted, not released or under embargo',
            NEW.share_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class PublicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What is published is no region's secret: every reader of the money sees who published it."""
        return self.all() if held_by(user) & READERS else self.none()

    def standing(self):
        """Those that nobody withdrew."""
        return self.filter(withdrawal=None)

    def of_kind(self, of_demonstration):
        return self.filter(of_demonstration=of_demonstration)

    def latest_of(self, of_demonstration):
        """The last of its kind, withdrawn or not; None where there is none."""
        rows = self.of_kind(of_demonstration).select_related("withdrawal").order_by("-pk")
        return rows.first()


class OpenDataPublication(AppendOnly):
    """What was published of awards at one moment, as the bytes that anybody may fetch.

    It is of what is real or of the demonstration, never of both.

    contents     the 360Giving JSON, from which the table and its description are written
    fingerprint  SHA-256 of the contents, which the database checks
    """

    of_demonstration = models.BooleanField("demonstration", default=False)
    as_of = models.DateTimeField("published")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField()
    contents = models.TextField(editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)

    objects = PublicationQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = "publication of open data"
        verbose_name_plural = "publications of open data"
        constraints = [
            models.CheckConstraint(
                condition=Q(fingerprint=OF_CONTENTS), name="publication_fingerprint_is_of_its_contents"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="publication_has_its_reason"),
        ]
        indexes = [models.Index(fields=["of_demonstration", "-id"], name="publication_latest_of_kind")]

    def __str__(self):
        return f"publication {self.pk}"


class PublishedGrant(AppendOnly):
    """That a publication has the record of one recipient's grant, under which identifier.

    is_withdrawn  the record says that the award has ended
    """

    publication = models.ForeignKey(OpenDataPublication, models.PROTECT, related_name="grants")
    share = models.ForeignKey(AwardShare, models.PROTECT, related_name="published")
    identifier = models.CharField(max_length=100)
    is_withdrawn = models.BooleanField(default=False)

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(fields=["publication", "share"], name="grant_is_published_once"),
            models.UniqueConstraint(
                fields=["publication", "identifier"], name="published_identifier_is_of_one_grant"
            ),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                name="published_grant_may_be_known",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=MAY_BE_KNOWN,
            ),
        ]

    def __str__(self):
        return self.identifier


class PublishedFile(AppendOnly):
    """How large a file of a publication is, in bytes: worked out once, when it was published."""

    publication = models.ForeignKey(OpenDataPublication, models.PROTECT, related_name="files")
    name = models.CharField(max_length=20)
    size = models.PositiveBigIntegerField()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(fields=["publication", "name"], name="file_is_published_once"),
        ]

    def __str__(self):
        return f"{self.name} of publication {self.publication_id}"


class PublicationWithdrawal(AppendOnly):
    """That a publication was taken back: its addresses say so and give nothing."""

    publication = models.OneToOneField(OpenDataPublication, models.PROTECT, related_name="withdrawal")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()
    reason = models.TextField()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="withdrawal_of_publication_has_its_reason"),
        ]

    def __str__(self):
        return f"withdrawal of publication {self.publication_id}"
