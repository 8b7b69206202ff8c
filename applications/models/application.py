from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When

from accounts.fields import percent, pounds
from accounts.models import AppendOnly, Edited, Kind, Organisation, Size, in_regions_of
from accounts.roles import Role, held_by
from applications.models.competition import Area, Competition, Question, ResearchCategory, Stage
from applications.workflow import ASSESSOR_READS, DECISIONS, ENDED, Status

#: Roles that read every application from its submission on.
READERS = frozenset({Role.MANAGER, Role.FUNDS, Role.APPROVER, Role.AUDITOR})


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What this person may open: their organisations', what they were given to assess, or,
        for staff, whatever has been submitted in their regions."""
        roles = held_by(user)
        if not roles:
            return self.none()
        reach = Q(pk__in=Participant.objects.of(user).values("application"))
        if Role.ASSESSOR in roles:
            given = in_regions_of(user, {Role.ASSESSOR}, "competition__region") & Q(
                assessments__assessor=user, assessments__status__in=ASSESSOR_READS
            )
            reach |= Q(pk__in=self.model.objects.filter(given).values("pk"))
        return self.filter(reach | self._read_by(user))

    def in_office(self, regions):
        """Those that the office of these regions works on: whatever has been submitted there."""
        return self.exclude(status=Status.DRAFT).filter(competition__region__in=regions)

    @staticmethod
    def _read_by(user) -> Q:
        return in_regions_of(user, READERS, "competition__region") & ~Q(status=Status.DRAFT)

    def led_by(self, user):
        """Those of organisations that lead them and that this person may edit for."""
        led = Participant.objects.filter(
            is_lead=True, organisation__memberships__person=user, organisation__memberships__may_edit=True
        )
        return self.filter(pk__in=led.values("application"))

    def editable_by(self, user):
        """Drafts that this person's organisation leads and that they may edit."""
        return self.led_by(user).filter(status=Status.DRAFT)

    def of_members_like(self, user):
        """Those of the organisations this person belongs to, whatever else they may see."""
        return self.filter(pk__in=Participant.objects.of(user).values("application"))

    def with_shown_status(self, user):
        """Annotate ``shown_status``: a decision not released reads as in assessment to all but its staff."""
        is_hidden = Q(status__in=DECISIONS, released_at__isnull=True) & ~self._read_by(user)
        return self.annotate(
            shown_status=Case(When(is_hidden, then=Value(Status.IN_ASSESSMENT.value)), default=F("status"))
        )

    def with_reopened(self):
        """Annotate ``is_reopened``: a draft that had been submitted, and is no entry until it is again."""
        moved_back = StatusChange.objects.filter(application=OuterRef("pk"), after=Status.DRAFT)
        return self.annotate(is_reopened=Q(Q(status=Status.DRAFT) & Exists(moved_back)))

    def received(self):
        """Those that stood submitted when their competition closed.

        One reopened before the close has no submission moment until it is submitted again. One
        withdrawn before it is out, unless it was submitted again; one withdrawn at the close or
        after it had been received.
        """
        taken_back = StatusChange.objects.filter(
            application=OuterRef("pk"),
            after=Status.WITHDRAWN,
            made_at__gte=OuterRef("submitted_at"),
            made_at__lt=OuterRef("competition__closes_at"),
        )
        return self.filter(~Exists(taken_back), submitted_at__lt=F("competition__closes_at"))

    def short_of_assessors(self, at: datetime):
        """Those to be assessed, after the close, that fewer people have than the competition promises."""
        kept = Count("assessments", filter=~Q(assessments__status__in=ENDED))
        return (
            self.filter(
                status__in=[Status.SUBMITTED, Status.IN_ASSESSMENT],
                competition__stage__in=[Stage.PUBLISHED, Stage.IN_ASSESSMENT],
                competition__closes_at__lte=at,
            )
            .annotate(kept=kept)
            .filter(kept__lt=F("competition__assessors_each"))
        )

    def on_the_closing_list(self):
        """Those on their competition's closing list; until it is drawn, those that would be on it."""
        not_drawn = self.received().filter(competition__closing_list__isnull=True)
        return self.filter(Q(closing_entry__isnull=False) | Q(pk__in=not_drawn.values("pk")))


#: Refuses wider limits than a granted waiver of the application gives.
AS_WAIVED = """
    IF (NEW.waived_amount IS DISTINCT FROM OLD.waived_amount AND NEW.waived_amount IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM applications_waiver
            WHERE application_id = NEW.id AND state = 'granted' AND amount = NEW.waived_amount
        ))
        OR (NEW.waived_months IS DISTINCT FROM OLD.waived_months AND NEW.waived_months IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM applications_waiver
            WHERE application_id = NEW.id AND state = 'granted' AND months = NEW.waived_months
        ))
    THEN
        RAISE EXCEPTION 'no granted waiver gives application % these limits', NEW.reference
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Application(models.Model):
    """One entry to a competition, led by one organisation."""

    reference = models.CharField(max_length=12, unique=True, editable=False)
    competition = models.ForeignKey(Competition, models.PROTECT, related_name="applications")
    status = models.CharField(max_length=15, choices=Status, default=Status.DRAFT, editable=False)

    title = models.CharField("project title", max_length=140, blank=True)
    start_on = models.DateField("start date", null=True, blank=True)
    duration_months = models.PositiveSmallIntegerField("duration in months", null=True, blank=True)
    research_category = models.CharField(max_length=30, choices=ResearchCategory, blank=True)
    is_resubmission = models.BooleanField(null=True, blank=True)
    earlier_reference = models.CharField(max_length=30, blank=True)
    earlier_title = models.CharField(max_length=140, blank=True)
    cluster_activity = models.TextField("activity in the cluster", blank=True)
    equality_survey_done = models.BooleanField(null=True, blank=True)
    has_russian_involvement = models.BooleanField(null=True, blank=True)
    is_exploited_from_uk = models.BooleanField(null=True, blank=True)

    total_costs = pounds(default=0, editable=False)
    grant_sought = pounds(default=0, editable=False)
    #: What a granted waiver lets it have outside the competition's limits, and all between.
    waived_amount = pounds(null=True, blank=True, editable=False)
    waived_months = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)

    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField("decision released", null=True)

    objects = ApplicationQuerySet.as_manager()

    #: There for those that ``with_reopened`` found.
    is_reopened: bool

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT, submitted_at__isnull=True)
                | Q(status=Status.WITHDRAWN)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="application_past_draft_was_submitted",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(status__in=[*sorted(DECISIONS), Status.INELIGIBLE]),
                name="application_is_released_with_a_decision",
            ),
        ]
        indexes = [
            models.Index("competition", "status", "reference", name="application_by_competition"),
            models.Index(fields=["-submitted_at", "id"], name="application_by_submission"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="limits_are_widened_by_a_granted_waiver",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("waived_amount", "waived_months"),
                func=AS_WAIVED,
            ),
            pgtrigger.Trigger(
                name="nothing_enters_or_leaves_after_the_closing_list",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status=Status.DRAFT, new__status=Status.SUBMITTED)
                | pgtrigger.Q(old__status=Status.SUBMITTED, new__status=Status.DRAFT),
                func="""
                    IF EXISTS (
                        SELECT FROM applications_closinglist WHERE competition_id = NEW.competition_id
                    ) THEN
                        RAISE EXCEPTION 'the closing list is drawn: % comes too late', NEW.reference
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT


class ParticipantQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(organisation__memberships__person=user)


class OverheadMethod(models.TextChoices):
    NONE = "none", "No overheads"
    TWENTY = "twenty", "20% of labour costs"
    CALCULATED = "calculated", "Our own calculation"


class Participant(models.Model):
    """An organisation's part in a project: its details as they stood, its costs and the grant it asks for.

    The four sums are kept up by ``applications.finances`` whenever a cost, a source of
    funding or the percentage changes.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="participants")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="participations")
    is_lead = models.BooleanField()

    name = models.CharField(max_length=200)
    company_number = models.CharField(max_length=8, blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    size = models.CharField(max_length=12, choices=Size)
    details_on = models.DateField()

    work_postcode = models.CharField("postcode where most of the work happens", max_length=8, blank=True)
    work_area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True)
    elsewhere = models.CharField(
        "place elsewhere in the UK",
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text="Where the work happens outside the areas of the competition's region.",
    )
    overhead_method = models.CharField(max_length=10, choices=OverheadMethod, blank=True)
    percentage_asked = percent("percentage asked for", null=True, blank=True)
    terms_accepted_at = models.DateTimeField(null=True, blank=True)

    total_costs = pounds(default=0, editable=False)
    other_funding = pounds(default=0, editable=False)
    grant_sought = pounds(default=0, editable=False)
    contribution = pounds(default=0, editable=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "organisation"], name="participant_takes_part_once"
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(is_lead=True), name="application_has_one_lead"
            ),
            models.CheckConstraint(
                condition=Q(
                    total_costs__gte=0, other_funding__gte=0, grant_sought__gte=0, contribution__gte=0
                ),
                name="participant_sums_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(work_area__isnull=True) | Q(elsewhere=""),
                name="participant_works_in_an_area_or_elsewhere",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_business(self) -> bool:
        return self.kind == Kind.BUSINESS

    @property
    def funding_size(self) -> str:
        """The column of an intensity table that holds for this organisation."""
        return self.size if self.is_business else "non_business"


class SavedPage(Edited):
    """That an organisation's page of the form was saved: how often, and by whom and when the last time.

    page  a section that is one form, or ``overheads``; an answer and a cost line know their own
    """

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="saved_pages")
    page = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "page"], name="page_is_saved_in_one_place"),
        ]

    def __str__(self):
        return f"{self.participant_id}: {self.page}"


class Answer(Edited):
    """The text given to one question."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    text = models.TextField(blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "question"], name="answer_is_given_once"),
        ]

    def __str__(self):
        return f"{self.application_id}: {self.question_id}"


class CompletedSection(models.Model):
    """That somebody marked a section of the form as complete. Editing the section takes it back."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="completed_sections")
    section = models.CharField(max_length=60)
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    completed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "section"], name="section_is_completed_once"),
        ]

    def __str__(self):
        return f"{self.application_id}: {self.section}"


class StatusChange(AppendOnly):
    """One move of an application, kept for good.

    A draft has made none and may be deleted; an application that has moved stays.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="status_changes")
    before = models.CharField(max_length=15, choices=Status)
    after = models.CharField(max_length=15, choices=Status)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True, default="", db_default="")

    def __str__(self):
        return f"{self.application_id}: {self.before} to {self.after}"
