"""What an assessor enters into before they are given work: the agreement, and the yearly declaration."""

import json
import logging
from datetime import date, datetime

from django.db.models import QuerySet

from accounts import audit, london
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role, held_by
from applications.assessment.terms import lapses_on
from applications.models import (
    AgreementAcceptance,
    AgreementVersion,
    AssessorProfile,
    Declaration,
)

logger = logging.getLogger(__name__)

#: What of a profile is declared, beside its skills and interests.
DECLARED = (
    "kind",
    "job_title",
    "employer",
    "employer_number",
    "employer_parent_number",
    "earlier_employer",
    "earlier_employer_number",
    "earlier_left_on",
    "address",
    "postcode",
)
LONGEST_AGREEMENT = 50_000


class NotDeclared(Refusal):
    """The declaration or the agreement is not made; the message says why."""


class NotAnAssessor(NotDeclared):
    """The person is no assessor, or has no profile yet."""


class NotConfirmed(NotDeclared):
    """The box beside the words was not ticked."""


class OtherVersion(NotDeclared):
    """A newer agreement was published since the page was opened."""


class NotAManager(NotDeclared):
    """Only a competition manager of the programme writes the agreement."""


def current_agreement() -> AgreementVersion | None:
    return AgreementVersion.objects.order_by("-number").first()


def missing(person: User, day: date) -> list[str]:
    """Say what keeps new work from the person on this day, as clauses; nothing where they are ready.

    Where no agreement was published none is asked for.
    """
    profile = AssessorProfile.objects.filter(person=person).with_standing(day).first()
    if profile is None:
        return ["has no assessor profile and no declaration"]
    said = []
    if not profile.has_agreed:
        said.append("has not accepted the agreement as it stands")
    if not profile.has_declared and profile.undeclared_since:
        said.append("has changed their facts since the declaration")
    elif not profile.has_declared:
        once = Declaration.objects.filter(person=person).exists()
        said.append("has a declaration that has lapsed" if once else "has made no declaration")
    return said


@audit.action("publish assessor agreement")
def publish(text: str, *, by: User, at: datetime) -> AgreementVersion:
    """Make a further version of the agreement, which everybody is asked to accept before new work."""
    if Role.MANAGER not in by.roles_in(None):
        raise NotAManager("Only a competition manager of the programme may write the agreement.")
    if not text.strip() or len(text) > LONGEST_AGREEMENT:
        raise NotDeclared(f"Enter the agreement, of up to {LONGEST_AGREEMENT:,} characters")
    last = AgreementVersion.objects.select_for_update().order_by("-number").first()
    made = AgreementVersion.objects.create(
        number=last.number + 1 if last else 1, text=text.strip(), written_by=by, written_at=at
    )
    audit.note(after={"version": made.number})
    return made


@audit.action("accept assessor agreement")
def accept(version: int, *, is_confirmed: bool, by: User, at: datetime) -> AgreementAcceptance:
    """Enter into the agreement. ``version`` is the number of the one that was read."""
    _check_assessor(by)
    current = current_agreement()
    if current is None or current.number != version:
        raise OtherVersion("The agreement has changed. Read it as it stands now.")
    if not is_confirmed:
        raise NotConfirmed("Confirm that you accept the agreement")
    made, _ = AgreementAcceptance.objects.get_or_create(
        version=current, person=by, defaults={"accepted_at": at}
    )
    audit.note(after={"version": version})
    return made


@audit.action("declare interests")
def declare(*, is_confirmed: bool, by: User, at: datetime) -> Declaration:
    """Declare one's facts true and complete, as they stand now, until the next 6 April."""
    profile = _check_assessor(by)
    if not is_confirmed:
        raise NotConfirmed("Confirm that what you say is true and complete")
    made = Declaration.objects.create(
        person=by,
        facts=_facts(profile),
        profile_version=profile.version,
        agreement=current_agreement(),
        declared_at=at,
        lapses_on=lapses_on(london.day_of(at)),
    )
    AssessorProfile.objects.filter(pk=profile.pk).update(undeclared_since=None)
    audit.note(
        after={
            "declaration": made.pk,
            "lapses_on": str(made.lapses_on),
            "profile_version": made.profile_version,
            "agreement": made.agreement.number if made.agreement else None,
        }
    )
    logger.info("interests declared", extra={"declaration": made.pk})
    return made


def made_by(person: User) -> QuerySet[Declaration]:
    """Their declarations with the agreement of each, the latest first."""
    rows = Declaration.objects.filter(person=person).select_related("agreement")
    return rows.order_by("-declared_at", "-pk")


def made_on(declaration: Declaration) -> str:
    """On what it was made, in words: "version 3 of the profile and version 2 of the agreement"."""
    said = []
    if declaration.profile_version:
        said.append(f"version {declaration.profile_version} of the profile")
    if declaration.agreement:
        said.append(f"{declaration.agreement} of the agreement")
    return " and ".join(said)


def ties_of(profile: AssessorProfile) -> dict:
    """What of a declaration can tie the assessor to an application; skills cannot."""
    return _ties(_facts(profile)) if profile.pk else {}


def hold_to_facts(profile: AssessorProfile, before: dict, *, at: datetime) -> bool:
    """End the declaration where the facts are not ``before`` any more; return whether it stands ended.

    before  ``ties_of`` the profile ahead of the change

    Facts that are again what was declared last need no other declaration.
    """
    after = ties_of(profile)
    last = Declaration.objects.filter(person=profile.person_id).order_by("-declared_at", "-pk").first()
    if after != before and last is not None:
        is_as_declared = after == _ties(last.facts)
        profile.undeclared_since = None if is_as_declared else profile.undeclared_since or at
        profile.save(update_fields=["undeclared_since"])
        audit.note(after={"declaration_stands": is_as_declared})
    return profile.undeclared_since is not None


def _ties(facts: dict) -> dict:
    """Without what changes nothing: skills, and the order of interests."""
    interests = sorted(json.dumps(one, sort_keys=True) for one in facts.get("interests", []))
    return {**{name: facts.get(name) for name in DECLARED}, "interests": interests}


def _check_assessor(person: User) -> AssessorProfile:
    profile = AssessorProfile.objects.filter(person=person).first()
    if Role.ASSESSOR not in held_by(person) or profile is None:
        raise NotAnAssessor("Save your profile first.")
    return profile


def _facts(profile: AssessorProfile) -> dict:
    facts = {name: _plain(getattr(profile, name)) for name in DECLARED}
    facts["skills"] = sorted(skill.name for skill in profile.skills.all())
    facts["interests"] = [
        {
            name: _plain(getattr(one, name))
            for name in (
                "kind", "whose", "organisation_name", "company_number", "parent_number", "from_on",
                "until_on",
            )
        }
        for one in profile.interests.order_by("pk")
    ]  # fmt: skip
    return facts


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value
