from datetime import datetime

import pgtrigger
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast
from django.utils.functional import cached_property

from accounts.fields import percent, pounds
from accounts.models import Edited, Region, in_regions_of
from accounts.roles import STAFF


class Area(models.Model):
    """A local authority area. ``is_core`` areas belong to the region, the others to its wider cluster."""

    code = models.CharField("ONS code", max_length=9, unique=True)
    name = models.CharField(max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, related_name="areas")
    is_core = models.BooleanField()

    def __str__(self):
        return self.name


class QuestionSet(models.Model):
    """The questions a form asks, as data: a new competition needs no code."""

    key = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    standing = models.CharField(max_length=15)
    source = models.URLField(blank=True)

    def __str__(self):
        return self.title


class Question(models.Model):
    """One question with its word limit; scored ones have a number and a maximum mark."""

    question_set = models.ForeignKey(QuestionSet, models.CASCADE, related_name="questions")
    key = models.SlugField()
    position = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200)
    prompt = models.TextField("question")
    guidance = models.TextField(help_text="What the answer should cover, a point to a line.")
    assessor_guidance = models.TextField(blank=True)
    word_limit = models.PositiveSmallIntegerField()
    max_marks = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question_set", "key"], name="question_key_is_unique_in_set"),
            models.UniqueConstraint(fields=["question_set", "position"], name="question_position_is_unique"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, max_marks__isnull=True)
                | Q(number__isnull=False, max_marks__gte=1),
                name="question_is_scored_with_number_and_marks",
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}" if self.number else self.title

    @property
    def is_scored(self) -> bool:
        return self.max_marks is not None


class ResearchCategory(models.TextChoices):
    FEASIBILITY = "feasibility_studies", "Feasibility studies"
    INDUSTRIAL = "industrial_research", "Industrial research"
    EXPERIMENTAL = "experimental_development", "Experimental development"


class IntensityTable(models.Model):
    """The most, in percent of eligible costs, that a grant may cover."""

    key = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    standing = models.CharField(max_length=15)
    source = models.URLField(blank=True)

    def __str__(self):
        return self.title


class MaximumPercentage(models.Model):
    """One cell of an intensity table. ``size`` is an organisation's size, or ``non_business``."""

    table = models.ForeignKey(IntensityTable, models.CASCADE, related_name="cells")
    research_category = models.CharField(max_length=30, choices=ResearchCategory)
    size = models.CharField(max_length=12)
    percentage = percent()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "research_category", "size"], name="maximum_percentage_is_set_once"
            ),
            models.CheckConstraint(
                condition=Q(percentage__gt=0, percentage__lte=100), name="maximum_percentage_is_a_percentage"
            ),
        ]

    def __str__(self):
        return f"{self.percentage}%"


class Strand(models.TextChoices):
    MFA = "MFA", "Minimal Financial Assistance (MFA)"
    CRD = "CR&D", "Collaborative research and development (CR&D)"
    CLUSTER = "cluster management", "Cluster management"


class Stage(models.TextChoices):
    """Where the office has brought a competition; opening and closing follow from the clock."""

    SET_UP = "set-up", "Set-up"
    PUBLISHED = "published", "Published"
    IN_ASSESSMENT = "in assessment", "In assessment"
    PANEL = "panel", "Panel"
    DECIDED = "decided", "Decided"
    RELEASED = "released", "Released"


class State(models.TextChoices):
    """What people see of a competition at a moment."""

    SET_UP = "set-up", "Not open"
    OPENING_SOON = "opening soon", "Opening soon"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class PotSharing(models.TextChoices):
    ALONE = "alone", "The only competition of its pot"
    PARTS = "parts", "A stated part of the pot"
    MERGED = "merged", "One merged list by score"


class LimitBasis(models.TextChoices):
    PROJECT_COST = "project_cost", "Total project costs"
    GRANT = "grant_request", "Grant requested"


#: Working days that an assessor may have to answer an offer.
MOST_ANSWER_DAYS = 60


def standard_reminders() -> list[int]:
    """Fourteen, three and one day before the close, and two hours."""
    return [14 * 24, 3 * 24, 24, 2]


#: What the words of a search are looked for in. The form's words (mills) find others of their stem (mill).
SEARCHED = (
    SearchVector("title", "region__name", "region__theme", "summary", "scope", config="english")
    + SearchVector(Cast("themes", models.TextField()), "strand", config="english")
    # Codes have no stem.
    + SearchVector("code", Cast("number", models.TextField()), config="simple")
)


def states_at(at: datetime) -> dict[State, Q]:
    """By state the competitions that ``state_at`` would say it of, in the order of the public list."""
    is_past, is_set_up = Q(closes_at__isnull=False, closes_at__lte=at), Q(stage=Stage.SET_UP)
    return {
        State.OPEN: ~is_set_up & Q(opens_at__lte=at, closes_at__gt=at),
        State.OPENING_SOON: ~is_set_up & Q(opens_at__gt=at),
        State.CLOSED: is_past,
        State.SET_UP: is_set_up & ~is_past,
    }


class CompetitionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What is public, and for staff what is still being set up in their regions."""
        return self.filter(Q(is_listed=True) | ~Q(stage=Stage.SET_UP) | in_regions_of(user, STAFF, "region"))

    def run_by(self, user, roles=STAFF):
        """Those whose work in the office this person sees, or has a hand in with one of ``roles``."""
        return self.filter(in_regions_of(user, roles, "region"))

    def competing_with(self, ids):
        """Those whose applications make one list with these competitions', and these themselves.

        Where the list of a pot is merged, all its strands compete for the same money.
        """
        merged = self.model.objects.filter(pk__in=ids, pot_sharing=PotSharing.MERGED).order_by()
        of_the_pot = Q(pot_sharing=PotSharing.MERGED, pot__in=merged.values("pot"))
        return self.filter(Q(pk__in=ids) | of_the_pot)

    def open_at(self, at: datetime):
        return self.filter(stage=Stage.PUBLISHED, opens_at__lte=at, closes_at__gt=at)

    def in_state(self, state: str, at: datetime):
        """Those that ``state_at`` would say this state of."""
        return self.filter(states_at(at)[State(state)])

    def listed_as(self, state: str, at: datetime):
        """Those that the public list has under ``state``: what never opened stands among the closed ones."""
        states = states_at(at)
        also = states[State.SET_UP] if state == State.CLOSED else Q(pk__in=())
        return self.filter(states[State(state)] | also)

    def by_state(self, at: datetime):
        """Annotate ``state``: the next to close first, then the next to open, then the last that closed."""
        states = states_at(at)
        of_state = [When(one, then=Value(state.value)) for state, one in states.items()]
        rank = [When(one, then=Value(number)) for number, one in enumerate(states.values())]
        until = Case(
            When(states[State.OPEN], then=F("closes_at")),
            When(states[State.OPENING_SOON], then=F("opens_at")),
            output_field=models.DateTimeField(),
        )
        listed = self.annotate(state=Case(*of_state, default=Value(State.SET_UP.value)))
        return listed.order_by(
            Case(*rank, default=Value(len(rank))), until, F("closes_at").desc(nulls_last=True), "code"
        )

    def matching(self, words: str):
        """Those whose texts have these words: all of them, any side of ``or``, none after a minus."""
        sought = SearchQuery(words, config="english", search_type="websearch")
        codes = SearchQuery(words, config="simple", search_type="websearch")
        return self.annotate(text=SEARCHED).filter(Q(text=sought) | Q(text=codes))

    def on_theme(self, theme: str):
        return self.filter(themes__contains=[theme])

    def in_place(self, code: str):
        """Those of a region, by its code or by the ONS code of one of its local authority areas."""
        return self.filter(
            Q(region__code=code) | Q(region__in=Area.objects.filter(code=code).values("region"))
        )


class Competition(Edited):
    """One call: a strand of a round, with its rules, questions and dates.

    A rule that is not known is null. ``standings`` says which values were ``assumed``,
    ``reported`` or set for ``demonstration``; all others were found in a published source.
    """

    code = models.CharField(max_length=30, unique=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200)
    region = models.ForeignKey(Region, models.PROTECT, related_name="competitions")
    strand = models.CharField(max_length=20, choices=Strand)
    round = models.PositiveSmallIntegerField(null=True, blank=True)
    stage = models.CharField(max_length=15, choices=Stage, default=Stage.SET_UP, editable=False)
    is_listed = models.BooleanField("listed publicly before it is published", default=False)

    summary = models.TextField(blank=True)
    scope = models.TextField(blank=True)
    eligibility = models.TextField(blank=True)
    themes = models.JSONField(default=list, blank=True, db_default=[])
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)

    pot = models.CharField(max_length=30)
    pot_statement = models.CharField("money, in words", max_length=200, blank=True)
    pot_sharing = models.CharField(max_length=10, choices=PotSharing, blank=True)
    pot_part = pounds(null=True, blank=True)

    remind_before = models.JSONField("reminders, hours before the close", default=standard_reminders)

    limit_basis = models.CharField(max_length=15, choices=LimitBasis, blank=True)
    limit_min = pounds(null=True, blank=True)
    limit_max = pounds(null=True, blank=True)
    duration_min = models.PositiveSmallIntegerField("shortest duration, months", null=True, blank=True)
    duration_max = models.PositiveSmallIntegerField("longest duration, months", null=True, blank=True)
    latest_start_on = models.DateField(null=True, blank=True)
    latest_end_on = models.DateField(null=True, blank=True)
    ends_exactly_on = models.DateField(null=True, blank=True)

    subsidy_basis = models.CharField(max_length=40, blank=True)
    lead_types = models.JSONField(default=list, blank=True)
    needs_partners = models.BooleanField(default=False)
    announces_portfolio = models.BooleanField(
        "projects may be chosen as a portfolio",
        default=False,
        db_default=False,
        help_text="Only where the competition’s brief says so. Otherwise money goes top-down to the line.",
    )
    allows_part_awards = models.BooleanField(
        "a project may be awarded a part of what it asks for",
        default=False,
        db_default=False,
        help_text="Only where the competition’s brief says so. Otherwise it is the whole grant or none.",
    )
    research_participation_max = percent(null=True, blank=True)
    intensity_table = models.ForeignKey(IntensityTable, models.PROTECT, null=True, blank=True)
    question_set = models.ForeignKey(QuestionSet, models.PROTECT, null=True, blank=True)

    threshold = models.DecimalField(max_digits=4, decimal_places=1, default=70)
    spread_limit = models.DecimalField(max_digits=4, decimal_places=1, default=20)
    eligibility_days = models.PositiveSmallIntegerField(
        "working days to check eligibility", default=10, db_default=10, help_text="Counted from the close."
    )
    assessors_each = models.PositiveSmallIntegerField(default=3)
    assessments_due_at = models.DateTimeField("assessments due at", null=True, blank=True)
    answer_days = models.PositiveSmallIntegerField(
        "working days in which an assessor answers an offer",
        default=5,
        db_default=5,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_ANSWER_DAYS)],
    )

    is_demonstration = models.BooleanField(default=False, editable=False)
    standings = models.JSONField(default=dict, blank=True)
    sources = models.JSONField(default=list, blank=True)
    notes = models.JSONField(default=list, blank=True)

    objects = CompetitionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="competition_opens_first"),
            models.CheckConstraint(
                condition=Q(stage=Stage.SET_UP) | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="competition_is_published_with_dates",
            ),
            models.CheckConstraint(
                condition=Q(pot_sharing=PotSharing.PARTS, pot_part__gt=0)
                | (~Q(pot_sharing=PotSharing.PARTS) & Q(pot_part__isnull=True)),
                name="competition_with_a_part_states_it",
            ),
            models.CheckConstraint(
                condition=Q(limit_min__lte=F("limit_max")), name="competition_limits_are_in_order"
            ),
            models.CheckConstraint(
                condition=Q(answer_days__range=(1, MOST_ANSWER_DAYS)),
                name="competition_gives_days_to_answer",
            ),
        ]
        indexes = [models.Index("stage", "closes_at", name="competition_by_close")]
        triggers = [
            pgtrigger.Trigger(
                name="dates_stand_after_the_closing_list",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("opens_at", "closes_at"),
                func="""
                    IF EXISTS (SELECT FROM applications_closinglist WHERE competition_id = OLD.id) THEN
                        RAISE EXCEPTION 'the closing list is drawn: the dates of % stand', OLD.code
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.code})"

    @cached_property
    def questions(self) -> list[Question]:
        """What its form asks, in order; nothing while no set is chosen."""
        return list(Question.objects.filter(question_set=self.question_set_id).order_by("position"))

    def state_at(self, at: datetime) -> State:
        if self.stage == Stage.SET_UP:
            return State.CLOSED if self.closes_at and self.closes_at <= at else State.SET_UP
        if at < self.opens_at:
            return State.OPENING_SOON
        return State.OPEN if at < self.closes_at else State.CLOSED

    def is_open_at(self, at: datetime) -> bool:
        """Half-open: at 11:00:00.000 on the closing day it is closed."""
        return self.stage == Stage.PUBLISHED and self.opens_at <= at < self.closes_at
