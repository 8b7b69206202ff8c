from datetime import date

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q, Value

from accounts import working_days
from accounts.models import Region, in_regions_of
from applications.models import Competition
from funding.duties import ANSWER
from funding.models.budget import READERS, refusal
from funding.models.report import ProgrammeReport

#: Working days from which on an answer is due soon.
NEAR = 5

#: Refuses a report of anything but what the request is about; and an answer from one without figures.
REPORT_FITS = """
    IF NEW.report_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM funding_programmereport AS report WHERE report.id = NEW.report_id
            AND report.competition_id IS NOT DISTINCT FROM NEW.competition_id
            AND report.region_id IS NOT DISTINCT FROM NEW.region_id
            AND report.of_demonstration = NEW.of_demonstration
            AND (NEW.state <> 'answered' OR report.contents <> '')
    ) THEN
        RAISE EXCEPTION 'an information request is answered from a compiled report of what it is about'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class RequestKind(models.TextChoices):
    INFORMATION = "information", "Freedom of Information"
    PARLIAMENT = "parliament", "Parliamentary question"
    OTHER = "other", "Other"


class Asker(models.TextChoices):
    """What kind of asker: who it was stands in the office's own file, and not here."""

    PUBLIC = "public", "A member of the public"
    JOURNALIST = "journalist", "A journalist"
    RESEARCHER = "researcher", "A researcher"
    BUSINESS = "business", "A business or its adviser"
    PARLIAMENT = "parliament", "A Member of Parliament or a peer"
    PUBLIC_BODY = "public body", "A public body"
    OTHER = "other", "Somebody else"


class RequestState(models.TextChoices):
    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Withdrawn"


class InformationRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As programme reports: all for who reads the programme's money, for a region's people its own."""
        return self.filter(
            in_regions_of(user, READERS, "region") | in_regions_of(user, READERS, "competition__region")
        )

    def answered_for_by(self, user):
        """Those that the person may answer."""
        return self.filter(
            in_regions_of(user, ANSWER, "region") | in_regions_of(user, ANSWER, "competition__region")
        )

    def open(self):
        return self.filter(state=RequestState.OPEN)

    def near(self, today: date):
        """Open, and due within five working days or overdue."""
        return self.open().filter(due_on__lte=working_days.after(today, NEAR))

    def overdue(self, today: date):
        return self.open().filter(due_on__lt=today)

    def on_the_day(self, today: date):
        """Each with ``today``, by which an open one is due soon or overdue."""
        return self.annotate(today=Value(today, output_field=models.DateField()))

    def with_names(self):
        return self.select_related(
            "competition", "region", "logged_by", "answered_by", "withdrawn_by", "earlier",
            "report__competition", "report__region",
        )  # fmt: skip


class InformationRequest(models.Model):
    """A question from outside in the questions register, and its answer from a kept programme report.

    It is about one competition, one region or, without either, the whole programme, like a report. Once
    answered or withdrawn it stays as it is.

    file_reference  what the office's own file calls it; no name of who asked stands here
    tables          the names of the report's tables that the answer quotes
    enclosed        JSON of those tables as they were given, without what may not be; empty until answered
    exemptions      a note by the number of each section of the Act that is relied on: {"43": "…"}
    report          the kept report that the answer is from; its own row has snapshot and fingerprint
    earlier         the request that it asks again, with today's figures
    """

    kind = models.CharField(max_length=11, choices=RequestKind)
    received_on = models.DateField("received")
    due_on = models.DateField("due")
    asker = models.CharField("asked by", max_length=11, choices=Asker)
    file_reference = models.CharField("the office’s own reference", max_length=60, blank=True)
    question = models.TextField("what is asked")
    competition = models.ForeignKey(Competition, models.PROTECT, null=True, blank=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    of_demonstration = models.BooleanField("of the demonstration", default=False)
    tables = models.JSONField(default=list)
    enclosed = models.TextField(blank=True, editable=False)
    exemptions = models.JSONField(default=dict)
    report = models.ForeignKey(
        ProgrammeReport, models.PROTECT, null=True, blank=True, related_name="information_requests"
    )
    earlier = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="later")
    state = models.CharField(max_length=9, choices=RequestState, default=RequestState.OPEN)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    logged_at = models.DateTimeField("logged")
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("answered", null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("withdrawn", null=True)
    reason = models.TextField("why it was withdrawn", blank=True)

    objects = InformationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "information request"
        verbose_name_plural = "questions in the register"
        constraints = [
            models.CheckConstraint(
                name="information_request_is_about_one_thing",
                condition=Q(competition__isnull=True) | Q(region__isnull=True, of_demonstration=False),
            ),
            models.CheckConstraint(name="information_request_asks_something", condition=~Q(question="")),
            models.CheckConstraint(
                name="information_request_is_due_after_it_came", condition=Q(due_on__gte=F("received_on"))
            ),
            models.CheckConstraint(
                name="information_request_ends_as_a_whole",
                condition=Q(
                    state=RequestState.OPEN, answer="", answered_at=None, answered_by=None,
                    withdrawn_at=None, withdrawn_by=None, reason="",
                )
                | Q(
                    ~Q(answer=""), state=RequestState.ANSWERED, answered_at__isnull=False,
                    answered_by__isnull=False, withdrawn_at=None, withdrawn_by=None, reason="",
                )
                | Q(
                    ~Q(reason=""), state=RequestState.WITHDRAWN, withdrawn_at__isnull=False,
                    withdrawn_by__isnull=False, answer="", answered_at=None, answered_by=None,
                ),
            ),
            models.CheckConstraint(
                name="information_request_is_answered_from_a_report_or_under_the_act",
                condition=~Q(state=RequestState.ANSWERED) | Q(report__isnull=False) | ~Q(exemptions={}),
            ),
        ]  # fmt: skip
        indexes = [
            GinIndex(SearchVector("question", config="english"), name="information_request_by_words"),
            models.Index(fields=["due_on", "id"], name="information_request_by_due"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="information_request_report_fits",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=REPORT_FITS,
            ),
            pgtrigger.Trigger(
                name="information_request_begins_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state=RequestState.OPEN),
                func=refusal("an information request begins open"),
            ),
            pgtrigger.Trigger(
                name="information_request_stays_as_asked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "kind", "received_on", "due_on", "asker", "file_reference", "question", "competition",
                    "region", "of_demonstration", "earlier", "logged_by", "logged_at",
                ),
                func=refusal("an information request stays as it was asked"),
            ),
            pgtrigger.Trigger(
                name="information_request_ends_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=RequestState.OPEN),
                func=refusal("an information request that was answered or withdrawn stays so"),
            ),
            pgtrigger.Protect(name="information_request_is_kept", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self):
        return f"information request {self.pk}"

    @property
    def covers(self) -> str:
        what = str(self.competition or self.region or "the whole programme")
        return f"{what} (demonstration)" if self.of_demonstration else what

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.OPEN

    def standing(self, today: date) -> str:
        """Its state in words, and of an open one how near its day is."""
        if not self.is_open:
            return self.get_state_display()
        if self.due_on < today:
            return "Overdue"
        return "Due soon" if self.due_on <= working_days.after(today, NEAR) else "Open"
