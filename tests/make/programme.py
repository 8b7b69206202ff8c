"""A generated programme: every fate an application can have, in several competitions, by seed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from django.db import transaction

from applications.models import (
    Application,
    Assessment,
    AssessmentStatus,
    Competition,
    Question,
    QuestionSet,
    StatusChange,
    Strand,
)
from applications.workflow import Status
from funding import award_endings, awards, ledger
from funding.models import Award, AwardStatus, BudgetKind
from funding.offers import answering, making, withdrawing
from funding.places import Place
from funding.subsidy import mfa
from tests.make import applications, assessments, assistance, budgets, competitions, people
from tests.make.times import DAY, NOON

_numbers = count(1)

#: What becomes of applications, and how often beyond the once that each competition has of it.
FATES = {
    "draft": 3,
    "reopened before the close": 4,
    "withdrawn as a draft": 2,
    "withdrawn before the close": 5,
    "withdrawn and entered again": 3,
    "withdrawn at the close": 4,
    "withdrawn after the close": 4,
    "withdrawn after its assessment": 5,
    "submitted": 4,
    "ineligible": 4,
    "in assessment": 10,
    "unsuccessful": 22,
    "on hold": 4,
    "reserve": 4,
    "funded": 20,
    "accepted": 8,
    "reversed": 5,
    "lapsed": 5,
    "funded again": 4,
    "withdrawn when funded": 2,
    "ended": 3,
    "offered": 3,
    "declined": 2,
    "offer lapsed": 2,
    "withdrawn for good": 2,
}
UNASSESSED = {"draft", "reopened before the close", "withdrawn as a draft", "withdrawn before the close"}
OFFERED = {"offered", "declined", "offer lapsed", "withdrawn for good"}
FUNDED = OFFERED | {
    "funded", "accepted", "reversed", "lapsed", "funded again", "withdrawn when funded", "ended"
}  # fmt: skip

#: Each assessor gives every question the same share of its marks, so that scores meet often.
SHARES_OF_MARKS = (0, 0, 0, 40, 60, 65, 70, 70, 70, 75, 80, 80, 90, 95, 100)
WORK_IN_PROGRESS = (
    AssessmentStatus.PENDING,
    AssessmentStatus.OPEN,
    AssessmentStatus.READY,
    AssessmentStatus.REJECTED,
    AssessmentStatus.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class People:
    """Few people for many rows."""

    assessors: tuple
    manager: object
    fund_manager: object
    approver: object


def generate(seed: int, *, more_each: int = 6) -> list[Competition]:
    """Make four competitions: one without an entry, in each other every fate and ``more_each`` besides.

    The same seed makes the same programme. Scores meet at 0, at 70.0 and at 100; marks have different
    maxima; some assessments are unfinished, declined or withdrawn.
    """
    chance = Random(seed)
    crew = People(
        tuple(people.assessor() for _ in range(5)),
        people.manager(),
        budgets.fund_manager(),
        budgets.approver(),
    )
    made = _competitions(chance)
    for within in made[:-1]:
        for fate in [*FATES, *chance.choices(list(FATES), list(FATES.values()), k=more_each)]:
            _application(chance, fate, within, crew)
    return made


def _competitions(chance: Random) -> list[Competition]:
    """Two share a pot, the third is of another region with its own."""
    questions = _question_set(chance)
    other = competitions.region("TV", "Tees Valley")
    programme = budgets.budget(BudgetKind.PROGRAMME, "15000000.00")
    home = budgets.budget(BudgetKind.REGION, "7500000.00", competitions.region())
    pot = budgets.budget(BudgetKind.POT)
    made = [
        competitions.closed_competition(question_set=questions),
        competitions.closed_competition(
            question_set=questions, strand=Strand.CRD, closes_at=datetime(2026, 5, 26, 10, tzinfo=UTC)
        ),
        competitions.closed_competition(question_set=questions, region=other, pot="TV-R1"),
        competitions.closed_competition(question_set=questions),
    ]
    for within in made:
        shared = {} if within.region == other else {"region": home, "pot": pot}
        budgets.drawn(within, programme=programme, **shared)
    return made


def _question_set(chance: Random) -> QuestionSet:
    made = QuestionSet.objects.create(
        key=f"generated-{next(_numbers)}", title="Generated", standing="assumed"
    )
    for position, maximum in enumerate((None, 10, 20, 5, chance.choice((10, 40))), start=1):
        Question.objects.create(
            question_set=made,
            key=f"question-{position}",
            position=position,
            number=position if maximum else None,
            max_marks=maximum,
            title=f"Question {position}",
            prompt="Tell us.",
            guidance="",
            word_limit=400,
        )
    return made


def _application(chance: Random, fate: str, within: Competition, crew: People) -> Application:
    grant = Decimal(chance.randint(1_000, 60_000)) + chance.choice((Decimal("0.00"), Decimal("0.01")))
    made = applications.application(
        Status.IN_ASSESSMENT, within, grant_sought=grant, total_costs=Decimal(100_000)
    )
    if chance.random() < 0.3:
        _partner(made, grant)
    if fate not in UNASSESSED and not (fate not in FUNDED and chance.random() < 0.15):
        for assessor in chance.sample(crew.assessors, chance.randint(1, 4)):
            _assessment(chance, made, assessor, crew)
    if fate in FUNDED:
        if not made.assessments.filter(status=AssessmentStatus.SUBMITTED).exists():
            free = next(each for each in crew.assessors if not made.assessments.filter(assessor=each))
            assessments.submitted(made, free, marks=_marks(chance, made), given_by=crew.manager)
        _fund(fate, made, crew)
    else:
        _settle(fate, made, crew)
    return made


def _partner(application: Application, grant: Decimal) -> None:
    """Let a second organisation have a third of the grant."""
    lead, third = applications.lead(application), (grant / 3).quantize(Decimal("0.01"))
    lead.grant_sought = grant - third
    lead.save(update_fields=["grant_sought"])
    partner = applications.partner(application)
    people.member(partner.organisation)
    partner.grant_sought = third
    partner.save(update_fields=["grant_sought"])


def _assessment(chance: Random, application: Application, assessor, crew: People) -> Assessment:
    marks = _marks(chance, application)
    if chance.random() < 0.75:
        return assessments.submitted(application, assessor, marks=marks, given_by=crew.manager)
    status = chance.choice(WORK_IN_PROGRESS)
    return assessments.marked(application, assessor, marks=marks, given_by=crew.manager, status=status)


def _marks(chance: Random, application: Application) -> list[int]:
    questions = application.competition.question_set.questions.filter(max_marks__isnull=False)
    if chance.random() < 0.2:
        return [chance.randint(0, question.max_marks) for question in questions.order_by("position")]
    share = chance.choice(SHARES_OF_MARKS)
    return [question.max_marks * share // 100 for question in questions.order_by("position")]


def _settle(fate: str, application: Application, crew: People) -> None:
    """Bring a row to its fate with the moves that would have led there."""
    closes_at = application.competition.closes_at
    moments = {
        "withdrawn before the close": closes_at - timedelta(microseconds=1),
        "withdrawn at the close": closes_at,
        "withdrawn after the close": closes_at + timedelta(hours=1),
        "withdrawn after its assessment": NOON,
    }
    if fate in moments:
        _move(application, Status.WITHDRAWN, moments[fate], crew)
    elif fate == "withdrawn as a draft":
        _move(application, Status.WITHDRAWN, closes_at - 8 * DAY, crew, submitted_at=None, submitted_by=None)
    elif fate == "reopened before the close":
        _move(application, Status.DRAFT, closes_at - DAY, crew, submitted_at=None, submitted_by=None)
    elif fate == "withdrawn and entered again":
        _move(application, Status.WITHDRAWN, closes_at - 3 * DAY, crew)
        _move(application, Status.SUBMITTED, closes_at - DAY, crew, submitted_at=closes_at - DAY)
    elif fate == "draft":
        _move(application, Status.DRAFT, closes_at - 9 * DAY, crew, submitted_at=None, submitted_by=None)
    else:
        _move(application, Status(fate), NOON, crew)


def _move(application: Application, status: Status, at, crew: People, **fields) -> None:
    before = application.status
    for name, value in {"status": status, **fields}.items():
        setattr(application, name, value)
    application.save()
    StatusChange.objects.create(
        application=application, before=before, after=status, made_by=crew.manager, made_at=at
    )


def _fund(fate: str, application: Application, crew: People) -> None:
    award = _award(application, crew)
    if fate == "accepted":
        assistance.confirmed_all(award, at=NOON)
        with transaction.atomic():
            mfa.give(award, by=crew.approver, at=NOON)
            _transfer(award, Place.COMMITTED, AwardStatus.COMMITTED, crew)
    elif fate == "withdrawn when funded":
        _move(application, Status.WITHDRAWN, NOON, crew)
    elif fate in OFFERED:
        _offer(fate, award, crew)
    elif fate == "ended":
        Application.objects.filter(pk=application.pk).update(released_at=NOON)
        ending = award_endings.propose(award, "They cannot begin.", by=crew.fund_manager, at=NOON)
        award_endings.approve(ending, by=crew.approver, at=NOON)
    elif fate != "funded":
        status = AwardStatus.LAPSED if fate == "lapsed" else AwardStatus.REVERSED
        _transfer(award, Place.AVAILABLE, status, crew)
    if fate == "funded again":
        _move(application, Status.IN_ASSESSMENT, NOON, crew)
        _award(application, crew)


def _offer(fate: str, award: Award, crew: People) -> None:
    """Make an offer, and end it as the fate says."""
    assistance.confirmed_all(award, at=NOON)
    award.refresh_from_db()
    made = making.make(award, (), days=making.DAYS, by=crew.fund_manager, at=NOON)
    if fate == "declined":
        by = award.application.started_by
        answering.decline(made, name="Ada Lovelace", role="Director", by=by, at=NOON)
    elif fate == "offer lapsed":
        answering.lapse(made, at=made.expires_at + DAY)
    elif fate == "withdrawn for good":
        withdrawing.withdraw(made, "Not eligible.", for_good=True, by=crew.approver, at=NOON)


def _award(application: Application, crew: People) -> Award:
    shares = awards.shares_asked_for(application)
    return awards.make(application, shares, recommended_by=crew.fund_manager, by=crew.approver, at=NOON)


@transaction.atomic
def _transfer(award: Award, target: Place, status: AwardStatus, crew: People) -> None:
    cause = f"award {award.pk} {status}"
    ledger.transfer(
        award, award.amount, source=Place.RESERVED, target=target, cause=cause, by=crew.approver, at=NOON
    )
    Award.objects.filter(pk=award.pk).update(status=status)
