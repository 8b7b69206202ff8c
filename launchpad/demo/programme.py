"""The demonstration: a programme at every point of its story, in one transaction."""

import logging
from datetime import datetime, timedelta
from enum import Enum
from random import Random

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts import role_groups
from accounts.models import Notification, Organisation, OwedState, User
from applications.assessment import assignment, offers
from applications.models import Application, Assessment, Competition, Question
from funding import allocation, deciding, release
from funding.scenarios import making
from funding.scenarios.question import Definition, PartAward
from launchpad.demo import (
    applications,
    assessments,
    assessors,
    awards,
    competitions,
    equality,
    files,
    open_data,
    organisations,
    people,
    register,
)
from launchpad.demo.applications import PERCENTAGES, WHOLE, Writing
from launchpad.demo.figures import Share
from launchpad.loading import programme as real

logger = logging.getLogger(__name__)

#: Everything random follows from it, so that two demonstrations made at one moment are alike.
SEED = 1204
DECIDED = ("LCR-R1-CRD-PAST-DEMO", "LCR-R1-MFA-PAST-DEMO")
#: What an MFA project of the decided round costs, and what its grant covers, unless its size was waived.
MFA_COSTS = 100_000


class Progress(Enum):
    SUBMITTED = 1
    BEGUN = 2
    NOT_BEGUN = 3
    OFFERED = 4


#: How far each of the three assessors has come in the round that is being assessed, project by project.
PROGRESS = {
    "assessor@example.com": [Progress.SUBMITTED] * 2
    + [Progress.BEGUN]
    + [Progress.NOT_BEGUN] * 2
    + [Progress.OFFERED],
    "assessor2@example.com": [Progress.SUBMITTED] * 4 + [Progress.BEGUN, Progress.OFFERED],
    "assessor3@example.com": [Progress.SUBMITTED] * 3 + [Progress.BEGUN] * 2 + [Progress.OFFERED],
}
#: As many of its eight applications are given out; the others wait for staff to give them to somebody.
GIVEN_OUT = 6


class Refused(Exception):
    """The demonstration must not be loaded here; the message says why."""


class Demonstration:
    """What the steps of one load share."""

    def __init__(self, at: datetime):
        self.at = at
        self.dice = Random(SEED)
        self.people: dict[str, User] = people.make(at=at)
        # Before the oldest round is given out; the second year of it stands now.
        assessors.make([self.people[email] for email in people.ASSESSORS], by=self.manager, at=at)
        self.competitions: dict[str, Competition] = competitions.make(by=self.manager, at=at)
        entered_at = min(competition.opens_at for competition in self.competitions.values())
        self.organisations: dict[str, Organisation] = organisations.make(self.people, at=entered_at)

    @property
    def manager(self) -> User:
        return self.people["manager@example.com"]

    @property
    def assessors(self) -> list[User]:
        return [self.people[email] for email in people.ASSESSORS]

    def questions_of(self, code: str) -> list[Question]:
        return list(self.competitions[code].question_set.questions.order_by("position"))

    def scored_questions_of(self, code: str) -> list[Question]:
        return [question for question in self.questions_of(code) if question.is_scored]

    def writings_for(self, code: str) -> list[Writing]:
        questions = self.questions_of(code)
        return [
            Writing(self.competitions[code], project, self.organisations, questions, self.dice, self.manager)
            for project in files.read("projects")[code]
        ]


def is_loaded() -> bool:
    return Competition.objects.filter(is_demonstration=True).exists()


def load(*, at: datetime) -> None:
    """Make the demonstration, with the competitions, roles and budgets it stands on.

    Raises Refused where real people have accounts, where the site is a deployment, and where the
    demonstration is loaded already; then nothing is written.
    """
    if settings.DEPLOYED:
        raise Refused("This is a deployment (SITE_URL is not this machine); its sign-ins would be public.")
    with transaction.atomic():
        _one_at_a_time()
        if is_loaded():
            raise Refused("The demonstration is loaded already. Nothing changed.")
        if User.objects.exists():
            raise Refused(
                "Somebody has an account here already. The demonstration loads only where nobody has one."
            )
        role_groups.sync()
        real.load()
        demonstration = Demonstration(at)
        _open_round(demonstration)
        _round_in_assessment(demonstration)
        for code in DECIDED:
            _decided_round(demonstration, code)
        equality.answer(demonstration.competitions.values(), SEED, at=at)
        register.make(by=demonstration.manager, at=at)
        rounds = [demonstration.competitions[code] for code in DECIDED]
        open_data.publish(rounds, by=demonstration.people["funds@example.com"], at=at)
        _keep_from_the_post(at)
    logger.info("demonstration loaded", extra={"applications": Application.objects.count()})


def _open_round(demonstration: Demonstration) -> None:
    """One application half filled in; the rest is for whoever tries it out."""
    (writing,) = demonstration.writings_for("LCR-R1-MFA-DEMO")
    applications.write_half(writing, at=demonstration.at - timedelta(days=5))


def _round_in_assessment(demonstration: Demonstration) -> None:
    code = "TV-R2-MFA-DEMO"
    closes_at = demonstration.competitions[code].closes_at
    questions, dice = demonstration.scored_questions_of(code), demonstration.dice
    for number, (project, application) in enumerate(_submitted(demonstration, code)):
        # Thrown for all of them, so that the rest of the programme is the same however many are given out.
        opinions = assessments.opinions(project, dice)
        if number >= GIVEN_OUT:
            continue
        # The last was offered today, and waits for an answer.
        is_offer = number == GIVEN_OUT - 1
        given_at = demonstration.at - timedelta(hours=2) if is_offer else closes_at + timedelta(days=2)
        given = _given(demonstration, application, at=given_at, is_accepted=not is_offer)
        for assessment, opinion in zip(given, opinions, strict=True):
            marked_at = closes_at + timedelta(days=5 + number, minutes=dice.randint(0, 600))
            match PROGRESS[assessment.assessor.email][number]:
                case Progress.SUBMITTED:
                    assessments.submit(assessment, opinion, questions, dice, at=marked_at)
                case Progress.BEGUN:
                    assessments.begin(assessment, opinion, questions, dice, at=marked_at)


def _decided_round(demonstration: Demonstration, code: str) -> None:
    """A whole round, from the first application to the release of the outcomes."""
    competition = demonstration.competitions[code]
    closes_at, dice = competition.closes_at, demonstration.dice
    questions = demonstration.scored_questions_of(code)
    submitted = _submitted(demonstration, code)
    for project, application in submitted:
        given = _given(demonstration, application, at=closes_at + timedelta(days=3))
        for assessment, opinion in zip(given, assessments.opinions(project, dice), strict=True):
            marked_at = closes_at + timedelta(days=dice.randint(8, 28), minutes=dice.randint(0, 600))
            assessments.submit(assessment, opinion, questions, dice, at=marked_at)

    funds, approver = demonstration.people["funds@example.com"], demonstration.people["approver@example.com"]
    _describe_rows()
    proposed_at = closes_at + timedelta(days=40)
    asked = Definition("Top-down to the line", part_awards=_part_awards(submitted))
    scenario = making.make([competition], asked, by=funds, at=proposed_at)
    proposed = allocation.propose([competition], scenario, by=funds, at=proposed_at)
    deciding.approve(proposed, by=approver, at=closes_at + timedelta(days=45))
    begun = release.release(proposed, by=funds, at=closes_at + timedelta(days=50))
    release.let_go(at=begun.goes_at)
    awards.offer(demonstration.competitions[code], by=funds, at=demonstration.at)


def _part_awards(submitted: list[tuple[dict, Application]]) -> dict[str, PartAward]:
    """What the panel awards a part of: the lead is given as much less as is left out."""
    found = {}
    for project, application in submitted:
        if "award" in project:
            parts = application.participants.order_by("-is_lead", "pk").values_list("pk", "grant_sought")
            shares = dict(parts)
            lead = next(iter(shares))
            shares[lead] -= application.grant_sought - project["award"]["grant"]
            found[application.reference] = PartAward(shares, project["award"]["reason"])
    return found


def _submitted(demonstration: Demonstration, code: str) -> list[tuple[dict, Application]]:
    """All applications of a competition, each with its project; none is given out before the close."""
    closes_at, dice = demonstration.competitions[code].closes_at, demonstration.dice
    return [
        (
            writing.project,
            applications.submit(
                writing, _shares(demonstration, writing.project), at=_before(closes_at, dice)
            ),
        )
        for writing in demonstration.writings_for(code)
    ]


def _shares(demonstration: Demonstration, project: dict) -> list[Share]:
    if "grant" in project:
        return applications.together(project, demonstration.organisations)
    if "waiver" in project:
        return applications.alone(project, project["waiver"]["costs"], WHOLE)
    if "costs" in project:
        return applications.alone(project, project["costs"], PERCENTAGES[project["size"]])
    return applications.alone(project, MFA_COSTS, WHOLE)


def _given(
    demonstration: Demonstration, application: Application, *, at: datetime, is_accepted: bool = True
) -> list[Assessment]:
    given = [
        assignment.give(application, assessor, by=demonstration.manager, at=at)
        for assessor in demonstration.assessors
    ]
    if not is_accepted:
        return given
    return [
        offers.accept(one, has_no_conflict=True, by=one.assessor, at=at + timedelta(hours=5)) for one in given
    ]


def _before(closes_at: datetime, dice: Random) -> datetime:
    """Some time in the last ten days, to the last minutes: as applications come in."""
    return closes_at - timedelta(minutes=dice.randint(4, 14_400))


def _keep_from_the_post(at: datetime) -> None:
    """What was posted on the way is of the past and to people who do not exist; nobody mails it."""
    waiting: QuerySet[Notification] = Notification.objects.filter(state=OwedState.WAITING)
    waiting.update(state=OwedState.VOID, finished_at=at, last_error="Loaded with the demonstration.")


def _describe_rows() -> None:
    """Tell the planner of the thousands of rows just written, or it takes the tables to be empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE applications_application, applications_assessment, applications_score")


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        # Loading may take longer than the ten seconds that a page may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('load_demo'))")
        if not cursor.fetchone()[0]:
            raise Refused("The demonstration is being loaded by somebody else right now.")
