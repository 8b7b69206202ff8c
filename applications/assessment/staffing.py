"""What a competition has to give out, and who could have it."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.london import day_of
from accounts.models import Membership, User
from applications.assessment import assignment, conflicts, matching, topics
from applications.desk import standing
from applications.models import (
    Application,
    Assessment,
    AssessmentStatus,
    AssessorProfile,
    Competition,
    Participant,
)
from applications.workflow import ENDED, Status


@dataclass(frozen=True)
class Situation:
    """All that a plan is worked out from, as of one moment.

    matches  by (assessor id, application id), of the pairs that are allowed
    ties     assessments of pairs that a conflict forbids, to be taken back
    against  how many applications the eligibility desk decided against: they are not given out
    own      applications of organisations to which the manager belongs: somebody else gives those out
    """

    problem: matching.AssignmentProblem
    matches: Mapping[matching.Pair, topics.Match]
    asked: Mapping[int, int]
    tied: tuple[int, ...]
    own: tuple[int, ...]
    against: int

    @property
    def empty(self) -> int:
        """Places that nobody has, and nobody has been offered."""
        return sum(self.problem.places.values()) - len(self.problem.stands)

    @property
    def incomplete(self) -> list[int]:
        """The applications that have such places."""
        offered = Counter(application for _, application in self.problem.stands)
        return [pk for pk, places in self.problem.places.items() if places > offered[pk]]

    @property
    def basis(self) -> str:
        """The SHA-256 of what the answer follows from."""
        problem = self.problem
        said = {
            "readers": sorted((one.id, one.load, one.capacity) for one in problem.readers),
            "places": sorted(problem.places.items()),
            "points": sorted((*pair, points) for pair, points in problem.points.items()),
            "stands": sorted(problem.stands),
            "tied": sorted(self.tied),
        }
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def situation(competition: Competition, *, manager: User, at: datetime) -> Situation:
    """Ask what there is to give out and to whom, in a constant number of queries.

    Applications that were submitted and are still in the running; assessors of the region who are
    active and ready, and see nobody else's marks. An offer that nobody has accepted may be moved.
    """
    own = tuple(
        Participant.objects.filter(
            application__competition=competition,
            organisation__in=Membership.objects.filter(person=manager).values("organisation"),
        ).values_list("application", flat=True)
    )
    running = Application.objects.filter(
        competition=competition, status__in=[Status.SUBMITTED, Status.IN_ASSESSMENT]
    )
    against = standing.against(running).values_list("pk", flat=True)
    ids = sorted(set(running.values_list("pk", flat=True)) - {*own, *against})
    blocked = conflicts.blocked_pairs(competition)
    given = _given(ids)
    live = [one for one in given if one.status not in ENDED]
    tied = [one for one in live if (one.assessor_id, one.application_id) in blocked and one.is_owed]
    kept = [one for one in live if one not in tied]
    profiles = _ready(competition, at)
    ready = {one.person_id for one in profiles}
    # What was offered to somebody who is no longer ready is theirs all the same until it is over.
    movable = [one for one in kept if one.status == AssessmentStatus.PENDING and one.assessor_id in ready]
    stands = frozenset((one.assessor_id, one.application_id) for one in movable)

    filled = Counter(one.application_id for one in kept if one not in movable)
    offered = Counter(one.application_id for one in movable)
    # More than are needed were offered by hand: none of them is taken back for that.
    places = {pk: max(0, competition.assessors_each - filled[pk], offered[pk]) for pk in ids}
    had = {(one.assessor_id, one.application_id) for one in given} - stands
    load = Counter(one.assessor_id for one in kept if one not in movable) + _elsewhere(competition, ids)
    asked = topics.asked_for(ids)
    matches = {
        (profile.person_id, pk): topics.match(asked[pk], profile.skills.all())
        for profile in profiles
        for pk in ids
        if places[pk] and (profile.person_id, pk) not in blocked and (profile.person_id, pk) not in had
    }
    readers = [matching.Reader(one.person_id, load[one.person_id], one.capacity) for one in profiles]
    problem = matching.AssignmentProblem(
        tuple(readers),
        {pk: count for pk, count in places.items() if count},
        {pair: found.points for pair, found in matches.items()},
        stands & matches.keys(),
    )
    return Situation(
        problem, matches, {pk: len(skills) for pk, skills in asked.items()},
        tuple(one.pk for one in tied), own, len(against),
    )  # fmt: skip


def _given(applications: list[int]) -> list[Assessment]:
    # What ended with its application's eligibility may be given to the same assessor anew.
    rows = Assessment.objects.filter(application__in=applications, ended_with_application=False)
    return list(rows.only("pk", "assessor", "application", "status").order_by("pk"))


def _elsewhere(competition: Competition, applications: list[int]) -> Counter[int]:
    """By assessor, what they have of the competition's applications that are not given out here."""
    rows = Assessment.objects.filter(application__competition=competition).exclude(status__in=ENDED)
    return Counter(rows.exclude(application__in=applications).values_list("assessor", flat=True))


def _ready(competition: Competition, at: datetime) -> list[AssessorProfile]:
    people = assignment.possible_assessors(competition.region_id)
    profiles = AssessorProfile.objects.ready(day_of(at)).filter(person__in=people)
    return list(profiles.prefetch_related("skills").order_by("person"))
