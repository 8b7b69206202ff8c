import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import reach
from accounts.models.edited import Edited
from accounts.models.holding import regions_of
from accounts.roles import STAFF, Role


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
        """All for the programme's staff and for administrators, who settle who belongs to them; those in a
        region's cases for that region's staff; one's own always."""
        regions = regions_of(user, STAFF | {Role.ADMINISTRATOR})
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


#: Refuses a size other than the one that was worked out from the organisation's own figures.
SIZE_AS_WORKED_OUT = """
    IF EXISTS (
        SELECT FROM accounts_sizefigures AS figures
        JOIN accounts_organisation AS organisation ON organisation.id = figures.organisation_id
        WHERE organisation.id = {id} AND organisation.size <> figures.size
    ) THEN
        RAISE EXCEPTION 'organisation % has figures that give another size', {id}
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

#: Refuses a merged organisation that has members, and one that is merged into a merged one.
EMPTY_ONCE_MERGED = """
    IF EXISTS (
        SELECT FROM accounts_organisation AS emptied
        JOIN accounts_organisation AS kept ON kept.id = emptied.merged_into_id
        WHERE (emptied.id = NEW.id OR kept.id = NEW.id) AND (
            kept.merged_into_id IS NOT NULL
            OR EXISTS (SELECT FROM accounts_membership WHERE organisation_id = emptied.id)
        )
    ) THEN
        RAISE EXCEPTION 'organisation % is merged and not empty, or merged into a merged one', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

#: Refuses members of an organisation that was merged into another.
NOT_OF_MERGED = """
    IF EXISTS (
        SELECT FROM accounts_organisation WHERE id = NEW.organisation_id AND merged_into_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'organisation % was merged into another', NEW.organisation_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Organisation(Edited):
    """A business or other body that applies, alone or as a partner."""

    name = models.CharField("organisation name", max_length=200)
    company_number = models.CharField(max_length=8, blank=True)
    kind = models.CharField("type of organisation", max_length=10, choices=Kind)
    size = models.CharField("size", max_length=12, choices=Size)
    address = models.TextField("registered address", max_length=500)
    postcode = models.CharField(max_length=8)
    details_confirmed_on = models.DateField(editable=False)
    #: The same company, entered before or beside this: everything that was this one's is there now.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_from"
    )

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
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(company_number="") & ~Q(merged_into=F("id")),
                name="merged_organisation_has_no_number",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="size_follows_figures",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("size"),
                timing=pgtrigger.Deferred,
                func=SIZE_AS_WORKED_OUT.format(id="NEW.id"),
            ),
            pgtrigger.Trigger(
                name="merged_organisation_is_empty",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("merged_into_id"),
                timing=pgtrigger.Deferred,
                func=EMPTY_ONCE_MERGED,
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_business(self) -> bool:
        return self.kind == Kind.BUSINESS


#: Refuses that nobody is left who may edit. By the time it runs the whole transaction is written, so one
#: editor may take the place of another; the lock lets two who go at once be counted one after the other.
EDITOR_REMAINS = """
    PERFORM FROM accounts_organisation WHERE id = OLD.organisation_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM accounts_organisation WHERE id = OLD.organisation_id AND merged_into_id IS NULL
    ) AND NOT EXISTS (
        SELECT FROM accounts_membership WHERE organisation_id = OLD.organisation_id AND may_edit
    ) THEN
        RAISE EXCEPTION 'organisation % would be left without anybody who may edit', OLD.organisation_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class MembershipQuerySet(models.QuerySet):
    def of_organisations_of(self, user):
        """Those of everybody who belongs to one of the person's own organisations."""
        return self.filter(organisation__memberships__person=user)

    def editors(self):
        """Those who may edit and may sign in, so that they can."""
        return self.filter(may_edit=True, person__is_active=True)


class Membership(models.Model):
    """That a person belongs to an organisation, and whether they may edit for it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    may_edit = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="membership_is_held_once"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="organisation_keeps_an_editor",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("may_edit", "organisation_id") | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(old__may_edit=True),
                func=EDITOR_REMAINS,
            ),
            pgtrigger.Trigger(
                name="nobody_joins_a_merged_organisation",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("organisation_id"),
                func=NOT_OF_MERGED,
            ),
        ]

    def __str__(self):
        return f"{self.person_id} in {self.organisation_id}"
