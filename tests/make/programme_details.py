"""What a generated programme has beside its fates: some of each kind that a report counts by, by seed."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from accounts.models import Size
from applications import characteristics, closing, equality
from applications.desk.checks import OF_A_RULE, Check, Outcome
from applications.models import (
    Application,
    Area,
    Assessment,
    AssessmentStatus,
    Competition,
    EqualityAnswer,
    Exclusion,
    ExclusionState,
    Participant,
    ResearchCategory,
    RuleDecision,
)
from applications.workflow import Status
from funding.models import Award
from tests.make import applications, budgets, competitions, people
from tests.make.times import NOON

THEMES = (["Net zero", "Digital technology"], [], ["Net zero"], ["Smart design"])
#: How many answer the equality questions of each competition: many, too few to be shown, a few, nobody.
ANSWERS = (60, 3, 14, 0)
RULES = (Check.COSTS, Check.PLACE, Check.ANSWERS)


def add(seed: int, made: list[Competition]) -> list[Competition]:
    """Give the programme its details, and a decided competition besides; return all of them."""
    chance = Random(seed)
    decided = budgets.funded_competition()
    budgets.assessed(decided, 9)
    budgets.assessed(decided, marks=(2, 9, 9))
    budgets.approved(decided)
    for within, themes in zip(made, THEMES, strict=True):
        Competition.objects.filter(pk=within.pk).update(themes=themes)
    areas = _areas()
    for application in Application.objects.filter(competition__in=made).order_by("pk"):
        _application(chance, application, areas)
    _exclusions(chance, made)
    _rule_decisions(chance, made)
    for within, number in zip(made, ANSWERS, strict=True):
        _answers(chance, within, number)
    _releases(chance, made)
    _known_before(chance, made)
    for within in made[:2]:
        closing.draw(within, at=NOON)
    every = Competition.objects.filter(pk__in=[one.pk for one in (*made, decided)])
    return list(every.select_related("region").order_by("code"))


def _known_before(chance: Random, made: list[Competition]) -> None:
    """Some leads of the first competition took part in the second, which closed earlier."""
    leads = Participant.objects.filter(application__competition=made[0], is_lead=True).order_by("pk")
    earlier = list(Application.objects.filter(competition=made[1]).order_by("pk"))
    for lead in leads:
        if chance.random() < 0.4:
            applications.partner(chance.choice(earlier), lead.organisation)


def _areas() -> list[Area]:
    here, there = competitions.region(), competitions.region("TV", "Tees Valley")
    wirral = Area.objects.create(code="E08000015", name="Wirral", region=here, is_core=True)
    warrington = Area.objects.create(code="E06000007", name="Warrington", region=here, is_core=False)
    hartlepool = Area.objects.create(code="E06000001", name="Hartlepool", region=there, is_core=True)
    Area.objects.create(code="E06000005", name="Darlington", region=there, is_core=True)
    return [competitions.area(), wirral, warrington, hartlepool]


def _application(chance: Random, application: Application, areas: list[Area]) -> None:
    # The months of some end on 1 April, of some on 31 March or at the end of a short month.
    day = date(2036, 12, 31) + timedelta(days=chance.choice((0, 1, 31, 58, 61, 90, 250)))
    Application.objects.filter(pk=application.pk).update(
        research_category=chance.choice(("", *ResearchCategory.values)),
        is_resubmission=chance.choice((None, False, False, True)),
        start_on=chance.choice((None, day, day, day)),
        duration_months=chance.choice((None, 1, 3, 7, 12, 24)),
        total_costs=Decimal(chance.randint(60_001, 99_999)) + Decimal("0.37"),
    )
    for part in application.participants.order_by("pk"):
        _part(chance, part, areas)


def _part(chance: Random, part: Participant, areas: list[Area]) -> None:
    part.size = chance.choice(Size.values)
    part.work_area = chance.choice([None, *areas])
    part.elsewhere = chance.choice(["", "Glasgow"]) if part.work_area is None else ""
    part.save()


def _exclusions(chance: Random, made: list[Competition]) -> None:
    """Whole assessments and single marks, in force or not: waiting, refused, and lifted again."""
    proposer, decider = budgets.fund_manager(), people.manager()
    rows = Assessment.objects.filter(
        application__competition__in=made, status=AssessmentStatus.SUBMITTED
    ).order_by("pk")

    def exclude(assessment: Assessment, question, state: str, lifts: Exclusion | None = None) -> Exclusion:
        decided = {} if state == ExclusionState.WAITING else {"decided_by": decider, "decided_at": NOON}
        return Exclusion.objects.create(
            assessment=assessment, question=question, lifts=lifts, reason="Marked by mistake.",
            proposed_by=proposer, proposed_at=NOON, state=state, **decided,
        )  # fmt: skip

    for assessment in rows:
        if chance.random() < 0.3:
            question = chance.choice([None, *(score.question for score in assessment.scores.order_by("pk"))])
            state = chance.choice(["waiting", "refused", "confirmed", "confirmed", "confirmed"])
            found = exclude(assessment, question, state)
            if state == "confirmed" and chance.random() < 0.25:
                exclude(assessment, question, "confirmed", lifts=found)


def _rule_decisions(chance: Random, made: list[Competition]) -> None:
    """The last of a check counts; some ineligible ones have none against them."""
    manager = people.manager()
    for application in Application.objects.filter(competition__in=made).order_by("pk"):
        chances = 3 if application.status == Status.INELIGIBLE else chance.choice((0, 0, 1))
        for _ in range(chance.randint(0, chances)):
            rule, outcome = chance.choice(RULES), chance.choice(OF_A_RULE)
            if chance.random() < 0.2:
                rule, outcome = Check.SCOPE, chance.choice((Outcome.IN_SCOPE, Outcome.OUT_OF_SCOPE))
            RuleDecision.objects.create(
                application=application, rule=rule, outcome=outcome, reason="Because.",
                decided_by=manager, decided_at=NOON,
            )  # fmt: skip


def _answers(chance: Random, within: Competition, number: int) -> None:
    EqualityAnswer.objects.bulk_create(
        EqualityAnswer(
            competition=within,
            day=equality.last_day(within),
            **{
                asked.name: chance.choices(
                    ["", *(value for value, _ in asked.answers)],
                    [3**place for place in range(len(asked.answers) + 1)],
                )[0]
                for asked in characteristics.ALL
            },
        )
        for _ in range(number)
    )


def _releases(chance: Random, made: list[Competition]) -> None:
    """Of some awards those who applied know, of some not yet."""
    waiting = Award.objects.filter(
        application__competition__in=made,
        application__released_at=None,
        application__status=Status.SUCCESSFUL,
    )
    for number, pk in enumerate(waiting.order_by("pk").values_list("application", flat=True)):
        if chance.random() < 0.6:
            Application.objects.filter(pk=pk).update(released_at=NOON + number * timedelta(hours=7))
