from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from accounts.fields import percent, pounds
from accounts.models import AppendOnly, Kind, Organisation, Size, in_regions_of
from accounts.roles import Role, held_by
from applications.models.application_triggers import AS_WAIVED, SOMEBODY_ELSE, UNDECIDED
from applications.models.competition import Area, Competition, ResearchCategory
from applications.workflow import ASSESSOR_READS, DECISIONS, Status

#: Roles that read every application from its submission on.
READERS = frozenset({Role.MANAGER, Role.FUNDS, Role.APPROVER, Role.AUDITOR})


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What this person may open: their organisations', what they were given to assess, or,
        for staff, whatever has been submitted in their regions."""
        roles = held_by(user)
        if not roles:
            return self.none()
        reach = Q(pk__in=Participant.objects.open_to(user).values("application"))
        if Role.ASSESSOR in roles:
            given = in_regions_of(user, {Role.ASSESSOR}, "competition__region") & Q(
                assessments__assessor=user, assessments__status__in=ASSESSOR_READS
            )
            kept_from = user.conflicts.blocking().values("application")
            reach |= Q(pk__in=self.model.objects.filter(given).exclude(pk__in=kept_from).values("pk"))
        return self.filter(reach | self._read_by(user))

    def in_office(self, regions):
        """Those that the office of these regions works on: whatever has been submitted there."""
        return self.exclude(status=Status.DRAFT).filter(competition__region__in=regions)

    @staticmethod
    def _read_by(user) -> Q:
        return in_regions_of(user, READERS, "competition__region") & ~Q(status=Status.DRAFT)

    def led_by(self, user):
        """Those of organisations that lead them and that this person may edit for."""
        return self.filter(pk__in=Participant.objects.led_by(user).values("application"))

    def with_led(self, user):
        """Annotate ``is_led``: whether they are among those that ``led_by`` finds."""
        return self.annotate(
            is_led=Exists(Participant.objects.led_by(user).filter(application=OuterRef("pk")))
        )

    def with_completed(self):
        """Annotate ``completed``: the keys of the sections that are marked as complete."""
        marked = CompletedSection.objects.filter(application=OuterRef("pk"))
        return self.annotate(completed=ArraySubquery(marked.values("section")))

    def editable_by(self, user):
        """Drafts that this person's organisation leads and that they may edit."""
        return self.led_by(user).filter(status=Status.DRAFT)

    def of_members_like(self, user):
        """Those of the organisations this person belongs to, whatever else they may see."""
        return self.filter(pk__in=Participant.objects.open_to(user).values("application"))

    def with_own(self, user):
        """Annotate ``is_own``: whether they are among those that ``of_members_like`` finds."""
        return self.annotate(
            is_own=Exists(Participant.objects.open_to(user).filter(application=OuterRef("pk")))
        )

    def with_shown_status(self, user):
        """Annotate ``shown_status``: a decision not released reads as in assessment to all but its staff,
        or as what they were told before, where a further decision has raised it."""
        is_untold = Q(released_at__isnull=True) | ~Q(told_status="")
        is_hidden = Q(status__in=DECISIONS) & is_untold & ~self._read_by(user)
        return self.annotate(
            shown_status=Case(
                When(is_hidden & ~Q(told_status=""), then=F("told_status")),
                When(is_hidden, then=Value(Status.IN_ASSESSMENT.value)),
                default=F("status"),
            )
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

    def at_the_desk(self, at: datetime):
        """What is checked for eligibility: whatever stood submitted when its competition had closed."""
        left = (Status.DRAFT, Status.WITHDRAWN)
        return self.exclude(status__in=left).filter(competition__closes_at__lte=at)

    def on_the_closing_list(self):
        """Those on their competition's closing list; until it is drawn, those that would be on it."""
        not_drawn = self.received().filter(competition__closing_list__isnull=True)
        return self.filter(Q(closing_entry__isnull=False) | Q(pk__in=not_drawn.values("pk")))


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
    #: As applicants said themselves before the questions were asked here; asked of nobody any more.
    equality_survey_done = models.BooleanField(null=True, blank=True)
    #: Whether the equality questions were answered for it; what was answered leads nowhere.
    equality_answered = models.BooleanField(default=False, db_default=False, editable=False)
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
    #: What its applicants go on reading while a further decision on it is not released.
    told_status = models.CharField(
        max_length=15, choices=Status, blank=True, default="", db_default="", editable=False
    )

    objects = ApplicationQuerySet.as_manager()

    #: There for those that the QuerySet's methods of the same names found.
    is_reopened: bool
    is_led: bool
    is_own: bool
    completed: list[str]
    answered: list[str]
    people: list[int]

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
                name="what_is_decided_does_not_become_ineligible",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status=Status.INELIGIBLE),
                func=UNDECIDED,
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

    @property
    def status_as_told(self) -> str:
        """As its applicants were told it, while a further decision is not released."""
        return self.told_status or self.status


class ParticipantQuerySet(models.QuerySet):
    def of(self, user):
        """Those of their organisations, of one that left too: nobody judges what they once had a part in."""
        return self.filter(organisation__memberships__person=user)

    def open_to(self, user):
        """Those through which they read the application."""
        return self.of(user).staying()

    def staying(self):
        """Those that did not leave it behind.

        A lead that left is one still where the application ended with it: there is nothing later to
        keep from its members.
        """
        return self.filter(Q(departure=None) | Q(is_lead=True))

    def whole(self):
        """The lead first, each with its area, its cost lines and other funding."""
        return self.with_costs().prefetch_related("funding_sources")

    def with_costs(self):
        """The lead first, each with its area and its cost lines."""
        rows = self.select_related("work_area", "departure")
        return rows.prefetch_related("cost_lines").order_by("-is_lead", "pk")

    def led_by(self, user):
        """The leads that this person may edit for."""
        return self.filter(
            is_lead=True, organisation__memberships__person=user, organisation__memberships__may_edit=True
        )


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
    def has_left(self) -> bool:
        """Whether it was recorded that the organisation left. Asks nothing of those that ``whole`` reads."""
        return hasattr(self, "departure")

    @property
    def is_business(self) -> bool:
        return self.kind == Kind.BUSINESS

    @property
    def funding_size(self) -> str:
        """The column of an intensity table that holds for this organisation."""
        return self.size if self.is_business else "non_business"


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

    class Meta(AppendOnly.Meta):
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                name="application_is_reinstated_by_somebody_else",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__before=Status.INELIGIBLE, new__after=Status.SUBMITTED)
                | pgtrigger.Q(new__before=Status.INELIGIBLE, new__after=Status.IN_ASSESSMENT),
                func=SOMEBODY_ELSE,
            ),
        ]

    def __str__(self):
        return f"{self.application_id}: {self.before} to {self.after}"
