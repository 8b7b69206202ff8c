from datetime import date

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower

from accounts.models import AppendOnly, Edited, User, regions_of
from accounts.roles import Role
from applications.models.application import READERS

#: What an assessor takes on in one competition unless they say otherwise, and the most they may say.
USUAL_CAPACITY, MOST_CAPACITY = 10, 100


class Skill(models.Model):
    """Something an assessor may be versed in, under the area of innovation that it belongs to.

    One that is not offered any more stays with those who have it.
    """

    name = models.CharField(max_length=80)
    area = models.CharField("area of innovation", max_length=80)
    is_offered = models.BooleanField("offered to assessors", default=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="skill_has_one_name")]

    def __str__(self):
        return self.name


class AssessorKind(models.TextChoices):
    EXTERNAL = "external", "External"
    INTERNAL = "internal", "Internal"


class AssessorProfileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and for who reads applications of a region those who assess there; else all of them."""
        regions = regions_of(user, READERS)
        if None in regions:
            return self
        if regions:
            assessing = User.objects.holding(Role.ASSESSOR, regions).values("pk")
            return self.filter(Q(person=user) | Q(person__in=assessing))
        return self.filter(person=user) if user.is_authenticated else self.none()

    def with_standing(self, day: date):
        """Annotate ``has_agreed`` and ``has_declared``: what new work is not given without."""
        current = AgreementVersion.objects.order_by("-number").values("pk")[:1]
        agreed = AgreementAcceptance.objects.filter(person=OuterRef("person"), version=current)
        declared = Declaration.objects.filter(person=OuterRef("person"), lapses_on__gt=day)
        return self.annotate(
            has_agreed=Q(Exists(agreed)) | ~Exists(AgreementVersion.objects.all()),
            has_declared=Q(Exists(declared)) & Q(undeclared_since=None),
        )

    def ready(self, day: date):
        """Those of whom nothing is missing on this day."""
        return self.with_standing(day).filter(has_agreed=True, has_declared=True)


class AssessorProfile(Edited):
    """What an assessor says of themselves: what they know, how much they take on, whom they work for.

    capacity               applications at once in one competition
    parent numbers         of the company that owns the employer, where there is one
    earlier_left_on        the last day with the earlier employer, of the last 12 months
    undeclared_since       when the facts came to differ from what was declared last; none while they do not
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assessor_profile", editable=False
    )
    kind = models.CharField(max_length=8, choices=AssessorKind, default=AssessorKind.EXTERNAL)
    job_title = models.CharField("role there", max_length=120, blank=True)
    employer = models.CharField("principal employer", max_length=200, blank=True)
    employer_number = models.CharField("its company number", max_length=8, blank=True)
    employer_parent_number = models.CharField("company number of its parent", max_length=8, blank=True)
    earlier_employer = models.CharField("earlier employer", max_length=200, blank=True)
    earlier_employer_number = models.CharField("its company number", max_length=8, blank=True)
    earlier_left_on = models.DateField("last day there", null=True, blank=True)
    address = models.CharField("first line of your address", max_length=200, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    skills = models.ManyToManyField(Skill, related_name="profiles", blank=True)
    capacity = models.PositiveSmallIntegerField(
        "applications at once",
        default=USUAL_CAPACITY,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_CAPACITY)],
    )

    undeclared_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AssessorProfileQuerySet.as_manager()

    #: There for those that ``with_standing`` found.
    has_agreed: bool
    has_declared: bool

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__lte=MOST_CAPACITY), name="assessor_capacity_is_bounded"
            ),
            models.CheckConstraint(
                condition=Q(earlier_employer="") | Q(earlier_left_on__isnull=False),
                name="earlier_employer_has_its_last_day",
            ),
        ]

    def __str__(self):
        return f"assessor profile {self.pk}"


class InterestKind(models.TextChoices):
    APPOINTMENT = "appointment", "Appointment"
    DIRECTORSHIP = "directorship", "Directorship"
    FINANCIAL = "financial", "Shares or other financial interest"
    OTHER = "other", "Other interest"


class Whose(models.TextChoices):
    OWN = "own", "Mine"
    FAMILY = "family", "A close family member's"


class Interest(models.Model):
    """An interest of an assessor, or of their close family, in an organisation."""

    profile = models.ForeignKey(AssessorProfile, models.CASCADE, related_name="interests")
    kind = models.CharField(max_length=12, choices=InterestKind)
    whose = models.CharField(max_length=6, choices=Whose, default=Whose.OWN)
    organisation_name = models.CharField("organisation", max_length=200)
    company_number = models.CharField(max_length=8, blank=True)
    parent_number = models.CharField("company number of its parent", max_length=8, blank=True)
    from_on = models.DateField("from", null=True, blank=True)
    until_on = models.DateField("until", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(from_on__lte=F("until_on")), name="interest_begins_first"),
        ]

    def __str__(self):
        return f"interest {self.pk}"


class ParentCompany(models.Model):
    """That one company belongs to another, as staff have found it in the register."""

    number = models.CharField("company number", max_length=8, unique=True)
    parent_number = models.CharField("company number of its parent", max_length=8)

    class Meta:
        verbose_name_plural = "parent companies"
        constraints = [
            models.CheckConstraint(condition=~Q(number=F("parent_number")), name="no_company_owns_itself"),
        ]

    def __str__(self):
        return f"{self.number} belongs to {self.parent_number}"


class AgreementVersion(models.Model):
    """The agreement that assessors enter into. The highest number is the one that is asked for."""

    number = models.PositiveSmallIntegerField(unique=True, editable=False)
    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    written_at = models.DateTimeField(editable=False)

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="accepted_agreement_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT FROM applications_agreementacceptance WHERE version_id = OLD.id) THEN
                        RAISE EXCEPTION 'agreement % was accepted by somebody: write another', OLD.number
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"version {self.number}"


class AgreementAcceptance(AppendOnly):
    """That an assessor entered into a version of the agreement."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="acceptances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="agreements")
    accepted_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="agreement_is_accepted_once"),
        ]

    def __str__(self):
        return f"{self.person_id}: {self.version_id}"


class Declaration(AppendOnly):
    """That an assessor declared their facts true and complete, with the facts as they then stood.

    facts            the profile's fields and a list ``interests``, as they were shown
    profile_version  the version of the profile that says so; none of those from before it was kept
    agreement        the version that was asked for then; none where none was published, or from before
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="declarations")
    facts = models.JSONField()
    profile_version = models.PositiveIntegerField(null=True)
    agreement = models.ForeignKey(AgreementVersion, models.PROTECT, null=True, related_name="declarations")
    declared_at = models.DateTimeField()
    lapses_on = models.DateField()

    class Meta(AppendOnly.Meta):
        indexes = [models.Index("person", "lapses_on", name="declaration_of_a_person")]

    def __str__(self):
        return f"{self.person_id}: until {self.lapses_on}"
