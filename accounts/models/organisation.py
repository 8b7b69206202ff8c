from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import reach
from accounts.models.edited import Edited
from accounts.models.holding import regions_of
from accounts.roles import STAFF


class Kind(models.TextChoices):
    BUSINESS = "business", "Business"
    RESEARCH = "research", "University or research organisation"
    RTO = "rto", "Research and technology organisation (RTO)"
    PUBLIC = "public", "Public sector organisation"
    CHARITY = "charity", "Charity or not-for-profit"


class Size(models.TextChoices):
    """The three sizes the funding levels know: micro and small count as one."""

    SMALL = "micro_small", "Micro or small"
    MEDIUM = "medium", "Medium"
    LARGE = "large", "Large"


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All for the programme's staff, those in a region's cases for that region's; one's own always."""
        regions = regions_of(user, STAFF)
        if None in regions:
            return self
        seen = Q(pk__in=Membership.objects.filter(person=user).values("organisation"))
        if regions:
            for ids in reach.organisations:
                seen |= Q(pk__in=ids(regions))
        return self.filter(seen)

    def belonging_to(self, user):
        """Those that the person is a member of, each with ``may_be_edited``.

        Whatever else their roles let them see is left out.
        """
        return self.filter(memberships__person=user).annotate(may_be_edited=F("memberships__may_edit"))

    def editable_by(self, user):
        return self.filter(memberships__person=user, memberships__may_edit=True)


class Organisation(Edited):
    """A business or other body that applies, alone or as a partner."""

    name = models.CharField("organisation name", max_length=200)
    company_number = models.CharField(max_length=8, blank=True)
    kind = models.CharField("type of organisation", max_length=10, choices=Kind)
    size = models.CharField("size", max_length=12, choices=Size)
    address = models.TextField("registered address", max_length=500)
    postcode = models.CharField(max_length=8)
    details_confirmed_on = models.DateField(editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_number"],
                condition=~Q(company_number=""),
                name="organisation_company_number_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(company_number="") | Q(company_number__regex=r"^[0-9A-Z]{8}$"),
                name="organisation_company_number_has_8_characters",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_business(self) -> bool:
        return self.kind == Kind.BUSINESS


class Membership(models.Model):
    """That a person belongs to an organisation, and whether they may edit for it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    may_edit = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="membership_is_held_once"),
        ]

    def __str__(self):
        return f"{self.person_id} in {self.organisation_id}"
