"""What assessors say of themselves; whatever they change, conflicts are sought again."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from accounts import audit, versions
from accounts.models import NOTED, User
from accounts.refusals import Refusal
from accounts.roles import Role, held_by
from applications.assessment import conflicts, declarations
from applications.models import AssessorProfile, Interest, Skill

#: More than anybody has.
MOST_INTERESTS = 60

FACTS = (
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
    "capacity",
)


class ProfileRefused(Refusal):
    """Nothing is kept; the message says why."""


class NotAnAssessor(ProfileRefused):
    """Only an assessor keeps a profile, and each their own."""


class TooMany(ProfileRefused):
    """No more interests can be entered."""


def own(person: User) -> AssessorProfile:
    """The person's profile, or an empty one that is not saved yet."""
    return AssessorProfile.objects.filter(person=person).first() or AssessorProfile(person=person)


@audit.action("save assessor profile")
def save(
    facts: Mapping, skills: Iterable[int], *, version: int | None = None, by: User, at: datetime
) -> AssessorProfile:
    """Keep what an assessor says of themselves.

    facts   by the names in FACTS
    skills  ids of those that are offered, or that they have already

    Raises NotAnAssessor or StaleVersion and writes nothing.
    """
    profile = _locked(by)
    if profile.pk:
        versions.check(profile, version)
    before = declarations.ties_of(profile)
    for name in FACTS:
        if name in facts:
            setattr(profile, name, facts[name])
    if profile.pk:
        profile.note_save(by=by, at=at)
        profile.save(update_fields=[*FACTS, *NOTED])
    else:
        profile.saved_by, profile.saved_at = by, at
        profile.save()
    had = set(profile.skills.values_list("pk", flat=True))
    wanted = Skill.objects.filter(pk__in=set(skills))
    profile.skills.set([skill for skill in wanted if skill.is_offered or skill.pk in had])
    declarations.hold_to_facts(profile, before, at=at)
    audit.note(after={"profile": profile.pk, "version": profile.version})
    conflicts.refresh(assessors=[by.pk], at=at)
    return profile


@audit.action("add interest")
def add_interest(facts: Mapping, *, by: User, at: datetime) -> Interest:
    """Keep an interest of the assessor's or of their close family."""
    profile = _locked(by)
    if not profile.pk:
        profile.saved_by, profile.saved_at = by, at
        profile.save()
    if profile.interests.count() >= MOST_INTERESTS:
        raise TooMany(f"Up to {MOST_INTERESTS} interests can be entered.")
    before = declarations.ties_of(profile)
    made = Interest.objects.create(profile=profile, **facts)
    _note_change(profile, by=by, at=at)
    declarations.hold_to_facts(profile, before, at=at)
    audit.note(after={"interest": made.pk})
    conflicts.refresh(assessors=[by.pk], at=at)
    return made


@audit.action("remove interest")
def remove_interest(pk: int, *, by: User, at: datetime) -> int:
    """Take an interest out; declarations that were made keep it. Returns how many there were: one or none."""
    profile = _locked(by)
    before = declarations.ties_of(profile)
    removed, _ = Interest.objects.filter(profile=profile.pk, pk=pk).delete()
    if removed:
        _note_change(profile, by=by, at=at)
        declarations.hold_to_facts(profile, before, at=at)
    audit.note(after={"interest": pk})
    conflicts.refresh(assessors=[by.pk], at=at)
    return removed


def _note_change(profile: AssessorProfile, *, by: User, at: datetime) -> None:
    """Interests are a part of the profile: with others it is another version of it."""
    profile.note_save(by=by, at=at)
    profile.save(update_fields=NOTED)


def _locked(person: User) -> AssessorProfile:
    if Role.ASSESSOR not in held_by(person):
        raise NotAnAssessor("Only an assessor keeps a profile.")
    # The person's row, since their profile may not be there yet.
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    return own(person)
