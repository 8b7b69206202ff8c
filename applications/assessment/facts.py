"""The facts by which conflicts are found, of many people and applications in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from accounts.formats import local_day
from accounts.models import Membership, User
from applications.assessment.ties import (
    ApplicationFacts,
    AssessorFacts,
    Body,
    ConflictKind,
    OrganisationFacts,
    is_recent,
)
from applications.models import (
    Application,
    AssessorProfile,
    Competition,
    Interest,
    ParentCompany,
    Participant,
    PotSharing,
    Whose,
)
from applications.workflow import Status

#: What does not compete, or no longer.
NOT_RUNNING = (Status.DRAFT, Status.WITHDRAWN)


def assessors_of(ids: Iterable[int], day: date) -> list[AssessorFacts]:
    """What is known of these people on this day: their profile, interests and memberships."""
    people = User.objects.filter(pk__in=ids).select_related("assessor_profile")
    found = list(people.prefetch_related("assessor_profile__interests"))
    belongs, bodies = defaultdict(set), defaultdict(list)
    for membership in Membership.objects.filter(person__in=found).select_related("organisation"):
        organisation = membership.organisation
        belongs[membership.person_id].add(organisation.pk)
        if organisation.company_number:
            # The company's group too: a member of the parent is tied to the subsidiary.
            bodies[membership.person_id].append(
                Body(ConflictKind.COMPANY, "member of", organisation.name, organisation.company_number)
            )
    return [_assessor(person, day, belongs[person.pk], bodies[person.pk]) for person in found]


def applications_of(ids: Iterable[int], *, rivals_of: Iterable[int]) -> list[ApplicationFacts]:
    """What is known of these applications, and of those beside them in their competitions, and in those
    merged with them, that the organisations ``rivals_of`` take part in."""
    ids, rivals = set(ids), set(rivals_of)
    parts = Participant.objects.select_related("organisation", "application__competition")
    rows = list(parts.filter(application__in=ids))
    if rivals:
        entered = {row.application.competition_id for row in rows}
        competitions = Competition.objects.competing_with(entered).values("pk")
        beside = parts.filter(organisation__in=rivals, application__competition__in=competitions)
        rows += [row for row in beside if row.application_id not in ids]
    emails = defaultdict(list)
    members = Membership.objects.filter(organisation__in={row.organisation_id for row in rows})
    for organisation, email in members.values_list("organisation", "person__email"):
        emails[organisation].append(email)
    by_application = defaultdict(list)
    for row in rows:
        by_application[row.application].append(_organisation(row, emails[row.organisation_id]))
    return [
        ApplicationFacts(
            application.pk,
            application.competition_id,
            tuple(organisations),
            application.status not in NOT_RUNNING,
            _merged_into(application.competition),
        )
        for application, organisations in by_application.items()
    ]


def beside(ids: Iterable[int]) -> list[OrganisationFacts]:
    """All that take part in what these applications compete in, by name and number alone."""
    entered = Application.objects.filter(pk__in=ids).order_by().values("competition")
    competitions = Competition.objects.competing_with(entered).values("pk")
    rows = Participant.objects.filter(application__competition__in=competitions).order_by()
    known = rows.values_list(
        "organisation", "organisation__name", "organisation__company_number", "company_number"
    )
    return [OrganisationFacts(pk, name, own or given) for pk, name, own, given in known.distinct()]


def _merged_into(competition: Competition) -> str:
    return competition.pot if competition.pot_sharing == PotSharing.MERGED else ""


def parents() -> dict[str, str]:
    return dict(ParentCompany.objects.values_list("number", "parent_number"))


def _assessor(person: User, day: date, belongs: set[int], bodies: list[Body]) -> AssessorFacts:
    profile = getattr(person, "assessor_profile", None)
    if profile is None:
        return AssessorFacts(person.pk, person.email, organisations=frozenset(belongs), bodies=tuple(bodies))
    return AssessorFacts(
        person.pk,
        person.email,
        profile.address,
        profile.postcode,
        frozenset(belongs),
        (*bodies, *_of_profile(profile, day)),
    )


def _of_profile(profile: AssessorProfile, day: date) -> Iterable[Body]:
    if profile.employer or profile.employer_number or profile.employer_parent_number:
        yield Body(
            ConflictKind.COMPANY,
            "employer",
            profile.employer,
            profile.employer_number,
            profile.employer_parent_number,
        )
    left_on = profile.earlier_left_on
    if (profile.earlier_employer or profile.earlier_employer_number) and is_recent(left_on, day):
        yield Body(
            ConflictKind.EARLIER,
            f"employer until {local_day(left_on)}" if left_on else "earlier employer",
            profile.earlier_employer,
            profile.earlier_employer_number,
        )
    for interest in profile.interests.all():
        if is_recent(interest.until_on, day):
            yield _of_interest(interest)


def _of_interest(interest: Interest) -> Body:
    says = interest.get_kind_display()
    return Body(
        ConflictKind.INTEREST,
        f"{says} (close family)" if interest.whose == Whose.FAMILY else says,
        interest.organisation_name,
        interest.company_number,
        interest.parent_number,
    )


def _organisation(part: Participant, emails: list[str]) -> OrganisationFacts:
    there = part.organisation
    return OrganisationFacts(
        there.pk,
        there.name,
        there.company_number or part.company_number,
        there.address,
        there.postcode,
        tuple(emails),
    )
