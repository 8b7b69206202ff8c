"""A list as long as a round may be: rows alone, written at once."""

from decimal import Decimal
from random import Random

from applications.models import Application, Assessment, AssessmentStatus, Competition, Participant, Score
from applications.workflow import Status
from tests.databases import as_owner
from tests.make import applications, assessments, people
from tests.make.times import NOON

#: Points of a mark by which assessors differ, and the marks of a project among themselves.
LEANING, CHANCE = (-1, 0, 0, 1), (-2, -1, 0, 0, 1, 2)


def assessed(within: Competition, number: int, *, each: int = 5, assessors: int = 100, seed: int = 1) -> None:
    """Make ``number`` applications that ``each`` of so many assessors have marked and submitted."""
    dice = Random(seed)
    first = applications.application(Status.IN_ASSESSMENT, within)
    part = first.participants.get()
    made = _copies(first, number - 1)
    Participant.objects.bulk_create(
        Participant(
            application=one, organisation=part.organisation, is_lead=True, name=part.name, kind=part.kind,
            size=part.size, work_area=part.work_area, grant_sought=one.grant_sought,
            total_costs=one.total_costs, details_on=part.details_on, company_number=part.company_number,
            work_postcode=part.work_postcode, overhead_method=part.overhead_method,
        )
        for one in made
    )  # fmt: skip
    crew = [people.assessor() for _ in range(assessors)]
    leaning = {one.pk: dice.choice(LEANING) for one in crew}
    manager = people.manager()
    given = Assessment.objects.bulk_create(
        Assessment(
            application=one, assessor=assessor, status=AssessmentStatus.READY,
            in_scope=True, scope_reason="Within it.", fund=dice.random() < 0.8, fund_reason="A reason.",
            given_by=manager, given_at=NOON,
        )
        for one in [first, *made]
        for assessor in dice.sample(crew, each)
    )  # fmt: skip
    questions = list(within.question_set.questions.filter(max_marks__isnull=False))  # type: ignore[union-attr]
    quality = {one.pk: dice.randint(5, 9) for one in [first, *made]}
    Score.objects.bulk_create(
        [
            Score(
                assessment=one,
                question=question,
                mark=min(
                    max(quality[one.application_id] + leaning[one.assessor_id] + dice.choice(CHANCE), 0),
                    question.max_marks,
                ),
                feedback="Clear.",
            )
            for one in given
            for question in questions
        ],
        batch_size=5000,
    )
    # As autovacuum would have it: rows without statistics are read whole for each row that changes.
    as_owner("ANALYZE")
    Assessment.objects.filter(application__competition=within).update(
        status=AssessmentStatus.SUBMITTED, submitted_at=NOON
    )
    as_owner("ANALYZE")
    assert assessments.Assessment.objects.filter(application__competition=within).count() == number * each


def _copies(first: Application, number: int) -> list[Application]:
    rows = []
    for at in range(number):
        row = Application.objects.get(pk=first.pk) if at == 0 else _again(rows[-1])
        row.pk, row.reference = None, f"LP-9{at:06}"
        row.grant_sought, row.total_costs = Decimal(20_000 + at), Decimal(60_000)
        row._state.adding = True
        rows.append(row)
    return Application.objects.bulk_create(rows)


def _again(row: Application) -> Application:
    names = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return Application(**names)
