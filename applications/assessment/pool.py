"""What staff keep for the pool of assessors: the skills there are, and which company belongs to which;
and who is on the way into it."""

from datetime import datetime

from django.db.models import QuerySet

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications.assessment import conflicts
from applications.models import AssessorInvitation, ParentCompany, Skill


class NotAManager(Refusal):
    """Only a competition manager of the programme keeps these."""


@audit.action("offer skill")
def offer_skill(skill: Skill, *, by: User, at: datetime) -> Skill:
    """Keep a skill, new or changed."""
    _check(by)
    skill.save()
    audit.note(after={"skill": skill.pk, "is_offered": skill.is_offered})
    return skill


@audit.action("note parent company")
def note_parent(company: ParentCompany, *, by: User, at: datetime) -> ParentCompany:
    """Keep that one company belongs to another, and seek conflicts again by it."""
    _check(by)
    company.save()
    audit.note(after={"number": company.number, "parent": company.parent_number})
    conflicts.refresh(at=at)
    return company


def _check(person: User) -> None:
    if Role.MANAGER not in person.roles_in(None):
        raise NotAManager("Only a competition manager of the programme may change this.")


def under_way(person: User) -> QuerySet[AssessorInvitation]:
    """Those who were invited and are no assessors yet, of the regions that this person sees."""
    rows = AssessorInvitation.objects.visible_to(person).under_way()
    return rows.select_related("region", "invited_by", "role_change").order_by("-sent_at", "-pk")
