"""An application as it is read in the office: answers, partners and costs, in a fixed number of queries."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from applications.models import Application, Category, CostLine, Participant, Question


@dataclass(frozen=True, slots=True)
class Answered:
    question: Question
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One organisation's part and what it costs: ``costs`` pairs each category's name with its sum."""

    participant: Participant
    costs: list[tuple[str, Decimal]]


def answers(application: Application) -> list[Answered]:
    """Return every question of the form with the answer given, in the order of the form."""
    texts = dict(application.answers.values_list("question_id", "text"))
    questions = Question.objects.filter(question_set=application.competition.question_set_id)
    return [Answered(question, texts.get(question.pk, "")) for question in questions.order_by("position")]


def parts(application: Application) -> list[Part]:
    """Return the organisations that take part, the lead first, with their costs by category."""
    sums = {
        (row["participant_id"], row["category"]): row["sum"]
        for row in CostLine.objects.filter(participant__application=application)
        .values("participant_id", "category")
        .annotate(sum=Sum("amount"))
        .order_by()
    }
    return [
        Part(
            participant,
            [
                (category.label, sums[participant.pk, category])
                for category in Category
                if (participant.pk, category) in sums
            ],
        )
        for participant in application.participants.select_related("work_area").order_by(
            "-is_lead", "name", "pk"
        )
    ]
